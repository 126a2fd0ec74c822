/* SPDX-License-Identifier: MIT */
/* Softmax and its logarithm over the columns of IN0 (rows, cols), to EMIT0 (rows, cols).
 *
 *   softmax     y = exp(x - max) / sum(exp(x - max))
 *   log_softmax y = x - max - log(sum(exp(x - max)))       with LOG_SOFTMAX 1
 *
 * rows, cols: any, at least 1. lanes: work-items a row, 1 on a CPU device; see lib/row.clh. An element is read
 * three times; nothing overflows, since no exponent is above 0. */
#include "lib/row.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef LOG_SOFTMAX
#define LOG_SOFTMAX 0
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS         , __global const float *restrict in0, __global float *restrict out0
#define IN0(row, col)        in0[(size_t)(row)*cols + (col)]
#define IN0_V(row, col)      ROW_GET(in0 + (size_t)(row)*cols + (col))
#define EMIT0(v, row, col)   out0[(size_t)(row)*cols + (col)] = (v)
#define EMIT0_V(v, row, col) ROW_PUT(v, out0 + (size_t)(row)*cols + (col))
#endif

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(softmax)(
    int rows, int cols, int lanes FUSED_PARAMS)
{
    ROW_LOCAL(tmp);
    const int start = row_lane(lanes) * VEC, stride = lanes * VEC;
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        const int n = row < rows ? cols : 0;
        row_floats x, most = -INFINITY, total = 0.0f;
        float top, sum;
        for (int c = start; c < n; c += stride) {
            ROW_LOAD(x, IN0, row, c, n, -INFINITY);
            most = fmax(most, x);
        }
        ROW_REDUCE(top, fmax, most, tmp, lanes);
        for (int c = start; c < n; c += stride) {
            ROW_LOAD(x, IN0, row, c, n, -INFINITY);
            total += exp(x - top);
        }
        ROW_REDUCE(sum, ROW_ADD, total, tmp, lanes);
#if LOG_SOFTMAX
        const float log_sum = log(sum);
#endif
        for (int c = start; c < n; c += stride) {
            ROW_LOAD(x, IN0, row, c, n, -INFINITY);
#if LOG_SOFTMAX
            const row_floats y = x - top - log_sum;
#else
            const row_floats y = exp(x - top) / sum;
#endif
            ROW_EMIT(EMIT0, y, row, c, n);
        }
    }
}

#undef LOG_SOFTMAX
