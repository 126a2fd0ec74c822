/* SPDX-License-Identifier: MIT */
/* Convolution for CPU devices, as products with the implicit matrix A of lib/conv.clh, a block of
 * which is packed in private memory at a time. Also its gradients: that of the image is the same
 * kernel with other numbers, that of the convolution's kernel is A' dY.
 *
 *   conv         out (rows, groups * n) = A (rows, k) b (k, n), for each group        TRANSPOSE 0
 *   conv_kernel  out (k, groups * n) = A' (k, rows) dy (rows, n), for each group      TRANSPOSE 1
 *   conv_sum     the second pass of conv_kernel, where the rows were cut into slices
 *
 * image: what A covers; groups are a_group floats apart. b, seen as (taps z, y, x, b_run) rows and
 * n columns, element (tz, ty, tx, p) x j of group g is
 *   b[b_0 + g * b_group + tz * b_z + ty * b_y + tx * b_x + p * b_k + j * b_n]
 * where one of b_k and b_n is 1. dy (rows, groups * n) is dense.
 * Work: blocks of block_m rows of out (at most ROWS_MAX) and block_n columns (at most COLS_MAX), columns
 * fastest; a work-item takes every get_global_size(0)-th.
 * Numbers: an element is one chain of multiply-adds over rising k, whatever the blocks are; in
 * conv_kernel one for each slice of slice_rows rows, added in their order.
 * HAS1 (conv_kernel): output 1 (1, groups * n) is the sum of dy over its rows. */
#include "lib/conv.clh"
#include "lib/tile.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef TRANSPOSE
#define TRANSPOSE 0
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS , __global float *restrict out0
#if TRANSPOSE
#define EMIT0(v, row, col)   out0[(size_t)(row)*cols + (col)] = (v)
#define EMIT0_V(v, row, col) TILE_STORE(v, 0, out0 + (size_t)(row)*cols + (col))
#else
#define EMIT0(v, row, col)   out0[(size_t)(row)*n * groups + (col)] = (v)
#define EMIT0_V(v, row, col) TILE_STORE(v, 0, out0 + (size_t)(row)*n * groups + (col))
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

/* ROWS_MAX x DEPTH floats of A, DEPTH x TILE_COLS of the other operand and ROWS_MAX x COLS_MAX
 * sums are about 100, 8 and 100 kB: L2 and L1. */
#define ROWS_MAX 192
#define COLS_MAX 128
#define DEPTH    128
#define PANELS   (COLS_MAX / TILE_COLS)
#define ACC      ((ROWS_MAX + TILE_ROOM) * TILE_COLS) /* floats of one panel's sums */

/* d[0..n) = s[0..n), rounded up to whole vectors where `room` floats of s allow it: what is
 * written beyond n is overwritten later. */
static inline void NAME(conv_copy)(float *d, __global const float *s, int n, int room)
{
    const int up = (n + TILE_VEC - 1) / TILE_VEC * TILE_VEC;
    if (up <= room) {
        for (int i = 0; i < up; i += TILE_VEC)
            TILE_STORE(TILE_LOAD(0, s + i), 0, d + i);
    } else {
        for (int i = 0; i < n; i++)
            d[i] = s[i];
    }
}

static inline void NAME(conv_zero)(float *d, int n)
{
    for (int i = 0; i < n; i += TILE_VEC)
        TILE_STORE((tile_floats)(0.0f), 0, d + i);
}

/* a (rows, depth), lines ld apart, = rows `row`.. and columns `col`.. of A. Up to TILE_VEC floats
 * beyond the end are written. */
static inline void NAME(conv_pack)(float *a, int ld, __global const float *image,
    const struct conv *c, int row, int rows, int col, int depth)
{
    const struct conv_tap first = conv_col(c, col);
    struct conv_at at = conv_row(c, row);
    for (int i = 0; i < rows; i++, a += ld, conv_next_row(c, &at)) {
        struct conv_tap t = first;
        const int z0 = at.z * c->mul_z + c->off_z;
        const int y0 = at.y * c->mul_y + c->off_y;
        const int x0 = at.x * c->mul_x + c->off_x;
        for (int p = 0, n; p < depth; p += n, conv_next_tap(c, &t)) {
            n = min(c->run - t.e, depth - p);
            const int z = z0 + t.z * c->step_z;
            const int y = y0 + t.y * c->step_y;
            const int x = x0 + t.x * c->step_x + t.e;
            const bool inside = z >= 0 && z < c->in_z && y >= 0 && y < c->in_y;
            const int lo = min(n, max(0, -x)), hi = min(n, c->in_x - x);
            if (!inside || hi <= lo) {
                NAME(conv_zero)(a + p, n);
                continue;
            }
            const int from = ((at.b * c->in_z + z) * c->in_y + y) * c->in_x + x;
            if (lo > 0)
                NAME(conv_zero)(a + p, lo);
            NAME(conv_copy)(a + p + lo, image + from + lo, hi - lo, c->len - from - lo);
            if (hi < n)
                NAME(conv_zero)(a + p + hi, n - hi);
        }
    }
}

