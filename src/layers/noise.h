/* SPDX-License-Identifier: MIT */
/* What the layers share that are random in training and nothing otherwise. */
#pragma once

#include "layers/layer.h"

/* Arguments of such layers: `seed` is kept for the config, the numbers are those of the model's seed and the layer's
 * stream. */
#define ARG_NOISE_SEED(tag) ARG_INT_OR_NONE(tag, seed, DEFAULT(null))

/* True if the layer has nothing to do in this graph; its output is then its input. */
bool clk__noise_passes(struct call *c, double amount);
/* The shape of the random numbers: `list` with None as the input's dimension; the input's own if the list is None.
 * @return CLK_OK; CLK_ERR_SHAPE: it does not broadcast to the input's */
clk_status clk__noise_shape(struct shape *out, const struct layer *l, const struct int_list *list,
    const struct shape *input) CLK_MUST_CHECK;
/* x with a share `rate` of it zeroed, by random numbers of `shape`, and the rest scaled. */
struct value *clk__noise_dropout(
    struct call *c, const struct layer *l, struct value *x, struct shape shape, double rate);
/* Normal random numbers of mean 0 and deviation 1. */
struct value *clk__noise_normal(struct call *c, const struct layer *l, struct shape shape);

/* ---- SpatialDropout1D, 2D, 3D: whole channels ---- */

struct spatial_dropout {
    struct layer layer;
    double rate;
    int data_format;
    bool has_seed;
    int64_t seed;
};
/* These layers take no trainable, and Keras fails on a config that has it. */
#define SPATIAL_DROPOUT_FIELDS                                                                 \
    ARG_NOISE_SEED(spatial_dropout),                                                           \
        ARG(FIELD_STRING, "name", spatial_dropout, layer.name, DEFAULT(null)),                 \
        ARG(FIELD_DTYPE, "dtype", spatial_dropout, layer.dtype, DEFAULT("float32")),           \
        ARG(FIELD_BOOL, "trainable", spatial_dropout, layer.trainable, DEFAULT(true), HIDDEN), \
        ARGS_END
#define SPATIAL_DROPOUT_CLASS(name_, fields_)                                   \
    .object.name = (name_), .object.module = "keras.layers",                    \
    .object.bytes = sizeof(struct spatial_dropout), .object.fields = (fields_), \
    .object.check = clk__spatial_dropout_check, .object.fini = clk__layer_fini, .masks = MASK_PASS
clk_status clk__spatial_dropout_check(struct object *o) CLK_MUST_CHECK;
/* For an input of n axes between batch and channels. */
clk_status clk__spatial_dropout_call(struct layer *self, struct call *c, int n) CLK_MUST_CHECK;
