/* SPDX-License-Identifier: MIT */
/* Constant, Zeros, Ones. Follows keras/src/initializers/constant_initializers.py. */
#include "initializers/initializer.h"

struct constant {
    struct initializer initializer;
    double value;
};

static const struct field fields[] = {
    ARG_FLOAT(constant, value, DEFAULT(0.0)),
    ARGS_END,
};

static clk_status fill_with(float *out, const struct shape *shape, float value)
{
    size_t len = clk__initializer_len(shape);
    for (size_t i = 0; i < len; i++)
        out[i] = value;
    return CLK_OK;
}

static clk_status fill_constant(const struct initializer *self, float *out,
    const struct shape *shape, uint64_t seed, uint32_t stream)
{
    (void)seed;
    (void)stream;
    return fill_with(out, shape, (float)((const struct constant *)self)->value);
}

static clk_status fill_zeros(const struct initializer *self, float *out, const struct shape *shape,
    uint64_t seed, uint32_t stream)
{
    (void)self;
    (void)seed;
    (void)stream;
    return fill_with(out, shape, 0.0f);
}

static clk_status fill_ones(const struct initializer *self, float *out, const struct shape *shape,
    uint64_t seed, uint32_t stream)
{
    (void)self;
    (void)seed;
    (void)stream;
    return fill_with(out, shape, 1.0f);
}

static const char *const zeros_aliases[] = {"zero", NULL};
static const char *const ones_aliases[] = {"one", NULL};

const struct initializer_class clk__initializer_constant = {
    .object.name = "Constant",
    .object.module = "keras.initializers",
    .object.bytes = sizeof(struct constant),
    .object.fields = fields,
    .fill = fill_constant,
};

const struct initializer_class clk__initializer_zeros = {
    .object.name = "Zeros",
    .object.module = "keras.initializers",
    .object.aliases = zeros_aliases,
    .object.bytes = sizeof(struct initializer),
    .fill = fill_zeros,
};

const struct initializer_class clk__initializer_ones = {
    .object.name = "Ones",
    .object.module = "keras.initializers",
    .object.aliases = ones_aliases,
    .object.bytes = sizeof(struct initializer),
    .fill = fill_ones,
};
