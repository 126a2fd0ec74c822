/* SPDX-License-Identifier: MIT */
/* Samples checked against the model, and what they become on the device. */
#include "train/feed.h"

#include "data/ndarray.h"
#include "train/stream.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct feed_part clk__feed_part(const clk_array *inputs, size_t n_inputs, const clk_array *x,
    const clk_array *targets, size_t n_targets, const clk_array *y)
{
    struct feed_part p = {.inputs = n_inputs > 0 ? inputs : x,
        .n_inputs = n_inputs > 0 ? n_inputs : 1,
        .targets = n_targets > 0 ? targets : y,
        .n_targets = n_targets > 0 ? n_targets : 1,
        .prefix = ""};
    bool there = p.inputs && p.inputs[0].data && p.inputs[0].rank > 0;
    p.n = there ? p.inputs[0].shape[0] : 0;
    return p;
}

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

/* "x", or "inputs[1]" where there are several; "validation_x". */
struct what {
    char text[48];
};
static struct what what_input(const struct feed_part *p, int i)
{
    struct what w;
    (void)snprintf(w.text, sizeof w.text, p->n_inputs == 1 ? "%sx" : "%sinputs[%d]", p->prefix, i);
    return w;
}

static struct what what_target(const struct feed_part *p, int i)
{
    struct what w;
    (void)snprintf(
        w.text, sizeof w.text, p->n_targets == 1 ? "%sy" : "%stargets[%d]", p->prefix, i);
    return w;
}

/* An array against the model's input i; (n) stands for (n, 1), as in Keras. */
static clk_status fit_input(
    struct shape *out, const clk_model *m, int i, const clk_array *x, const char *what)
{
    *out = shape_of(x);
    const struct shape *want = &m->input_shapes[i];
    if (out->rank == want->rank - 1 && want->dims[want->rank - 1] == 1)
        out->dims[out->rank++] = 1;
    bool fits = out->rank == want->rank;
    for (int k = 1; fits && k < want->rank; k++)
        fits = want->dims[k] < 0 || want->dims[k] == out->dims[k];
    if (fits)
        return CLK_OK;
    char a[SHAPE_TEXT], b[SHAPE_TEXT];
    struct shape given = shape_of(x);
    return clk__fail(CLK_ERR_SHAPE, "%s has shape %s, layer \"%s\" of model \"%s\" takes %s", what,
        clk__shape_text(a, &given), m->nodes[m->inputs[i].node].layer->name, m->name,
        clk__shape_text(b, want));
}

