/* SPDX-License-Identifier: MIT */
/* Initializers: initial values of a variable, on the host, from Philox keyed by (seed, stream, element):
 * the same on every device. One Keras name a file; the table is made from meson.build. */
#pragma once

#include "config/schema.h"
#include "ops/op.h"

struct initializer {
    struct object object;
};
struct initializer_class {
    struct object_class object;
    /* Fills out[0 .. len of shape): (seed, stream) are this variable's own. */
    clk_status (*fill)(const struct initializer *self, float *out, const struct shape *shape,
        uint64_t seed, uint32_t stream);
};
extern const struct registry clk__initializers;

/* Fills out[0 .. len of shape).
 * @return CLK_OK; CLK_ERR_SHAPE: a shape this initializer cannot fill (orthogonal: rank < 2) */
clk_status clk__initializer_fill(const struct object *initializer, float *out,
    const struct shape *shape, uint64_t seed, uint32_t stream) CLK_MUST_CHECK;

/* True if only the fans of a shape count (VarianceScaling and its named forms): a caller that knows better ones than
 * a convolution's asks for the shape (fan_in, fan_out). */
bool clk__initializer_scales(const struct object *initializer);

/* Of the random ones, first in their structs: with a seed of its own an initializer gives every variable the
 * same numbers, as in Keras. */
struct random_initializer {
    struct initializer initializer;
    bool has_seed;
    int64_t seed;
};
#define SEED_FIELD(tag)                                              \
    ARG(FIELD_INT, "seed", tag, random.seed, OR_NONE, DEFAULT(null), \
        .has_offset = offsetof(struct tag, random.has_seed))

/* The numbers of one variable, by element: counter (element, stream), key seed. */
struct draw {
    uint32_t key[2];
    uint32_t stream;
};
struct draw clk__draw(const struct random_initializer *self, uint64_t seed, uint32_t stream);
/* Uniform in [0, 1); standard normal; the same cut at two standard deviations. */
double clk__draw_uniform(const struct draw *d, uint64_t element);
double clk__draw_normal(const struct draw *d, uint64_t element);
double clk__draw_truncated(const struct draw *d, uint64_t element);

size_t clk__initializer_len(const struct shape *shape);
