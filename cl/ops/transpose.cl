/* SPDX-License-Identifier: MIT */
/* Matrices transposed: IN0 (batch * m, n) to EMIT0 (batch * n, m), in squares of TILE x TILE.
 *
 * CPU: a work-item takes a run of squares, each turned in private memory, so that both sides are read and
 * written along rows, whole cache lines of them. GPU: a work-group of WG takes a square through local memory, whose rows are one float
 * longer than the square so that neither side meets in one bank. */
#include "lib/row.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS         , __global const float *restrict in0, __global float *restrict out0
#define IN0(row, col)        in0[(size_t)(row)*n + (col)]
#define IN0_V(row, col)      ROW_GET(in0 + (size_t)(row)*n + (col))
#define EMIT0(v, row, col)   out0[(size_t)(row)*m + (col)] = (v)
#define EMIT0_V(v, row, col) ROW_PUT(v, out0 + (size_t)(row)*m + (col))
#endif

#define TRANSPOSE_TILE 32

#ifndef CLKERAS_TRANSPOSE_4X4
#define CLKERAS_TRANSPOSE_4X4
/* A square of 4 x 4 within two squares of TRANSPOSE_TILE. */
static inline void transpose_4x4(float *to, const float *from)
{
    const float4 x0 = vload4(0, from), x1 = vload4(0, from + TRANSPOSE_TILE);
    const float4 x2 = vload4(0, from + 2 * TRANSPOSE_TILE);
    const float4 x3 = vload4(0, from + 3 * TRANSPOSE_TILE);
    vstore4((float4)(x0.s0, x1.s0, x2.s0, x3.s0), 0, to);
    vstore4((float4)(x0.s1, x1.s1, x2.s1, x3.s1), 0, to + TRANSPOSE_TILE);
    vstore4((float4)(x0.s2, x1.s2, x2.s2, x3.s2), 0, to + 2 * TRANSPOSE_TILE);
    vstore4((float4)(x0.s3, x1.s3, x2.s3, x3.s3), 0, to + 3 * TRANSPOSE_TILE);
}
#endif

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(transpose)(
    int batch, int m, int n FUSED_PARAMS)
{
#if WG == 1
    float tile[TRANSPOSE_TILE * TRANSPOSE_TILE], turned[TRANSPOSE_TILE * TRANSPOSE_TILE];
#else
    __local float tile[TRANSPOSE_TILE * (TRANSPOSE_TILE + 1)];
#endif
    const int down = (m + TRANSPOSE_TILE - 1) / TRANSPOSE_TILE;
    const int across = (n + TRANSPOSE_TILE - 1) / TRANSPOSE_TILE;
    const int units = batch * down * across, turns = row_turns(units);
    for (int turn = 0; turn < turns; turn++) {
        const int unit = row_at(turn, turns, WG);
        if (unit >= units) /* the whole group */
            break;
        const int r0 = unit % down * TRANSPOSE_TILE, c0 = unit / down % across * TRANSPOSE_TILE;
        const int b = unit / down / across;
        const int height = min(TRANSPOSE_TILE, m - r0), width = min(TRANSPOSE_TILE, n - c0);
#if WG == 1
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j += VEC) {
                row_floats x;
                ROW_LOAD(x, IN0, b * m + r0 + i, c0 + j, n, 0.0f);
                ROW_PUT(x, tile + i * TRANSPOSE_TILE + j);
            }
        }
        for (int i = 0; i < height; i += 4) {
            for (int j = 0; j < width; j += 4)
                transpose_4x4(turned + j * TRANSPOSE_TILE + i, tile + i * TRANSPOSE_TILE + j);
        }
        for (int j = 0; j < width; j++) {
            for (int i = 0; i < height; i += VEC) {
                const row_floats y = ROW_GET(turned + j * TRANSPOSE_TILE + i);
                ROW_EMIT(EMIT0, y, b * n + c0 + j, r0 + i, m);
            }
        }
#else
        for (int i = (int)get_local_id(0); i < TRANSPOSE_TILE * TRANSPOSE_TILE; i += WG) {
            const int r = i / TRANSPOSE_TILE, c = i % TRANSPOSE_TILE;
            if (r < height && c < width)
                tile[r * (TRANSPOSE_TILE + 1) + c] = IN0(b * m + r0 + r, c0 + c);
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int i = (int)get_local_id(0); i < TRANSPOSE_TILE * TRANSPOSE_TILE; i += WG) {
            const int c = i / TRANSPOSE_TILE, r = i % TRANSPOSE_TILE;
            if (r < height && c < width)
                EMIT0(tile[r * (TRANSPOSE_TILE + 1) + c], b * n + c0 + c, r0 + r);
        }
#endif
    }
}
