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

/* Takes outer axis d off `rest` and adds what it moves. */
#define STRIDED_WALK(d)                                                     \
    {                                                                       \
        const int o = rest % len##d, q = o - lo##d;                         \
        const int move = STRIDED_AT(q, step##d) * mul##d;                   \
        rest /= len##d;                                                     \
        inside = inside && q >= 0 && o < hi##d && STRIDED_HITS(q, step##d); \
        from_row += d == col_axis ? 0 : move;                               \
        from_col += d == col_axis ? move : 0;                               \
    }
#define STRIDED_WALK_0
#define STRIDED_WALK_1 STRIDED_WALK(0)
#define STRIDED_WALK_2 STRIDED_WALK(1) STRIDED_WALK_1
#define STRIDED_WALK_3 STRIDED_WALK(2) STRIDED_WALK_2
#define STRIDED_WALK_4 STRIDED_WALK(3) STRIDED_WALK_3
#define STRIDED_WALK_5 STRIDED_WALK(4) STRIDED_WALK_4
#define STRIDED_WALK_6 STRIDED_WALK(5) STRIDED_WALK_5
#define STRIDED_WALK_7 STRIDED_WALK(6) STRIDED_WALK_6

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
#if WG == 1
    const int units = rows * parts, turns = row_turns(units);
    for (int turn = 0; turn < turns; turn++) {
        const int unit = row_at(turn, turns, 1);
        if (unit >= units)
            break;
        const int row = unit / parts, first = unit % parts * span, end = min(first + span, cols);
        int rest = row, from_row = row0, from_col = col0;
        bool inside = true;
        PASTE(STRIDED_WALK_, OUTER)
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
    PASTE(STRIDED_WALK_, OUTER)
    STRIDED_ELEMENT(x, c);
    EMIT0(x, row, c);
#endif
}

#undef OUTER
#undef STEPPED
#undef STRIDED_HITS
#undef STRIDED_AT
