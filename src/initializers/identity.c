/* SPDX-License-Identifier: MIT */
/* Identity: gain on the diagonal. Follows keras/src/initializers/constant_initializers.py. */
#include "initializers/initializer.h"

struct identity {
    struct initializer initializer;
    double gain;
};

/* Keras takes `gain` and leaves it out of the config, so it does not survive a file there either. */
static const struct field fields[] = {
    ARG_FLOAT(identity, gain, DEFAULT(1.0), HIDDEN),
    ARGS_END,
};

static clk_status fill(const struct initializer *self, float *out, const struct shape *shape,
    uint64_t seed, uint32_t stream)
{
    (void)seed;
    (void)stream;
    if (shape->rank != 2) {
        char text[SHAPE_TEXT];
        return clk__fail(CLK_ERR_SHAPE, "initializer Identity: shape %s has rank %d, it takes 2",
            clk__shape_text(text, shape), shape->rank);
    }
    float gain = (float)((const struct identity *)self)->gain;
    for (int64_t i = 0; i < shape->dims[0]; i++) {
        for (int64_t j = 0; j < shape->dims[1]; j++)
            out[i * shape->dims[1] + j] = i == j ? gain : 0.0f;
    }
    return CLK_OK;
}

static const char *const aliases[] = {"IdentityInitializer", NULL};

const struct initializer_class clk__initializer_identity = {
    .object.name = "Identity",
    .object.module = "keras.initializers",
    .object.aliases = aliases,
    .object.bytes = sizeof(struct identity),
    .object.fields = fields,
    .fill = fill,
};
