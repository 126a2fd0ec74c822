/* SPDX-License-Identifier: MIT */
/* Layers that move a window over one axis or more, convolutions and poolings: its arguments, and the input with its
 * channels last whatever data_format says. */
#pragma once

#include "layers/data_format.h"
#include "ops/ops.h"

struct window {
    struct int_list size; /* as many items as there are axes */
    struct int_list strides;
    struct int_list dilation; /* not of poolings: empty */
    int padding;              /* enum padding */
    int data_format;
};

/* For ARG_CHOICE: the choices of most layers, and of Conv1D. */
extern const char *const clk__paddings[];
extern const char *const clk__paddings_1d[];

/* Fields of a struct `tag` with a member `struct window window`, of n axes. */
#define ARG_WINDOW_SIZE(tag, name, n, ...) \
    ARG(FIELD_SHAPE, name, tag, window.size, RANK(n), ALLOW_INT, AT_LEAST(1), __VA_ARGS__)
#define ARG_WINDOW_STRIDES(tag, n, ...) \
    ARG(FIELD_SHAPE, "strides", tag, window.strides, RANK(n), ALLOW_INT, AT_LEAST(1), __VA_ARGS__)
#define ARG_WINDOW_DILATION(tag, n)                                                          \
    ARG(FIELD_SHAPE, "dilation_rate", tag, window.dilation, RANK(n), ALLOW_INT, AT_LEAST(1), \
        DEFAULT(1))
#define ARG_WINDOW_PADDING(tag, paddings) \
    ARG(FIELD_CHOICE, "padding", tag, window.padding, DEFAULT("valid"), .choices = (paddings))
#define ARG_WINDOW_FORMAT(tag)                                                                   \
    ARG(FIELD_CHOICE, "data_format", tag, window.data_format, DEFAULT("channels_last"), OR_NONE, \
        .choices = clk__data_formats)

/* In a layer's check: what None stands for. */
void clk__window_check(struct window *w);
/* The shape of the input with its channels last, known and, but for `any_size`, no smaller than the window.
 * @return CLK_OK; CLK_ERR_SHAPE: it is not so, or of another rank */
clk_status clk__window_input(struct shape *out, const struct layer *l, const struct window *w,
    const struct shape *input, bool any_size) CLK_MUST_CHECK;
/* The call's input as float32 with its channels last; checked as clk__window_input does. */
clk_status clk__window_open(struct value **out, const struct layer *l, const struct window *w,
    struct call *c, bool any_size) CLK_MUST_CHECK;
/* Makes y, channels last, the call's output. */
clk_status clk__window_close(
    struct call *c, const struct window *w, struct value *y) CLK_MUST_CHECK;
/* Strides, dilation and padding of axis i for an input with its channels last. */
struct conv_opts clk__window_conv_opts(const struct window *w, const struct shape *input);
