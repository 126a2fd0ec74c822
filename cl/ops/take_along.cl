/* SPDX-License-Identifier: MIT */
/* Elements of each row by number, and the gradient: elements added up by number. Numbers are IN1 (rows, count); see
 * lib/place.clh.
 *
 *   take_along       x (rows, cols) -> EMIT0 (rows, count); NaN where there is no such column   GRADIENT 0
 *   take_along_grad  IN0 (rows, count), of what was taken -> out (rows, cols)                   GRADIENT 1
 *
 * The gradient adds in the order of numbers. CPU: a work-item a row. GPU: a work-item for some of the columns looks at
 * all numbers of its row. lanes: work-items a row; see lib/row.clh. */
#include "lib/place.clh"
#include "lib/row.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef GRADIENT
#define GRADIENT 0
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS                                                          \
    , __global const float *restrict in0, __global const float *restrict in1, \
        __global float *restrict out0
#define IN0(row, col)      in0[(size_t)(row)*count + (col)]
#define IN1(row, col)      in1[(size_t)(row)*count + (col)]
#define EMIT0(v, row, col) out0[(size_t)(row)*count + (col)] = (v)
#endif

#if !GRADIENT

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(take_along)(
    int rows, int cols, int count, int lanes, __global const float *restrict x FUSED_PARAMS)
{
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        if (row >= rows)
            break;
        for (int k = row_lane(lanes); k < count; k += lanes) {
            const int c = place_of(IN1(row, k), cols);
            const float v = c < 0 ? NAN : x[(size_t)row * cols + c];
            EMIT0(v, row, k);
        }
    }
}

#else

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(take_along_grad)(
    int rows, int cols, int count, int lanes, __global float *restrict out FUSED_PARAMS)
{
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        if (row >= rows)
            break;
        __global float *sums = out + (size_t)row * cols;
#if WG == 1
        for (int c = 0; c < cols; c++)
            sums[c] = 0.0f;
        for (int k = 0; k < count; k++) {
            const int c = place_of(IN1(row, k), cols);
            if (c >= 0)
                sums[c] += IN0(row, k);
        }
#else
        for (int c = row_lane(lanes); c < cols; c += lanes) {
            float sum = 0.0f;
            for (int k = 0; k < count; k++) {
                if (place_of(IN1(row, k), cols) == c)
                    sum += IN0(row, k);
            }
            sums[c] = sum;
        }
#endif
    }
}

#endif

#undef GRADIENT
