/* SPDX-License-Identifier: MIT */
/* Matrix product for CPU devices: one work-item is a core's whole loop nest, around a tile of
 * vector registers and a packed panel of b in private memory. No local memory, no barriers.
 *
 *   out[g] (m, n) = a[g] (m, k) b[g] (k, n) for g < batch; as the fused code sees it, row g * m + i
 *
 * The operands are given by strides, so transposes and leading dimensions need no code of their
 * own; one of b_k and b_n is 1:
 *   (i, p) of a[g] is a[g * a_batch + i * a_m + p * a_k]
 *   (p, j) of b[g] is b[g * b_batch + p * b_k + j * b_n]
 * Work: every product is cut into blocks of block_m x block_n, columns fastest, then rows, then
 * batch; a work-item takes every get_global_size(0)-th block. block_m is at most ROWS_MAX; both
 * are multiples of the tile.
 * Numbers: an element is one chain of multiply-adds over rising p, whatever the blocks are.
 * HAS1 (batch = 1 only): output 1 (1, n) is the sum of b over k, in rising order, while b is
 * packed. */
#ifndef NAME
#define NAME(x) x
#endif
#ifndef VEC
#define VEC 8
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS         , __global float *restrict out0
#define EMIT0(v, row, col)   out0[(size_t)(row)*n + (col)] = (v)
#define EMIT0_V(v, row, col) VSTORE(v, 0, out0 + (size_t)(row)*n + (col))
#endif
#ifndef HAS1
#define HAS1 0
#endif

/* On AVX2, six rows fill 15 of 16 registers: 12 accumulators, 2 of b, 1 of a. Devices with
 * vectors of 16 floats have 32 registers. The host (ops/matmul.c) rounds its blocks to the same
 * tile. */
#if VEC == 16
#define FLOATS  float16
#define VLOAD   vload16
#define VSTORE  vstore16
#define TILE_M  8
#define EACH(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)
#else
#define FLOATS  float8
#define VLOAD   vload8
#define VSTORE  vstore8
#define TILE_M  6
#define EACH(X) X(0) X(1) X(2) X(3) X(4) X(5)
#endif
#define TILE_N   (2 * VEC)
#define DEPTH    256 /* rows of a packed panel: as much of b as L1 holds */
#define ROWS_MAX 192 /* rows of a block: its accumulators lie in private memory */

/* A tile's rows beyond the matrix repeat its last row: computed, never emitted. */
#define A_ROW(i) (a + (size_t)min(i, rows - 1) * a_m)
#define WIDE_BEGIN(i)                                         \
    __global const float *restrict a##i = A_ROW(i);           \
    FLOATS l##i = first ? (FLOATS)(0.0f) : VLOAD(2 * i, acc); \
    FLOATS r##i = first ? (FLOATS)(0.0f) : VLOAD(2 * i + 1, acc);
#define WIDE_STEP(i)      \
    l##i += a##i[o] * b0; \
    r##i += a##i[o] * b1;
