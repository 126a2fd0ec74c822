/* SPDX-License-Identifier: MIT */
/* Sum, mean, largest or smallest of IN0 over one axis, to EMIT0.
 *
 *   reduce_rows    IN0 (rows, cols)        -> EMIT0 (rows, 1)      COLUMNS 0
 *   reduce_columns IN0 (outer * red, cols) -> EMIT0 (outer, cols)  COLUMNS 1
 *
 * KIND: 0 sum (divided by count: the mean), 1 max, 2 min; a NaN is larger and smaller than any number.
 * STAGE: 0 does all. A long axis is cut into `parts` of `span` elements: STAGE 1 reduces each to `partial`
 * (rows, parts) or (outer, parts, cols), then STAGE 2, with parts as the axis, reads that instead of IN0.
 * lanes: work-items a row. width: work-items of a group that stand side by side on columns, the others (slices) share
 * those columns' axis; both powers of two that divide WG, 1 on a CPU device; see lib/row.clh.
 * The order of additions depends on the shape and on WG and VEC only. */
#include "lib/row.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef COLUMNS
#define COLUMNS 0
#endif
#ifndef KIND
#define KIND 0
#endif
#ifndef STAGE
#define STAGE 0
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS    , __global const float *restrict in0, __global float *restrict out0
#define IN0(row, col)   in0[(size_t)(row)*cols + (col)]
#define IN0_V(row, col) ROW_GET(in0 + (size_t)(row)*cols + (col))
#if COLUMNS
#define EMIT0(v, row, col)   out0[(size_t)(row)*cols + (col)] = (v)
#define EMIT0_V(v, row, col) ROW_PUT(v, out0 + (size_t)(row)*cols + (col))
#else
#define EMIT0(v, row, col) out0[(size_t)(row) + (col)] = (v)
#endif
#endif

#if KIND == 1
#define REDUCE_START        (-INFINITY)
#define REDUCE_SCALAR       ROW_MAX
#define REDUCE_VECTOR(a, b) select((a), (b), isgreater((b), (a)) | isnan(b))
#elif KIND == 2
#define REDUCE_START        INFINITY
#define REDUCE_SCALAR       ROW_MIN
#define REDUCE_VECTOR(a, b) select((a), (b), isless((b), (a)) | isnan(b))
#else
#define REDUCE_START        0.0f
#define REDUCE_SCALAR       ROW_ADD
#define REDUCE_VECTOR(a, b) ((a) + (b))
#endif

#if STAGE == 0
#define REDUCE_PARAMS
#else
#define REDUCE_PARAMS , __global float *restrict partial
#endif
#if STAGE == 2
#define REDUCE_IN(row, col)   partial[(size_t)(row)*cols + (col)]
#define REDUCE_IN_V(row, col) ROW_GET(partial + (size_t)(row)*cols + (col))
#else
#define REDUCE_IN(row, col)   IN0(row, col)
#define REDUCE_IN_V(row, col) IN0_V(row, col)
#endif

#if COLUMNS

#if STAGE == 1
#define REDUCE_OUT(v, row, col)   partial[(size_t)(row)*cols + (col)] = (v)
#define REDUCE_OUT_V(v, row, col) ROW_PUT(v, partial + (size_t)(row)*cols + (col))
#else
#define REDUCE_OUT(v, row, col)   EMIT0(v, row, col)
#define REDUCE_OUT_V(v, row, col) EMIT0_V(v, row, col)
#endif

/* A unit of work is `width` * VEC columns of one part; a group (a CPU's work-item) takes one (a run of them). */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(reduce_columns)(int outer,
    int red, int cols, int parts, int span, float count, int width REDUCE_PARAMS FUSED_PARAMS)
{
#if WG > 1
    ROW_LOCAL(tmp);
#endif
    const int id = (int)get_local_id(0), slices = WG / width, slice = id / width;
    const int block_cols = width * VEC, blocks = (cols + block_cols - 1) / block_cols;
    const int units = outer * parts * blocks;
    const int turns = row_turns(units);
    for (int turn = 0; turn < turns; turn++) {
        const int unit = row_at(turn, turns, WG);
        const int c = unit % blocks * block_cols + (id & (width - 1)) * VEC;
        const int out_row = unit / blocks; /* outer index * parts + part */
        const bool live = unit < units && c < cols;
        const int first = out_row % parts * span;
        const int end = live ? min(first + span, red) : 0;
        row_floats acc = REDUCE_START, x;
        for (int r = first + slice; r < end; r += slices) {
            ROW_LOAD(x, REDUCE_IN, out_row / parts * red + r, c, cols, REDUCE_START);
            acc = REDUCE_VECTOR(acc, x);
        }
#if WG > 1
        ROW_ACROSS(acc, REDUCE_SCALAR, tmp, slices, width);
#endif
        if (live && slice == 0) {
            const row_floats result = acc / count;
            ROW_EMIT(REDUCE_OUT, result, out_row, c, cols);
        }
    }
}

#undef REDUCE_OUT_V

#else

#if STAGE == 1
#define REDUCE_OUT(v, row, col) partial[row] = (v)
#else
#define REDUCE_OUT(v, row, col) EMIT0(v, row, col)
#endif

/* A row of work is one part of a row of the input. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(reduce_rows)(
    int rows, int cols, int parts, int span, float count, int lanes REDUCE_PARAMS FUSED_PARAMS)
{
    ROW_LOCAL(tmp);
    const int start = row_lane(lanes) * VEC, stride = lanes * VEC;
    const int out_rows = rows * parts;
    const int turns = row_turns(out_rows);
    for (int turn = 0; turn < turns; turn++) {
        const int out_row = row_at(turn, turns, lanes);
        const bool live = out_row < out_rows;
        const int row = out_row / parts, first = out_row % parts * span;
        const int end = live ? min(first + span, cols) : 0;
        row_floats acc = REDUCE_START, x;
        for (int c = first + start; c < end; c += stride) {
            ROW_LOAD(x, REDUCE_IN, row, c, end, REDUCE_START);
            acc = REDUCE_VECTOR(acc, x);
        }
        float result;
        ROW_REDUCE(result, REDUCE_SCALAR, acc, tmp, lanes);
        if (live && start == 0) {
            result /= count;
            REDUCE_OUT(result, out_row, 0);
        }
    }
}

#endif

#undef COLUMNS
#undef KIND
#undef STAGE
#undef REDUCE_START
#undef REDUCE_SCALAR
#undef REDUCE_VECTOR
#undef REDUCE_PARAMS
#undef REDUCE_IN
#undef REDUCE_IN_V
#undef REDUCE_OUT
