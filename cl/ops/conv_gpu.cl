/* SPDX-License-Identifier: MIT */
/* Convolution and its gradients for GPUs: the products of ops/conv_cpu.cl, whose arguments these
 * are too (but for the blocks), by tiles through local memory; a work-item has 4 x 4 elements of
 * one in registers. The implicit matrix A of lib/conv.clh is computed where a tile is loaded.
 *
 *   conv         out (rows, groups * n) = A (rows, k) b (k, n), for each group        TRANSPOSE 0
 *   conv_kernel  out (k, groups * n) = A' (k, rows) dy (rows, n), for each group      TRANSPOSE 1
 *   conv_sum     the second pass of conv_kernel, where the rows were cut into slices
 *
 * WG work-items a group, a power of two. Work-groups: tiles of n fastest, then of out's rows, then
 * slices, then groups.
 * Numbers: a slice is one chain of multiply-adds in rising order; slices are added in theirs.
 * HAS1 (conv_kernel): output 1 (1, groups * n) is the sum of dy over its rows. */
#include "lib/conv.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef WG
#define WG 64
#endif
#ifndef TRANSPOSE
#define TRANSPOSE 0
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS , __global float *restrict out0
#if TRANSPOSE
#define EMIT0(v, row, col) out0[(size_t)(row)*cols + (col)] = (v)
#else
#define EMIT0(v, row, col) out0[(size_t)(row)*n * groups + (col)] = (v)
#endif
#endif
#ifndef HAS0
#define HAS0 1
#endif
#ifndef HAS1
#define HAS1 0
#endif
#if !HAS0 /* only output 1 is wanted */
#define EMIT0(v, row, col)
#define EMIT0_V(v, row, col)
#endif

/* Work-items of a group along n and m; elements of a tile along n, m and k. */
#if WG < 16
#define ITEMS_N WG
#else
#define ITEMS_N 16
#endif
#define ITEMS_M (WG / ITEMS_N)
#define TILE_N  (4 * ITEMS_N)
#define TILE_M  (4 * ITEMS_M)
#define TILE_K  16

#define CONV_NOWHERE (-(1 << 30)) /* outside of any image, even twice of it */

/* Row `row` of A: where tap 0 is along z, y and x, and its place in the image; nowhere if there is
 * no such row. */
static inline int4 NAME(conv_position)(const struct conv *c, int row, int rows)
{
    const struct conv_at at = conv_row(c, row);
    const int z = at.z * c->mul_z + c->off_z;
    const int y = at.y * c->mul_y + c->off_y;
    const int x = at.x * c->mul_x + c->off_x;
    const int place = ((at.b * c->in_z + z) * c->in_y + y) * c->in_x + x;
    return (int4)(row < rows ? z : CONV_NOWHERE, y, x, place);
}

/* Column `col` of A: how far from there. */
static inline int4 NAME(conv_tap)(const struct conv *c, int col, int cols)
{
    const struct conv_tap t = conv_col(c, col);
    const int z = t.z * c->step_z, y = t.y * c->step_y, x = t.x * c->step_x + t.e;
    return (int4)(col < cols ? z : CONV_NOWHERE, y, x, (z * c->in_y + y) * c->in_x + x);
}

/* The element of A at a position and a tap; 0 outside of the image. */
static inline float NAME(conv_fetch)(
    __global const float *image, const struct conv *c, int4 position, int4 tap)
{
    const int4 at = position + tap;
    const bool inside =
        (uint)at.x < (uint)c->in_z && (uint)at.y < (uint)c->in_y && (uint)at.z < (uint)c->in_x;
    return inside ? image[at.w] : 0.0f;
}

/* acc (4 rows from y, 4 columns ITEMS_N apart from x) += ta' tb over a tile's depth. */
static inline void NAME(conv_multiply)(
    float4 *acc, __local const float *ta, __local const float *tb, int x, int y)
{
    for (int q = 0; q < TILE_K; q++) {
        __local const float *la = ta + q * (TILE_M + 1) + y;
        __local const float *lb = tb + q * (TILE_N + 1) + x;
        const float4 v = (float4)(lb[0], lb[ITEMS_N], lb[2 * ITEMS_N], lb[3 * ITEMS_N]);
        for (int i = 0; i < 4; i++)
            acc[i] += la[i] * v;
    }
}

