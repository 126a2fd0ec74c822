/* SPDX-License-Identifier: MIT */
/* Rows of a table by number, and the gradient: rows added up by number. Ids are IN1 (count, 1); one of them, x,
 * means row x, or x + rows if it is negative, with any fraction cut off; outside of the table: none.
 *
 *   take       IN0 (rows, cols), the table -> EMIT0 (count, cols); NaN where there is no row   GRADIENT 0
 *   take_grad  IN0 (count, cols), of what was taken -> out (rows, cols)                        GRADIENT 1
 *
 * The gradient adds in the order of ids, without atomics on floats.
 * CPU: a work-item owns some of the table's rows and looks at every id for its own.
 * GPU, three launches: take_sort, a work-group for each WG rows of the table, puts the places of their ids
 * into `order`, sorted by row and then by place, the rows themselves into `keys`, and where row r begins into
 * starts[r]. take_runs adds up every RUN entries of `order` that have one row, to partial (count / RUN, cols).
 * take_sum, a row of the table after another, adds its entries, whole runs at once: a padding number that
 * fills half a batch costs no more than the rest.
 * lanes: work-items a row; see lib/row.clh. */
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
#define IN0(row, col)        in0[(size_t)(row)*cols + (col)]
#define IN0_V(row, col)      ROW_GET(in0 + (size_t)(row)*cols + (col))
#define IN1(row, col)        in1[(size_t)(row) + (col)]
#define EMIT0(v, row, col)   out0[(size_t)(row)*cols + (col)] = (v)
#define EMIT0_V(v, row, col) ROW_PUT(v, out0 + (size_t)(row)*cols + (col))
#endif
#define TAKE_RUN 64

#if !GRADIENT

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(take)(
    int rows, int count, int cols, int lanes FUSED_PARAMS)
{
    const int turns = row_turns(count);
    for (int turn = 0; turn < turns; turn++) {
        const int place = row_at(turn, turns, lanes);
        if (place >= count)
            break;
        const int row = place_of(IN1(place, 0), rows);
        for (int c = row_lane(lanes) * VEC; c < cols; c += lanes * VEC) {
            row_floats x = NAN;
            if (row >= 0)
                ROW_LOAD(x, IN0, row, c, cols, 0.0f);
            ROW_EMIT(EMIT0, x, place, c, cols);
        }
    }
}

#elif WG == 1

/* Work-item i owns every row r with r % items == i: words that are frequent often stand side by side. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(take_grad)(
    int rows, int count, int cols, __global float *restrict out FUSED_PARAMS)
{
    const int me = (int)get_global_id(0), items = (int)get_global_size(0);
    for (int row = me; row < rows; row += items) {
        for (int c = 0; c < cols; c++)
            out[(size_t)row * cols + c] = 0.0f;
    }
    for (int place = 0; place < count; place++) {
        const int row = place_of(IN1(place, 0), rows);
        if (row < 0 || row % items != me)
            continue;
        __global float *sum = out + (size_t)row * cols;
        int c = 0;
        for (; c + VEC <= cols; c += VEC)
            ROW_PUT(ROW_GET(sum + c) + IN0_V(place, c), sum + c);
        for (; c < cols; c++)
            sum[c] += IN0(place, c);
    }
}

#else

/* Group g sorts the ids of rows g * WG to g * WG + WG - 1. It counts those of each row and of all rows
 * before, so it knows where they go without hearing from another group; then it places them, WG ids a turn:
 * behind those of earlier turns and those of the same row before it in this turn. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(take_sort)(int rows, int count,
    int cols, __global int *restrict order, __global int *restrict keys,
    __global int *restrict starts FUSED_PARAMS)
{
    __local int counts[WG], next[WG], window[WG];
    __local int before;
    const int id = (int)get_local_id(0), first = (int)get_group_id(0) * WG;
    counts[id] = 0;
    if (id == 0)
        before = 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    int lower = 0;
    for (int place = id; place < count; place += WG) {
        const int row = place_of(IN1(place, 0), rows);
        lower += row >= 0 && row < first;
        if (row >= first && row < first + WG)
            atomic_inc(&counts[row - first]);
    }
    atomic_add(&before, lower);
    barrier(CLK_LOCAL_MEM_FENCE);
    int start = before;
    for (int r = 0; r < id; r++)
        start += counts[r];
    next[id] = start;
    if (first + id < rows)
        starts[first + id] = start;
    if (first + id == rows - 1)
        starts[rows] = start + counts[id];
    for (int turn = 0; turn < count; turn += WG) {
        const int place = turn + id;
        const int row = place < count ? place_of(IN1(place, 0), rows) - first : -1;
        const bool mine = row >= 0 && row < WG;
        window[id] = mine ? row : -1;
        barrier(CLK_LOCAL_MEM_FENCE);
        int rank = 0, total = 0;
        for (int k = 0; k < WG && mine; k++) {
            rank += window[k] == row && k < id;
            total += window[k] == row;
        }
        const int at = mine ? next[row] + rank : 0;
        barrier(CLK_LOCAL_MEM_FENCE);
        if (mine) {
            order[at] = place;
            keys[at] = row + first;
            if (rank == total - 1)
                next[row] = at + 1;
        }
    }
}

/* A row of work is a run. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(take_runs)(int rows, int runs,
    int cols, int lanes, __global const int *restrict order, __global const int *restrict keys,
    __global const int *restrict starts, __global float *restrict partial FUSED_PARAMS)
{
    const int run = row_at(0, 1, lanes), first = run * TAKE_RUN;
    if (run >= runs || first + TAKE_RUN > starts[rows] || keys[first] != keys[first + TAKE_RUN - 1])
        return;
    for (int c = row_lane(lanes); c < cols; c += lanes) {
        float sum = 0.0f;
        for (int i = first; i < first + TAKE_RUN; i++)
            sum += IN0(order[i], c);
        partial[(size_t)run * cols + c] = sum;
    }
}

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(take_sum)(int rows, int cols,
    int lanes, __global const int *restrict order, __global const int *restrict starts,
    __global const float *restrict partial, __global float *restrict out FUSED_PARAMS)
{
    const int row = row_at(0, 1, lanes);
    if (row >= rows)
        return;
    const int first = starts[row], end = starts[row + 1];
    for (int c = row_lane(lanes); c < cols; c += lanes) {
        float sum = 0.0f;
        for (int i = first; i < end;) {
            const bool whole = i % TAKE_RUN == 0 && i + TAKE_RUN <= end;
            sum += whole ? partial[(size_t)(i / TAKE_RUN) * cols + c] : IN0(order[i], c);
            i += whole ? TAKE_RUN : 1;
        }
        out[(size_t)row * cols + c] = sum;
    }
}

#endif

#undef GRADIENT
