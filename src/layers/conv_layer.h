/* SPDX-License-Identifier: MIT */
/* What the convolution layers share: one struct of all their arguments, of which a class' fields are some. How many
 * axes a layer moves over is the length of window.size. */
#pragma once

#include "activations/activation.h"
#include "initializers/initializer.h"
#include "layers/window.h"

struct conv_layer {
    struct layer layer;
    struct window window;
    int64_t filters;
    int64_t groups;
    int64_t depth_multiplier;
    struct int_list output_padding; /* of transposes; n -1: None */
    struct object *activation;
    bool use_bias;
    struct object *kernel_initializer; /* or depthwise_initializer */
    struct object *pointwise_initializer;
    struct object *bias_initializer;
    struct object *kernel_regularizer; /* or depthwise_regularizer; the constraint likewise */
    struct object *pointwise_regularizer;
    struct object *bias_regularizer;
    struct object *kernel_constraint;
    struct object *pointwise_constraint;
    struct object *bias_constraint;
};

#define ARG_CONV_FILTERS    ARG_INT(conv_layer, filters, REQUIRED, AT_LEAST(1))
#define ARG_CONV_SIZE(n)    ARG_WINDOW_SIZE(conv_layer, "kernel_size", n, REQUIRED)
#define ARG_CONV_STRIDES(n) ARG_WINDOW_STRIDES(conv_layer, n, DEFAULT(1))
#define ARG_CONV_MULTIPLIER ARG_INT(conv_layer, depth_multiplier, DEFAULT(1), AT_LEAST(1))
/* tf.keras wrote the groups of its base class for convolutions channel by channel too, always 1. */
#define ARG_CONV_NO_GROUPS ARG_UNSUPPORTED("groups", DEFAULT(1), HIDDEN)
#define ARG_CONV_ACTIVATION                                                            \
    ARG_OBJECT(conv_layer, activation, &clk__activations, DEFAULT("linear"), OR_NONE), \
        ARG_BOOL(conv_layer, use_bias, DEFAULT(true))
#define ARG_CONV_INITIALIZER(name, member)                                      \
    ARG(FIELD_OBJECT, name, conv_layer, member, .registry = &clk__initializers, \
        DEFAULT("glorot_uniform"))
#define ARG_CONV_BIAS_INITIALIZER \
    ARG_OBJECT(conv_layer, bias_initializer, &clk__initializers, DEFAULT("zeros"))

#define ARG_CONV_REGULARIZER(name, member) \
    ARG(FIELD_OBJECT, name, conv_layer, member, .registry = &clk__regularizers, DEFAULT(null))
#define ARG_CONV_CONSTRAINT(name, member) \
    ARG(FIELD_OBJECT, name, conv_layer, member, .registry = &clk__constraints, DEFAULT(null))

/* Fields in the order of Keras' signatures, for n axes. */
#define CONV_FIELDS(n, paddings)                                                                   \
    ARG_CONV_FILTERS, ARG_CONV_SIZE(n), ARG_CONV_STRIDES(n),                                       \
        ARG_WINDOW_PADDING(conv_layer, paddings), ARG_WINDOW_FORMAT(conv_layer),                   \
        ARG_WINDOW_DILATION(conv_layer, n), ARG_INT(conv_layer, groups, DEFAULT(1), AT_LEAST(1)),  \
        ARG_CONV_ACTIVATION, ARG_CONV_INITIALIZER("kernel_initializer", kernel_initializer),       \
        ARG_CONV_BIAS_INITIALIZER, ARG_CONV_REGULARIZER("kernel_regularizer", kernel_regularizer), \
        ARG_CONV_REGULARIZER("bias_regularizer", bias_regularizer), ARG_ACTIVITY_REGULARIZER,      \
        ARG_CONV_CONSTRAINT("kernel_constraint", kernel_constraint),                               \
        ARG_CONV_CONSTRAINT("bias_constraint", bias_constraint), ARGS_END
#define CONV_TRANSPOSE_FIELDS(n)                                                                   \
    ARG_CONV_FILTERS, ARG_CONV_SIZE(n), ARG_CONV_STRIDES(n),                                       \
        ARG_WINDOW_PADDING(conv_layer, clk__paddings),                                             \
        ARG_SHAPE(conv_layer, output_padding, RANK(n), ALLOW_INT, AT_LEAST(0), DEFAULT(null)),     \
        ARG_WINDOW_FORMAT(conv_layer), ARG_WINDOW_DILATION(conv_layer, n), ARG_CONV_ACTIVATION,    \
        ARG_CONV_INITIALIZER("kernel_initializer", kernel_initializer), ARG_CONV_BIAS_INITIALIZER, \
        ARG_CONV_REGULARIZER("kernel_regularizer", kernel_regularizer),                            \
        ARG_CONV_REGULARIZER("bias_regularizer", bias_regularizer), ARG_ACTIVITY_REGULARIZER,      \
        ARG_CONV_CONSTRAINT("kernel_constraint", kernel_constraint),                               \
        ARG_CONV_CONSTRAINT("bias_constraint", bias_constraint), ARGS_END
