/* SPDX-License-Identifier: MIT */
/* What MultiHeadAttention and GroupedQueryAttention are made of; the latter has fewer heads of keys and values. */
#pragma once

#include "layers/layer.h"

struct multi_head_attention {
    struct layer layer;
    int64_t num_heads;
    int64_t num_key_value_heads; /* 0: num_heads */
    int64_t key_dim;
    int64_t value_dim; /* key_dim where it is not given */
    bool has_value_dim;
    double dropout;
    bool use_bias;
    struct int_list output_shape;
    struct int_list attention_axes; /* once built, all of them, counted from the front */
    int64_t sliding_window;
    bool has_sliding_window;
    struct object *kernel_initializer;
    struct object *bias_initializer;
    struct object *kernel_regularizer;
    struct object *bias_regularizer;
    struct object *activity_regularizer; /* of the layers within, not of this one */
    struct object *kernel_constraint;
    struct object *bias_constraint;
    bool use_gate;
    int64_t seed;
    bool has_seed;
};

clk_status clk__multi_head_attention_call(struct layer *self, struct call *c) CLK_MUST_CHECK;
/* The call's arguments: layer_class.call_args and call_flags. */
extern const char *const clk__multi_head_attention_args[];
extern const char *const clk__multi_head_attention_flags[];
