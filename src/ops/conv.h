/* SPDX-License-Identifier: MIT */
/* A convolution in numbers, which conv.c, depthwise.c and pool.c share; the lowering (conv_lower.c) of the
 * ops of conv.c. */
#pragma once

#include "ops/ops.h"

#define CONV_AXES 3 /* z, y, x: fewer axes are the last ones, the others have length 1 */

/* One axis. Grid position q and tap t meet the image at q * stride + t * dilation - pad. */
struct conv_axis {
    int64_t image;
    int64_t grid;
    int64_t taps;
    int64_t stride;
    int64_t dilation;
    int64_t pad;
};

/* The attrs of all three ops: grid = image * kernel, and the gradients of image and kernel. */
struct conv {
    struct conv_axis axes[CONV_AXES];
    int64_t batch;
    int64_t image_channels;
    int64_t grid_channels;
    int64_t groups;
};

/* All but the channels, and the grid's shape but for its channels, from the shapes of image and kernel;
 * false: they do not fit. */
bool clk__conv_infer(struct conv *c, struct shape *shape, const struct value *x,
    const struct value *kernel, const struct conv_opts *opts);
/* Latches the error of shapes that do not fit; returns NULL. */
struct value *clk__conv_fail(
    struct graph *g, const char *what, const struct value *x, const struct value *kernel);

/* The rows and columns of what an op of conv.c computes. */
struct space clk__conv_grid_space(const struct conv *c);
struct space clk__conv_image_space(const struct conv *c);
struct space clk__conv_kernel_space(const struct conv *c);

/* inputs (image, kernel), (grid, kernel), (image, grid). */
clk_status clk__conv_lower(struct lowering *l, const struct op *op) CLK_MUST_CHECK;
clk_status clk__conv_image_lower(struct lowering *l, const struct op *op) CLK_MUST_CHECK;
clk_status clk__conv_kernel_lower(struct lowering *l, const struct op *op) CLK_MUST_CHECK;

/* True if op is a kernel's gradient: it can also sum its second input over all but the last axis. */
bool clk__conv_can_colsum(const struct op *op);
/* As clk__matmul_add_colsum(). */
struct value *clk__conv_add_colsum(struct graph *g, struct op *op, struct value *existing);
