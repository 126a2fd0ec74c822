/* SPDX-License-Identifier: MIT */
/* The argument data_format, which channels_last is the one supported value of. */
#pragma once

#include "layers/layer.h"

/* For ARG_CHOICE(tag, data_format, clk__data_formats, DEFAULT("channels_last"), OR_NONE). */
extern const char *const clk__data_formats[];
/* In a layer's check: refuses channels_first, makes None what Keras makes of it. */
clk_status clk__data_format_check(const struct layer *l, int *data_format) CLK_MUST_CHECK;
