/* SPDX-License-Identifier: MIT */
/* What the pooling layers share: their struct, fields and classes. */
#pragma once

#include "layers/window.h"

struct pool_layer {
    struct layer layer;
    struct window window; /* whose size is pool_size */
};

/* Fields for n axes; ... is REQUIRED or the DEFAULT of pool_size. */
#define POOL_FIELDS(n, ...)                                   \
    ARG_WINDOW_SIZE(pool_layer, "pool_size", n, __VA_ARGS__), \
        ARG_WINDOW_STRIDES(pool_layer, n, DEFAULT(null)),     \
        ARG_WINDOW_PADDING(pool_layer, clk__paddings), ARG_WINDOW_FORMAT(pool_layer), ARGS_END

#define POOL_CLASS(name_, fields_, aliases_)                                               \
    .object.name = (name_), .object.module = "keras.layers", .object.aliases = (aliases_), \
    .object.bytes = sizeof(struct pool_layer), .object.fields = (fields_),                 \
    .object.common = clk__layer_fields, .object.check = clk__pool_layer_check,             \
    .object.fini = clk__layer_fini

clk_status clk__pool_layer_check(struct object *o) CLK_MUST_CHECK;
clk_status clk__max_pool_layer_call(struct layer *self, struct call *c) CLK_MUST_CHECK;
clk_status clk__average_pool_layer_call(struct layer *self, struct call *c) CLK_MUST_CHECK;

/* ---- over all places at once ---- */

struct global_pool_layer {
    struct layer layer;
    int data_format;
    bool keepdims;
};

#define GLOBAL_POOL_FIELDS                                                                     \
    ARG_CHOICE(                                                                                \
        global_pool_layer, data_format, clk__data_formats, DEFAULT("channels_last"), OR_NONE), \
        ARG_BOOL(global_pool_layer, keepdims, DEFAULT(false)), ARGS_END

#define GLOBAL_POOL_CLASS(name_, fields_, aliases_)                                        \
    .object.name = (name_), .object.module = "keras.layers", .object.aliases = (aliases_), \
    .object.bytes = sizeof(struct global_pool_layer), .object.fields = (fields_),          \
    .object.common = clk__layer_fields, .object.check = clk__global_pool_layer_check,      \
    .object.fini = clk__layer_fini

clk_status clk__global_pool_layer_check(struct object *o) CLK_MUST_CHECK;
/* Reduces the input's n axes other than batch and channels. */
clk_status clk__global_pool_layer_call(
    struct layer *self, struct call *c, enum reduce_kind kind, int n) CLK_MUST_CHECK;
