/* SPDX-License-Identifier: MIT */
/* RandomContrast: changes images' contrast in training, which is not supported here; passes them on otherwise. Follows
 * keras/src/layers/preprocessing/image_preprocessing/random_contrast.py. */
#include "layers/random_image.h"

static const struct field fields[] = {
    ARG_ANY(random_image, factor, REQUIRED),
    ARG_ANY(random_image, value_range, DEFAULT([ 0, 255 ])),
    ARG_NOISE_SEED(random_image),
    ARG_RANDOM_FORMAT,
    ARGS_END,
};

const struct layer_class clk__layer_random_contrast = {
    RANDOM_IMAGE_CLASS("RandomContrast", fields),
};
