/* SPDX-License-Identifier: MIT */
/* Number of the first largest column of each row of IN0 (rows, cols), to EMIT0 (rows, 1), as a float. A NaN counts
 * as larger than any number, as in NumPy. lanes: work-items a row, 1 on a CPU device; see lib/row.clh. */
#include "lib/row.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS       , __global const float *restrict in0, __global float *restrict out0
#define IN0(row, col)      in0[(size_t)(row)*cols + (col)]
#define IN0_V(row, col)    ROW_GET(in0 + (size_t)(row)*cols + (col))
#define EMIT0(v, row, col) out0[(size_t)(row) + (col)] = (v)
#endif

/* Whether value a at column i comes before value b at column k. */
#define ARGMAX_BEFORE(a, i, b, k) \
    (isnan(a) ? !isnan(b) || (i) < (k) : (a) > (b) || ((a) == (b) && (i) < (k)))

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(argmax)(
    int rows, int cols, int lanes FUSED_PARAMS)
{
#if WG > 1
    __local float local_best[WG];
    __local int local_at[WG];
    const int id = (int)get_local_id(0);
#endif
    const int lane = row_lane(lanes), start = lane * VEC, stride = lanes * VEC;
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        const int n = row < rows ? cols : 0;
        /* A place of the vector starts at its own first column, so that padding never comes first. */
        row_floats x, best = -INFINITY;
        row_ints col = row_iota() + start, at = col;
        for (int c = start; c < n; c += stride, col += stride) {
            ROW_LOAD(x, IN0, row, c, n, -INFINITY);
            const row_ints larger = isgreater(x, best) | (isnan(x) & isequal(best, best));
            best = select(best, x, larger);
            at = select(at, col, larger);
        }
        float bests[VEC];
        int ats[VEC];
        ROW_PUT(best, bests);
        ROW_PUT(at, ats);
        for (int k = 1; k < VEC; k++) {
            if (ARGMAX_BEFORE(bests[k], ats[k], bests[0], ats[0])) {
                bests[0] = bests[k];
                ats[0] = ats[k];
            }
        }
#if WG > 1
        local_best[id] = bests[0];
        local_at[id] = ats[0];
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int s = lanes / 2; s > 0; s /= 2) {
            const int other = id + s;
            if (lane < s &&
                ARGMAX_BEFORE(local_best[other], local_at[other], local_best[id], local_at[id])) {
                local_best[id] = local_best[other];
                local_at[id] = local_at[other];
            }
            barrier(CLK_LOCAL_MEM_FENCE);
        }
        ats[0] = local_at[id];
#endif
        if (n > 0 && lane == 0)
            EMIT0((float)ats[0], row, 0);
    }
}

#undef ARGMAX_BEFORE
