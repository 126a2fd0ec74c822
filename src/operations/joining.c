/* SPDX-License-Identifier: MIT */
/* Operations on several tensors, or that give several: concatenate, stack, split, products. Follows
 * keras/src/ops/numpy.py. */
#include "operations/operation.h"
#include "ops/ops.h"

struct joining {
    struct layer layer;
    int64_t axis;
    struct int_list indices_or_sections;
    char *subscripts;
};

/* Integers of an integer Input become what the ops compute in. */
static struct value *as_float(struct graph *g, struct value *x)
{
    return x && x->dtype != CLK_FLOAT32 ? clk__unary(g, "identity", x) : x;
}

static const struct field join_fields[] = {
    ARG_INT(joining, axis, DEFAULT(0)),
    ARGS_END,
};

static clk_status join(struct layer *self, struct call *c, int64_t along)
{
    int axis = 0;
    struct value *parts[MAX_LAYER_INPUTS];
    TRY(clk__operation_inputs(self, c, 0));
    TRY(clk__operation_axis(&axis, self, along, c->inputs[0]->shape.rank));
    TRY(clk__operation_not_batch(self, c, axis));
    for (int i = 0; i < c->n_inputs; i++)
        parts[i] = as_float(c->graph, c->inputs[i]);
    return clk__operation_done(c, clk__concat(c->graph, parts, c->n_inputs, axis));
}

static clk_status call_concatenate(struct layer *self, struct call *c)
{
    return join(self, c, ((struct joining *)self)->axis);
}

const struct layer_class clk__operation_concatenate = {
    OPERATION_CLASS("Concatenate", "numpy", joining, join_fields),
    .call = call_concatenate,
    .list_input = true,
};

/* Along axis 1, or the batch where that is all there is. */
static clk_status call_hstack(struct layer *self, struct call *c)
{
    return join(self, c, c->n_inputs > 0 && c->inputs[0]->shape.rank > 1);
}

const struct layer_class clk__operation_hstack = {
    OPERATION_CLASS("Hstack", "numpy", joining, NULL),
    .call = call_hstack,
    .list_input = true,
};

/* Each part gets an axis of 1, along which they are joined. */
static clk_status call_stack(struct layer *self, struct call *c)
{
    char text[LAYER_TEXT];
    int axis = 0;
    struct value *parts[MAX_LAYER_INPUTS];
    TRY(clk__operation_inputs(self, c, 0));
    int rank = c->inputs[0]->shape.rank + 1;
    if (rank > CLK_MAX_RANK)
        return clk__fail(CLK_ERR_SHAPE, "%s: %d axes, at most %d are possible",
            clk__layer_text(text, self), rank, CLK_MAX_RANK);
    TRY(clk__operation_axis(&axis, self, ((struct joining *)self)->axis, rank));
    TRY(clk__operation_not_batch(self, c, axis));
    for (int i = 0; i < c->n_inputs; i++) {
        const struct shape *from = &c->inputs[i]->shape;
        struct shape to = {.rank = rank};
        if (from->rank != rank - 1)
            return clk__fail(CLK_ERR_SHAPE, "%s: tensors of %d and of %d axes",
                clk__layer_text(text, self), rank - 1, from->rank);
        for (int k = 0; k < rank; k++)
            to.dims[k] = k == axis ? 1 : from->dims[k - (k > axis)];
        parts[i] = clk__reshape(c->graph, as_float(c->graph, c->inputs[i]), to);
    }
    return clk__operation_done(c, clk__concat(c->graph, parts, c->n_inputs, axis));
}

const struct layer_class clk__operation_stack = {
    OPERATION_CLASS("Stack", "numpy", joining, join_fields),
    .call = call_stack,
    .list_input = true,
};

/* ---- split ---- */

static clk_status fail_split(const struct layer *self, int64_t n)
{
    char text[LAYER_TEXT];
    return clk__fail(CLK_ERR_SHAPE,
        "%s: an axis of %lld cannot be split so; at most %d parts, none of them empty",
        clk__layer_text(text, self), (long long)n, MAX_LAYER_INPUTS);
}

