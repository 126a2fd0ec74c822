/* SPDX-License-Identifier: MIT */
/* The order of each row of x (rows, cols): column numbers, as floats, of the smallest element first, or of the largest
 * first if `falling`. Equals stay in their order. NaN counts as larger than any number, as in NumPy.
 *
 *   sort_runs   sorts runs of SORT_RUN columns, each element counting those of its run that come before it
 *   sort_merge  merges pairs of sorted runs of `width`, from `from` to `to`: each element finds by halving how many of the
 *               other run come before it
 *
 * So every element knows its place without hearing from another; a row of n takes log2(n / SORT_RUN) merges of
 * n log2(n) steps. lanes: work-items a row; see lib/row.clh. */
#include "lib/row.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef CLKERAS_SORT_RUN
#define CLKERAS_SORT_RUN 32

/* Whether value a at column i comes before value b at column k. */
static inline bool sort_before(float a, int i, float b, int k, int falling)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b) ? i < k : (falling ? isnan(a) : isnan(b));
    return a == b ? i < k : (falling ? a > b : a < b);
}
#endif

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(sort_runs)(int rows, int cols,
    int lanes, int falling, __global const float *restrict x, __global float *restrict order)
{
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        if (row >= rows)
            break;
        __global const float *values = x + (size_t)row * cols;
        __global float *out = order + (size_t)row * cols;
        for (int c = row_lane(lanes); c < cols; c += lanes) {
            const int first = c - c % CLKERAS_SORT_RUN, end = min(first + CLKERAS_SORT_RUN, cols);
            const float v = values[c];
            int at = first;
            for (int k = first; k < end; k++)
                at += sort_before(values[k], k, v, c, falling);
            out[at] = (float)c;
        }
    }
}

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(sort_merge)(int rows, int cols,
    int lanes, int falling, int width, __global const float *restrict x,
    __global const float *restrict from, __global float *restrict to)
{
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        if (row >= rows)
            break;
        __global const float *values = x + (size_t)row * cols;
        __global const float *in = from + (size_t)row * cols;
        __global float *out = to + (size_t)row * cols;
        for (int p = row_lane(lanes); p < cols; p += lanes) {
            const int run = p / width, other = (run ^ 1) * width;
            const int end = min(other + width, cols), c = (int)in[p];
            const float v = values[c];
            int low = other, high = max(end, other);
            while (low < high) {
                const int middle = low + (high - low) / 2, k = (int)in[middle];
                if (sort_before(values[k], k, v, c, falling))
                    low = middle + 1;
                else
                    high = middle;
            }
            out[p + (low - other) - (run & 1) * width] = (float)c;
        }
    }
}
