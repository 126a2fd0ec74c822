/* SPDX-License-Identifier: MIT */
/* RandomFlip: mirrors images in training, which is not supported here; passes them on otherwise. Follows
 * keras/src/layers/preprocessing/image_preprocessing/random_flip.py. */
#include "layers/random_image.h"

static const char *const modes[] = {"horizontal", "vertical", "horizontal_and_vertical", NULL};

static const struct field fields[] = {
    ARG_CHOICE(random_image, mode, modes, DEFAULT("horizontal_and_vertical")),
    ARG_NOISE_SEED(random_image),
    ARG_RANDOM_FORMAT,
    ARG_RANDOM_NO_RANGE,
    ARGS_END,
};

const struct layer_class clk__layer_random_flip = {
    RANDOM_IMAGE_CLASS("RandomFlip", fields),
};
