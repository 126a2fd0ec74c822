/* SPDX-License-Identifier: MIT */
/* What slices, padding, reversed and permuted axes have in common: every axis of the output walks one axis
 * of the input, from some place on, forwards or backwards, and there may be nothing around and between. */
#pragma once

#include "ops/op.h"

/* Along one axis of the output. */
struct strided_axis {
    int source;  /* the axis of the input that it walks */
    int64_t len; /* of the output */
    int64_t lo;  /* positions in [lo, hi) have a source, every step-th one from lo on */
    int64_t hi;
    int64_t step;
    int64_t first; /* the input's position at lo */
    int64_t move;  /* positions of the input from one to the next */
};

/* The map as the kernel sees it: what can be one axis is one. The attrs of an op that is lowered by
 * clk__strided_lower() begin with it. */
struct strided {
    struct strided_axis axes[CLK_MAX_RANK];
    int rank;
    struct space in;  /* the input as rows and columns */
    struct space out; /* likewise */
    int64_t row0;     /* where the walk begins */
    int64_t col0;
    float fill;
};

/* @param input the input's shape; every axis of it is walked by one of `axes`
 * An unknown dimension is fine where nothing is lowered. */
void clk__strided_init(
    struct strided *s, const struct shape *input, const struct strided_axis *axes, float fill);
/* The axis `source` of length `len`, as it is. */
struct strided_axis clk__strided_whole(int source, int64_t len);

/* For the op's class; input 0 to output 0, both fused. */
struct space clk__strided_input_space(const struct op *op, int i);
struct space clk__strided_output_space(const struct op *op, int i);
clk_status clk__strided_lower(struct lowering *l, const struct op *op) CLK_MUST_CHECK;

/* As clk__pad(), with between[i] elements of `value` between two of axis i: undoes a slice with strides. */
struct value *clk__pad_between(struct graph *g, struct value *a, const int64_t *before,
    const int64_t *after, const int64_t *between, float value);
