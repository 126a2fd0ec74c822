/* SPDX-License-Identifier: MIT */
/* COUNT inputs side by side: IN<i> (rows, cols<i>) to EMIT0 (rows, cols), cols their sum. COUNT: 2 to 8.
 * CPU: a unit of work is `span` columns of a row, of which there are `parts`. GPU: one element a work-item. */
#include "lib/row.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef COUNT
#define COUNT 2
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS                                                          \
    , __global const float *restrict in0, __global const float *restrict in1, \
        __global float *restrict out0
#define IN0(row, col)        in0[(size_t)(row)*cols0 + (col)]
#define IN0_V(row, col)      ROW_GET(in0 + (size_t)(row)*cols0 + (col))
#define IN1(row, col)        in1[(size_t)(row)*cols1 + (col)]
#define IN1_V(row, col)      ROW_GET(in1 + (size_t)(row)*cols1 + (col))
#define EMIT0(v, row, col)   out0[(size_t)(row)*cols + (col)] = (v)
#define EMIT0_V(v, row, col) ROW_PUT(v, out0 + (size_t)(row)*cols + (col))
#endif

/* X(i) for every input. */
#define CONCAT_EACH_2(X) X(0) X(1)
#define CONCAT_EACH_3(X) CONCAT_EACH_2(X) X(2)
#define CONCAT_EACH_4(X) CONCAT_EACH_3(X) X(3)
#define CONCAT_EACH_5(X) CONCAT_EACH_4(X) X(4)
#define CONCAT_EACH_6(X) CONCAT_EACH_5(X) X(5)
#define CONCAT_EACH_7(X) CONCAT_EACH_6(X) X(6)
#define CONCAT_EACH_8(X) CONCAT_EACH_7(X) X(7)
#define CONCAT_PARAM(i)  , int cols##i

/* Columns [first, end) of the row, as far as they are input i's; `at` is where that begins. */
#define CONCAT_PART(i)                            \
    {                                             \
        int c = max(first - at, 0);               \
        const int c1 = min(end - at, cols##i);    \
        for (; c < c1; c += VEC) {                \
            row_floats x;                         \
            ROW_LOAD(x, IN##i, row, c, c1, 0.0f); \
            ROW_EMIT(CONCAT_OUT, x, row, c, c1);  \
        }                                         \
        at += cols##i;                            \
    }
#define CONCAT_OUT(v, row, c)   EMIT0(v, row, at + (c))
#define CONCAT_OUT_V(v, row, c) EMIT0_V(v, row, at + (c))

/* The element in column c, if it is input i's; c counts from there on. */
#define CONCAT_ELEMENT(i)              \
    if (c >= 0 && c < cols##i) {       \
        const float x = IN##i(row, c); \
        EMIT0(x, row, col);            \
    }                                  \
    c -= cols##i;

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(concat)(
    int rows, int cols, int parts, int span PASTE(CONCAT_EACH_, COUNT)(CONCAT_PARAM) FUSED_PARAMS)
{
#if WG == 1
    const int units = rows * parts, turns = row_turns(units);
    for (int turn = 0; turn < turns; turn++) {
        const int unit = row_at(turn, turns, 1);
        if (unit >= units)
            break;
        const int row = unit / parts, first = unit % parts * span, end = min(first + span, cols);
        int at = 0;
        PASTE(CONCAT_EACH_, COUNT)(CONCAT_PART)
    }
#else
    const uint i = (uint)get_global_id(0);
    const int row = (int)(i / (uint)cols), col = (int)(i % (uint)cols);
    if (row >= rows)
        return;
    int c = col;
    PASTE(CONCAT_EACH_, COUNT)(CONCAT_ELEMENT)
#endif
}

#undef COUNT
