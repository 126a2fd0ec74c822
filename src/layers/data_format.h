/* SPDX-License-Identifier: MIT */
/* The argument data_format. Ops work on channels last; what takes channels_first too turns its input before and its
 * output after. */
#pragma once

#include "layers/layer.h"

enum data_format {
    CHANNELS_LAST,
    CHANNELS_FIRST
};
/* For ARG_CHOICE(tag, data_format, clk__data_formats, DEFAULT("channels_last"), OR_NONE). */
extern const char *const clk__data_formats[];
/* In a layer's check: makes None what Keras makes of it. */
void clk__data_format_default(int *data_format);

/* The shape of such an input (batch, channels, ...) as (batch, ..., channels). */
struct shape clk__shape_channels_last(const struct shape *s, int data_format);
/* The input itself likewise, and back; itself if its channels are last. */
struct value *clk__to_channels_last(struct graph *g, struct value *x, int data_format);
struct value *clk__from_channels_last(struct graph *g, struct value *y, int data_format);
