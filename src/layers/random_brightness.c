/* SPDX-License-Identifier: MIT */
/* RandomBrightness: changes images' brightness in training, which is not supported here; passes them on otherwise. Follows
 * keras/src/layers/preprocessing/image_preprocessing/random_brightness.py. */
#include "layers/random_image.h"

static const struct field fields[] = {
    ARG_ANY(random_image, factor, REQUIRED),
    ARG_ANY(random_image, value_range, DEFAULT([ 0, 255 ])),
    ARG_NOISE_SEED(random_image),
    ARG_RANDOM_FORMAT,
    ARGS_END,
};

const struct layer_class clk__layer_random_brightness = {
    RANDOM_IMAGE_CLASS("RandomBrightness", fields),
};
