/* SPDX-License-Identifier: MIT */
/* GaussianDropout: in training, multiplies by normal random numbers around 1, with dropout's variance. Follows
 * keras/src/layers/regularization/gaussian_dropout.py. */
#include "layers/noise.h"
#include "ops/ops.h"

#include <math.h>

struct gaussian_dropout {
    struct layer layer;
    double rate;
    bool has_seed;
    int64_t seed;
};

static const struct field fields[] = {
    ARG_FLOAT(gaussian_dropout, rate, REQUIRED, IN_UNIT), /* at 1, Keras divides by 0 */
    ARG_NOISE_SEED(gaussian_dropout),
    ARGS_END,
};

static clk_status call(struct layer *self, struct call *c)
{
    double rate = ((const struct gaussian_dropout *)self)->rate;
    struct value *x = c->inputs[0];
    if (clk__noise_passes(c, rate))
        return CLK_OK;
    struct value *normal = clk__noise_normal(c, self, x->shape);
    struct value *factor =
        clk__unary_p(c->graph, "affine", normal, (float)sqrt(rate / (1 - rate)), 1.0f);
    c->outputs[0] = clk__mul(c->graph, x, factor);
    return c->graph->status;
}

const struct layer_class clk__layer_gaussian_dropout = {
    LAYER_CLASS("GaussianDropout", gaussian_dropout, fields),
    .call = call,
    .masks = MASK_PASS,
};
