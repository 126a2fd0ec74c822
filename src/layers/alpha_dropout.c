/* SPDX-License-Identifier: MIT */
/* AlphaDropout: dropout to SELU's negative limit, then scaled and moved so that mean and variance stay. Follows
 * keras/src/layers/regularization/alpha_dropout.py. */
#include "layers/noise.h"
#include "ops/ops.h"

#include <math.h>

/* -alpha * scale of SELU. */
#define DROPPED (-1.6732632423543772848170429916717 * 1.0507009873554804934193349852946)

struct alpha_dropout {
    struct layer layer;
    double rate;
    struct int_list noise_shape;
    bool has_seed;
    int64_t seed;
};

static const struct field fields[] = {
    ARG_FLOAT(alpha_dropout, rate, REQUIRED, IN_UNIT), /* at 1, Keras divides by 0 */
    ARG_SHAPE(alpha_dropout, noise_shape, DEFAULT(null), NONE_ITEMS, AT_LEAST(1)),
    ARG_NOISE_SEED(alpha_dropout),
    ARGS_END,
};

static clk_status call(struct layer *self, struct call *c)
{
    const struct alpha_dropout *l = (const struct alpha_dropout *)self;
    struct graph *g = c->graph;
    struct value *x = c->inputs[0];
    struct shape shape;
    TRY(clk__noise_shape(&shape, self, &l->noise_shape, &x->shape));
    if (clk__noise_passes(c, l->rate))
        return CLK_OK;
    double a = 1 / sqrt((1 - l->rate) * (1 + l->rate * DROPPED * DROPPED));
    double b = -a * DROPPED * l->rate;
    struct value *u = clk__random_uniform(g, shape, clk__call_stream(c, self, 0));
    struct value *kept = clk__binary(g, "greater_equal", u, clk__constant(g, (float)l->rate));
    c->outputs[0] = clk__select(g, kept, clk__unary_p(g, "affine", x, (float)a, (float)b),
        clk__constant(g, (float)(a * DROPPED + b)));
    return g->status;
}

/* A first item that is not None: one draw for many rows. */
static bool couples_rows(const struct layer *self, bool training)
{
    const struct int_list *shape = &((const struct alpha_dropout *)self)->noise_shape;
    return training && shape->n > 0 && shape->items[0] != -1;
}

const struct layer_class clk__layer_alpha_dropout = {
    LAYER_CLASS("AlphaDropout", alpha_dropout, fields),
    .call = call,
    .couples_rows = couples_rows,
    .masks = MASK_PASS,
};
