/* SPDX-License-Identifier: MIT */
/* RandomNormal and TruncatedNormal, which is cut at two standard deviations and has no correction for it.
 * Follows keras/src/initializers/random_initializers.py. */
#include "initializers/initializer.h"

struct normal {
    struct random_initializer random;
    double mean;
    double stddev;
};

static const struct field fields[] = {
    ARG_FLOAT(normal, mean, DEFAULT(0.0)),
    ARG_FLOAT(normal, stddev, DEFAULT(0.05)),
    SEED_FIELD(normal),
    ARGS_END,
};

static clk_status fill_normal(const struct initializer *self, float *out, const struct shape *shape,
    uint64_t seed, uint32_t stream)
{
    const struct normal *n = (const struct normal *)self;
    const struct draw d = clk__draw(&n->random, seed, stream);
    size_t len = clk__initializer_len(shape);
    for (size_t i = 0; i < len; i++)
        out[i] = (float)(n->mean + n->stddev * clk__draw_normal(&d, i));
    return CLK_OK;
}

static clk_status fill_truncated(const struct initializer *self, float *out,
    const struct shape *shape, uint64_t seed, uint32_t stream)
{
    const struct normal *n = (const struct normal *)self;
    const struct draw d = clk__draw(&n->random, seed, stream);
    size_t len = clk__initializer_len(shape);
    for (size_t i = 0; i < len; i++)
        out[i] = (float)(n->mean + n->stddev * clk__draw_truncated(&d, i));
    return CLK_OK;
}

static const char *const normal_aliases[] = {"normal", NULL};

const struct initializer_class clk__initializer_random_normal = {
    .object.name = "RandomNormal",
    .object.module = "keras.initializers",
    .object.aliases = normal_aliases,
    .object.bytes = sizeof(struct normal),
    .object.fields = fields,
    .fill = fill_normal,
};

const struct initializer_class clk__initializer_truncated_normal = {
    .object.name = "TruncatedNormal",
    .object.module = "keras.initializers",
    .object.bytes = sizeof(struct normal),
    .object.fields = fields,
    .fill = fill_truncated,
};
