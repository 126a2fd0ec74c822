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
 * Work: dimension 0 goes over panels of TILE_N columns, 1 over blocks of block_m rows (at most
 * ROWS_MAX), 2 over the batch; each may have any number of work-items.
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
#define FUSED_ARGS           , out0
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
#define TILE_N (2 * VEC)
/* A call costs nothing beside the loops within; inlining at once doubles the time to compile. */
#define CALLED   static __attribute__((noinline))
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
CALLED void NAME(matmul_wide)(__global const float *a, int a_m, int a_k, int rows,
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
CALLED void NAME(matmul_slim)(__global const float *a, int a_m, int a_k, int rows,
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

/* The same for all `rows` of a block, acc (rows, TILE_N); the panel has `cols` columns. */
static inline void NAME(matmul_rows)(__global const float *a, int a_m, int a_k, int rows,
    const float *panel, int depth, int cols, bool first, float *acc)
{
    const int step = cols > VEC ? TILE_M : 2 * TILE_M;
    for (int i = 0; i < rows; i += step) {
        __global const float *tile = a + (size_t)i * a_m;
        float *d = acc + i * TILE_N;
        if (cols > VEC)
            NAME(matmul_wide)(tile, a_m, a_k, rows - i, panel, depth, first, d);
        else
            NAME(matmul_slim)(tile, a_m, a_k, rows - i, panel, depth, first, d);
    }
}

/* panel (depth, TILE_N) = b (depth, cols), rows of b contiguous. The first `full` rows may be read
 * TILE_N wide; the others leave columns beyond `cols` alone. */
CALLED void NAME(matmul_pack_rows)(
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
CALLED void NAME(matmul_pack_cols)(
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

/* Columns of the panel that nothing is packed into are multiplied too: not by what lay there. */
static inline void NAME(matmul_clear)(float *panel, int depth)
{
    for (int i = 0; i < 2 * depth; i++)
        VSTORE((FLOATS)(0.0f), i, panel);
}

/* acc (rows, TILE_N), cols columns of it, into the fused code at (row, col). */
static inline void NAME(matmul_emit)(
    const float *acc, int row, int rows, int col, int cols, int n FUSED_PARAMS)
{
    for (int i = 0; i < rows; i++, acc += TILE_N) {
        int j = 0;
        for (; j + VEC <= cols; j += VEC) {
            EMIT0_V(VLOAD(0, acc + j), row + i, col + j);
        }
        for (; j < cols; j++) {
            EMIT0(acc[j], row + i, col + j);
        }
    }
}

#if HAS1
/* sums (TILE_N) += the rows of panel (depth, TILE_N). */
static inline void NAME(matmul_sum)(float *sums, const float *panel, int depth)
{
    FLOATS l = VLOAD(0, sums), r = VLOAD(1, sums);
    for (int p = 0; p < depth; p++) {
        l += VLOAD(2 * p, panel);
        r += VLOAD(2 * p + 1, panel);
    }
    VSTORE(l, 0, sums);
    VSTORE(r, 1, sums);
}
#endif

/* acc (rows, TILE_N) = a (rows, k) b (k, cols). The first `full` rows of b may be read TILE_N wide.
 * sums (TILE_N), if HAS1, grows by the sums of b's columns. */
static inline void NAME(matmul_block)(float *acc, float *panel, float *sums,
    __global const float *a, int a_m, int a_k, int rows, __global const float *b, int b_k, int b_n,
    int cols, int full, int k)
{
    if (cols < TILE_N)
        NAME(matmul_clear)(panel, min(DEPTH, k));
    for (int p = 0; p < k; p += DEPTH) {
        const int depth = min(DEPTH, k - p);
        __global const float *pb = b + (size_t)p * b_k;
        if (b_n == 1)
            NAME(matmul_pack_rows)(panel, pb, b_k, depth, cols, full - p);
        else
            NAME(matmul_pack_cols)(panel, pb, b_n, depth, cols);
#if HAS1
        NAME(matmul_sum)(sums, panel, depth);
#endif
        NAME(matmul_rows)(a + (size_t)p * a_k, a_m, a_k, rows, panel, depth, cols, p == 0, acc);
    }
}

__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void NAME(matmul)(
    __global const float *restrict a, __global const float *restrict b, int batch, int m, int n,
    int k, int a_batch, int a_m, int a_k, int b_batch, int b_k, int b_n, int block_m FUSED_PARAMS)
{
    float panel[DEPTH * TILE_N];
    float acc[(ROWS_MAX + 2 * TILE_M) * TILE_N];
    float sums[TILE_N];
    const int step_m = (int)get_global_size(1) * block_m;
    const int step_n = (int)get_global_size(0) * TILE_N;
    for (int g = (int)get_global_id(2); g < batch; g += (int)get_global_size(2)) {
        for (int row = (int)get_global_id(1) * block_m; row < m; row += step_m) {
            const int rows = min(block_m, m - row);
            __global const float *ga = a + (size_t)g * a_batch + (size_t)row * a_m;
            for (int col = (int)get_global_id(0) * TILE_N; col < n; col += step_n) {
                const int cols = min(TILE_N, n - col);
                __global const float *gb = b + (size_t)g * b_batch + (size_t)col * b_n;
                /* Behind a row's end lies the next row: only the last rows need care. */
                const int full = k - (TILE_N - cols + b_k - 1) / b_k;
                VSTORE((FLOATS)(0.0f), 0, sums);
                VSTORE((FLOATS)(0.0f), 1, sums);
                NAME(matmul_block)
                (acc, panel, sums, ga, a_m, a_k, rows, gb, b_k, b_n, cols, full, k);
                NAME(matmul_emit)(acc, g * m + row, rows, col, cols, n FUSED_ARGS);
#if HAS1
                for (int j = 0; j < (row == 0 ? cols : 0); j++) {
                    EMIT1(sums[j], 0, col + j);
                }
#endif
            }
        }
    }
}

#undef HAS1
#undef FLOATS
#undef VLOAD
#undef VSTORE
#undef TILE_M
#undef TILE_N
#undef CALLED
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
