/* SPDX-License-Identifier: MIT */
/* Max and average pooling over windows of up to three axes, and its gradient.
 *
 *   pool       IN0 (grid positions, cols)  -> EMIT0 (grid positions, cols): see GRADIENT 0
 *   pool_grad  IN0 (grid positions, cols)  -> EMIT0 (image positions, cols): see GRADIENT 1
 *
 * Window t of position q covers q * stride - pad + t of the image (batch, z, y, x), t < taps along each
 * axis; what lies outside does not count. Channels are columns.
 * AVERAGE 0: the largest; a NaN is larger than any number. HAS1: EMIT1 is the number of the first tap
 * that has it, taps row-major. The gradient goes there: IN1 is that output.
 * AVERAGE 1: the mean of what is inside of the image.
 * The gradient gathers: every image position adds up what the windows over it have for it, in rising
 * order of windows.
 * lanes: work-items a position; see lib/row.clh. */
#include "lib/row.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef AVERAGE
#define AVERAGE 0
#endif
#ifndef GRADIENT
#define GRADIENT 0
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS                                                          \
    , __global const float *restrict in0, __global const uchar *restrict in1, \
        __global float *restrict out0
#define IN0(row, col)        in0[(size_t)(row)*cols + (col)]
#define IN0_V(row, col)      ROW_GET(in0 + (size_t)(row)*cols + (col))
#define IN1(row, col)        ((float)in1[(size_t)(row)*cols + (col)])
#define IN1_V(row, col)      ((row_floats)(IN1(row, col)))
#define EMIT0(v, row, col)   out0[(size_t)(row)*cols + (col)] = (v)
#define EMIT0_V(v, row, col) ROW_PUT(v, out0 + (size_t)(row)*cols + (col))
#endif
#ifndef HAS0
#define HAS0 1
#endif
#ifndef HAS1
#define HAS1 0
#endif
#if !HAS0 /* only output 1 is wanted */
#define EMIT0(v, row, col)
#define EMIT0_V(v, row, col)
#endif

#define POOL_PARAMS                                                                             \
    int rows, int cols, int lanes, int grid_z, int grid_y, int grid_x, int in_z, int in_y,      \
        int in_x, int taps_z, int taps_y, int taps_x, int stride_z, int stride_y, int stride_x, \
        int pad_z, int pad_y, int pad_x

#if !GRADIENT

/* rows: grid positions. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(pool)(POOL_PARAMS FUSED_PARAMS)
{
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        const int n = row < rows ? cols : 0;
        const int z = row / grid_x / grid_y % grid_z * stride_z - pad_z;
        const int y = row / grid_x % grid_y * stride_y - pad_y;
        const int x = row % grid_x * stride_x - pad_x;
        const int first = row / grid_x / grid_y / grid_z * in_z;
        const int z0 = max(z, 0), z1 = min(z + taps_z, in_z);
        const int y0 = max(y, 0), y1 = min(y + taps_y, in_y);
        const int x0 = max(x, 0), x1 = min(x + taps_x, in_x);
        for (int c = row_lane(lanes) * VEC; c < n; c += lanes * VEC) {
            row_floats v;
#if AVERAGE
            row_floats acc = 0.0f;
#else
            row_floats acc = -INFINITY;
            row_floats best = (float)(((z0 - z) * taps_y + y0 - y) * taps_x + x0 - x);
#endif
            for (int i = z0; i < z1; i++) {
                for (int j = y0; j < y1; j++) {
                    for (int k = x0; k < x1; k++) {
                        const int from = ((first + i) * in_y + j) * in_x + k;
                        ROW_LOAD(v, IN0, from, c, cols, 0.0f);
#if AVERAGE
                        acc += v;
#else
                        const row_ints take = isgreater(v, acc) | (isnan(v) & isequal(acc, acc));
                        const float tap = (float)(((i - z) * taps_y + j - y) * taps_x + k - x);
                        acc = select(acc, v, take);
                        best = select(best, (row_floats)(tap), take);
#endif
                    }
                }
            }
#if AVERAGE
            acc /= (float)((z1 - z0) * (y1 - y0) * (x1 - x0));
#endif
            ROW_EMIT(EMIT0, acc, row, c, cols);
#if HAS1
            ROW_EMIT(EMIT1, best, row, c, cols);
#endif
        }
    }
}

#else

/* The windows over position i of an axis are first, ..., last. */
static inline int NAME(pool_first)(int i, int taps, int stride, int pad)
{
    const int from = i + pad - taps + 1;
    return from > 0 ? (from + stride - 1) / stride : 0;
}

static inline int NAME(pool_last)(int i, int stride, int pad, int grid)
{
    return min((i + pad) / stride, grid - 1);
}

/* How many elements of the image window q has along an axis. */
static inline int NAME(pool_inside)(int q, int taps, int stride, int pad, int in)
{
    return min(q * stride - pad + taps, in) - max(q * stride - pad, 0);
}

/* rows: image positions. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(pool_grad)(
    POOL_PARAMS FUSED_PARAMS)
{
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        const int n = row < rows ? cols : 0;
        const int z = row / in_x / in_y % in_z, y = row / in_x % in_y, x = row % in_x;
        const int first = row / in_x / in_y / in_z * grid_z;
        const int z0 = NAME(pool_first)(z, taps_z, stride_z, pad_z);
        const int y0 = NAME(pool_first)(y, taps_y, stride_y, pad_y);
        const int x0 = NAME(pool_first)(x, taps_x, stride_x, pad_x);
        const int z1 = NAME(pool_last)(z, stride_z, pad_z, grid_z);
        const int y1 = NAME(pool_last)(y, stride_y, pad_y, grid_y);
        const int x1 = NAME(pool_last)(x, stride_x, pad_x, grid_x);
        for (int c = row_lane(lanes) * VEC; c < n; c += lanes * VEC) {
            row_floats acc = 0.0f, dy;
            for (int i = z0; i <= z1; i++) {
                for (int j = y0; j <= y1; j++) {
                    for (int k = x0; k <= x1; k++) {
                        const int from = ((first + i) * grid_y + j) * grid_x + k;
                        ROW_LOAD(dy, IN0, from, c, cols, 0.0f);
#if AVERAGE
                        acc += dy / (float)(NAME(pool_inside)(i, taps_z, stride_z, pad_z, in_z) *
                                            NAME(pool_inside)(j, taps_y, stride_y, pad_y, in_y) *
                                            NAME(pool_inside)(k, taps_x, stride_x, pad_x, in_x));
#else
                        const int tap =
                            ((z + pad_z - i * stride_z) * taps_y + y + pad_y - j * stride_y) *
                                taps_x +
                            x + pad_x - k * stride_x;
                        row_floats best;
                        ROW_LOAD(best, IN1, from, c, cols, -1.0f);
                        const row_ints here = isequal(best, (row_floats)((float)tap));
                        acc += select((row_floats)(0.0f), dy, here);
#endif
                    }
                }
            }
            ROW_EMIT(EMIT0, acc, row, c, cols);
        }
    }
}

#endif

#undef AVERAGE
#undef GRADIENT
#if !HAS0
#undef EMIT0
#undef EMIT0_V
#endif
#undef HAS0
#undef HAS1
#undef POOL_PARAMS
