/* SPDX-License-Identifier: MIT */
/* Elements of IN0 in another order: slices, padding, reversed axes, permuted axes. To EMIT0 (rows, cols),
 * where rows are the positions of OUTER outer axes (the last one fastest) and cols those of the last axis.
 *
 * Along each axis, position o of the output is position (o - lo) / step of the source, of which each
 * further one is `mul` rows or columns of IN0 away; from row0, col0. The source's columns are walked by
 * the outer axis col_axis, or by the last axis where that is -1; all other axes walk its rows. Outside of
 * [lo, hi), and between steps where STEPPED, the output is `fill`.
 * CPU: a unit of work is `span` columns of a row, of which there are `parts`. GPU: one element a work-item. */
#include "lib/row.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef OUTER
#define OUTER 1
#endif
#ifndef STEPPED
#define STEPPED 0
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS         , __global const float *restrict in0, __global float *restrict out0
#define IN0(row, col)        in0[(size_t)(row)*cols + (col)]
#define IN0_V(row, col)      ROW_GET(in0 + (size_t)(row)*cols + (col))
#define EMIT0(v, row, col)   out0[(size_t)(row)*cols + (col)] = (v)
#define EMIT0_V(v, row, col) ROW_PUT(v, out0 + (size_t)(row)*cols + (col))
#endif

#define STRIDED_AXIS(d) , int len##d, int lo##d, int hi##d, int mul##d, int step##d
#define STRIDED_AXES_0
#define STRIDED_AXES_1 STRIDED_AXIS(0)
#define STRIDED_AXES_2 STRIDED_AXES_1 STRIDED_AXIS(1)
#define STRIDED_AXES_3 STRIDED_AXES_2 STRIDED_AXIS(2)
#define STRIDED_AXES_4 STRIDED_AXES_3 STRIDED_AXIS(3)
#define STRIDED_AXES_5 STRIDED_AXES_4 STRIDED_AXIS(4)
#define STRIDED_AXES_6 STRIDED_AXES_5 STRIDED_AXIS(5)
#define STRIDED_AXES_7 STRIDED_AXES_6 STRIDED_AXIS(6)

#if STEPPED
#define STRIDED_HITS(q, step) ((q) % (step) == 0)
#define STRIDED_AT(q, step)   ((q) / (step))
#else
#define STRIDED_HITS(q, step) true
#define STRIDED_AT(q, step)   (q)
#endif

/* X(d) for the outer axes, from the last to the first. */
#define STRIDED_EACH_0(X)
#define STRIDED_EACH_1(X) X(0)
#define STRIDED_EACH_2(X) X(1) STRIDED_EACH_1(X)
#define STRIDED_EACH_3(X) X(2) STRIDED_EACH_2(X)
#define STRIDED_EACH_4(X) X(3) STRIDED_EACH_3(X)
#define STRIDED_EACH_5(X) X(4) STRIDED_EACH_4(X)
#define STRIDED_EACH_6(X) X(5) STRIDED_EACH_5(X)
#define STRIDED_EACH_7(X) X(6) STRIDED_EACH_6(X)
#define STRIDED_EACH      PASTE(STRIDED_EACH_, OUTER)

/* The position along outer axis d: declared; taken off the number of a row; that of the next row. */
#define STRIDED_POSITION(d) int at##d = 0;
#define STRIDED_FIND(d)    \
    at##d = rest % len##d; \
    rest /= len##d;
#define STRIDED_NEXT(d)               \
    at##d += carry;                   \
    carry = carry && at##d == len##d; \
    at##d = carry ? 0 : at##d;

/* What it moves the row's beginning, and if there is anything. */
#define STRIDED_MOVE(d)                                                         \
    {                                                                           \
        const int q = at##d - lo##d, move = STRIDED_AT(q, step##d) * mul##d;    \
        inside = inside && q >= 0 && at##d < hi##d && STRIDED_HITS(q, step##d); \
        from_row += d == col_axis ? 0 : move;                                   \
        from_col += d == col_axis ? move : 0;                                   \
    }

/* Element (row, c) of the output, where row begins at from_row, from_col if it is `inside`. */
#define STRIDED_ELEMENT(x, c)                                                                      \
    do {                                                                                           \
        const int q_ = (c)-lo, move_ = STRIDED_AT(q_, step) * mul;                                 \
        x = fill;                                                                                  \
        if (inside && q_ >= 0 && (c) < hi && STRIDED_HITS(q_, step))                               \
            x = IN0(from_row + (col_axis < 0 ? 0 : move_), from_col + (col_axis < 0 ? move_ : 0)); \
    } while (0)

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(strided)(int rows, int cols,
    int lo, int hi, int mul, int step, int parts, int span, int col_axis, int row0, int col0,
    float fill PASTE(STRIDED_AXES_, OUTER) FUSED_PARAMS)
{
    float x;
    STRIDED_EACH(STRIDED_POSITION)
#if WG == 1
    const int units = rows * parts, turns = row_turns(units);
    for (int turn = 0; turn < turns; turn++) {
        const int unit = row_at(turn, turns, 1);
        if (unit >= units)
            break;
        const int row = parts > 1 ? unit / parts : unit;
        const int first = (unit - row * parts) * span, end = min(first + span, cols);
        int from_row = row0, from_col = col0;
        bool inside = true;
        if (turn == 0 || parts > 1) {
            int rest = row;
            STRIDED_EACH(STRIDED_FIND)
        } else {
            bool carry = true;
            STRIDED_EACH(STRIDED_NEXT)
        }
        STRIDED_EACH(STRIDED_MOVE)
        int c = first;
#if VEC > 1 && !STEPPED
        while (c + VEC <= end && col_axis < 0 && mul == 1) {
            if (inside && c >= lo && c + VEC <= hi) {
                EMIT0_V(IN0_V(from_row, from_col + c - lo), row, c);
            } else if (!inside || c + VEC <= lo || c >= hi) {
                EMIT0_V((row_floats)(fill), row, c);
            } else {
                for (int k = c; k < c + VEC; k++) {
                    STRIDED_ELEMENT(x, k);
                    EMIT0(x, row, k);
                }
            }
            c += VEC;
        }
#endif
        for (; c < end; c++) {
            STRIDED_ELEMENT(x, c);
            EMIT0(x, row, c);
        }
    }
#else
    const uint i = (uint)get_global_id(0);
    const int row = (int)(i / (uint)cols), c = (int)(i % (uint)cols);
    if (row >= rows)
        return;
    int rest = row, from_row = row0, from_col = col0;
    bool inside = true;
    STRIDED_EACH(STRIDED_FIND)
    STRIDED_EACH(STRIDED_MOVE)
    STRIDED_ELEMENT(x, c);
    EMIT0(x, row, c);
#endif
}

#undef OUTER
#undef STEPPED
#undef STRIDED_HITS
#undef STRIDED_AT
