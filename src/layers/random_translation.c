/* SPDX-License-Identifier: MIT */
/* RandomTranslation: moves images in training, which is not supported here; passes them on otherwise. Follows
 * keras/src/layers/preprocessing/image_preprocessing/random_translation.py. */
#include "layers/random_image.h"

static const struct field fields[] = {
    ARG_ANY(random_image, height_factor, REQUIRED),
    ARG_ANY(random_image, width_factor, REQUIRED),
    ARG_RANDOM_FILL_MODE,
    ARG_NOISE_SEED(random_image),
    ARG_RANDOM_FILL_VALUE,
    ARG_RANDOM_FORMAT,
    ARGS_END,
};

const struct layer_class clk__layer_random_translation = {
    RANDOM_IMAGE_CLASS("RandomTranslation", fields),
};