#define DEPTHWISE_CONV_FIELDS(n)                                                                \
    ARG_CONV_SIZE(n), ARG_CONV_STRIDES(n), ARG_WINDOW_PADDING(conv_layer, clk__paddings),       \
        ARG_CONV_MULTIPLIER, ARG_WINDOW_FORMAT(conv_layer), ARG_WINDOW_DILATION(conv_layer, n), \
        ARG_CONV_ACTIVATION, ARG_CONV_INITIALIZER("depthwise_initializer", kernel_initializer), \
        ARG_CONV_BIAS_INITIALIZER,                                                              \
        ARG_CONV_REGULARIZER("depthwise_regularizer", kernel_regularizer),                      \
        ARG_CONV_REGULARIZER("bias_regularizer", bias_regularizer), ARG_ACTIVITY_REGULARIZER,   \
        ARG_CONV_CONSTRAINT("depthwise_constraint", kernel_constraint),                         \
        ARG_CONV_CONSTRAINT("bias_constraint", bias_constraint), ARG_CONV_NO_GROUPS, ARGS_END
#define SEPARABLE_CONV_FIELDS(n)                                                              \
    ARG_CONV_FILTERS, ARG_CONV_SIZE(n), ARG_CONV_STRIDES(n),                                  \
        ARG_WINDOW_PADDING(conv_layer, clk__paddings), ARG_WINDOW_FORMAT(conv_layer),         \
        ARG_WINDOW_DILATION(conv_layer, n), ARG_CONV_MULTIPLIER, ARG_CONV_ACTIVATION,         \
        ARG_CONV_INITIALIZER("depthwise_initializer", kernel_initializer),                    \
        ARG_CONV_INITIALIZER("pointwise_initializer", pointwise_initializer),                 \
        ARG_CONV_BIAS_INITIALIZER,                                                            \
        ARG_CONV_REGULARIZER("depthwise_regularizer", kernel_regularizer),                    \
        ARG_CONV_REGULARIZER("pointwise_regularizer", pointwise_regularizer),                 \
        ARG_CONV_REGULARIZER("bias_regularizer", bias_regularizer), ARG_ACTIVITY_REGULARIZER, \
        ARG_CONV_CONSTRAINT("depthwise_constraint", kernel_constraint),                       \
        ARG_CONV_CONSTRAINT("pointwise_constraint", pointwise_constraint),                    \
        ARG_CONV_CONSTRAINT("bias_constraint", bias_constraint), ARG_CONV_NO_GROUPS, ARGS_END

/* A class but for build and call. */
#define CONV_CLASS(name_, fields_, check_, aliases_)                                       \
    .object.name = (name_), .object.module = "keras.layers", .object.aliases = (aliases_), \
    .object.bytes = sizeof(struct conv_layer), .object.fields = (fields_),                 \
    .object.common = clk__layer_plain_fields, .object.check = (check_),                    \
    .object.fini = clk__layer_fini

/* Convolutions and their transposes are no wider where they stride: Keras refuses both at once. */
clk_status clk__conv_layer_check(struct object *o) CLK_MUST_CHECK;
/* Depthwise and separable ones may. */
clk_status clk__conv_layer_check_depthwise(struct object *o) CLK_MUST_CHECK;

clk_status clk__conv_layer_build(
    struct layer *self, const struct shape *inputs, int n) CLK_MUST_CHECK;
clk_status clk__conv_layer_call(struct layer *self, struct call *c) CLK_MUST_CHECK;
clk_status clk__conv_transpose_layer_build(
    struct layer *self, const struct shape *inputs, int n) CLK_MUST_CHECK;
clk_status clk__conv_transpose_layer_call(struct layer *self, struct call *c) CLK_MUST_CHECK;
clk_status clk__depthwise_layer_build(
    struct layer *self, const struct shape *inputs, int n) CLK_MUST_CHECK;
clk_status clk__depthwise_layer_call(struct layer *self, struct call *c) CLK_MUST_CHECK;
clk_status clk__separable_layer_build(
    struct layer *self, const struct shape *inputs, int n) CLK_MUST_CHECK;
clk_status clk__separable_layer_call(struct layer *self, struct call *c) CLK_MUST_CHECK;
