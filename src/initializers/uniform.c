/* SPDX-License-Identifier: MIT */
/* RandomUniform. Follows keras/src/initializers/random_initializers.py. */
#include "initializers/initializer.h"

struct uniform {
    struct random_initializer random;
    double minval;
    double maxval;
};

static const struct field fields[] = {
    ARG_FLOAT(uniform, minval, DEFAULT(-0.05)),
    ARG_FLOAT(uniform, maxval, DEFAULT(0.05)),
    SEED_FIELD(uniform),
    ARGS_END,
};

static clk_status fill(const struct initializer *self, float *out, const struct shape *shape,
    uint64_t seed, uint32_t stream)
{
    const struct uniform *u = (const struct uniform *)self;
    const struct draw d = clk__draw(&u->random, seed, stream);
    size_t len = clk__initializer_len(shape);
    for (size_t i = 0; i < len; i++)
        out[i] = (float)(u->minval + (u->maxval - u->minval) * clk__draw_uniform(&d, i));
    return CLK_OK;
}

static const char *const aliases[] = {"uniform", NULL};

const struct initializer_class clk__initializer_random_uniform = {
    .object.name = "RandomUniform",
    .object.module = "keras.initializers",
    .object.aliases = aliases,
    .object.bytes = sizeof(struct uniform),
    .object.fields = fields,
    .fill = fill,
};