/* The sum of row i and column j among all panels' sums. */
static inline const float *NAME(conv_sums)(const float *acc, int i, int j)
{
    return acc + j / TILE_COLS * ACC + i * TILE_COLS + j % TILE_COLS;
}

#if !TRANSPOSE

/* Where the rows of b are. */
struct NAME(conv_b) {
    int z, y, x, k, n;
    int taps_y, taps_x, run;
    int len;
};

/* panel (depth, TILE_COLS) = rows p.. of b; `at` is its first column's start. */
static inline void NAME(conv_pack_b)(float *panel, __global const float *b,
    const struct NAME(conv_b) * s, int at, int p, int depth, int cols)
{
    for (int done = 0, n; done < depth; done += n, p += n) {
        const int e = p % s->run, t = p / s->run;
        n = min(s->run - e, depth - done);
        const int from = at + t / s->taps_x / s->taps_y * s->z + t / s->taps_x % s->taps_y * s->y +
                         t % s->taps_x * s->x + e * s->k;
        float *d = panel + done * TILE_COLS;
        if (s->n == 1)
            tile_pack_rows(d, b + from, s->k, n, cols, (size_t)(s->len - from));
        else
            tile_pack_cols(d, b + from, s->n, n, cols);
    }
}

__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void NAME(conv)(
    __global const float *restrict image, __global const float *restrict b, int rows, int n, int k,
    CONV_PARAMS, int groups, int a_group, int b_group, int b_0, int b_z, int b_y, int b_x, int b_k,
    int b_n, int b_taps_x, int b_run, int b_len, int out_0, int out_b, int out_z, int out_y,
    int out_x, int block_m, int block_n FUSED_PARAMS)
{
    float a[(ROWS_MAX + TILE_ROOM) * DEPTH];
    float panel[DEPTH * TILE_COLS];
    float acc[PANELS * ACC];
    struct conv c = CONV_ARGS;
    const struct NAME(conv_b) s = {b_z, b_y, b_x, b_k, b_n, taps_y, b_taps_x, b_run, b_len};
    const int m_blocks = (rows + block_m - 1) / block_m;
    const int n_blocks = (n + block_n - 1) / block_n;
    const int blocks = groups * m_blocks * n_blocks;
    for (int t = (int)get_global_id(0); t < blocks; t += (int)get_global_size(0)) {
        const int g = t / (m_blocks * n_blocks);
        const int row = t / n_blocks % m_blocks * block_m;
        const int col = t % n_blocks * block_n;
        const int m = min(block_m, rows - row);
        const int width = min(block_n, n - col);
        const int panels = (width + TILE_COLS - 1) / TILE_COLS;
        c.off_x = off_x + g * a_group;
        if (k == 0) /* a position that no tap reaches */
            for (int j = 0; j < panels; j++)
                NAME(conv_zero)(acc + j * ACC, m * TILE_COLS);
        for (int p = 0; p < k; p += DEPTH) {
            const int depth = min(DEPTH, k - p);
            NAME(conv_pack)(a, DEPTH, image, &c, row, m, p, depth);
            for (int j = 0; j < panels; j++) {
                const int cols = min(TILE_COLS, width - j * TILE_COLS);
                const int from = b_0 + g * b_group + (col + j * TILE_COLS) * b_n;
                if (cols < TILE_COLS)
                    NAME(conv_zero)(panel, depth * TILE_COLS);
                NAME(conv_pack_b)(panel, b, &s, from, p, depth, cols);
                tile_product(a, DEPTH, 1, panel, depth, p == 0, acc + j * ACC, m, cols);
            }
        }
        struct conv_at at = conv_row(&c, row);
        for (int i = 0; i < m; i++, conv_next_row(&c, &at)) {
            const int r = out_0 + at.b * out_b + at.z * out_z + at.y * out_y + at.x * out_x;
            int j = 0;
            for (; j + TILE_VEC <= width; j += TILE_VEC) {
                EMIT0_V(TILE_LOAD(0, NAME(conv_sums)(acc, i, j)), r, g * n + col + j);
            }
            for (; j < width; j++) {
                EMIT0(*NAME(conv_sums)(acc, i, j), r, g * n + col + j);
            }
        }
    }
}

#else

