/* SPDX-License-Identifier: MIT */
/* Samples: checked against the model, converted where the device has no such type, uploaded once. */
#include "train/feed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows are converted through a host buffer of about this many bytes. */
#define STAGING_BYTES (1 << 20)

/* ---- checks ---- */

static struct shape shape_of(const clk_array *a)
{
    struct shape s = {.rank = a->rank};
    memcpy(s.dims, a->shape, sizeof s.dims);
    return s;
}

static clk_status check_array(const clk_array *a, const char *what)
{
    if (!a->data)
        return clk__fail(CLK_ERR_ARG, "%s is missing", what);
    if (a->rank < 1 || a->rank > CLK_MAX_RANK || clk_dtype_bytes(a->dtype) == 0)
        return clk__fail(CLK_ERR_ARG, "%s: rank %d and dtype %d are not an array's", what, a->rank,
            (int)a->dtype);
    for (int i = 0; i < a->rank; i++) {
        if (a->shape[i] < 1)
            return clk__fail(CLK_ERR_ARG, "%s: dimension %d is %lld: there is no sample in it",
                what, i, (long long)a->shape[i]);
    }
    struct shape s = shape_of(a);
    if (clk__shape_len(&s) < 0)
        return clk__fail(CLK_ERR_ARG, "%s: too many elements", what);
    return CLK_OK;
}

/* x against the model's input; (n) stands for (n, 1), as in Keras. */
static clk_status fit_input(struct shape *out, const clk_model *m, const clk_array *x)
{
    *out = shape_of(x);
    const struct shape *want = &m->input_shape;
    if (out->rank == want->rank - 1 && want->dims[want->rank - 1] == 1)
        out->dims[out->rank++] = 1;
    bool fits = out->rank == want->rank;
    for (int i = 1; fits && i < want->rank; i++)
        fits = want->dims[i] < 0 || want->dims[i] == out->dims[i];
    if (fits)
        return CLK_OK;
    char a[SHAPE_TEXT], b[SHAPE_TEXT];
    struct shape given = shape_of(x);
    return clk__fail(CLK_ERR_SHAPE, "x has shape %s, layer \"%s\" of model \"%s\" takes %s",
        clk__shape_text(a, &given), m->layers[0]->name, m->name, clk__shape_text(b, want));
}

static double element(const clk_array *a, int64_t i)
{
    switch (a->dtype) {
    case CLK_FLOAT32:
        return (double)((const float *)a->data)[i];
    case CLK_FLOAT64:
        return ((const double *)a->data)[i];
    case CLK_INT32:
        return (double)((const int32_t *)a->data)[i];
    case CLK_INT64:
        return (double)((const int64_t *)a->data)[i];
    case CLK_UINT8:
        return (double)((const uint8_t *)a->data)[i];
    }
    return (double)NAN;
}

static clk_status check_labels(const struct feed_part *p, const struct target *t)
{
    struct shape s = shape_of(&p->y);
    int64_t per_row = clk__shape_len(&s) / p->y.shape[0];
    for (int64_t i = p->first * per_row; i < (p->first + p->n) * per_row; i++) {
        double label = element(&p->y, i);
        if (label >= 0 && label < (double)t->classes && label == floor(label))
            continue;
        return clk__fail(CLK_ERR_VALUE,
            "y: row %lld has label %.9g, the model's output has %lld classes: labels are whole "
            "numbers from 0 to %lld",
            (long long)(i / per_row), label, (long long)t->classes, (long long)t->classes - 1);
    }
    return CLK_OK;
}

/* int64 becomes int32 on the device: its values must fit. */
static clk_status check_range(const clk_array *a, const char *what)
{
    struct shape s = shape_of(a);
    int64_t n = a->dtype == CLK_INT64 ? clk__shape_len(&s) : 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t v = ((const int64_t *)a->data)[i];
        if (v < INT32_MIN || v > INT32_MAX)
            return clk__fail(CLK_ERR_VALUE,
                "%s: element %lld is %lld, beyond the 32-bit integers that devices compute with",
                what, (long long)i, (long long)v);
    }
    return CLK_OK;
}

/* What an array becomes on the device. */
static clk_dtype device_dtype(clk_dtype dtype)
{
    if (dtype == CLK_FLOAT64)
        return CLK_FLOAT32;
    return dtype == CLK_INT64 ? CLK_INT32 : dtype;
}

/* Both parts lie in one buffer: where their types differ, float32 holds either. */
static clk_dtype common_dtype(clk_dtype a, clk_dtype b, bool first)
{
    b = device_dtype(b);
    return first || a == b ? b : CLK_FLOAT32;
}

static clk_status add_targets(struct feed *f, clk_model *m, const struct feed_part *p, bool first)
{
    struct target t = {0};
    TRY(check_array(&p->y, "y"));
    TRY(check_range(&p->y, "y"));
    if (p->y.shape[0] != p->x.shape[0])
        return clk__fail(CLK_ERR_SHAPE,
            "x has %lld samples, y has %lld: they must have the same number",
            (long long)p->x.shape[0], (long long)p->y.shape[0]);
    struct shape pred = m->output_shape;
    pred.dims[0] = p->y.shape[0];
    TRY(clk__loss_targets(m->loss, &t, &p->y, &pred));
    if (t.kind == TARGET_CLASSES)
        TRY(check_labels(p, &t));
    if (!first && t.kind != f->target.kind)
        return clk__fail(CLK_ERR_SHAPE,
            "validation y has another form than y: one is one-hot, the other class numbers");
    f->target = t;
    f->y_shape = t.shape;
    f->y_dtype = t.kind == TARGET_CLASSES ? CLK_INT32 : common_dtype(f->y_dtype, p->y.dtype, first);
    return CLK_OK;
}

