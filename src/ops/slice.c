/* SPDX-License-Identifier: MIT */
/* Slices: a range of every axis, every stride-th element of it. Keras: keras/src/ops/core.py slice, and
 * NumPy's x[a:b:c] for positive c. */
#include "ops/ops.h"
#include "ops/strided.h"

struct slice {
    struct strided map;
    int64_t starts[CLK_MAX_RANK];
    int64_t strides[CLK_MAX_RANK];
};

/* Zeros where nothing was taken. */
static void slice_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    const struct slice *s = op->attrs;
    const struct shape *in = &op->inputs[0]->shape, *out = &op->outputs[0]->shape;
    int64_t after[CLK_MAX_RANK] = {0}, between[CLK_MAX_RANK] = {0};
    for (int i = 0; i < in->rank; i++) {
        between[i] = s->strides[i] - 1;
        after[i] = in->dims[i] - s->starts[i] - ((out->dims[i] - 1) * s->strides[i] + 1);
    }
    dx[0] = clk__pad_between(g, dy[0], s->starts, after, between, 0.0f);
}

static const struct op_class slice_class = {
    .name = "slice",
    .prologue = 1,
    .epilogue = 1,
    .input_space = clk__strided_input_space,
    .output_space = clk__strided_output_space,
    .grad = slice_grad,
    .lower = clk__strided_lower,
};

/* The number of elements taken of n; -1: unknown, 0: the range is not in the axis. */
static int64_t taken(int64_t n, int64_t start, int64_t size, int64_t stride)
{
    if (start < 0 || stride < 1 || size < -1 || size == 0)
        return 0;
    if (n < 0)
        return size;
    if (size < 0)
        return start < n ? (n - start + stride - 1) / stride : 0;
    return start + (size - 1) * stride < n ? size : 0;
}

struct value *clk__slice(struct graph *g, struct value *a, const int64_t *starts,
    const int64_t *sizes, const int64_t *strides)
{
    if (!a)
        return NULL;
    struct slice s = {.starts = {0}};
    struct strided_axis axes[CLK_MAX_RANK];
    struct shape out = a->shape;
    bool all = true;
    for (int i = 0; i < out.rank; i++) {
        int64_t n = a->shape.dims[i], stride = strides ? strides[i] : 1;
        out.dims[i] = taken(n, starts[i], sizes[i], stride);
        if (out.dims[i] == 0) {
            char text[SHAPE_TEXT];
            return clk__graph_fail(g,
                clk__fail(CLK_ERR_SHAPE,
                    "slice: %lld elements from %lld on in steps of %lld: not within axis %d of %s",
                    (long long)sizes[i], (long long)starts[i], (long long)stride, i,
                    clk__shape_text(text, &a->shape)));
        }
        s.starts[i] = starts[i];
        s.strides[i] = stride;
        axes[i] = clk__strided_whole(i, out.dims[i]);
        axes[i].first = starts[i];
        axes[i].move = stride;
        all &= starts[i] == 0 && stride == 1 && (out.dims[i] == n || sizes[i] == -1);
    }
    if (all)
        return a;
    clk__strided_init(&s.map, &a->shape, axes, 0.0f);
    struct op *op = clk__op_add(g, &slice_class, &a, 1, &s, sizeof s);
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, out) : NULL;
}

struct value *clk__slice_axis(
    struct graph *g, struct value *a, int axis, int64_t start, int64_t size)
{
    int64_t starts[CLK_MAX_RANK] = {0}, sizes[CLK_MAX_RANK];
    for (int i = 0; i < CLK_MAX_RANK; i++)
        sizes[i] = -1;
    starts[axis] = start;
    sizes[axis] = size;
    return clk__slice(g, a, starts, sizes, NULL);
}
