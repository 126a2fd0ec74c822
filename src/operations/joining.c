/* SPDX-License-Identifier: MIT */
/* Operations on several tensors, or that give several: concatenate, stack, split and their kin. Follows
 * keras/src/ops/numpy.py. */
#include "operations/operation.h"
#include "ops/ops.h"

struct joining {
    struct layer layer;
    int64_t axis;
    bool has_axis;
    struct int_list indices_or_sections;
};

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
        parts[i] = clk__operation_float(c->graph, c->inputs[i]);
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

/* Two tensors; without an axis, which stands for both as one row, samples would mix. */
static clk_status call_append(struct layer *self, struct call *c)
{
    TRY(clk__operation_inputs(self, c, 2));
    if (!((struct joining *)self)->has_axis)
        TRY(clk__operation_not_batch(self, c, 0));
    return join(self, c, ((struct joining *)self)->axis);
}

static const struct field append_fields[] = {
    ARG_INT_OR_NONE(joining, axis, DEFAULT(null)),
    ARGS_END,
};

const struct layer_class clk__operation_append = {
    OPERATION_CLASS("Append", "numpy", joining, append_fields),
    .call = call_append,
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
        parts[i] = clk__reshape(c->graph, clk__operation_float(c->graph, c->inputs[i]), to);
    }
    return clk__operation_done(c, clk__concat(c->graph, parts, c->n_inputs, axis));
}

/* Along axis 2, which vectors of a batch get. */
static clk_status call_dstack(struct layer *self, struct call *c)
{
    for (int i = 0; i < c->n_inputs; i++) {
        struct shape s = c->inputs[i]->shape;
        while (s.rank < 3)
            s.dims[s.rank++] = 1;
        c->inputs[i] = clk__reshape(c->graph, c->inputs[i], s);
    }
    TRY(c->graph->status);
    return join(self, c, 2);
}

const struct layer_class clk__operation_dstack = {
    OPERATION_CLASS("Dstack", "numpy", joining, NULL),
    .call = call_dstack,
    .list_input = true,
};

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

/* Where each of the parts ends. Of an `uneven` split the first ones are one longer. */
static clk_status split_ends(
    int64_t ends[MAX_LAYER_INPUTS], int *n_parts, const struct layer *self, int64_t n, bool uneven)
{
    const struct int_list *at = &((const struct joining *)self)->indices_or_sections;
    int64_t parts = at->scalar ? at->items[0] : at->n + 1;
    if (n < 1 || at->n < 1 || parts < 1 || parts > MAX_LAYER_INPUTS ||
        (at->scalar && !uneven && n % parts))
        return fail_split(self, n);
    *n_parts = (int)parts;
    for (int i = 0; i < *n_parts; i++) {
        int64_t longer = i + 1 < n % parts ? i + 1 : n % parts;
        int64_t even = n / parts * (i + 1) + longer;
        int64_t end = i + 1 == *n_parts ? n : at->scalar ? even : at->items[i];
        ends[i] = end < 0 ? end + n : end;
        if (ends[i] <= (i > 0 ? ends[i - 1] : 0) || ends[i] > n)
            return fail_split(self, n);
    }
    return CLK_OK;
}

static clk_status split(struct layer *self, struct call *c, int64_t along, bool uneven)
{
    int axis = 0, n = 0;
    int64_t ends[MAX_LAYER_INPUTS];
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = clk__operation_float(c->graph, c->inputs[0]);
    TRY(c->graph->status);
    TRY(clk__operation_axis(&axis, self, along, x->shape.rank));
    TRY(clk__operation_not_batch(self, c, axis));
    TRY(split_ends(ends, &n, self, x->shape.dims[axis], uneven));
    for (int i = 0; i < n; i++) {
        int64_t start = i > 0 ? ends[i - 1] : 0;
        c->outputs[i] = clk__slice_axis(c->graph, x, axis, start, ends[i] - start);
    }
    c->n_outputs = n;
    return c->graph->status;
}

static clk_status call_split(struct layer *self, struct call *c)
{
    return split(self, c, ((struct joining *)self)->axis, false);
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

static clk_status call_array_split(struct layer *self, struct call *c)
{
    return split(self, c, ((struct joining *)self)->axis, true);
}

const struct layer_class clk__operation_array_split = {
    OPERATION_CLASS("ArraySplit", "numpy", joining, split_fields),
    .call = call_array_split,
};

static const struct field parts_fields[] = {
    ARG_SHAPE(joining, indices_or_sections, REQUIRED, ALLOW_INT),
    ARGS_END,
};

static clk_status call_hsplit(struct layer *self, struct call *c)
{
    return split(self, c, c->n_inputs > 0 && c->inputs[0]->shape.rank > 1, false);
}

const struct layer_class clk__operation_hsplit = {
    OPERATION_CLASS("Hsplit", "numpy", joining, parts_fields),
    .call = call_hsplit,
};

static clk_status call_dsplit(struct layer *self, struct call *c)
{
    return split(self, c, 2, false);
}

const struct layer_class clk__operation_dsplit = {
    OPERATION_CLASS("Dsplit", "numpy", joining, parts_fields),
    .call = call_dsplit,
};