static clk_status add_part(
    struct feed *f, clk_model *m, const struct feed_part *p, bool with_targets)
{
    struct shape x = {0};
    bool first = f->n_parts == 0;
    TRY(check_array(&p->x, "x"));
    TRY(fit_input(&x, m, &p->x));
    TRY(check_range(&p->x, "x"));
    for (int i = 1; !first && i < x.rank; i++) {
        if (x.dims[i] != f->x_shape.dims[i])
            return clk__fail(CLK_ERR_SHAPE, "validation x has other dimensions than x");
    }
    f->x_shape = x;
    f->x_dtype = common_dtype(f->x_dtype, p->x.dtype, first);
    if (with_targets)
        TRY(add_targets(f, m, p, first));
    f->parts[f->n_parts++] = *p;
    f->rows += p->n;
    return CLK_OK;
}

clk_status clk__feed_init(
    struct feed *f, clk_model *m, const struct feed_part *parts, int n, bool with_targets)
{
    *f = (struct feed){0};
    for (int i = 0; i < n; i++)
        TRY(add_part(f, m, &parts[i], with_targets));
    struct shape x = f->x_shape, y = f->y_shape;
    x.dims[0] = 1;
    f->x_row_bytes = (size_t)clk__shape_len(&x) * clk_dtype_bytes(f->x_dtype);
    if (with_targets) {
        y.dims[0] = 1;
        f->y_row_bytes = (size_t)clk__shape_len(&y) * clk_dtype_bytes(f->y_dtype);
    }
    if (f->rows > INT32_MAX)
        return clk__fail(CLK_ERR_ARG, "x has %lld samples, at most %d are possible",
            (long long)f->rows, INT32_MAX);
    return CLK_OK;
}

struct plan_key clk__feed_key(const struct feed *f, enum plan_mode mode, int64_t rows)
{
    struct plan_key k = {.mode = mode, .rows = rows, .x_dtype = f->x_dtype, .x_shape = f->x_shape};
    k.x_shape.dims[0] = rows;
    if (mode != PLAN_PREDICT) {
        k.y_dtype = f->y_dtype;
        k.y_shape = f->y_shape;
        k.y_shape.dims[0] = rows;
        k.target = f->target;
    }
    return k;
}

void clk__feed_reserve(struct reservation *r, const struct feed *f)
{
    r->bytes[REGION_DATA] = (size_t)f->rows * f->x_row_bytes;
    r->bytes[REGION_DATA + 1] = (size_t)f->rows * f->y_row_bytes;
    if (r->bytes[REGION_PERM] < (size_t)f->rows * sizeof(int32_t))
        r->bytes[REGION_PERM] = (size_t)f->rows * sizeof(int32_t);
}

/* ---- upload ---- */

/* n elements of `a` from element `first`, converted. */
static void convert(void *out, clk_dtype dtype, const clk_array *a, int64_t first, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        double v = element(a, first + i);
        if (dtype == CLK_INT32)
            ((int32_t *)out)[i] = (int32_t)v;
        else
            ((float *)out)[i] = (float)v;
    }
}

static clk_status upload_converted(clk_device *d, struct buffer *b, size_t at, clk_dtype dtype,
    const clk_array *a, int64_t first, int64_t n)
{
    int64_t chunk = STAGING_BYTES / (int64_t)sizeof(float);
    void *staging = clk__alloc(STAGING_BYTES, 1);
    clk_status status = staging ? CLK_OK : clk__fail_memory();
    for (int64_t done = 0; done < n && status == CLK_OK; done += chunk) {
        int64_t now = n - done < chunk ? n - done : chunk;
        convert(staging, dtype, a, first + done, now);
        status = clk__buffer_write(
            d, b, at + (size_t)done * sizeof(float), staging, (size_t)now * sizeof(float));
    }
    free(staging);
    return status;
}

/* Rows [first, first + n) of `a` to byte `at` of the region. */
static clk_status upload(struct session *s, int region, size_t at, clk_dtype dtype,
    const clk_array *a, int64_t first, int64_t n)
{
    struct buffer *b = &s->regions.buffers[region];
    struct shape shape = shape_of(a);
    int64_t per_row = clk__shape_len(&shape) / a->shape[0];
    size_t element_bytes = clk_dtype_bytes(a->dtype);
    if (a->dtype != dtype)
        return upload_converted(s->device, b, at, dtype, a, first * per_row, n * per_row);
    const char *from = (const char *)a->data + (size_t)(first * per_row) * element_bytes;
    return clk__buffer_write(s->device, b, at, from, (size_t)(n * per_row) * element_bytes);
}

static clk_status upload_identity(struct session *s, int64_t n)
{
    int32_t *order = clk__alloc((size_t)n, sizeof *order);
    if (!order)
        return clk__fail_memory();
    for (int64_t i = 0; i < n; i++)
        order[i] = (int32_t)i;
    clk_status status = clk__feed_order(s, order, n);
    free(order);
    return status;
}

clk_status clk__feed_upload(const struct feed *f, struct session *s)
{
    int64_t row = 0;
    for (int i = 0; i < f->n_parts; i++) {
        const struct feed_part *p = &f->parts[i];
        TRY(upload(
            s, REGION_DATA, (size_t)row * f->x_row_bytes, f->x_dtype, &p->x, p->first, p->n));
        if (f->y_row_bytes > 0)
            TRY(upload(s, REGION_DATA + 1, (size_t)row * f->y_row_bytes, f->y_dtype, &p->y,
                p->first, p->n));
        row += p->n;
    }
    return upload_identity(s, f->rows);
}

clk_status clk__feed_order(struct session *s, const int32_t *order, int64_t n)
{
    return clk__buffer_write(
        s->device, &s->regions.buffers[REGION_PERM], 0, order, (size_t)n * sizeof *order);
}
