/* SPDX-License-Identifier: MIT */
/* What the layers share that change images at random in training, and pass them on otherwise. Models that hold them
 * predict and evaluate; they do not train. Follows keras/src/layers/preprocessing/image_preprocessing/. */
#pragma once

#include "layers/data_format.h"
#include "layers/noise.h"

/* All their arguments, of which a class's fields are some: kept for the config. */
struct random_image {
    struct layer layer;
    json_t *factor, *height_factor, *width_factor, *value_range;
    int mode, fill_mode, interpolation, data_format;
    double fill_value;
    bool has_seed;
    int64_t seed;
};

extern const char *const clk__random_fill_modes[];
extern const char *const clk__random_interpolations[];

#define ARG_RANDOM_FORMAT \
    ARG_CHOICE(random_image, data_format, clk__data_formats, DEFAULT("channels_last"), OR_NONE)
/* Keras 3.4 to 3.8 wrote it for layers that move pixels only, too. */
#define ARG_RANDOM_NO_RANGE ARG_ANY(random_image, value_range, DEFAULT(null), HIDDEN)
/* How pixels come from where there is no image; `seed` stands between these two. */
#define ARG_RANDOM_FILL_MODE                                                         \
    ARG_CHOICE(random_image, fill_mode, clk__random_fill_modes, DEFAULT("reflect")), \
        ARG_CHOICE(random_image, interpolation, clk__random_interpolations, DEFAULT("bilinear"))
#define ARG_RANDOM_FILL_VALUE ARG_FLOAT(random_image, fill_value, DEFAULT(0.0)), ARG_RANDOM_NO_RANGE

#define RANDOM_IMAGE_CLASS(name_, fields_)                                             \
    .object.name = (name_), .object.module = "keras.layers",                           \
    .object.bytes = sizeof(struct random_image), .object.fields = (fields_),           \
    .object.common = clk__layer_plain_fields, .object.check = clk__random_image_check, \
    .object.fini = clk__layer_fini, .call = clk__random_image_call,                    \
    .untrainable =                                                                     \
        "changing images in training is not supported, only predict and evaluate; a "  \
        "model without it trains"

clk_status clk__random_image_check(struct object *o) CLK_MUST_CHECK;
clk_status clk__random_image_call(struct layer *self, struct call *c) CLK_MUST_CHECK;
