/* SPDX-License-Identifier: MIT */
/* Small objects of every kind of field, and their tables, for the tests of this folder. */
#pragma once

#include "config/schema.h"

struct toy_layer {
    struct object object;
    char *name;
    bool trainable;
    char *dtype;
};

struct dense {
    struct toy_layer layer;
    int64_t units;
    struct object *activation;
    bool use_bias;
    struct object *kernel_initializer;
    int64_t seed;
    bool has_seed;
};

struct conv {
    struct toy_layer layer;
    int64_t filters;
    struct int_list kernel_size;
    struct int_list strides;
    int padding;
    double rate;
};

struct pad {
    struct toy_layer layer;
    struct int_list padding;
};

struct input {
    struct toy_layer layer;
    struct int_list shape;
    struct float_list scale;
};

struct wrapper {
    struct toy_layer layer;
    struct object *inner;
};

struct stack {
    struct toy_layer layer;
    struct object_list layers;
    bool flag;
};

struct leaky {
    struct object object;
    double negative_slope;
};

struct normal {
    struct object object;
    double mean;
    double stddev;
};

struct sgd {
    struct object object;
    struct object *learning_rate;
    double momentum;
    double clipnorm;
    bool has_clipnorm;
};

struct constant_rate {
    struct object object;
    double rate;
};

struct decay {
    struct object object;
    double initial_learning_rate;
    int64_t decay_steps;
};

static const struct object_class relu = {
    .name = "relu", .module = "keras.activations", .bytes = sizeof(struct object)};

static const char *const leaky_aliases[] = {"LeakyReLU", NULL};
static const struct field leaky_fields[] = {
    ARG_FLOAT(leaky, negative_slope, DEFAULT(0.2), AT_LEAST(0), ALIAS("alpha")),
    ARGS_END,
};
static const struct object_class leaky = {
    .name = "leaky_relu",
    .module = "keras.layers",
    .aliases = leaky_aliases,
    .bytes = sizeof(struct leaky),
    .fields = leaky_fields,
};

static const struct object_class *const activations[] = {&relu, &leaky};
static const struct registry toy_activations = {
    .kind = "activation", .classes = activations, .n_classes = 2, .as_string = true};

static const struct field normal_fields[] = {
    ARG_FLOAT(normal, mean, DEFAULT(0.0)),
    ARG_FLOAT(normal, stddev, DEFAULT(0.05), ABOVE(0)),
    ARG_UNSUPPORTED("seed", DEFAULT(null)),
    ARGS_END,
};
static const struct object_class normal = {
    .name = "RandomNormal",
    .module = "keras.initializers",
    .bytes = sizeof(struct normal),
    .fields = normal_fields,
};
static const struct object_class zeros = {
    .name = "Zeros", .module = "keras.initializers", .bytes = sizeof(struct object)};
static const struct object_class *const initializers[] = {&normal, &zeros};
static const struct registry toy_initializers = {
    .kind = "initializer", .classes = initializers, .n_classes = 2};

static const struct field common[] = {
    ARG_STRING(toy_layer, name, DEFAULT(null)),
    ARG_BOOL(toy_layer, trainable, DEFAULT(true)),
    ARG_DTYPE(toy_layer, dtype, DEFAULT("float32")),
    ARGS_END,
};

static clk_status check_dense(struct object *o)
{
    const struct dense *d = (const struct dense *)o;
    if (!d->use_bias && d->units == 13)
        return clk__fail(CLK_ERR_CONFIG, "units=13 needs use_bias");
    return CLK_OK;
}

static const struct field dense_fields[] = {
    ARG_INT(dense, units, REQUIRED, AT_LEAST(1)),
    ARG_OBJECT(dense, activation, &toy_activations, DEFAULT(null)),
    ARG_BOOL(dense, use_bias, DEFAULT(true)),
    ARG_OBJECT(dense, kernel_initializer, &toy_initializers, DEFAULT("zeros")),
    ARG_INT_OR_NONE(dense, seed, DEFAULT(null), LAST_POSITIONAL),
    ARG_UNSUPPORTED("kernel_regularizer", DEFAULT(null)),
    ARGS_END,
};
static const struct object_class dense = {
    .name = "Dense",
    .module = "keras.layers",
    .bytes = sizeof(struct dense),
    .fields = dense_fields,
    .common = common,
    .check = check_dense,
};