static clk_status check_labels(
    const struct feed_part *p, const clk_array *y, int64_t classes, const char *what)
{
    struct shape s = shape_of(y);
    int64_t per_row = clk__shape_len(&s) / y->shape[0];
    for (int64_t i = p->first * per_row; i < (p->first + p->n) * per_row; i++) {
        double label = clk__array_element(y, i);
        if (label >= 0 && label < (double)classes && label == floor(label))
            continue;
        return clk__fail(CLK_ERR_VALUE,
            "%s: row %lld has label %.9g, the model's output has %lld classes: labels are whole "
            "numbers from 0 to %lld",
            what, (long long)(i / per_row), label, (long long)classes, (long long)classes - 1);
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

static void set_row_bytes(struct feed_array *a)
{
    struct shape row = a->plan.shape;
    row.dims[0] = 1;
    a->row_bytes = (size_t)clk__shape_len(&row) * clk_dtype_bytes(a->plan.dtype);
}

static size_t row_elements(const struct feed_array *a)
{
    return a->row_bytes / clk_dtype_bytes(a->plan.dtype);
}

static clk_status check_rows(const struct feed_part *p, const clk_array *a, const char *what)
{
    TRY(check_array(a, what));
    TRY(check_range(a, what));
    if (a->shape[0] != p->inputs[0].shape[0])
        return clk__fail(CLK_ERR_SHAPE,
            "%s has %lld samples, %s has %lld: they must have the same number",
            what_input(p, 0).text, (long long)p->inputs[0].shape[0], what, (long long)a->shape[0]);
    return CLK_OK;
}

static clk_status add_input(struct feed *f, const clk_model *m, const struct feed_part *p, int i)
{
    struct feed_array *a = &f->inputs[i];
    const clk_array *x = &p->inputs[i];
    struct what what = what_input(p, i);
    bool first = f->n_parts == 0;
    struct shape shape = {0};
    TRY(check_rows(p, x, what.text));
    TRY(fit_input(&shape, m, i, x, what.text));
    for (int k = 1; !first && k < shape.rank; k++) {
        if (shape.dims[k] != a->plan.shape.dims[k])
            return clk__fail(
                CLK_ERR_SHAPE, "%s has other dimensions than the training samples", what.text);
    }
    a->plan.shape = shape;
    a->plan.dtype = common_dtype(a->plan.dtype, x->dtype, first);
    set_row_bytes(a);
    return CLK_OK;
}

/* What a batch of these inputs gives: the model leaves a dimension open where an input does. */
static clk_status find_outputs(struct shape *out, clk_model *m, const struct feed *f)
{
    bool open = false;
    for (int i = 0; i < m->n_outputs; i++) {
        out[i] = m->output_shapes[i];
        for (int k = 1; k < out[i].rank; k++)
            open |= out[i].dims[k] < 0;
    }
    struct shape inputs[MAX_IO];
    for (int i = 0; open && i < m->n_inputs; i++)
        inputs[i] = f->inputs[i].plan.shape;
    if (!open)
        return CLK_OK;
    const struct shape *known =
        m->session ? clk__session_outputs(m->session, inputs, m->n_inputs) : NULL;
    if (!known)
        return clk__model_infer_shapes(out, m, inputs);
    memcpy(out, known, (size_t)m->n_outputs * sizeof *out);
    return CLK_OK;
}

/* @param pred the output's shape */
static clk_status add_target(
    struct feed *f, const clk_model *m, const struct feed_part *p, int i, struct shape pred)
{
    struct feed_array *a = &f->targets[i];
    const clk_array *y = &p->targets[i];
    struct what what = what_target(p, i);
    bool first = f->n_parts == 0;
    struct target t = {0};
    if (!m->losses[i])
        return CLK_OK;
    TRY(check_rows(p, y, what.text));
    pred.dims[0] = y->shape[0];
    TRY(clk__loss_targets(m->losses[i], &t, y, &pred));
    if (t.kind == TARGET_CLASSES)
        TRY(check_labels(p, y, t.classes, what.text));
    if (!first && t.kind != a->plan.kind)
        return clk__fail(CLK_ERR_SHAPE,
            "%s has another form than the training targets: one is one-hot, the other class "
            "numbers",
            what.text);
    size_t elements = first ? 0 : row_elements(a);
    a->plan.kind = t.kind;
    a->plan.shape = t.shape;
    a->classes = t.kind == TARGET_CLASSES ? t.classes : 0;
    a->plan.dtype =
        t.kind == TARGET_CLASSES ? CLK_INT32 : common_dtype(a->plan.dtype, y->dtype, first);
    set_row_bytes(a);
    if (!first && row_elements(a) != elements)
        return clk__fail(
            CLK_ERR_SHAPE, "%s has other dimensions than the training targets", what.text);
    return CLK_OK;
}

static clk_status add_part(
    struct feed *f, clk_model *m, const struct feed_part *p, bool with_targets)
{
    struct shape outputs[MAX_IO];
    if (p->n_inputs != (size_t)m->n_inputs)
        return clk__fail(CLK_ERR_ARG, "%zu input arrays, model \"%s\" has %d inputs", p->n_inputs,
            m->name, m->n_inputs);
    if (with_targets && p->n_targets != (size_t)m->n_outputs)
        return clk__fail(CLK_ERR_ARG, "%zu target arrays, model \"%s\" has %d outputs",
            p->n_targets, m->name, m->n_outputs);
    TRY(check_array(&p->inputs[0], what_input(p, 0).text));
    for (int i = 0; i < m->n_inputs; i++)
        TRY(add_input(f, m, p, i));
    if (with_targets)
        TRY(find_outputs(outputs, m, f));
    for (int i = 0; with_targets && i < m->n_outputs; i++)
        TRY(add_target(f, m, p, i, outputs[i]));
    f->parts[f->n_parts++] = *p;
    f->rows += p->n;
    return CLK_OK;
}

clk_status clk__feed_init(
    struct feed *f, clk_model *m, const struct feed_part *parts, int n, bool with_targets)
{
    *f = (struct feed){
        .n_inputs = m->n_inputs, .n_outputs = m->n_outputs, .has_targets = with_targets};
    for (int i = 0; i < n; i++)
        TRY(add_part(f, m, &parts[i], with_targets));
    if (f->rows > INT32_MAX)
        return clk__fail(CLK_ERR_ARG, "x has %lld samples, at most %d are possible",
            (long long)f->rows, INT32_MAX);
    return CLK_OK;
}

struct plan_key clk__feed_key(const struct feed *f, enum plan_mode mode, int64_t rows)
{
    struct plan_key k = {.mode = mode,
        .rows = rows,
        .n_inputs = f->n_inputs,
        .n_targets = mode == PLAN_PREDICT ? 0 : f->n_outputs};
    for (int i = 0; i < f->n_inputs; i++) {
        k.inputs[i] = f->inputs[i].plan;
        k.inputs[i].shape.dims[0] = rows;
    }
    for (int i = 0; i < k.n_targets; i++) {
        k.targets[i] = f->targets[i].plan;
        if (k.targets[i].dtype)
            k.targets[i].shape.dims[0] = rows;
    }
    return k;
}

void clk__feed_reserve(struct reservation *r, const struct feed *f, int64_t rows)
{
    for (int i = 0; i < f->n_inputs + f->n_outputs; i++)
        r->bytes[REGION_DATA + i] = (size_t)rows * clk__feed_array(f, i)->row_bytes;
    r->bytes[REGION_PERM] = (size_t)rows * sizeof(int32_t);
}

const struct feed_array *clk__feed_array(const struct feed *f, int i)
{
    return i < f->n_inputs ? &f->inputs[i] : &f->targets[i - f->n_inputs];
}

void clk__feed_fini(struct feed *f)
{
    clk__stream_free(f->stream);
    f->stream = NULL;
}
