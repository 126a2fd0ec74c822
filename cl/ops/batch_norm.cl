/* SPDX-License-Identifier: MIT */
/* Normalization of columns: EMIT0 = (IN0 - mean) * inv * gamma + beta, over (rows, cols).
 *
 * mean, inv, gamma, beta: (cols). GAMMA 0, BETA 0: there is none, and no argument. rows, lanes: see lib/row.clh. */
#include "lib/row.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef GAMMA
#define GAMMA 1
#endif
#ifndef BETA
#define BETA 1
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS         , __global const float *restrict in0, __global float *restrict out0
#define IN0(row, col)        in0[(size_t)(row)*cols + (col)]
#define IN0_V(row, col)      ROW_GET(in0 + (size_t)(row)*cols + (col))
#define EMIT0(v, row, col)   out0[(size_t)(row)*cols + (col)] = (v)
#define EMIT0_V(v, row, col) ROW_PUT(v, out0 + (size_t)(row)*cols + (col))
#endif

#if GAMMA
#define NORM_GAMMA_PARAM , __global const float *restrict gamma
#else
#define NORM_GAMMA_PARAM
#endif
#if BETA
#define NORM_BETA_PARAM , __global const float *restrict beta
#else
#define NORM_BETA_PARAM
#endif

/* Columns of a vector argument, read as if it were a matrix. */
#define NORM_MEAN(row, col)    mean[col]
#define NORM_MEAN_V(row, col)  ROW_GET(mean + (col))
#define NORM_INV(row, col)     inv[col]
#define NORM_INV_V(row, col)   ROW_GET(inv + (col))
#define NORM_GAMMA(row, col)   gamma[col]
#define NORM_GAMMA_V(row, col) ROW_GET(gamma + (col))
#define NORM_BETA(row, col)    beta[col]
#define NORM_BETA_V(row, col)  ROW_GET(beta + (col))

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(batch_norm)(int rows, int cols,
    int lanes, __global const float *restrict mean,
    __global const float *restrict inv NORM_GAMMA_PARAM NORM_BETA_PARAM FUSED_PARAMS)
{
    const int start = row_lane(lanes) * VEC, stride = lanes * VEC;
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        const int n = row < rows ? cols : 0;
        for (int c = start; c < n; c += stride) {
            row_floats x, offset, scale, factor;
            ROW_LOAD(x, IN0, row, c, n, 0.0f);
            ROW_LOAD(offset, NORM_MEAN, row, c, n, 0.0f);
            ROW_LOAD(scale, NORM_INV, row, c, n, 0.0f);
#if GAMMA
            ROW_LOAD(factor, NORM_GAMMA, row, c, n, 0.0f);
            scale *= factor;
#endif
            x = (x - offset) * scale;
#if BETA
            ROW_LOAD(factor, NORM_BETA, row, c, n, 0.0f);
            x += factor;
#endif
            ROW_EMIT(EMIT0, x, row, c, n);
        }
    }
}

#undef GAMMA
#undef BETA
#undef NORM_GAMMA_PARAM
#undef NORM_BETA_PARAM
#undef NORM_MEAN
#undef NORM_MEAN_V
#undef NORM_INV
#undef NORM_INV_V
#undef NORM_GAMMA
#undef NORM_GAMMA_V
#undef NORM_BETA
#undef NORM_BETA_V
