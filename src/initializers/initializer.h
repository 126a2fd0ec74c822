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

clk_status clk__initializer_fill(const struct object *initializer, float *out,
    const struct shape *shape, uint64_t seed, uint32_t stream) CLK_MUST_CHECK;
