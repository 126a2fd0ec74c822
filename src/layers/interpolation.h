/* SPDX-License-Identifier: MIT */
/* The argument interpolation of layers that resize images. */
#pragma once

#include "layers/layer.h"

/* By enum resize_kind of ops/ops.h, then those that are not supported. */
extern const char *const clk__interpolations[];
/* In a layer's check: refuses the latter. */
clk_status clk__interpolation_check(const struct layer *l, int interpolation) CLK_MUST_CHECK;
/* The call: an input (batch, h, w, channels) to that height and width; -1: unknown. */
clk_status clk__layer_resize(struct layer *self, struct call *c, int interpolation, int64_t height,
    int64_t width) CLK_MUST_CHECK;
/* Before it: of the input the middle that has the sides' ratio of these, or that many rows and columns. */
clk_status clk__crop_to_aspect_ratio(
    const struct layer *self, struct call *c, int64_t height, int64_t width) CLK_MUST_CHECK;
clk_status clk__crop_middle(struct call *c, int64_t height, int64_t width) CLK_MUST_CHECK;
/* CLK_ERR_SHAPE where the input is no (batch, h, w, channels). */
clk_status clk__layer_takes_images(const struct layer *self, const struct call *c) CLK_MUST_CHECK;
