/* SPDX-License-Identifier: MIT */
/* ReLU: with a slope below, a ceiling and a threshold. Follows keras/src/layers/activations/relu.py and
 * keras/src/activations/activations.py ReLU. */
#include "layers/layer.h"
#include "ops/ops.h"

struct relu {
    struct layer layer;
    double max_value;
    bool has_max_value;
    double negative_slope;
    double threshold;
};

static const struct field fields[] = {
    ARG_FLOAT_OR_NONE(relu, max_value, DEFAULT(null), AT_LEAST(0)),
    ARG_FLOAT(relu, negative_slope, DEFAULT(0.0), AT_LEAST(0)),
    ARG_FLOAT(relu, threshold, DEFAULT(0.0), AT_LEAST(0)),
    ARGS_END,
};

/* What lies above the threshold, up to max_value. */
static struct value *above(struct graph *g, const struct relu *r, struct value *x)
{
    struct value *y = NULL;
    if (r->threshold != 0) {
        struct value *high = clk__binary(g, "greater", x, clk__constant(g, (float)r->threshold));
        y = clk__select(g, high, x, clk__constant(g, 0.0f));
    } else if (r->has_max_value && r->max_value == 6) {
        return clk__unary(g, "relu6", x); /* whose gradient at 6 is 0, unlike that of a clip */
    } else {
        y = clk__unary(g, "relu", x);
    }
    return r->has_max_value ? clk__unary_p(g, "clip", y, 0.0f, (float)r->max_value) : y;
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct relu *r = (const struct relu *)self;
    struct graph *g = c->graph;
    struct value *x = c->inputs[0];
    c->n_outputs = 1;
    if (r->negative_slope != 0 && !r->has_max_value && r->threshold == 0) {
        c->outputs[0] = clk__unary_p(g, "leaky_relu", x, (float)r->negative_slope, 0.0f);
        return g->status;
    }
    c->outputs[0] = above(g, r, x);
    if (r->negative_slope != 0) {
        struct value *below =
            clk__unary(g, "relu", clk__unary_p(g, "affine", x, -1.0f, (float)r->threshold));
        struct value *both[] = {c->outputs[0], below};
        c->outputs[0] = clk__pointwise(g, "mix", both, 2, 1.0f, -(float)r->negative_slope);
    }
    return g->status;
}

const struct layer_class clk__layer_relu = {
    LAYER_CLASS("ReLU", relu, fields),
    .call = call,
    .masks = MASK_PASS,
};
