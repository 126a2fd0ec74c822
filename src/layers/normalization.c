/* SPDX-License-Identifier: MIT */
/* Normalization: by a mean and a variance that are arguments or come with the weights (Keras' adapt()), or back.
 * Follows keras/src/layers/preprocessing/normalization.py. */
#include "initializers/initializer.h"
#include "layers/norm.h"
#include "ops/ops.h"

#include <stdlib.h>

/* Keras' epsilon(), which the deviation is at least. */
#define EPSILON 1e-7f

struct normalization {
    struct layer layer;
    struct int_list axis;
    struct float_list mean;
    struct float_list variance;
    bool invert;
    int given; /* which of the layer's constants the mean is, where it has several numbers; the variance follows */
    struct object *zeros; /* what mean and count begin as; owned, like ones */
    struct object *ones;
};

static const struct field fields[] = {
    ARG_SHAPE(normalization, axis, DEFAULT(-1), ALLOW_INT, OR_NONE),
    ARG_FLOATS(normalization, mean, DEFAULT(null)),
    ARG_FLOATS(normalization, variance, DEFAULT(null)),
    ARG_BOOL(normalization, invert, DEFAULT(false)),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    struct normalization *n = (struct normalization *)o;
    char text[LAYER_TEXT];
    TRY(clk__layer_check(o));
    n->axis.scalar = false;
    if (n->axis.n < 0)
        n->axis.n = 0;
    if (n->mean.n != n->variance.n)
        return clk__fail(CLK_ERR_CONFIG,
            "%s: mean and variance must be of one length, or neither given",
            clk__layer_text(text, &n->layer));
    TRY(clk__object_from_text(&n->zeros, &clk__initializers, "zeros"));
    return clk__object_from_text(&n->ones, &clk__initializers, "ones");
}

static void fini(struct object *o)
{
    struct normalization *n = (struct normalization *)o;
    clk__object_free(n->zeros);
    clk__object_free(n->ones);
    n->zeros = n->ones = NULL;
    clk__layer_fini(o);
}

static clk_status add_moments(struct layer *self, const struct float_list *list)
{
    float *values = clk__alloc((size_t)list->n, sizeof *values);
    if (!values)
        return clk__fail_memory();
    for (int i = 0; i < list->n; i++)
        values[i] = (float)list->items[i];
    return clk__layer_add_constant(self, SHAPE(list->n), values, "float32");
}

static clk_status build(struct layer *self, const struct shape *inputs, int n_inputs)
{
    struct normalization *n = (struct normalization *)self;
    struct shape dims;
    unsigned axes = 0;
    (void)n_inputs;
    TRY(clk__norm_axes(&axes, &dims, self, &inputs[0], &n->axis));
    n->given = self->n_constants;
    if (n->mean.n > 1) {
        TRY(add_moments(self, &n->mean));
        return add_moments(self, &n->variance);
    }
    if (n->mean.n >= 0)
        return CLK_OK;
    TRY(clk__layer_add_variable(self, "mean", dims, false, n->zeros));
    TRY(clk__layer_add_variable(self, "variance", dims, false, n->ones));
    return clk__layer_add_variable(self, "count", (struct shape){0}, false, n->zeros);
}

/* An argument as it broadcasts against the kept axes: the last of those has as many numbers, or it is one. */
static struct value *moments(
    struct call *c, struct layer *self, const struct float_list *list, int constant)
{
    if (list->n == 1)
        return clk__constant(c->graph, (float)list->items[0]);
    return clk__call_leaf(c, &self->constants[constant].variable);
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct normalization *n = (const struct normalization *)self;
    struct graph *g = c->graph;
    struct value *x = c->inputs[0], *mean, *variance;
    struct shape dims;
    unsigned axes = 0, along;
    TRY(clk__norm_axes(&axes, &dims, self, &x->shape, &n->axis));
    if (n->mean.n < 0) {
        mean = clk__call_variable(c, &self->variables[0]);
        variance = clk__call_variable(c, &self->variables[1]);
        along = axes;
    } else {
        if (n->mean.n != 1 && (dims.rank == 0 || n->mean.n != dims.dims[dims.rank - 1])) {
            char layer[LAYER_TEXT], shape[SHAPE_TEXT];
            return clk__fail(CLK_ERR_SHAPE, "%s: mean has %d numbers, input of shape %s does not",
                clk__layer_text(layer, self), n->mean.n, clk__shape_text(shape, &x->shape));
        }
        mean = moments(c, self, &n->mean, n->given);
        variance = moments(c, self, &n->variance, n->given + 1);
        for (along = 1; along << 1 <= axes; along <<= 1)
            ;
    }
    if (mean && mean->shape.rank > 0) {
        mean = clk__norm_spread(g, mean, x, along);
        variance = clk__norm_spread(g, variance, x, along);
    }
    struct value *deviation =
        clk__binary(g, "max", clk__unary(g, "sqrt", variance), clk__constant(g, EPSILON));
    c->outputs[0] = n->invert ? clk__add(g, mean, clk__mul(g, x, deviation))
                              : clk__div(g, clk__sub(g, x, mean), deviation);
    c->n_outputs = 1;
    return g->status;
}

const struct layer_class clk__layer_normalization = {
    .object.name = "Normalization",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct normalization),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = fini,
    .build = build,
    .call = call,
    .masks = MASK_PASS,
};
