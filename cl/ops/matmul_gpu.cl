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
 * WG work-items a group, a power of two. Work-groups: tiles of n fastest, then tiles of m, then
 * slices of k, then batch.
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
inline void NAME(matmul_load)(__local float *dst, __global const float *src, int lines, int s_line,
    int s_k, int n_lines, int depth)
{
    for (int e = (int)get_local_id(0); e < lines * TILE_K; e += WG) {
        const int i = s_k == 1 ? e / TILE_K : e % lines;
        const int p = s_k == 1 ? e % TILE_K : e / lines;
        const bool inside = i < n_lines && p < depth;
        dst[p * (lines + 1) + i] = inside ? src[(size_t)i * s_line + (size_t)p * s_k] : 0.0f;
    }
}

/* Slice s covers p from s * slice_k. With one slice the elements go to the fused code, with more
 * to parts (slices, batch * m, n), for matmul_epilogue. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(matmul)(
    __global const float *restrict a, __global const float *restrict b, int batch, int m, int n,
    int k, int a_batch, int a_m, int a_k, int b_batch, int b_k, int b_n, int slices, int slice_k,
    __global float *restrict parts FUSED_PARAMS)
{
    __local float ta[TILE_K * (TILE_M + 1)];
    __local float tb[TILE_K * (TILE_N + 1)];
    const int tiles_n = (n + TILE_N - 1) / TILE_N;
    const int tiles_m = (m + TILE_M - 1) / TILE_M;
    int t = (int)get_group_id(0);
    const int col = t % tiles_n * TILE_N;
    t /= tiles_n;
    const int row = t % tiles_m * TILE_M;
    t /= tiles_m;
    const int slice = t % slices;
    const int g = t / slices;
    const int x = (int)get_local_id(0) % ITEMS_N;
    const int y = (int)get_local_id(0) / ITEMS_N * 4;
    const int end = min(k, (slice + 1) * slice_k);
    a += (size_t)g * a_batch + (size_t)row * a_m;
    b += (size_t)g * b_batch + (size_t)col * b_n;
    float4 acc[4] = {(float4)(0.0f), (float4)(0.0f), (float4)(0.0f), (float4)(0.0f)};
    for (int p = slice * slice_k; p < end; p += TILE_K) {
        NAME(matmul_load)(ta, a + (size_t)p * a_k, TILE_M, a_m, a_k, m - row, end - p);
        NAME(matmul_load)(tb, b + (size_t)p * b_k, TILE_N, b_n, b_k, n - col, end - p);
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int q = 0; q < TILE_K; q++) {
            __local const float *la = ta + q * (TILE_M + 1) + y;
            __local const float *lb = tb + q * (TILE_N + 1) + x;
            const float4 v = (float4)(lb[0], lb[ITEMS_N], lb[2 * ITEMS_N], lb[3 * ITEMS_N]);
            for (int i = 0; i < 4; i++)
                acc[i] += la[i] * v;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    for (int e = 0; e < 16; e++) {
        const int i = row + y + e / 4;
        const int j = col + x + e % 4 * ITEMS_N;
        if (i >= m || j >= n)
            continue;
        const float4 line = acc[e / 4];
        const float v = e % 4 == 0   ? line.s0
                        : e % 4 == 1 ? line.s1
                        : e % 4 == 2 ? line.s2
                                     : line.s3;
        const int r = g * m + i;
        if (slices == 1) {
            EMIT0(v, r, j);
        } else {
            parts[((size_t)slice * batch * m + r) * n + j] = v;
        }
    }
}

/* out (rows, n) = the sum of parts (slices, rows, n). Any number of work-items. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(matmul_epilogue)(
    __global const float *restrict parts, int slices, int rows, int n FUSED_PARAMS)
{
    const size_t len = (size_t)rows * n;
    for (size_t e = get_global_id(0); e < len; e += get_global_size(0)) {
        float v = parts[e];
        for (int s = 1; s < slices; s++)
            v += parts[s * len + e];
        EMIT0(v, (int)(e / n), (int)(e % n));
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
