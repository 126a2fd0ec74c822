/* SPDX-License-Identifier: MIT */
/* The gradient of a row's normalization by its input: dY = IN0 and X = IN1 (rows, cols), dX to EMIT0.
 *
 *   g  = dY * gamma        xhat = (X - mean) * inv
 *   dX = inv * (g - sum(g) / cols - xhat * sum(g * xhat) / cols)
 *
 * gamma: (cols); GAMMA 0: there is none, and no argument. mean, inv: (rows), of layer_norm.cl. RMS 1: without the
 * term of sum(g), and no mean. rows, lanes: see lib/row.clh. An element is read twice. */
#include "lib/row.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef GAMMA
#define GAMMA 1
#endif
#ifndef RMS
#define RMS 0
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS                                                          \
    , __global const float *restrict in0, __global const float *restrict in1, \
        __global float *restrict out0
#define IN0(row, col)        in0[(size_t)(row)*cols + (col)]
#define IN0_V(row, col)      ROW_GET(in0 + (size_t)(row)*cols + (col))
#define IN1(row, col)        in1[(size_t)(row)*cols + (col)]
#define IN1_V(row, col)      ROW_GET(in1 + (size_t)(row)*cols + (col))
#define EMIT0(v, row, col)   out0[(size_t)(row)*cols + (col)] = (v)
#define EMIT0_V(v, row, col) ROW_PUT(v, out0 + (size_t)(row)*cols + (col))
#endif

#if GAMMA
#define NORM_GAMMA_PARAM       , __global const float *restrict gamma
#define NORM_GAMMA(row, col)   gamma[col]
#define NORM_GAMMA_V(row, col) ROW_GET(gamma + (col))
#else
#define NORM_GAMMA_PARAM
#endif

#if RMS
#define NORM_MEAN_PARAM
#else
#define NORM_MEAN_PARAM , __global const float *restrict mean
#endif

/* g and x = xhat of columns c to c + VEC - 1; 0 past the end. */
#if GAMMA
#define NORM_LOAD(g, x, v)                        \
    do {                                          \
        ROW_LOAD(g, IN0, row, c, n, 0.0f);        \
        ROW_LOAD(v, NORM_GAMMA, row, c, n, 0.0f); \
        ROW_LOAD(x, IN1, row, c, n, 0.0f);        \
        (g) *= (v);                               \
        (x) = ((x)-centre) * scale;               \
    } while (0)
#else
#define NORM_LOAD(g, x, v)                 \
    do {                                   \
        ROW_LOAD(g, IN0, row, c, n, 0.0f); \
        ROW_LOAD(x, IN1, row, c, n, 0.0f); \
        (x) = ((x)-centre) * scale;        \
    } while (0)
#endif

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(layer_norm_grad)(int rows,
    int cols, int lanes NORM_MEAN_PARAM,
    __global const float *restrict inv NORM_GAMMA_PARAM FUSED_PARAMS)
{
    ROW_LOCAL(tmp);
    const int start = row_lane(lanes) * VEC, stride = lanes * VEC;
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        const int n = row < rows ? cols : 0;
        const float scale = n > 0 ? inv[row] : 0.0f;
#if RMS
        const float centre = 0.0f;
#else
        const float centre = n > 0 ? mean[row] : 0.0f;
#endif
        row_floats g, x, v, total = 0.0f, product = 0.0f;
        float sum = 0.0f, dot;
        for (int c = start; c < n; c += stride) {
            NORM_LOAD(g, x, v);
            total += g;
            product += g * x;
        }
#if !RMS
        ROW_REDUCE(sum, ROW_ADD, total, tmp, lanes);
        sum /= (float)cols;
#endif
        ROW_REDUCE(dot, ROW_ADD, product, tmp, lanes);
        dot /= (float)cols;
        for (int c = start; c < n; c += stride) {
            NORM_LOAD(g, x, v);
            v = (g - sum - x * dot) * scale;
            ROW_EMIT(EMIT0, v, row, c, n);
        }
    }
}

#undef GAMMA
#undef RMS
#undef NORM_GAMMA_PARAM
#undef NORM_MEAN_PARAM
#undef NORM_GAMMA
#undef NORM_GAMMA_V
#undef NORM_LOAD
