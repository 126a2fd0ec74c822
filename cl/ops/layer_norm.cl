/* SPDX-License-Identifier: MIT */
/* Normalization of rows: EMIT0 = (IN0 - mean) * inv * gamma + beta, over (rows, cols), where mean and biased variance
 * are those of the row and inv = 1 / sqrt(variance + epsilon).
 *
 * gamma, beta: (cols). GAMMA 0, BETA 0: there is none, and no argument. RMS 1: the mean is taken to be 0.
 * SAVE 1: mean (not with RMS) and inv (rows) are kept for the gradient. rows, lanes: see lib/row.clh. Numerics: an element is read
 * three times, so that the variance is that of differences from the mean. */
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
#ifndef RMS
#define RMS 0
#endif
#ifndef SAVE
#define SAVE 1
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
#if SAVE && RMS
#define NORM_SAVE_PARAMS , __global float *restrict inv_out
#elif SAVE
#define NORM_SAVE_PARAMS , __global float *restrict mean_out, __global float *restrict inv_out
#else
#define NORM_SAVE_PARAMS
#endif

#define NORM_GAMMA(row, col)   gamma[col]
#define NORM_GAMMA_V(row, col) ROW_GET(gamma + (col))
#define NORM_BETA(row, col)    beta[col]
#define NORM_BETA_V(row, col)  ROW_GET(beta + (col))

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(layer_norm)(int rows, int cols,
    int lanes, float epsilon NORM_GAMMA_PARAM NORM_BETA_PARAM NORM_SAVE_PARAMS FUSED_PARAMS)
{
    ROW_LOCAL(tmp);
    const int start = row_lane(lanes) * VEC, stride = lanes * VEC;
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        const int n = row < rows ? cols : 0;
        float mean = 0.0f, squares;
        row_floats x, total = 0.0f;
#if !RMS
        for (int c = start; c < n; c += stride) {
            ROW_LOAD(x, IN0, row, c, n, 0.0f);
            total += x;
        }
        ROW_REDUCE(mean, ROW_ADD, total, tmp, lanes);
        mean /= (float)cols;
        total = 0.0f;
#endif
        for (int c = start; c < n; c += stride) {
            ROW_LOAD(x, IN0, row, c, n, mean);
            x -= mean;
            total += x * x;
        }
        ROW_REDUCE(squares, ROW_ADD, total, tmp, lanes);
        const float inv = 1.0f / sqrt(squares / (float)cols + epsilon);
        for (int c = start; c < n; c += stride) {
            ROW_LOAD(x, IN0, row, c, n, 0.0f);
            x = (x - mean) * inv;
#if GAMMA || BETA
            row_floats v;
#endif
#if GAMMA
            ROW_LOAD(v, NORM_GAMMA, row, c, n, 0.0f);
            x *= v;
#endif
#if BETA
            ROW_LOAD(v, NORM_BETA, row, c, n, 0.0f);
            x += v;
#endif
            ROW_EMIT(EMIT0, x, row, c, n);
        }
#if SAVE
        if (n > 0 && start == 0) {
#if !RMS
            mean_out[row] = mean;
#endif
            inv_out[row] = inv;
        }
#endif
    }
}

#undef GAMMA
#undef BETA
#undef RMS
#undef SAVE
#undef NORM_GAMMA_PARAM
#undef NORM_BETA_PARAM
#undef NORM_SAVE_PARAMS
#undef NORM_GAMMA
#undef NORM_GAMMA_V
#undef NORM_BETA
#undef NORM_BETA_V
