/* SPDX-License-Identifier: MIT */
/* Where a call's samples lie: all of them on the device if they fit, else as many as do. If not even one batch fits, what
 * would. */
#include "train/run.h"
#include "train/stream.h"

#include <stdio.h>

/* A streamed chunk has about this many bytes at most: two more of them lie in the host's memory, and larger ones would
 * only make the first wait longer. */
#define CHUNK_BYTES (64 << 20)

/* A call on its way to the device. */
struct placing {
    struct feed *feed;
    clk_model *model;
    struct session *session;
    const struct demand *demand;
};

/* What the call takes with `rows` rows of samples on the device at a time; 0: as many as a batch has. */
static clk_status reserve_for(struct reservation *r, int64_t *batch_rows, const struct placing *p,
    int64_t batch_size, int64_t rows)
{
    const struct demand *d = p->demand;
    bool tight = r->tight;
    *r = (struct reservation){.tight = tight};
    TRY(d->plan(r, batch_rows, d->call, batch_size, tight));
    clk__feed_reserve(r, p->feed, rows > 0 ? rows : *batch_rows);
    return CLK_OK;
}

/* ---- all samples ---- */

/* *done stays false where they do not fit, and nothing has changed then but what the session may drop. */
static clk_status place_resident(bool *done, const struct placing *p, bool tight)
{
    struct reservation r = {.tight = tight};
    uint64_t available = 0;
    int64_t batch_rows = 0;
    TRY(reserve_for(&r, &batch_rows, p, p->demand->batch_size, p->feed->rows));
    if (!clk__session_fits(&available, p->session, &r))
        return CLK_OK;
    clk_status status = clk__session_reserve(p->session, p->model, &r);
    /* Others have taken the memory, or it is in pieces: less may do. */
    if (status == CLK_ERR_DEVICE_MEMORY)
        return CLK_OK;
    TRY(status);
    *done = true;
    return clk__feed_upload(p->feed, p->session);
}

/* ---- a stream ---- */

/* As many batches as fit, within CHUNK_BYTES; 0: not one does. */
static int64_t fitting_rows(
    const struct placing *p, const struct reservation *base, int64_t batch_rows)
{
    struct reservation one = {.tight = true}, r = *base;
    uint64_t available = 0, row_bytes = 0;
    clk__feed_reserve(&one, p->feed, 1);
    for (int i = 0; i < REGION_COUNT; i++)
        row_bytes += one.bytes[i];
    int64_t batches = (int64_t)(CHUNK_BYTES / (row_bytes * (uint64_t)batch_rows));
    int64_t low = 0, high = (batches < 1 ? 1 : batches) + 1;
    while (low + 1 < high) {
        int64_t middle = low + (high - low) / 2;
        clk__feed_reserve(&r, p->feed, middle * batch_rows);
        if (clk__session_fits(&available, p->session, &r))
            low = middle;
        else
            high = middle;
    }
    return low * batch_rows;
}

static clk_status place_stream(bool *done, const struct placing *p)
{
    struct reservation r = {.tight = true};
    int64_t batch_rows = 0;
    TRY(reserve_for(&r, &batch_rows, p, p->demand->batch_size, 0));
    int64_t rows = fitting_rows(p, &r, batch_rows);
    clk_status status = CLK_ERR_DEVICE_MEMORY;
    /* The driver may have less than it says, or in pieces. */
    for (; rows >= batch_rows && status == CLK_ERR_DEVICE_MEMORY;
         rows = rows / batch_rows / 2 * batch_rows) {
        clk__feed_reserve(&r, p->feed, rows);
        status = clk__session_reserve(p->session, p->model, &r);
        if (status == CLK_OK)
            break;
    }
    if (status == CLK_ERR_DEVICE_MEMORY)
        return CLK_OK;
    TRY(status);
    *done = true;
    TRY(clk__feed_identity(p->session, rows));
    return clk__stream_create(&p->feed->stream, p->feed, rows);
}

/* ---- neither ---- */

static bool fits_with(const struct placing *p, int64_t batch_size)
{
    struct reservation r = {.tight = true};
    uint64_t available = 0;
    int64_t batch_rows = 0;
    if (reserve_for(&r, &batch_rows, p, batch_size, 0) != CLK_OK ||
        !clk__session_fits(&available, p->session, &r))
        return false;
    /* Pieces of a pool are only known once they are taken. */
    return !p->session->device->pool || clk__session_reserve(p->session, p->model, &r) == CLK_OK;
}

/* The largest batch size that fits; 0: none. */
static int64_t fitting_batch(const struct placing *p)
{
    int64_t low = 0, high = p->demand->batch_size;
    if (high > p->feed->rows)
        high = p->feed->rows;
    while (low + 1 < high) {
        int64_t middle = low + (high - low) / 2;
        if (fits_with(p, middle))
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* `planned`: CLK_OK, or how planning the call's own batches ended, with its text set. */
static clk_status explain(const struct placing *p, clk_status planned)
{
    const struct demand *d = p->demand;
    struct session *s = p->session;
    struct reservation r = {.tight = true};
    uint64_t available = 0;
    int64_t batch_rows = 0;
    char needed[256], would[128] = "parameters and one sample alone do not fit";
    if (planned == CLK_OK)
        TRY(reserve_for(&r, &batch_rows, p, d->batch_size, 0));
    (void)clk__session_fits(&available, s, &r);
    uint64_t total = clk__session_total(s, &r);
    if (planned == CLK_OK)
        (void)snprintf(needed, sizeof needed, "needs %llu bytes%s", (unsigned long long)total,
            total <= available ? ", in larger pieces than there are," : "");
    else
        (void)snprintf(needed, sizeof needed, "%s", clk_last_error());
    int64_t batch = fitting_batch(p);
    clk__session_drop_plans(s);
    if (batch > 0)
        (void)snprintf(would, sizeof would, "batch_size %lld would fit, %lld does not",
            (long long)batch, (long long)d->batch_size);
    return clk__fail(CLK_ERR_DEVICE_MEMORY, "%s %s on \"%s\", %llu are available: %s", d->what,
        needed, s->device->info.name, (unsigned long long)available, would);
}

clk_status clk__place(struct feed *f, clk_model *m, struct session *s, const struct demand *d)
{
    const struct placing p = {.feed = f, .model = m, .session = s, .demand = d};
    bool done = false;
    clk__feed_fini(f);
    f->placing = ++s->placings;
    clk_status status = place_resident(&done, &p, false);
    if (status == CLK_OK && !done)
        status = place_resident(&done, &p, true);
    if (status == CLK_OK && !done)
        status = place_stream(&done, &p);
    if (done || (status != CLK_OK && status != CLK_ERR_DEVICE_MEMORY))
        return status;
    return explain(&p, status);
}