#define WIDE_END(i)           \
    VSTORE(l##i, 2 * i, acc); \
    VSTORE(r##i, 2 * i + 1, acc);
#define SLIM_BEGIN(i)                                         \
    __global const float *restrict a##i = A_ROW(i);           \
    __global const float *restrict z##i = A_ROW(i + TILE_M);  \
    FLOATS l##i = first ? (FLOATS)(0.0f) : VLOAD(2 * i, acc); \
    FLOATS r##i = first ? (FLOATS)(0.0f) : VLOAD(2 * (i + TILE_M), acc);
#define SLIM_STEP(i)      \
    l##i += a##i[o] * b0; \
    r##i += z##i[o] * b0;
#define SLIM_END(i)           \
    VSTORE(l##i, 2 * i, acc); \
    VSTORE(r##i, 2 * (i + TILE_M), acc);

/* acc (TILE_M, TILE_N) += a (rows, depth) panel (depth, TILE_N); = if this is the first panel. */
inline void NAME(matmul_wide)(__global const float *a, int a_m, int a_k, int rows,
    const float *panel, int depth, bool first, float *acc)
{
    size_t o = 0;
    EACH(WIDE_BEGIN)
    for (int p = 0; p < depth; p++) {
        const FLOATS b0 = VLOAD(0, panel), b1 = VLOAD(1, panel);
        EACH(WIDE_STEP)
        o += a_k;
        panel += TILE_N;
    }
    EACH(WIDE_END)
}

/* The same for a panel of at most VEC columns: twice the rows, a vector each. */
inline void NAME(matmul_slim)(__global const float *a, int a_m, int a_k, int rows,
    const float *panel, int depth, bool first, float *acc)
{
    size_t o = 0;
    EACH(SLIM_BEGIN)
    for (int p = 0; p < depth; p++) {
        const FLOATS b0 = VLOAD(0, panel);
        EACH(SLIM_STEP)
        o += a_k;
        panel += TILE_N;
    }
    EACH(SLIM_END)
}

/* panel (depth, TILE_N) = b (depth, cols), rows of b contiguous. The first `full` rows may be read
 * TILE_N wide; the others leave columns beyond `cols` alone. */
inline void NAME(matmul_pack_rows)(
    float *panel, __global const float *b, int b_k, int depth, int cols, int full)
{
    int p = 0;
    for (; p < min(depth, full); p++) {
        __global const float *row = b + (size_t)p * b_k;
        VSTORE(VLOAD(0, row), 2 * p, panel);
        VSTORE(VLOAD(1, row), 2 * p + 1, panel);
    }
    for (; p < depth; p++)
        for (int j = 0; j < cols; j++)
            panel[p * TILE_N + j] = b[(size_t)p * b_k + j];
}

/* panel (depth, TILE_N) = b (depth, cols), columns of b contiguous: transposed in squares of 4 x
 * 4. */
inline void NAME(matmul_pack_cols)(
    float *panel, __global const float *b, int b_n, int depth, int cols)
{
    int j = 0;
    for (; j + 4 <= cols; j += 4) {
        __global const float *c0 = b + (size_t)j * b_n, *c1 = c0 + b_n, *c2 = c1 + b_n,
                             *c3 = c2 + b_n;
        float *d = panel + j;
        int p = 0;
        for (; p + 4 <= depth; p += 4, d += 4 * TILE_N) {
            const float4 x0 = vload4(0, c0 + p), x1 = vload4(0, c1 + p);
            const float4 x2 = vload4(0, c2 + p), x3 = vload4(0, c3 + p);
            const float4 lo01 = (float4)(x0.lo, x1.lo), hi01 = (float4)(x0.hi, x1.hi);
            const float4 lo23 = (float4)(x2.lo, x3.lo), hi23 = (float4)(x2.hi, x3.hi);
            vstore4((float4)(lo01.even, lo23.even), 0, d);
            vstore4((float4)(lo01.odd, lo23.odd), 0, d + TILE_N);
            vstore4((float4)(hi01.even, hi23.even), 0, d + 2 * TILE_N);
            vstore4((float4)(hi01.odd, hi23.odd), 0, d + 3 * TILE_N);
        }
        for (; p < depth; p++, d += TILE_N)
            vstore4((float4)(c0[p], c1[p], c2[p], c3[p]), 0, d);
    }
    for (; j < cols; j++)
        for (int p = 0; p < depth; p++)
            panel[p * TILE_N + j] = b[(size_t)j * b_n + p];
}

inline void NAME(matmul_zero)(float *d, int n_vectors)
{
    for (int i = 0; i < n_vectors; i++)
        VSTORE((FLOATS)(0.0f), i, d);
}

__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void NAME(matmul)(
    __global const float *restrict a, __global const float *restrict b, int batch, int m, int n,
    int k, int a_batch, int a_m, int a_k, int b_batch, int b_k, int b_n, int block_m,
    int block_n FUSED_PARAMS)
{
    float panel[DEPTH * TILE_N];
    float acc[(ROWS_MAX + 2 * TILE_M) * TILE_N];
    const int m_blocks = (m + block_m - 1) / block_m;
    const int n_blocks = (n + block_n - 1) / block_n;
    const int blocks = batch * m_blocks * n_blocks;
    for (int t = (int)get_global_id(0); t < blocks; t += (int)get_global_size(0)) {
        const int g = t / (m_blocks * n_blocks);
        const int row = t / n_blocks % m_blocks * block_m;
        const int rows = min(block_m, m - row);
        const int end = min(n, (t % n_blocks + 1) * block_n);
        __global const float *ga = a + (size_t)g * a_batch + (size_t)row * a_m;
        __global const float *gb = b + (size_t)g * b_batch;
        for (int col = t % n_blocks * block_n; col < end; col += TILE_N) {
            const int cols = min(TILE_N, end - col);
            /* Beyond a row's end lies the next row, so that only the last rows need care. */
            const int full = k - (max(0, col + TILE_N - n) + b_k - 1) / b_k;
            if (cols < TILE_N)
                NAME(matmul_zero)(panel, 2 * min(DEPTH, k));
#if HAS1
            FLOATS sum0 = 0.0f, sum1 = 0.0f;
#endif
            for (int p = 0; p < k; p += DEPTH) {
                const int depth = min(DEPTH, k - p);
                __global const float *pa = ga + (size_t)p * a_k;
                __global const float *pb = gb + (size_t)p * b_k + (size_t)col * b_n;
                if (b_n == 1)
                    NAME(matmul_pack_rows)(panel, pb, b_k, depth, cols, full - p);
                else
                    NAME(matmul_pack_cols)(panel, pb, b_n, depth, cols);
#if HAS1
                for (int q = 0; q < (row == 0 ? depth : 0); q++) {
                    sum0 += VLOAD(2 * q, panel);
                    sum1 += VLOAD(2 * q + 1, panel);
                }
#endif
                if (cols > VEC)
                    for (int i = 0; i < rows; i += TILE_M)
                        NAME(matmul_wide)
                (pa + (size_t)i * a_m, a_m, a_k, rows - i, panel, depth, p == 0, acc + i * TILE_N);
                else for (int i = 0; i < rows; i += 2 * TILE_M)
                    NAME(matmul_slim)(pa + (size_t)i * a_m, a_m, a_k, rows - i, panel, depth,
                        p == 0, acc + i * TILE_N);
            }
            for (int i = 0; i < rows; i++) {
                const float *v = acc + i * TILE_N;
                const int r = g * m + row + i;
                int j = 0;
                for (; j + VEC <= cols; j += VEC) {
                    EMIT0_V(VLOAD(0, v + j), r, col + j);
                }
                for (; j < cols; j++) {
                    EMIT0(v[j], r, col + j);
                }
            }
#if HAS1
            if (row == 0) {
                VSTORE(sum0, 0, panel);
                VSTORE(sum1, 1, panel);
                for (int j = 0; j < cols; j++) {
                    EMIT1(panel[j], 0, col + j);
                }
            }
#endif
        }
    }
}

#undef HAS1
#undef FLOATS
#undef VLOAD
#undef VSTORE
#undef TILE_M
#undef TILE_N
#undef EACH
#undef DEPTH
#undef ROWS_MAX
#undef A_ROW
#undef WIDE_BEGIN
#undef WIDE_STEP
#undef WIDE_END
#undef SLIM_BEGIN
#undef SLIM_STEP
#undef SLIM_END
