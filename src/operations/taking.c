/* SPDX-License-Identifier: MIT */
/* Operations that take elements by their places: take, take_along_axis, diagonal, trace; and one_hot, multi_hot, which make
 * places of numbers. Follows keras/src/ops/numpy.py and nn.py. */
#include "operations/operation.h"
#include "ops/ops.h"

struct taking {
    struct layer layer;
    int64_t axis;
    bool has_axis;
    int64_t num_classes;
    int64_t offset, axis1, axis2;
};

static clk_status fail_taking(const struct layer *self, const char *why)
{
    char text[LAYER_TEXT];
    return clk__fail(CLK_ERR_UNSUPPORTED, "%s: %s", clk__layer_text(text, self), why);
}

/* ---- take ---- */

/* x as one row: where no axis is given. */
static struct value *flat(struct graph *g, struct value *x)
{
    return clk__reshape(g, x, SHAPE(clk__shape_len(&x->shape)));
}

/* Elements of an axis by numbers, whose axes come in its place. */
static struct value *take(struct graph *g, struct value *x, struct value *numbers, int axis)
{
    int perm[CLK_MAX_RANK], n = numbers->shape.rank, rank = x->shape.rank;
    for (int i = 0; i < rank; i++)
        perm[i] = i == 0 ? axis : i <= axis ? i - 1 : i;
    struct value *y = clk__take(g, clk__transpose(g, x, perm), numbers);
    if (!y)
        return NULL;
    /* (numbers..., before..., behind...) to (before..., numbers..., behind...) */
    for (int i = 0; i < n + rank - 1; i++)
        perm[i] = i < axis ? n + i : i < axis + n ? i - axis : i;
    return clk__transpose(g, y, perm);
}

static clk_status call_take(struct layer *self, struct call *c)
{
    const struct taking *t = (struct taking *)self;
    int axis = 0;
    TRY(clk__operation_inputs(self, c, 2));
    struct value *x = clk__operation_float(c->graph, c->inputs[0]), *numbers = c->inputs[1];
    bool shared = clk__operation_is_shared(c, 0);
    TRY(c->graph->status);
    if (!t->has_axis && shared)
        x = flat(c->graph, x);
    TRY(c->graph->status);
    if (t->has_axis)
        TRY(clk__operation_axis(&axis, self, t->axis, x->shape.rank));
    if (!shared)
        TRY(clk__operation_not_batch(self, c, axis));
    /* Numbers that are a sample's pick for it alone: from an array, along its first axis. */
    if (!clk__operation_is_shared(c, 1) && !(shared && axis == 0))
        return fail_taking(self,
            "every sample's numbers would pick from all samples; ops.take_along_axis picks from "
            "its own");
    return clk__operation_done(c, take(c->graph, x, numbers, axis));
}

static const struct field take_fields[] = {
    ARG_INT_OR_NONE(taking, axis, DEFAULT(null)),
    ARGS_END,
};

const struct layer_class clk__operation_take = {
    OPERATION_CLASS("Take", "numpy", taking, take_fields),
    .call = call_take,
};

/* v in memory with the shape `s`, to which it broadcasts. */
static struct value *spread(struct graph *g, struct value *v, struct shape s)
{
    if (!v || clk__shape_equal(&v->shape, &s))
        return v;
    return clk__unary(g, "identity", clk__broadcast(g, v, s));
}

/* Both with the axis last; all others broadcast. */
static clk_status call_take_along(struct layer *self, struct call *c)
{
    const struct taking *t = (struct taking *)self;
    struct graph *g = c->graph;
    int axis = 0;
    TRY(clk__operation_inputs(self, c, 2));
    struct value *x = clk__operation_float(g, c->inputs[0]), *numbers = c->inputs[1];
    TRY(g->status);
    int rank = x->shape.rank;
    if (!t->has_axis || numbers->shape.rank != rank)
        return fail_taking(self, "an axis, and numbers with as many axes, are needed");
    TRY(clk__operation_axis(&axis, self, t->axis, rank));
    TRY(clk__operation_not_batch(self, c, axis));
    x = clk__operation_last(g, x, axis);
    numbers = clk__operation_last(g, numbers, axis);
    TRY(g->status);
    struct shape rows = x->shape, others = numbers->shape, both;
    int64_t n = rows.dims[rank - 1], count = others.dims[rank - 1];
    rows.dims[rank - 1] = others.dims[rank - 1] = 1;
    if (!clk__shape_broadcast(&both, &rows, &others))
        return fail_taking(self, "the other axes of both must broadcast");
    rows = others = both;
    rows.dims[rank - 1] = n;
    others.dims[rank - 1] = count;
    struct value *y = clk__take_along(g, spread(g, x, rows), spread(g, numbers, others));
    return clk__operation_done(c, clk__operation_last(g, y, axis));
}

const struct layer_class clk__operation_take_along_axis = {
    OPERATION_CLASS("TakeAlongAxis", "numpy", taking, take_fields),
    .call = call_take_along,
};

/* ---- diagonals ---- */

