/* SPDX-License-Identifier: MIT */
/* Matrix product for GPUs: a work-group computes a tile through local memory, a work-item 4 x 4
 * elements of it in registers. For any shape; made for those that are small or skinny. Beside it
 * the pass that brings the product of another library, or the parts of one cut along k, through
 * the fused code; and the sums of b's columns.
 *
 *   out[g] (m, n) = a[g] (m, k) b[g] (k, n) for g < batch; as the fused code sees it, row g * m + i
 *
 * Operands by strides, as in ops/matmul_cpu.cl:
 *   (i, p) of a[g] is a[g * a_batch + i * a_m + p * a_k]
 *   (p, j) of b[g] is b[g * b_batch + p * b_k + j * b_n]
 * WG work-items a group, a power of two. Work-groups: dimension 0 is tiles of m, 1 tiles of n, 2
 * slices of k if there are several (then the batch is 1), else any number of groups for the batch.
 * Numbers: a slice is one chain of multiply-adds over rising p; slices are added in that order. */
#ifndef NAME
#define NAME(x) x
#endif
#ifndef WG
#define WG 64
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS       , __global float *restrict out0
#define EMIT0(v, row, col) out0[(size_t)(row)*n + (col)] = (v)
#endif
#ifndef HAS1
#define HAS1 0
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

/* A piece of a matrix (lines, TILE_K) into local memory (TILE_K, lines + 1), zeros beyond its
 * bounds. Element (i, p) is src[i * s_line + p * s_k]; neighbouring work-items read along the
 * stride of 1. */
static inline void NAME(matmul_load)(__local float *dst, __global const float *src, int lines,
    int s_line, int s_k, int n_lines, int depth)
{
    for (int e = (int)get_local_id(0); e < lines * TILE_K; e += WG) {
        const int i = s_k == 1 ? e / TILE_K : e % lines;
        const int p = s_k == 1 ? e % TILE_K : e / lines;
        const bool inside = i < n_lines && p < depth;
        dst[p * (lines + 1) + i] = inside ? src[(size_t)i * s_line + (size_t)p * s_k] : 0.0f;
    }
}

/* acc (4 rows, 4 columns ITEMS_N apart) += the product of two pieces, from the item's first row and
 * column. */
static inline void NAME(matmul_tile)(float4 *acc, __local const float *ta, __local const float *tb)
{
    for (int q = 0; q < TILE_K; q++, ta += TILE_M + 1, tb += TILE_N + 1) {
        const float4 v = (float4)(tb[0], tb[ITEMS_N], tb[2 * ITEMS_N], tb[3 * ITEMS_N]);
        for (int i = 0; i < 4; i++)
            acc[i] += ta[i] * v;
    }
}

static inline float NAME(matmul_pick)(float4 v, int i)
{
    return i == 0 ? v.s0 : i == 1 ? v.s1 : i == 2 ? v.s2 : v.s3;
}

/* Slice s covers p from s * slice_k. With one slice the elements go to the fused code, with more
 * to parts (slices, m, n), for matmul_epilogue. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(matmul)(
    __global const float *restrict a, __global const float *restrict b, int batch, int m, int n,
    int k, int a_batch, int a_m, int a_k, int b_batch, int b_k, int b_n, int slices, int slice_k,
    __global float *restrict parts FUSED_PARAMS)
{
    __local float ta[TILE_K * (TILE_M + 1)];
    __local float tb[TILE_K * (TILE_N + 1)];
    const int row = (int)get_group_id(0) * TILE_M;
    const int col = (int)get_group_id(1) * TILE_N;
    const int slice = slices > 1 ? (int)get_group_id(2) : 0;
    const int x = (int)get_local_id(0) % ITEMS_N;
    const int y = (int)get_local_id(0) / ITEMS_N * 4;
    const int end = min(k, (slice + 1) * slice_k);
    a += (size_t)row * a_m;
    b += (size_t)col * b_n;
    for (int g = slices > 1 ? 0 : (int)get_group_id(2); g < batch; g += (int)get_num_groups(2)) {
        __global const float *ga = a + (size_t)g * a_batch;
        __global const float *gb = b + (size_t)g * b_batch;
        float4 acc[4] = {(float4)(0.0f), (float4)(0.0f), (float4)(0.0f), (float4)(0.0f)};
        for (int p = slice * slice_k; p < end; p += TILE_K) {
            NAME(matmul_load)(ta, ga + (size_t)p * a_k, TILE_M, a_m, a_k, m - row, end - p);
            NAME(matmul_load)(tb, gb + (size_t)p * b_k, TILE_N, b_n, b_k, n - col, end - p);
            barrier(CLK_LOCAL_MEM_FENCE);
            NAME(matmul_tile)(acc, ta + y, tb + x);
            barrier(CLK_LOCAL_MEM_FENCE);
        }
        for (int e = 0; e < 16; e++) {
            const int i = row + y + e / 4;
            const int j = col + x + e % 4 * ITEMS_N;
            if (i >= m || j >= n)
                continue;
            const float v = NAME(matmul_pick)(acc[e / 4], e % 4);
            if (slices == 1) {
                EMIT0(v, g * m + i, j);
            } else {
                parts[((size_t)slice * m + i) * n + j] = v;
            }
        }
    }
}

/* out (rows, n) = the sum of parts (slices, rows, n). Dimension 0 goes over columns, 1 over rows,
 * with any number of work-items. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(matmul_epilogue)(
    __global const float *restrict parts, int slices, int rows, int n FUSED_PARAMS)
{
    const size_t len = (size_t)rows * n;
    for (int row = (int)get_global_id(1); row < rows; row += (int)get_global_size(1)) {
        for (int col = (int)get_global_id(0); col < n; col += (int)get_global_size(0)) {
            const size_t e = (size_t)row * n + col;
            float v = parts[e];
            for (int s = 1; s < slices; s++)
                v += parts[s * len + e];
            EMIT0(v, row, col);
        }
    }
}

#if HAS1
/* Output 1 (1, n) = the sum of b (k, n) over k: a group takes ITEMS_N columns, its lines every
 * ITEMS_M-th row; then a tree. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(matmul_colsum)(
    __global const float *restrict b, int n, int k FUSED_PARAMS)
{
    __local float sums[WG];
    const int id = (int)get_local_id(0);
    const int col = (int)get_group_id(0) * ITEMS_N + id % ITEMS_N;
    float sum = 0.0f;
    if (col < n)
        for (int p = id / ITEMS_N; p < k; p += ITEMS_M)
            sum += b[(size_t)p * n + col];
    sums[id] = sum;
    for (int half_way = WG / 2; half_way >= ITEMS_N; half_way /= 2) {
        barrier(CLK_LOCAL_MEM_FENCE);
        if (id < half_way)
            sums[id] += sums[id + half_way];
    }
    if (id < ITEMS_N && col < n) {
        EMIT1(sums[id], 0, col);
    }
}
#endif

#undef HAS1
#undef ITEMS_N
#undef ITEMS_M
#undef TILE_N
#undef TILE_M
#undef TILE_K
