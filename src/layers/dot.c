/* SPDX-License-Identifier: MIT */
/* Dot: the products of two inputs' samples, summed over an axis of each. Follows
 * keras/src/layers/merging/dot.py. */
#include "layers/merge.h"
#include "ops/ops.h"

/* Keras' epsilon(): the shortest vector that is brought to length 1. */
#define EPSILON 1e-7f

struct dot {
    struct layer layer;
    struct int_list axes; /* one for both, or two */
    bool normalize;
};

static const struct field fields[] = {
    ARG_SHAPE(dot, axes, REQUIRED, ALLOW_INT),
    ARG_BOOL(dot, normalize, DEFAULT(false)),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    const struct dot *d = (const struct dot *)o;
    char text[LAYER_TEXT];
    TRY(clk__layer_check(o));
    if (d->axes.n == 2 || (d->axes.n == 1 && d->axes.scalar))
        return CLK_OK;
    return clk__fail(CLK_ERR_CONFIG, "%s: axes must be an axis, or two of them",
        clk__layer_text(text, &d->layer));
}

/* The indices of an input, 'a' the batch, 'z' the summed axis, `from` and on the others; to the result, too. */
static void add_indices(char **equation, char **result, int rank, int axis, char from)
{
    for (int i = 0; i < rank; i++) {
        char index = (char)(i == 0 ? 'a' : i == axis ? 'z' : from++);
        *(*equation)++ = index;
        if (i > 0 && i != axis)
            *(*result)++ = index;
    }
}

static struct value *product(struct graph *g, struct value *const *x, const int *axes)
{
    char equation[4 * CLK_MAX_RANK + 4] = {0}, result[2 * CLK_MAX_RANK + 1] = "a";
    char *e = equation, *r = result + 1;
    add_indices(&e, &r, x[0]->shape.rank, axes[0], 'b');
    *e++ = ',';
    add_indices(&e, &r, x[1]->shape.rank, axes[1], 'n');
    *e++ = '-';
    *e++ = '>';
    for (const char *p = result; p < r; p++)
        *e++ = *p;
    struct value *y = clk__einsum(g, equation, x[0], x[1]);
    return y && y->shape.rank == 1 ? clk__reshape(g, y, SHAPE(y->shape.dims[0], 1)) : y;
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct dot *d = (const struct dot *)self;
    struct value *x[2];
    int axes[2];
    char layer[LAYER_TEXT], a[SHAPE_TEXT], b[SHAPE_TEXT];
    int64_t lengths[2];
    TRY(clk__merge_count(self, c, 2, 2));
    for (int i = 0; i < 2; i++) {
        x[i] = c->inputs[i];
        int64_t axis = d->axes.items[d->axes.n == 2 ? i : 0];
        axis = axis < 0 ? axis + x[i]->shape.rank : axis;
        if (axis < 1 || axis >= x[i]->shape.rank)
            return clk__fail(CLK_ERR_SHAPE,
                "%s: axis %lld of an input of shape %s: expected 1 to %d",
                clk__layer_text(layer, self), (long long)axis, clk__shape_text(a, &x[i]->shape),
                x[i]->shape.rank - 1);
        axes[i] = (int)axis;
        lengths[i] = x[i]->shape.dims[axis];
    }
    if (lengths[0] != lengths[1] && lengths[0] >= 0 && lengths[1] >= 0)
        return clk__fail(CLK_ERR_SHAPE,
            "%s: axis %d of an input of shape %s and axis %d of one of shape %s differ in length",
            clk__layer_text(layer, self), axes[0], clk__shape_text(a, &x[0]->shape), axes[1],
            clk__shape_text(b, &x[1]->shape));
    for (int i = 0; i < 2 && d->normalize; i++)
        x[i] = clk__l2_normalize(c->graph, x[i], 1u << axes[i], EPSILON);
    c->outputs[0] = x[0] && x[1] ? product(c->graph, x, axes) : NULL;
    c->n_outputs = 1;
    return c->graph->status;
}

const struct layer_class clk__layer_dot = {
    .object.name = "Dot",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct dot),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .call = call,
    .list_input = true,
};
