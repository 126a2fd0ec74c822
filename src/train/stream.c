/* SPDX-License-Identifier: MIT */
/* Two staging buffers between the caller's samples and the device: one is filled by a thread while the other's chunk
 * is computed on. */
#include "train/stream.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define STAGINGS 2

struct stream {
    const struct feed *feed;
    int64_t rows;            /* of a staging buffer */
    char *staging[STAGINGS]; /* each array's rows behind those of the array before */
    size_t array_at[MAX_DATA];
    int n_arrays;
    /* Set by start, constant while the thread runs. */
    int64_t row0;
    int64_t n;
    int64_t batch_size;
    int64_t chunk_rows; /* whole batches */
    pthread_t thread;
    bool running;
    /* Shared with the thread, under the lock. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int64_t n_filled; /* chunks */
    int64_t n_taken;
    bool stop;
    clk_status status; /* of the thread */
    char *message;     /* NULL: there was no memory for it */
};

clk_status clk__stream_create(struct stream **out, const struct feed *f, int64_t rows)
{
    struct stream *st = clk__alloc(1, sizeof *st);
    size_t bytes = 0;
    *out = NULL;
    if (!st)
        return clk__fail_memory();
    st->feed = f;
    st->rows = rows;
    st->n_arrays = f->n_inputs + f->n_outputs;
    (void)pthread_mutex_init(&st->lock, NULL);
    (void)pthread_cond_init(&st->changed, NULL);
    bool fits = true;
    for (int i = 0; i < st->n_arrays; i++) {
        size_t array_bytes = 0;
        st->array_at[i] = bytes;
        fits = fits &&
               clk__size_mul(&array_bytes, (size_t)rows, clk__feed_array(f, i)->row_bytes) &&
               clk__size_add(&bytes, bytes, array_bytes);
        bytes = (bytes + 15) / 16 * 16;
    }
    for (int i = 0; i < STAGINGS && fits; i++) {
        st->staging[i] = clk__alloc(bytes, 1);
        fits = st->staging[i] != NULL;
    }
    if (!fits) {
        clk__stream_free(st);
        return clk__fail_memory();
    }
    *out = st;
    return CLK_OK;
}

void clk__stream_free(struct stream *st)
{
    if (!st)
        return;
    clk__stream_stop(st);
    for (int i = 0; i < STAGINGS; i++)
        free(st->staging[i]);
    (void)pthread_cond_destroy(&st->changed);
    (void)pthread_mutex_destroy(&st->lock);
    free(st);
}

/* ---- the thread ---- */

static int64_t rows_of_chunk(const struct stream *st, int64_t c)
{
    int64_t left = st->n - c * st->chunk_rows;
    return left < st->chunk_rows ? left : st->chunk_rows;
}

static clk_status fill(struct stream *st, int64_t c)
{
    char *staging = st->staging[c % STAGINGS];
    for (int i = 0; i < st->n_arrays; i++)
        TRY(clk__feed_gather(staging + st->array_at[i], st->feed, i, st->row0 + c * st->chunk_rows,
            rows_of_chunk(st, c)));
    return CLK_OK;
}

/* True once a staging buffer is free for chunk c; false: stop. */
static bool wait_for_room(struct stream *st, int64_t c)
{
    (void)pthread_mutex_lock(&st->lock);
    while (!st->stop && c - st->n_taken >= STAGINGS)
        (void)pthread_cond_wait(&st->changed, &st->lock);
    bool go = !st->stop;
    (void)pthread_mutex_unlock(&st->lock);
    return go;
}

/* An error's text belongs to the thread that met it: it goes along. */
static void announce(struct stream *st, clk_status status)
{
    char *message = status == CLK_OK ? NULL : clk__strdup(clk_last_error());
    (void)pthread_mutex_lock(&st->lock);
    st->n_filled += status == CLK_OK;
    st->status = status;
    st->message = message;
    (void)pthread_cond_signal(&st->changed);
    (void)pthread_mutex_unlock(&st->lock);
}

static void *fill_all(void *arg)
{
    struct stream *st = arg;
    clk_status status = CLK_OK;
    int64_t n_chunks = (st->n + st->chunk_rows - 1) / st->chunk_rows;
    for (int64_t c = 0; c < n_chunks && status == CLK_OK && wait_for_room(st, c); c++) {
        status = fill(st, c);
        announce(st, status);
    }
    return NULL;
}

/* Signals are the host program's: its own threads take them. */
static int create_thread(struct stream *st)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&st->thread, NULL, fill_all, st);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

clk_status clk__stream_start(struct stream *st, int64_t row0, int64_t n, int64_t batch_size)
{
    clk__stream_stop(st);
    st->row0 = row0;
    st->n = n;
    st->batch_size = batch_size < n ? batch_size : n;
    st->chunk_rows = st->rows / st->batch_size * st->batch_size;
    st->n_filled = st->n_taken = 0;
    st->stop = false;
    st->status = CLK_OK;
    int code = create_thread(st);
    if (code != 0)
        return clk__fail(
            CLK_ERR_MEMORY, "no thread can be had to read samples: %s", strerror(code));
    st->running = true;
    return CLK_OK;
}

void clk__stream_stop(struct stream *st)
{
    if (!st->running)
        return;
    (void)pthread_mutex_lock(&st->lock);
    st->stop = true;
    (void)pthread_cond_signal(&st->changed);
    (void)pthread_mutex_unlock(&st->lock);
    (void)pthread_join(st->thread, NULL);
    st->running = false;
    free(st->message);
    st->message = NULL;
}

/* ---- the device's side ---- */

static clk_status wait_for_chunk(struct stream *st, int64_t c)
{
    (void)pthread_mutex_lock(&st->lock);
    while (st->n_filled <= c && st->status == CLK_OK)
        (void)pthread_cond_wait(&st->changed, &st->lock);
    bool filled = st->n_filled > c;
    (void)pthread_mutex_unlock(&st->lock);
    if (filled)
        return CLK_OK;
    return clk__fail(st->status, "%s", st->message ? st->message : "out of memory");
}

/* The copies block: when they are done the device has left the chunk before, and the staging buffer is free. */
static clk_status take(struct stream *st, int64_t c, struct session *s)
{
    TRY(wait_for_chunk(st, c));
    for (int i = 0; i < st->n_arrays; i++)
        TRY(clk__buffer_write(s->device, &s->regions.buffers[REGION_DATA + i], 0,
            st->staging[c % STAGINGS] + st->array_at[i],
            (size_t)rows_of_chunk(st, c) * clk__feed_array(st->feed, i)->row_bytes));
    (void)pthread_mutex_lock(&st->lock);
    st->n_taken = c + 1;
    (void)pthread_cond_signal(&st->changed);
    (void)pthread_mutex_unlock(&st->lock);
    return CLK_OK;
}

clk_status clk__stream_step(uint32_t *row0_out, struct stream *st, int64_t i, struct session *s)
{
    int64_t steps = st->chunk_rows / st->batch_size;
    if (i % steps == 0)
        TRY(take(st, i / steps, s));
    *row0_out = (uint32_t)(i % steps * st->batch_size);
    return CLK_OK;
}
