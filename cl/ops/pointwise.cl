/* SPDX-License-Identifier: MIT */
/* A fused chain of pointwise ops over (rows, cols): EMIT0 loads, computes and stores element (row, col).
 *
 * CPU geometry (WG 1): work-item (p, q) does columns [p * cols_per, ...) of rows [q * rows_per, ...), VEC at a
 * time. GPU geometry: one element a work-item. */
#include "lib/pointwise.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS , __global float *restrict out0
#define EMIT0(v, row, col)                      \
    do {                                        \
        out0[(size_t)(row)*cols + (col)] = (v); \
    } while (0)
#define EMIT0_V(v, row, col) PASTE(vstore, VEC)(v, 0, out0 + (size_t)(row)*cols + (col))
#endif

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(pointwise)(
    int rows, int cols, int rows_per, int cols_per FUSED_PARAMS)
{
#if WG == 1
    const int r0 = (int)get_global_id(1) * rows_per, r1 = min(rows, r0 + rows_per);
    const int c0 = (int)get_global_id(0) * cols_per, c1 = min(cols, c0 + cols_per);
    for (int row = r0; row < r1; row++) {
        int col = c0;
#if VEC > 1
        for (; col + VEC <= c1; col += VEC)
            EMIT0_V((PASTE(float, VEC))(0.0f), row, col);
#endif
        for (; col < c1; col++)
            EMIT0(0.0f, row, col);
    }
#else
    const size_t i = get_global_id(0);
    if (i < (size_t)rows * cols)
        EMIT0(0.0f, i / cols, i % cols);
#endif
}
