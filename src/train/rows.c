/* SPDX-License-Identifier: MIT */
/* Rows of the caller's arrays on their way to the device: copied, or converted where the device has no such type;
 * all of them once, or some in an epoch's order. */
#include "data/ndarray.h"
#include "train/feed.h"

#include <stdlib.h>
#include <string.h>

/* Rows are converted through a host buffer of about this many bytes. */
#define STAGING_BYTES (1 << 20)

/* The array of a part behind the feed's array i. */
static const clk_array *source_of(const struct feed *f, const struct feed_part *p, int i)
{
    return i < f->n_inputs ? &p->inputs[i] : &p->targets[i - f->n_inputs];
}

static int64_t elements_per_row(const clk_array *a)
{
    int64_t n = 1;
    for (int i = 1; i < a->rank; i++)
        n *= a->shape[i];
    return n;
}

/* Integers were checked before; one that no longer fits becomes -1, which is no class. */
static int32_t to_int(double v)
{
    return v >= (double)INT32_MIN && v <= (double)INT32_MAX ? (int32_t)v : -1;
}

/* n elements of `a` from element `first`. */
static void copy(void *out, clk_dtype dtype, const clk_array *a, int64_t first, int64_t n)
{
    if (a->dtype == dtype) {
        size_t bytes = clk_dtype_bytes(dtype);
        memcpy(out, (const char *)a->data + (size_t)first * bytes, (size_t)n * bytes);
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        double v = clk__array_element(a, first + i);
        if (dtype == CLK_INT32)
            ((int32_t *)out)[i] = to_int(v);
        else
            ((float *)out)[i] = (float)v;
    }
}

/* ---- all rows ---- */

static clk_status upload_converted(clk_device *d, struct buffer *b, size_t at, clk_dtype dtype,
    const clk_array *a, int64_t first, int64_t n)
{
    int64_t chunk = STAGING_BYTES / (int64_t)sizeof(float);
    void *staging = clk__alloc(STAGING_BYTES, 1);
    clk_status status = staging ? CLK_OK : clk__fail_memory();
    for (int64_t done = 0; done < n && status == CLK_OK; done += chunk) {
        int64_t now = n - done < chunk ? n - done : chunk;
        copy(staging, dtype, a, first + done, now);
        status = clk__buffer_write(
            d, b, at + (size_t)done * sizeof(float), staging, (size_t)now * sizeof(float));
    }
    free(staging);
    return status;
}

/* Array i of a part to its place behind the parts before, which have `row` rows. */
static clk_status upload_array(
    const struct feed *f, const struct feed_part *p, int i, int64_t row, struct session *s)
{
    const struct feed_array *to = clk__feed_array(f, i);
    if (to->row_bytes == 0)
        return CLK_OK;
    struct buffer *b = &s->regions.buffers[REGION_DATA + i];
    const clk_array *a = source_of(f, p, i);
    int64_t per_row = elements_per_row(a);
    int64_t first = p->first * per_row, n = p->n * per_row;
    size_t at = (size_t)row * to->row_bytes, bytes = clk_dtype_bytes(a->dtype);
    if (a->dtype != to->plan.dtype)
        return upload_converted(s->device, b, at, to->plan.dtype, a, first, n);
    return clk__buffer_write(
        s->device, b, at, (const char *)a->data + (size_t)first * bytes, (size_t)n * bytes);
}

clk_status clk__feed_upload(const struct feed *f, struct session *s)
{
    int64_t row = 0;
    for (int i = 0; i < f->n_parts; i++) {
        for (int k = 0; k < f->n_inputs + f->n_outputs; k++)
            TRY(upload_array(f, &f->parts[i], k, row, s));
        row += f->parts[i].n;
    }
    return clk__feed_identity(s, f->rows);
}

/* ---- their order ---- */

static clk_status write_order(struct session *s, const int32_t *order, int64_t n)
{
    return clk__buffer_write(
        s->device, &s->regions.buffers[REGION_PERM], 0, order, (size_t)n * sizeof *order);
}

clk_status clk__feed_identity(struct session *s, int64_t n)
{
    int32_t *order = clk__alloc((size_t)n, sizeof *order);
    if (!order)
        return clk__fail_memory();
    for (int64_t i = 0; i < n; i++)
        order[i] = (int32_t)i;
    clk_status status = write_order(s, order, n);
    free(order);
    return status;
}

clk_status clk__feed_order(struct feed *f, struct session *s, const int32_t *order, int64_t n)
{
    f->order = order;
    return f->stream ? CLK_OK : write_order(s, order, n);
}

/* ---- some rows ---- */

/* Labels were checked before, but a file or the caller's memory may have changed since, and a kernel would read
 * beyond its row. */
static clk_status check_labels(const int32_t *labels, int64_t n, const struct feed_array *a)
{
    for (int64_t i = 0; i < n; i++) {
        if (labels[i] < 0 || labels[i] >= a->classes)
            return clk__fail(CLK_ERR_VALUE,
                "the targets changed while they were read: there is a label %d now, the model's "
                "output has %lld classes",
                (int)labels[i], (long long)a->classes);
    }
    return CLK_OK;
}

clk_status clk__feed_gather(void *out, const struct feed *f, int i, int64_t position, int64_t n)
{
    const struct feed_array *to = clk__feed_array(f, i);
    char *at = out;
    if (to->row_bytes == 0)
        return CLK_OK;
    while (n > 0) {
        bool second = position >= f->parts[0].n;
        const struct feed_part *p = &f->parts[second];
        int64_t in_part = second ? position - f->parts[0].n : position;
        bool ordered = f->order && !second;
        int64_t run = ordered ? 1 : p->n - in_part < n ? p->n - in_part : n;
        int64_t row = p->first + (ordered ? f->order[in_part] : in_part);
        const clk_array *a = source_of(f, p, i);
        int64_t per_row = elements_per_row(a);
        copy(at, to->plan.dtype, a, row * per_row, run * per_row);
        if (to->classes > 0)
            TRY(check_labels((const int32_t *)(const void *)at, run * per_row, to));
        at += (size_t)run * to->row_bytes;
        position += run;
        n -= run;
    }
    return CLK_OK;
}
