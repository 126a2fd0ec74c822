/* SPDX-License-Identifier: MIT */
/* Sums over the rows of dY = IN0 and of dY * X = IN0 * IN1, both (rows, cols), to EMIT0 and EMIT1 (1, cols): the
 * gradients of a normalization's offset and scale, and what the gradient of its input needs.
 *
 * STAGE, parts, span, width, partial: see lib/columns.clh. */
#include "lib/columns.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef STAGE
#define STAGE 0
#endif
#ifndef FUSED_PARAMS
#define HAS0 1
#define HAS1 1
#define FUSED_PARAMS                                                          \
    , __global const float *restrict in0, __global const float *restrict in1, \
        __global float *restrict out0, __global float *restrict out1
#define IN0(row, col)        in0[(size_t)(row)*cols + (col)]
#define IN0_V(row, col)      ROW_GET(in0 + (size_t)(row)*cols + (col))
#define IN1(row, col)        in1[(size_t)(row)*cols + (col)]
#define IN1_V(row, col)      ROW_GET(in1 + (size_t)(row)*cols + (col))
#define EMIT0(v, row, col)   out0[(row) + (col)] = (v)
#define EMIT0_V(v, row, col) ROW_PUT(v, out0 + (row) + (col))
#define EMIT1(v, row, col)   out1[(row) + (col)] = (v)
#define EMIT1_V(v, row, col) ROW_PUT(v, out1 + (row) + (col))
#endif

#define SUMS_JOIN(a, b, n, a2, b2, n2) \
    do {                               \
        (a) += (a2);                   \
        (b) += (b2);                   \
        (n) += (n2);                   \
    } while (0)

#if STAGE == 0
#define SUMS_PARAMS
#elif STAGE == 1
#define SUMS_PARAMS , __global float *restrict partial
#else
#define SUMS_PARAMS , __global float *restrict partial, int all_rows, int all_parts, int all_span
#endif

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(norm_sums)(
    int rows, int cols, int parts, int span, int width SUMS_PARAMS FUSED_PARAMS)
{
    COLUMNS_LOCAL;
    const int turns = columns_turns(cols, parts, width);
    for (int turn = 0; turn < turns; turn++) {
        COLUMNS_AT(turn, turns, rows, cols, parts, span, width);
        row_floats a = 0.0f, b = 0.0f, x, y;
        float n = 0.0f; /* rows joined: the mean's affair, in moments.cl */
        (void)n;
        for (int r = first + slice; r < end; r += slices) {
#if STAGE == 2
            ROW_LOAD(x, COLUMNS_A, r, c, cols, 0.0f);
            ROW_LOAD(y, COLUMNS_B, r, c, cols, 0.0f);
            b += y;
#else
            ROW_LOAD(x, IN0, r, c, cols, 0.0f);
            ROW_LOAD(y, IN1, r, c, cols, 0.0f);
            b += x * y;
#endif
            a += x;
        }
        COLUMNS_ACROSS(SUMS_JOIN, a, b, n, slices, width);
        if (live && slice == 0) {
#if STAGE == 1
            const int all_parts = parts;
            ROW_EMIT(COLUMNS_PUT_A, a, part, c, cols);
            ROW_EMIT(COLUMNS_PUT_B, b, part, c, cols);
#else
#if HAS0
            ROW_EMIT(EMIT0, a, 0, c, cols);
#endif
#if HAS1
            ROW_EMIT(EMIT1, b, 0, c, cols);
#endif
#endif
        }
    }
}

#undef STAGE
#undef SUMS_JOIN
#undef SUMS_PARAMS