/* x (..., rows, cols), whose axes axis1 and axis2 have become the last two: (..., n). */
static clk_status diagonal(struct value **out, struct layer *self, struct call *c)
{
    const struct taking *t = (struct taking *)self;
    int a = 0, b = 0, perm[CLK_MAX_RANK], k = 0;
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = clk__operation_float(c->graph, c->inputs[0]);
    TRY(c->graph->status);
    int rank = x->shape.rank;
    TRY(clk__operation_axis(&a, self, t->axis1, rank));
    TRY(clk__operation_axis(&b, self, t->axis2, rank));
    TRY(clk__operation_not_batch(self, c, a < b ? a : b));
    int64_t rows = x->shape.dims[a], cols = x->shape.dims[b];
    int64_t down = t->offset < 0 ? -t->offset : 0, right = t->offset > 0 ? t->offset : 0;
    int64_t n = rows - down < cols - right ? rows - down : cols - right;
    if (a == b || rows < 0 || cols < 0 || n < 1)
        return fail_taking(
            self, "two axes of known sizes are needed, with a diagonal of 1 and more");
    for (int i = 0; i < rank; i++) {
        if (i != a && i != b)
            perm[k++] = i;
    }
    perm[k] = a;
    perm[k + 1] = b;
    x = clk__transpose(c->graph, x, perm);
    TRY(c->graph->status);
    struct shape s = x->shape;
    int64_t starts[CLK_MAX_RANK] = {0}, sizes[CLK_MAX_RANK], strides[CLK_MAX_RANK];
    s.rank--;
    s.dims[k] = rows * cols;
    for (int i = 0; i < s.rank; i++) {
        sizes[i] = -1;
        strides[i] = 1;
    }
    starts[k] = down * cols + right;
    sizes[k] = n;
    strides[k] = cols + 1;
    *out = clk__slice(c->graph, clk__reshape(c->graph, x, s), starts, sizes, strides);
    return c->graph->status;
}

static clk_status call_diagonal(struct layer *self, struct call *c)
{
    struct value *y = NULL;
    TRY(diagonal(&y, self, c));
    return clk__operation_done(c, y);
}

static clk_status call_trace(struct layer *self, struct call *c)
{
    struct value *y = NULL;
    TRY(diagonal(&y, self, c));
    return clk__operation_done(
        c, clk__reduce(c->graph, REDUCE_SUM, y, 1u << (y->shape.rank - 1), false));
}

static const struct field diagonal_fields[] = {
    ARG_INT(taking, offset, DEFAULT(0), BETWEEN(-MAX_ELEMENTS, MAX_ELEMENTS)),
    ARG_INT(taking, axis1, DEFAULT(0)),
    ARG_INT(taking, axis2, DEFAULT(1)),
    ARGS_END,
};

const struct layer_class clk__operation_diagonal = {
    OPERATION_CLASS("Diagonal", "numpy", taking, diagonal_fields),
    .call = call_diagonal,
};

const struct layer_class clk__operation_trace = {
    OPERATION_CLASS("Trace", "numpy", taking, diagonal_fields),
    .call = call_trace,
};

/* ---- numbers to places ---- */

/* x with a new axis of `classes` at `axis`: 1 at the place that the number names; numbers beyond have no 1. */
static clk_status one_hot(
    struct value **out, const struct layer *self, struct call *c, struct value *x)
{
    const struct taking *t = (const struct taking *)self;
    struct graph *g = c->graph;
    int axis = 0, rank = x->shape.rank + 1;
    if (rank > CLK_MAX_RANK)
        return fail_taking(self, "too many axes");
    TRY(clk__operation_axis(&axis, self, t->axis, rank));
    TRY(clk__operation_not_batch(self, c, axis));
    struct shape one = x->shape, classes = {.rank = rank};
    one.rank++;
    for (int i = rank - 1; i > axis; i--)
        one.dims[i] = one.dims[i - 1];
    one.dims[axis] = 1;
    for (int i = 0; i < rank; i++)
        classes.dims[i] = i == axis ? t->num_classes : 1;
    struct value *numbers = clk__reshape(g, clk__index(g, SHAPE(t->num_classes)), classes);
    *out = clk__binary(g, "equal", clk__reshape(g, x, one), numbers);
    return g->status;
}

static clk_status call_one_hot(struct layer *self, struct call *c)
{
    struct value *y = NULL;
    TRY(clk__operation_inputs(self, c, 1));
    TRY(one_hot(&y, self, c, c->inputs[0]));
    return clk__operation_done(c, y);
}

/* Of a row of numbers one row of places. Keras looks for them along axis 1, whatever `axis` is. */
static clk_status call_multi_hot(struct layer *self, struct call *c)
{
    struct value *y = NULL;
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = clk__unary(c->graph, "trunc", c->inputs[0]);
    TRY(c->graph->status);
    if (x->shape.rank < 2)
        TRY(clk__operation_not_batch(self, c, 0));
    TRY(one_hot(&y, self, c, x));
    return clk__operation_done(
        c, clk__reduce(c->graph, REDUCE_MAX, y, 1u << (x->shape.rank > 1), false));
}

static const struct field hot_fields[] = {
    ARG_INT(taking, num_classes, REQUIRED, BETWEEN(1, 16777216)),
    ARG_INT(taking, axis, DEFAULT(-1)),
    ARG_UNSUPPORTED("dtype", DEFAULT("float32")),
    ARG_UNSUPPORTED("sparse", DEFAULT(false)),
    ARGS_END,
};

/* Their `dtype` is that of the output: only Keras' default is supported. */
#define HOT_CLASS(name_)                                                \
    .object.name = (name_), .object.module = "keras.src.ops.nn",        \
    .object.bytes = sizeof(struct taking), .object.fields = hot_fields, \
    .object.common = clk__operation_name, .object.fini = clk__layer_fini

const struct layer_class clk__operation_one_hot = {
    HOT_CLASS("OneHot"),
    .call = call_one_hot,
};

const struct layer_class clk__operation_multi_hot = {
    HOT_CLASS("MultiHot"),
    .call = call_multi_hot,
};