static const char *const paddings[] = {"valid", "same", NULL};
static const struct field conv_fields[] = {
    ARG_INT(conv, filters, REQUIRED, AT_LEAST(1)),
    ARG_SHAPE(conv, kernel_size, REQUIRED, RANK(2), ALLOW_INT, AT_LEAST(1)),
    ARG_SHAPE(conv, strides, DEFAULT(1), RANK(2), ALLOW_INT, AT_LEAST(1)),
    ARG_CHOICE(conv, padding, paddings, DEFAULT("valid")),
    ARG_FLOAT(conv, rate, DEFAULT(0.0), IN_UNIT, HIDDEN),
    ARGS_END,
};
static const struct object_class conv = {
    .name = "Conv2D",
    .module = "keras.layers",
    .bytes = sizeof(struct conv),
    .fields = conv_fields,
    .common = common,
};

static const struct field pad_fields[] = {
    ARG_SHAPE(pad, padding, DEFAULT(1), PAIRS(2), AT_LEAST(0)),
    ARGS_END,
};
static const struct object_class pad = {
    .name = "ZeroPadding2D",
    .module = "keras.layers",
    .bytes = sizeof(struct pad),
    .fields = pad_fields,
    .common = common,
};

static const struct field input_fields[] = {
    ARG_SHAPE(input, shape, REQUIRED, ALLOW_INT, NONE_ITEMS),
    ARG_FLOATS(input, scale, DEFAULT(null)),
    ARGS_END,
};
static const struct object_class input = {
    .name = "Input",
    .module = "keras.layers",
    .bytes = sizeof(struct input),
    .fields = input_fields,
    .common = common,
};

static const struct registry toy_layers;
static const struct field stack_fields[] = {
    ARG_OBJECTS(stack, layers, &toy_layers, REQUIRED),
    ARG_BOOL(stack, flag, DEFAULT(false)),
    ARGS_END,
};
static const struct object_class stack = {
    .name = "Stack",
    .module = "keras.layers",
    .bytes = sizeof(struct stack),
    .fields = stack_fields,
    .common = common,
};

static const struct field wrapper_fields[] = {
    ARG_OBJECT(wrapper, inner, &toy_layers, DEFAULT(null), .of_list = &stack),
    ARGS_END,
};
static const struct object_class wrapper = {
    .name = "Wrapper",
    .module = "keras.layers",
    .bytes = sizeof(struct wrapper),
    .fields = wrapper_fields,
    .common = common,
};

static const struct object_class *const layers[] = {&dense, &conv, &pad, &input, &wrapper, &stack};
static const struct registry toy_layers = {.kind = "layer", .classes = layers, .n_classes = 6};

static const struct field constant_fields[] = {
    ARG_FLOAT(constant_rate, rate, REQUIRED, AT_LEAST(0)),
    ARGS_END,
};
static const struct object_class constant = {
    .name = "Constant",
    .module = "keras.optimizers.schedules",
    .bytes = sizeof(struct constant_rate),
    .fields = constant_fields,
};
static const struct field decay_fields[] = {
    ARG_FLOAT(decay, initial_learning_rate, REQUIRED, ABOVE(0)),
    ARG_INT(decay, decay_steps, REQUIRED, AT_LEAST(1)),
    ARGS_END,
};
static const struct object_class decay = {
    .name = "CosineDecay",
    .module = "keras.optimizers.schedules",
    .bytes = sizeof(struct decay),
    .fields = decay_fields,
};
static const struct object_class *const schedules[] = {&decay};
static const struct registry toy_schedules = {
    .kind = "learning rate schedule", .classes = schedules, .n_classes = 1, .number = &constant};

static const struct field sgd_fields[] = {
    ARG_OBJECT(sgd, learning_rate, &toy_schedules, DEFAULT(0.01), ALIAS("lr")),
    ARG_FLOAT(sgd, momentum, DEFAULT(0.0), BETWEEN(0, 1)),
    ARG_FLOAT_OR_NONE(sgd, clipnorm, DEFAULT(null), ABOVE(0)),
    ARGS_END,
};
static const struct object_class sgd = {
    .name = "SGD",
    .module = "keras.optimizers",
    .bytes = sizeof(struct sgd),
    .fields = sgd_fields,
};
static const struct object_class *const optimizers[] = {&sgd};
static const struct registry toy_optimizers = {
    .kind = "optimizer", .classes = optimizers, .n_classes = 1};
