/* SPDX-License-Identifier: MIT */
/* Softmax cross-entropy of logits IN0 (rows, cols), its loss and the gradient of that, in one pass.
 *
 *   EMIT0 (rows, 1)    loss = log(sum(exp(z - max))) * sum(y) - sum(y * (z - max))
 *   EMIT1 (rows, cols) d loss / d z = softmax(z) * sum(y) - y
 *
 * DENSE 1: y is IN1 (rows, cols). DENSE 0: IN1 (rows, 1) is the number of the class with y = 1; a number that is
 * no class means y = 0 everywhere: loss and gradient are 0. lanes: work-items a row, 1 on a CPU device; see
 * lib/row.clh. HAS0 0, HAS1 0: loss or gradient is not wanted. */
#include "lib/row.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef DENSE
#define DENSE 0
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS                                                          \
    , __global const float *restrict in0, __global const float *restrict in1, \
        __global float *restrict out0, __global float *restrict out1
#define IN0(row, col)   in0[(size_t)(row)*cols + (col)]
#define IN0_V(row, col) ROW_GET(in0 + (size_t)(row)*cols + (col))
#if DENSE
#define IN1(row, col)   in1[(size_t)(row)*cols + (col)]
#define IN1_V(row, col) ROW_GET(in1 + (size_t)(row)*cols + (col))
#else
#define IN1(row, col) in1[(size_t)(row) + (col)]
#endif
#define EMIT0(v, row, col)   out0[(size_t)(row) + (col)] = (v)
#define EMIT1(v, row, col)   out1[(size_t)(row)*cols + (col)] = (v)
#define EMIT1_V(v, row, col) ROW_PUT(v, out1 + (size_t)(row)*cols + (col))
#define HAS0                 1
#define HAS1                 1
#endif

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(softmax_xent)(
    int rows, int cols, int lanes FUSED_PARAMS)
{
    ROW_LOCAL(tmp);
    const int start = row_lane(lanes) * VEC, stride = lanes * VEC;
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        const int n = row < rows ? cols : 0;
        row_floats z, most = -INFINITY, total = 0.0f;
        float top, sum;
        for (int c = start; c < n; c += stride) {
            ROW_LOAD(z, IN0, row, c, n, -INFINITY);
            most = fmax(most, z);
        }
        ROW_REDUCE(top, fmax, most, tmp, lanes);

#if DENSE
        row_floats y, weights = 0.0f, products = 0.0f;
        float weight, product;
        for (int c = start; c < n; c += stride) {
            ROW_LOAD(z, IN0, row, c, n, -INFINITY);
            ROW_LOAD(y, IN1, row, c, n, 0.0f);
            total += exp(z - top);
            weights += y;
            /* Padding is 0 * -inf: left out. */
            products += select(y * (z - top), (row_floats)(0.0f), row_iota() >= n - c);
        }
        ROW_REDUCE(weight, ROW_ADD, weights, tmp, lanes);
        ROW_REDUCE(product, ROW_ADD, products, tmp, lanes);
#else
        for (int c = start; c < n; c += stride) {
            ROW_LOAD(z, IN0, row, c, n, -INFINITY);
            total += exp(z - top);
        }
        const float number = n > 0 ? IN1(row, 0) : -1.0f;
        const bool is_class = number >= 0.0f && number < (float)n;
        const int label = is_class ? (int)number : -1;
        const float weight = is_class ? 1.0f : 0.0f;
        const float product = is_class ? IN0(row, label) - top : 0.0f;
#endif
        ROW_REDUCE(sum, ROW_ADD, total, tmp, lanes);
#if HAS0
        if (n > 0 && start == 0) {
            const float loss = log(sum) * weight - product;
            EMIT0(loss, row, 0);
        }
#endif
#if HAS1
        for (int c = start; c < n; c += stride) {
            ROW_LOAD(z, IN0, row, c, n, -INFINITY);
#if DENSE
            ROW_LOAD(y, IN1, row, c, n, 0.0f);
#else
            const row_floats y =
                select((row_floats)(0.0f), (row_floats)(1.0f), row_iota() == label - c);
#endif
            const row_floats d = exp(z - top) / sum * weight - y;
            ROW_EMIT(EMIT1, d, row, c, n);
        }
#endif
    }
}

#undef DENSE
