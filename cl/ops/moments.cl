/* SPDX-License-Identifier: MIT */
/* Mean and biased variance of the columns of IN0 (rows, cols), to EMIT1 and EMIT2 (1, cols), and to mean and inv
 * (cols), where inv = 1 / sqrt(variance + epsilon).
 *
 * STAGE, parts, span, width, partial: see lib/columns.clh. Numerics: a work-item sums differences from its first row,
 * x - k and (x - k)^2, so that a large mean costs no digits; means and sums of squared deviations are joined by Chan,
 * Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979), eq. 2.1. */
#include "lib/columns.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef STAGE
#define STAGE 0
#endif
#ifndef FUSED_PARAMS
#define HAS1 1
#define HAS2 1
#define FUSED_PARAMS                                                     \
    , __global const float *restrict in0, __global float *restrict out1, \
        __global float *restrict out2
#define IN0(row, col)        in0[(size_t)(row)*cols + (col)]
#define IN0_V(row, col)      ROW_GET(in0 + (size_t)(row)*cols + (col))
#define EMIT1(v, row, col)   out1[(row) + (col)] = (v)
#define EMIT1_V(v, row, col) ROW_PUT(v, out1 + (row) + (col))
#define EMIT2(v, row, col)   out2[(row) + (col)] = (v)
#define EMIT2_V(v, row, col) ROW_PUT(v, out2 + (row) + (col))
#endif

/* Mean a, sum of squared deviations b and number n of rows, joined with those of others. */
#define MOMENTS_JOIN(a, b, n, a2, b2, n2)                                   \
    do {                                                                    \
        const float n_ = (n) + (n2), share_ = n_ > 0.0f ? (n2) / n_ : 0.0f; \
        const row_floats delta_ = (a2) - (a);                               \
        (a) += delta_ * share_;                                             \
        (b) += (b2) + delta_ * delta_ * ((n)*share_);                       \
        (n) = n_;                                                           \
    } while (0)

#define MOMENTS_PUT_MEAN(v, row, col)   mean[(row) + (col)] = (v)
#define MOMENTS_PUT_MEAN_V(v, row, col) ROW_PUT(v, mean + (row) + (col))
#define MOMENTS_PUT_INV(v, row, col)    inv[(row) + (col)] = (v)
#define MOMENTS_PUT_INV_V(v, row, col)  ROW_PUT(v, inv + (row) + (col))

#if STAGE == 0
#define MOMENTS_PARAMS , __global float *restrict mean, __global float *restrict inv
#elif STAGE == 1
#define MOMENTS_PARAMS , __global float *restrict partial
#else
#define MOMENTS_PARAMS                                                             \
    , __global float *restrict partial, int all_rows, int all_parts, int all_span, \
        __global float *restrict mean, __global float *restrict inv
#endif

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(moments)(
    int rows, int cols, int parts, int span, int width, float epsilon MOMENTS_PARAMS FUSED_PARAMS)
{
    COLUMNS_LOCAL;
    const int turns = columns_turns(cols, parts, width);
    for (int turn = 0; turn < turns; turn++) {
        COLUMNS_AT(turn, turns, rows, cols, parts, span, width);
        row_floats a = 0.0f, b = 0.0f, x;
        float n = 0.0f;
#if STAGE == 2
        for (int r = first + slice; r < end; r += slices) {
            const float n2 = (float)min(all_span, all_rows - r * all_span);
            row_floats b2;
            ROW_LOAD(x, COLUMNS_A, r, c, cols, 0.0f);
            ROW_LOAD(b2, COLUMNS_B, r, c, cols, 0.0f);
            MOMENTS_JOIN(a, b, n, x, b2, n2);
        }
#else
        if (first + slice < end) {
            row_floats k;
            n = (float)((end - first - slice - 1) / slices + 1);
            ROW_LOAD(k, IN0, first + slice, c, cols, 0.0f);
            for (int r = first + slice + slices; r < end; r += slices) {
                ROW_LOAD(x, IN0, r, c, cols, 0.0f);
                x -= k;
                a += x;
                b += x * x;
            }
            b -= a * a / n;
            b = select(b, (row_floats)(0.0f), isless(b, (row_floats)(0.0f)));
            a = k + a / n;
        }
#endif
        COLUMNS_ACROSS(MOMENTS_JOIN, a, b, n, slices, width);
        if (live && slice == 0) {
#if STAGE == 1
            const int all_parts = parts;
            ROW_EMIT(COLUMNS_PUT_A, a, part, c, cols);
            ROW_EMIT(COLUMNS_PUT_B, b, part, c, cols);
#else
            const row_floats variance = b / n, scale = 1.0f / sqrt(variance + epsilon);
            ROW_EMIT(MOMENTS_PUT_MEAN, a, 0, c, cols);
            ROW_EMIT(MOMENTS_PUT_INV, scale, 0, c, cols);
#if HAS1
            ROW_EMIT(EMIT1, a, 0, c, cols);
#endif
#if HAS2
            ROW_EMIT(EMIT2, variance, 0, c, cols);
#endif
#endif
        }
    }
}

#undef STAGE
#undef MOMENTS_JOIN
#undef MOMENTS_PARAMS
#undef MOMENTS_PUT_MEAN
#undef MOMENTS_PUT_MEAN_V
#undef MOMENTS_PUT_INV
#undef MOMENTS_PUT_INV_V