static inline float NAME(conv_element)(const float4 *acc, int e)
{
    const float4 line = acc[e / 4];
    return e % 4 == 0 ? line.s0 : e % 4 == 1 ? line.s1 : e % 4 == 2 ? line.s2 : line.s3;
}

#if !TRANSPOSE

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(conv)(
    __global const float *restrict image, __global const float *restrict b, int rows, int n, int k,
    CONV_PARAMS, int groups, int a_group, int b_group, int b_0, int b_z, int b_y, int b_x, int b_k,
    int b_n, int b_taps_x, int b_run, int b_len, int out_0, int out_b, int out_z, int out_y,
    int out_x FUSED_PARAMS)
{
    __local float ta[TILE_K * (TILE_M + 1)];
    __local float tb[TILE_K * (TILE_N + 1)];
    __local int4 positions[TILE_M];
    __local int4 taps[TILE_K];
    __local int b_rows[TILE_K];
    struct conv c = CONV_ARGS;
    const int id = (int)get_local_id(0);
    const int tiles_n = (n + TILE_N - 1) / TILE_N;
    const int tiles_m = (rows + TILE_M - 1) / TILE_M;
    const int g = (int)get_group_id(0) / (tiles_n * tiles_m);
    const int row = (int)get_group_id(0) / tiles_n % tiles_m * TILE_M;
    const int col = (int)get_group_id(0) % tiles_n * TILE_N;
    const int x = id % ITEMS_N, y = id / ITEMS_N * 4;
    c.off_x = off_x + g * a_group;
    for (int i = id; i < TILE_M; i += WG)
        positions[i] = NAME(conv_position)(&c, row + i, rows);
    float4 acc[4] = {(float4)(0.0f), (float4)(0.0f), (float4)(0.0f), (float4)(0.0f)};
    for (int p = 0; p < k; p += TILE_K) {
        for (int q = id; q < TILE_K; q += WG) {
            const int t = (p + q) / b_run;
            taps[q] = NAME(conv_tap)(&c, p + q, k);
            b_rows[q] = b_0 + g * b_group + t / b_taps_x / taps_y * b_z +
                        t / b_taps_x % taps_y * b_y + t % b_taps_x * b_x + (p + q) % b_run * b_k;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int e = id; e < TILE_M * TILE_K; e += WG) {
            const int i = e / TILE_K, q = e % TILE_K;
            ta[q * (TILE_M + 1) + i] = NAME(conv_fetch)(image, &c, positions[i], taps[q]);
        }
        for (int e = id; e < TILE_N * TILE_K; e += WG) {
            const int j = b_n == 1 ? e % TILE_N : e / TILE_K;
            const int q = b_n == 1 ? e / TILE_N : e % TILE_K;
            const bool inside = col + j < n && p + q < k;
            tb[q * (TILE_N + 1) + j] = inside ? b[b_rows[q] + (col + j) * b_n] : 0.0f;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        NAME(conv_multiply)(acc, ta, tb, x, y);
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    for (int e = 0; e < 16; e++) {
        const int i = row + y + e / 4, j = col + x + e % 4 * ITEMS_N;
        if (i >= rows || j >= n)
            continue;
        const struct conv_at at = conv_row(&c, i);
        const int r = out_0 + at.b * out_b + at.z * out_z + at.y * out_y + at.x * out_x;
        EMIT0(NAME(conv_element)(acc, e), r, g * n + j);
    }
}

#else

/* Slice s of the rows goes to parts (slices, k + 1, groups * n), whose last lines are sums of dy,
 * unless there is only one. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(conv_kernel)(
    __global const float *restrict image, __global const float *restrict dy, int rows, int n, int k,
    CONV_PARAMS, int groups, int a_group, int slices, int slice_rows,
    __global float *restrict parts FUSED_PARAMS)
{
    __local float ta[TILE_K * (TILE_M + 1)];
    __local float tb[TILE_K * (TILE_N + 1)];
    __local int4 positions[TILE_K];
    __local int4 taps[TILE_M];
    struct conv c = CONV_ARGS;
    const int id = (int)get_local_id(0);
    const int cols = groups * n;
    const int tiles_n = (n + TILE_N - 1) / TILE_N;
    const int tiles_m = (k + TILE_M - 1) / TILE_M;
    const int col = (int)get_group_id(0) % tiles_n * TILE_N;
    const int first = (int)get_group_id(0) / tiles_n % tiles_m * TILE_M;
    const int slice = (int)get_group_id(0) / (tiles_n * tiles_m) % slices;
    const int g = (int)get_group_id(0) / (tiles_n * tiles_m * slices);
    const int x = id % ITEMS_N, y = id / ITEMS_N * 4;
    const int end = min(rows, (slice + 1) * slice_rows);
    c.off_x = off_x + g * a_group;
    for (int i = id; i < TILE_M; i += WG)
        taps[i] = NAME(conv_tap)(&c, first + i, k);
    float4 acc[4] = {(float4)(0.0f), (float4)(0.0f), (float4)(0.0f), (float4)(0.0f)};
#if HAS1
    float4 sum = 0.0f; /* of the item's columns of dy; the same in every line of items */
#endif
    for (int p = slice * slice_rows; p < end; p += TILE_K) {
        for (int q = id; q < TILE_K; q += WG)
            positions[q] = NAME(conv_position)(&c, p + q, end);
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int e = id; e < TILE_M * TILE_K; e += WG) {
            const int i = e % TILE_M, q = e / TILE_M;
            ta[q * (TILE_M + 1) + i] = NAME(conv_fetch)(image, &c, positions[q], taps[i]);
        }
        for (int e = id; e < TILE_N * TILE_K; e += WG) {
            const int j = e % TILE_N, q = e / TILE_N;
            const bool inside = col + j < n && p + q < end;
            tb[q * (TILE_N + 1) + j] = inside ? dy[(size_t)(p + q) * cols + g * n + col + j] : 0.0f;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        NAME(conv_multiply)(acc, ta, tb, x, y);
#if HAS1
        for (int q = 0; q < TILE_K; q++) {
            __local const float *lb = tb + q * (TILE_N + 1) + x;
            sum += (float4)(lb[0], lb[ITEMS_N], lb[2 * ITEMS_N], lb[3 * ITEMS_N]);
        }
#endif
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    for (int e = 0; e < 16; e++) {
        const int i = first + y + e / 4, j = col + x + e % 4 * ITEMS_N;
        if (i >= k || j >= n)
            continue;
        const float v = NAME(conv_element)(acc, e);
        if (slices == 1) {
            EMIT0(v, i, g * n + j);
        } else {
            parts[((size_t)slice * (k + 1) + i) * cols + g * n + j] = v;
        }
    }
#if HAS1
    for (int e = 0; e < (first == 0 && y == 0 ? 4 : 0); e++) {
        const int j = col + x + e * ITEMS_N;
        if (j >= n)
            continue;
        const float v = NAME(conv_element)(&sum, e);
        if (slices == 1) {
            EMIT1(v, 0, g * n + j);
        } else {
            parts[((size_t)slice * (k + 1) + k) * cols + g * n + j] = v;
        }
    }
#endif
}

/* The sum over slices; a work-item an element. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(conv_sum)(
    __global const float *restrict parts, int slices, int k, int cols FUSED_PARAMS)
{
    const size_t len = (size_t)(k + 1) * cols;
    const size_t e = get_global_id(0);
    if (e >= (size_t)(k + HAS1) * cols)
        return;
    const int row = (int)(e / cols), col = (int)(e % cols);
    float v = parts[e];
    for (int s = 1; s < slices; s++)
        v += parts[s * len + e];
    if (row < k) {
        EMIT0(v, row, col);
    }
#if HAS1
    if (row == k) {
        EMIT1(v, 0, col);
    }
#endif
}

#endif

#undef TRANSPOSE
#if !HAS0
#undef EMIT0
#undef EMIT0_V
#endif
#undef HAS0
#undef HAS1
#undef ITEMS_N
#undef ITEMS_M
#undef TILE_N
#undef TILE_M
#undef TILE_K
#undef CONV_NOWHERE