/* Slice s of the rows goes to parts (slices, k + 1, groups * n), whose last lines are sums of dy,
 * unless there is only one. */
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void NAME(conv_kernel)(
    __global const float *restrict image, __global const float *restrict dy, int rows, int n, int k,
    CONV_PARAMS, int groups, int a_group, int slices, int slice_rows, int block_m, int block_n,
    __global float *restrict parts FUSED_PARAMS)
{
    float a[DEPTH * ROWS_MAX + TILE_ROOM];
    float panel[DEPTH * TILE_COLS];
    float acc[PANELS * ACC];
    float sums[COLS_MAX];
    struct conv c = CONV_ARGS;
    const int cols = groups * n;
    const int m_blocks = (k + block_m - 1) / block_m;
    const int n_blocks = (n + block_n - 1) / block_n;
    const int blocks = groups * slices * m_blocks * n_blocks;
    for (int t = (int)get_global_id(0); t < blocks; t += (int)get_global_size(0)) {
        const int g = t / (slices * m_blocks * n_blocks);
        const int slice = t / (m_blocks * n_blocks) % slices;
        const int first = t / n_blocks % m_blocks * block_m;
        const int col = t % n_blocks * block_n;
        const int m = min(block_m, k - first);
        const int width = min(block_n, n - col);
        const int panels = (width + TILE_COLS - 1) / TILE_COLS;
        const int start = slice * slice_rows, end = min(rows, start + slice_rows);
        c.off_x = off_x + g * a_group;
        NAME(conv_zero)(sums, COLS_MAX);
        for (int p = start; p < end; p += DEPTH) {
            const int depth = min(DEPTH, end - p);
            NAME(conv_pack)(a, ROWS_MAX, image, &c, p, depth, first, m);
            for (int j = 0; j < panels; j++) {
                const int used = min(TILE_COLS, width - j * TILE_COLS);
                const size_t from = (size_t)p * cols + g * n + col + j * TILE_COLS;
                if (used < TILE_COLS)
                    NAME(conv_zero)(panel, depth * TILE_COLS);
                tile_pack_rows(panel, dy + from, cols, depth, used, (size_t)rows * cols - from);
#if HAS1
                tile_floats s0 = TILE_LOAD(2 * j, sums), s1 = TILE_LOAD(2 * j + 1, sums);
                for (int q = 0; q < (first == 0 ? depth : 0); q++) {
                    s0 += TILE_LOAD(2 * q, panel);
                    s1 += TILE_LOAD(2 * q + 1, panel);
                }
                TILE_STORE(s0, 2 * j, sums);
                TILE_STORE(s1, 2 * j + 1, sums);
#endif
                tile_product(a, 1, ROWS_MAX, panel, depth, p == start, acc + j * ACC, m, used);
            }
        }
        for (int i = 0; i < m; i++) {
            __global float *part =
                parts + ((size_t)slice * (k + 1) + first + i) * cols + g * n + col;
            int j = 0;
            for (; j + TILE_VEC <= width; j += TILE_VEC) {
                const tile_floats v = TILE_LOAD(0, NAME(conv_sums)(acc, i, j));
                if (slices == 1) {
                    EMIT0_V(v, first + i, g * n + col + j);
                } else {
                    TILE_STORE(v, 0, part + j);
                }
            }
            for (; j < width; j++) {
                const float v = *NAME(conv_sums)(acc, i, j);
                if (slices == 1) {
                    EMIT0(v, first + i, g * n + col + j);
                } else {
                    part[j] = v;
                }
            }
        }
#if HAS1
        for (int j = 0; j < (first == 0 ? width : 0); j++) {
            if (slices == 1) {
                EMIT1(sums[j], 0, g * n + col + j);
            } else {
                parts[((size_t)slice * (k + 1) + k) * cols + g * n + col + j] = sums[j];
            }
        }
#endif
    }
}

/* The sum over slices. A work-item takes every get_global_size(0)-th line of k + 1. */
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void NAME(conv_sum)(
    __global const float *restrict parts, int slices, int k, int cols FUSED_PARAMS)
{
    const size_t len = (size_t)(k + 1) * cols;
    for (int row = (int)get_global_id(0); row < k + HAS1; row += (int)get_global_size(0)) {
        __global const float *part = parts + (size_t)row * cols;
        int j = 0;
        for (; j + TILE_VEC <= cols; j += TILE_VEC) {
            tile_floats v = TILE_LOAD(0, part + j);
            for (int s = 1; s < slices; s++)
                v += TILE_LOAD(0, part + s * len + j);
            if (row < k) {
                EMIT0_V(v, row, j);
            }
#if HAS1
            if (row == k) {
                EMIT1_V(v, 0, j);
            }
#endif
        }
        for (; j < cols; j++) {
            float v = part[j];
            for (int s = 1; s < slices; s++)
                v += part[s * len + j];
            if (row < k) {
                EMIT0(v, row, j);
            }
#if HAS1
            if (row == k) {
                EMIT1(v, 0, j);
            }
#endif
        }
    }
}

#endif

#undef TRANSPOSE
#if !HAS0
#undef EMIT0
#undef EMIT0_V
#endif
#undef HAS0
#undef HAS1
#undef ROWS_MAX
#undef COLS_MAX
#undef DEPTH
#undef PANELS
#undef ACC
