/* SPDX-License-Identifier: MIT */
/* GaussianNoise: in training, adds normal random numbers. Follows
 * keras/src/layers/regularization/gaussian_noise.py. */
#include "layers/noise.h"
#include "ops/ops.h"

struct gaussian_noise {
    struct layer layer;
    double stddev;
    bool has_seed;
    int64_t seed;
};

static const struct field fields[] = {
    ARG_FLOAT(gaussian_noise, stddev, REQUIRED, BETWEEN(0, 1)),
    ARG_NOISE_SEED(gaussian_noise),
    ARGS_END,
};

static clk_status call(struct layer *self, struct call *c)
{
    double stddev = ((const struct gaussian_noise *)self)->stddev;
    struct value *x = c->inputs[0];
    if (clk__noise_passes(c, stddev))
        return CLK_OK;
    struct value *inputs[] = {x, clk__noise_normal(c, self, x->shape)};
    c->outputs[0] = clk__pointwise(c->graph, "mix", inputs, 2, 1.0f, (float)stddev);
    return c->graph->status;
}

const struct layer_class clk__layer_gaussian_noise = {
    LAYER_CLASS("GaussianNoise", gaussian_noise, fields),
    .call = call,
    .masks = MASK_PASS,
};
