/* SPDX-License-Identifier: MIT */
/* Dropout: in training, zeros a share of the elements and scales the rest. Follows
 * keras/src/layers/regularization/dropout.py. */
#include "layers/noise.h"

struct dropout {
    struct layer layer;
    double rate;
    struct int_list noise_shape;
    bool has_seed;
    int64_t seed;
};

static const struct field fields[] = {
    ARG_FLOAT(dropout, rate, REQUIRED, BETWEEN(0, 1)),
    ARG_SHAPE(dropout, noise_shape, DEFAULT(null), NONE_ITEMS, AT_LEAST(1)),
    ARG_NOISE_SEED(dropout),
    ARGS_END,
};

static clk_status call(struct layer *self, struct call *c)
{
    const struct dropout *d = (const struct dropout *)self;
    struct value *x = c->inputs[0];
    struct shape shape;
    TRY(clk__noise_shape(&shape, self, &d->noise_shape, &x->shape));
    if (clk__noise_passes(c, d->rate))
        return CLK_OK;
    c->outputs[0] = clk__noise_dropout(c, self, x, shape, d->rate);
    return c->graph->status;
}

/* A first item that is not None: one draw for many rows. */
static bool couples_rows(const struct layer *self, bool training)
{
    const struct int_list *shape = &((const struct dropout *)self)->noise_shape;
    return training && shape->n > 0 && shape->items[0] != -1;
}

const struct layer_class clk__layer_dropout = {
    LAYER_CLASS("Dropout", dropout, fields),
    .call = call,
    .couples_rows = couples_rows,
    .masks = MASK_PASS,
};
