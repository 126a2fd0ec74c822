/* SPDX-License-Identifier: MIT */
/* PReLU: x, or alpha * x below 0, with an alpha for each place that is learned. Follows
 * keras/src/layers/activations/prelu.py. */
#include "initializers/initializer.h"
#include "layers/layer.h"
#include "ops/ops.h"

struct prelu {
    struct layer layer;
    struct object *alpha_initializer;
    struct object *alpha_regularizer;
    struct object *alpha_constraint;
    struct int_list shared_axes; /* along which alpha is one, from 1 on */
};

static const struct field fields[] = {
    ARG_OBJECT(prelu, alpha_initializer, &clk__initializers, DEFAULT("Zeros")),
    ARG_REGULARIZER(prelu, alpha_regularizer),
    ARG_CONSTRAINT(prelu, alpha_constraint),
    ARG_SHAPE(prelu, shared_axes, DEFAULT(null), AT_LEAST(1)),
    ARGS_END,
};

static clk_status build(struct layer *self, const struct shape *inputs, int n)
{
    const struct prelu *p = (const struct prelu *)self;
    struct shape alpha = {.rank = inputs[0].rank - 1};
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    (void)n;
    for (int i = 0; i < alpha.rank; i++)
        alpha.dims[i] = inputs[0].dims[1 + i];
    for (int i = 0; i < p->shared_axes.n; i++) {
        if (p->shared_axes.items[i] > alpha.rank)
            return clk__fail(CLK_ERR_SHAPE,
                "%s: shared_axes holds %lld, input of shape %s has up to %d",
                clk__layer_text(layer, self), (long long)p->shared_axes.items[i],
                clk__shape_text(shape, &inputs[0]), alpha.rank);
        alpha.dims[p->shared_axes.items[i] - 1] = 1;
    }
    if (clk__shape_len(&alpha) < 0)
        return clk__fail(CLK_ERR_SHAPE,
            "%s: input of shape %s has an unknown dimension, which must be given or in shared_axes",
            clk__layer_text(layer, self), clk__shape_text(shape, &inputs[0]));
    TRY(clk__layer_add_variable(self, "alpha", alpha, true, p->alpha_initializer));
    clk__layer_add_rules(self, p->alpha_regularizer, p->alpha_constraint);
    return CLK_OK;
}

/* relu(x) - alpha * relu(-x) */
static clk_status call(struct layer *self, struct call *c)
{
    struct graph *g = c->graph;
    struct value *x = c->inputs[0], *alpha = clk__call_variable(c, &self->variables[0]);
    struct value *below = clk__unary(g, "relu", clk__unary(g, "neg", x));
    c->outputs[0] = clk__sub(g, clk__unary(g, "relu", x), clk__mul(g, alpha, below));
    c->n_outputs = 1;
    return g->status;
}

const struct layer_class clk__layer_prelu = {
    LAYER_CLASS("PReLU", prelu, fields),
    .build = build,
    .call = call,
    .masks = MASK_PASS,
};