/* Where each of the parts ends. */
static clk_status split_ends(
    int64_t ends[MAX_LAYER_INPUTS], int *n_parts, const struct layer *self, int64_t n)
{
    const struct int_list *at = &((const struct joining *)self)->indices_or_sections;
    int64_t parts = at->scalar ? at->items[0] : at->n + 1;
    if (n < 1 || at->n < 1 || parts < 1 || parts > MAX_LAYER_INPUTS || (at->scalar && n % parts))
        return fail_split(self, n);
    *n_parts = (int)parts;
    for (int i = 0; i < *n_parts; i++) {
        int64_t end = i + 1 == *n_parts ? n : at->scalar ? n / parts * (i + 1) : at->items[i];
        ends[i] = end < 0 ? end + n : end;
        if (ends[i] <= (i > 0 ? ends[i - 1] : 0) || ends[i] > n)
            return fail_split(self, n);
    }
    return CLK_OK;
}

static clk_status call_split(struct layer *self, struct call *c)
{
    int axis = 0, n = 0;
    int64_t ends[MAX_LAYER_INPUTS];
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = as_float(c->graph, c->inputs[0]);
    TRY(c->graph->status);
    TRY(clk__operation_axis(&axis, self, ((struct joining *)self)->axis, x->shape.rank));
    TRY(clk__operation_not_batch(self, c, axis));
    TRY(split_ends(ends, &n, self, x->shape.dims[axis]));
    for (int i = 0; i < n; i++) {
        int64_t start = i > 0 ? ends[i - 1] : 0;
        c->outputs[i] = clk__slice_axis(c->graph, x, axis, start, ends[i] - start);
    }
    c->n_outputs = n;
    return c->graph->status;
}

static const struct field split_fields[] = {
    ARG_SHAPE(joining, indices_or_sections, REQUIRED, ALLOW_INT),
    ARG_INT(joining, axis, DEFAULT(0)),
    ARGS_END,
};

const struct layer_class clk__operation_split = {
    OPERATION_CLASS("Split", "numpy", joining, split_fields),
    .call = call_split,
};

/* ---- products ---- */

/* A product of two-dimensional tensors would multiply across the batch. */
static clk_status call_matmul(struct layer *self, struct call *c)
{
    char text[LAYER_TEXT];
    const struct matmul_opts plain = {0};
    TRY(clk__operation_inputs(self, c, 2));
    int rank = c->inputs[0]->shape.rank;
    if (rank < 3 || c->inputs[1]->shape.rank != rank)
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "%s: tensors of %d and %d axes; only products of (batch, ..., m, k) and "
            "(batch, ..., k, n) are supported",
            clk__layer_text(text, self), rank, c->inputs[1]->shape.rank);
    return clk__operation_done(c, clk__matmul(c->graph, as_float(c->graph, c->inputs[0]),
                                      as_float(c->graph, c->inputs[1]), plain));
}

const struct layer_class clk__operation_matmul = {
    OPERATION_CLASS("Matmul", "numpy", joining, NULL),
    .call = call_matmul,
};

static const struct field einsum_fields[] = {
    ARG_STRING(joining, subscripts, REQUIRED),
    ARGS_END,
};

static clk_status call_einsum(struct layer *self, struct call *c)
{
    char text[LAYER_TEXT];
    const char *equation = ((struct joining *)self)->subscripts;
    TRY(clk__operation_inputs(self, c, 2));
    if (!equation)
        return clk__fail(CLK_ERR_CONFIG, "%s: subscripts is None", clk__layer_text(text, self));
    return clk__operation_done(c, clk__einsum(c->graph, equation, as_float(c->graph, c->inputs[0]),
                                      as_float(c->graph, c->inputs[1])));
}

const struct layer_class clk__operation_einsum = {
    OPERATION_CLASS("Einsum", "numpy", joining, einsum_fields),
    .call = call_einsum,
};
