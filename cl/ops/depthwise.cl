/* SPDX-License-Identifier: MIT */
/* Depthwise convolution (every channel has `mult` filters of its own) and its gradients, vectors along
 * channels. Image x (batch, z, y, x, channels); kernel w (taps, channels * mult), where filter m of
 * channel c is column c * mult + m; out and dy (grid positions, channels * mult). Tap t of grid
 * position q is at q * stride + t * dilation - pad along each axis.
 *
 *   KIND 0  depthwise         EMIT0 (grid positions, channels * mult) from x and w
 *   KIND 1  depthwise_image   EMIT0 (image positions, channels) from dy and w
 *   KIND 2  depthwise_kernel  EMIT0 (taps, channels * mult) from x and dy; the grid's lines may be cut
 *                             into slices, which depthwise_sum adds up in their order
 * MULTIPLIER: 1 if mult > 1.
 * lanes: work-items a row; see lib/row.clh. Every sum is in rising order of taps, positions or
 * slices; in KIND 2 the even and the odd positions of a line apart. */
#include "lib/row.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef KIND
#define KIND 0
#endif
#ifndef MULTIPLIER
#define MULTIPLIER 0
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS         , __global float *restrict out0
#define EMIT0(v, row, col)   out0[(size_t)(row)*cols + (col)] = (v)
#define EMIT0_V(v, row, col) ROW_PUT(v, out0 + (size_t)(row)*cols + (col))
#endif

#define DEPTHWISE_PARAMS                                                                    \
    int rows, int cols, int mult, int lanes, int grid_z, int grid_y, int grid_x, int in_z,  \
        int in_y, int in_x, int taps_z, int taps_y, int taps_x, int stride_z, int stride_y, \
        int stride_x, int step_z, int step_y, int step_x, int pad_z, int pad_y, int pad_x

/* Plain memory for ROW_LOAD: lines of `cols` floats. X: columns of out, of which mult share one of x. */
#define W_AT(row, col)   w[(size_t)(row)*cols + (col)]
#define W_AT_V(row, col) ROW_GET(w + (size_t)(row)*cols + (col))
#if MULTIPLIER
#define X_AT(row, col)   x[(size_t)(row) * (cols / mult) + (col) / mult]
#define X_AT_V(row, col) NAME(depthwise_spread)(x + (size_t)(row) * (cols / mult), col, mult)

#if KIND != 1
/* x[col / mult], x[(col + 1) / mult], ... */
static inline row_floats NAME(depthwise_spread)(__global const float *x, int col, int mult)
{
    float v[VEC];
    for (int k = 0; k < VEC; k++)
        v[k] = x[(col + k) / mult];
    return ROW_GET(v);
}
#endif
#else
#define X_AT(row, col)   x[(size_t)(row)*cols + (col)]
#define X_AT_V(row, col) ROW_GET(x + (size_t)(row)*cols + (col))
#endif

#if KIND == 0

/* rows: grid positions. cols: channels * mult. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(depthwise)(
    __global const float *restrict x, __global const float *restrict w,
    DEPTHWISE_PARAMS FUSED_PARAMS)
{
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        const int n = row < rows ? cols : 0;
        const int z0 = row / grid_x / grid_y % grid_z * stride_z - pad_z;
        const int y0 = row / grid_x % grid_y * stride_y - pad_y;
        const int x0 = row % grid_x * stride_x - pad_x;
        const int first = row / grid_x / grid_y / grid_z * in_z;
        for (int c = row_lane(lanes) * VEC; c < n; c += lanes * VEC) {
            row_floats acc = 0.0f, v, f;
            for (int i = 0; i < taps_z; i++) {
                for (int j = 0; j < taps_y; j++) {
                    const int iz = z0 + i * step_z, iy = y0 + j * step_y;
                    if (iz < 0 || iz >= in_z || iy < 0 || iy >= in_y)
                        continue;
                    for (int k = 0; k < taps_x; k++) {
                        const int ix = x0 + k * step_x;
                        if (ix < 0 || ix >= in_x)
                            continue;
                        ROW_LOAD(v, X_AT, ((first + iz) * in_y + iy) * in_x + ix, c, cols, 0.0f);
                        ROW_LOAD(f, W_AT, (i * taps_y + j) * taps_x + k, c, cols, 0.0f);
                        acc += v * f;
                    }
                }
            }
            ROW_EMIT(EMIT0, acc, row, c, cols);
        }
    }
}

#elif KIND == 1

/* The grid position of which tap t covers image position i of an axis; -1: none. */
static inline int NAME(depthwise_grid)(int i, int t, int stride, int step, int pad, int grid)
{
    const int at = i + pad - t * step;
    return at >= 0 && at % stride == 0 && at / stride < grid ? at / stride : -1;
}

#if MULTIPLIER
#define DY_W(row, tap, col) \
    NAME(depthwise_dot)(dy, w, (size_t)(row)*wide, (size_t)(tap)*wide, col, mult)
/* The sum over a channel's filters. */
static inline float NAME(depthwise_dot)(
    __global const float *dy, __global const float *w, size_t row, size_t tap, int col, int mult)
{
    float sum = 0.0f;
    for (int m = 0; m < mult; m++)
        sum += dy[row + (size_t)col * mult + m] * w[tap + (size_t)col * mult + m];
    return sum;
}
#else
#define DY_W(row, tap, col) (dy[(size_t)(row)*wide + (col)] * w[(size_t)(tap)*wide + (col)])
#endif

/* rows: image positions. cols: channels. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(depthwise_image)(
    __global const float *restrict dy, __global const float *restrict w,
    DEPTHWISE_PARAMS FUSED_PARAMS)
{
    const int wide = cols * mult;
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        const int n = row < rows ? cols : 0;
        const int z = row / in_x / in_y % in_z, y = row / in_x % in_y, x = row % in_x;
        const int first = row / in_x / in_y / in_z * grid_z;
        for (int c = row_lane(lanes) * VEC; c < n; c += lanes * VEC) {
            row_floats acc = 0.0f;
            for (int i = 0; i < taps_z; i++) {
                const int gz = NAME(depthwise_grid)(z, i, stride_z, step_z, pad_z, grid_z);
                for (int j = 0; j < (gz < 0 ? 0 : taps_y); j++) {
                    const int gy = NAME(depthwise_grid)(y, j, stride_y, step_y, pad_y, grid_y);
                    for (int k = 0; k < (gy < 0 ? 0 : taps_x); k++) {
                        const int gx = NAME(depthwise_grid)(x, k, stride_x, step_x, pad_x, grid_x);
                        if (gx < 0)
                            continue;
                        const int from = ((first + gz) * grid_y + gy) * grid_x + gx;
                        const int tap = (i * taps_y + j) * taps_x + k;
#if !MULTIPLIER
                        if (c + VEC <= cols) {
                            acc += ROW_GET(dy + (size_t)from * wide + c) *
                                   ROW_GET(w + (size_t)tap * wide + c);
                            continue;
                        }
#endif
                        float part[VEC];
                        for (int e = 0; e < VEC; e++)
                            part[e] = c + e < cols ? DY_W(from, tap, c + e) : 0.0f;
                        acc += ROW_GET(part);
                    }
                }
            }
            ROW_EMIT(EMIT0, acc, row, c, cols);
        }
    }
}
#undef DY_W

#else

#define DY_AT(row, col)   dy[(size_t)(row)*cols + (col)]
#define DY_AT_V(row, col) ROW_GET(dy + (size_t)(row)*cols + (col))

/* rows: lines (batch, z, y) of the grid. A unit of work is VEC columns of a tap in a slice of `span`
 * lines. With more slices than one their sums go to parts (slices, taps, cols). */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(depthwise_kernel)(
    __global const float *restrict x, __global const float *restrict dy, DEPTHWISE_PARAMS,
    int slices, int span, __global float *restrict parts FUSED_PARAMS)
{
    const int blocks = (cols + VEC - 1) / VEC;
    const int taps = taps_z * taps_y * taps_x;
    const int units = slices * taps * blocks;
    const int turns = row_turns(units);
    for (int turn = 0; turn < turns; turn++) {
        const int unit = row_at(turn, turns, 1);
        if (unit >= units)
            break;
        const int c = unit % blocks * VEC;
        const int tap = unit / blocks % taps;
        const int slice = unit / blocks / taps;
        const int dx = tap % taps_x * step_x - pad_x;
        const int x0 = dx < 0 ? (-dx + stride_x - 1) / stride_x : 0;
        const int x1 = dx < in_x ? min((in_x - 1 - dx) / stride_x + 1, grid_x) : 0;
        row_floats even = 0.0f, odd = 0.0f, v, d;
        for (int line = slice * span; line < min(rows, (slice + 1) * span); line++) {
            const int y = line % grid_y * stride_y - pad_y + tap / taps_x % taps_y * step_y;
            const int z =
                line / grid_y % grid_z * stride_z - pad_z + tap / taps_x / taps_y * step_z;
            if (y < 0 || y >= in_y || z < 0 || z >= in_z)
                continue;
            const int from = ((line / grid_y / grid_z * in_z + z) * in_y + y) * in_x + dx;
            for (int q = x0; q < x1; q++) {
                ROW_LOAD(v, X_AT, from + q * stride_x, c, cols, 0.0f);
                ROW_LOAD(d, DY_AT, line * grid_x + q, c, cols, 0.0f);
                even += v * d;
                if (++q == x1)
                    break;
                ROW_LOAD(v, X_AT, from + q * stride_x, c, cols, 0.0f);
                ROW_LOAD(d, DY_AT, line * grid_x + q, c, cols, 0.0f);
                odd += v * d;
            }
        }
        even += odd;
        if (slices == 1) {
            ROW_EMIT(EMIT0, even, tap, c, cols);
        } else {
            __global float *part = parts + ((size_t)slice * taps + tap) * cols;
            float out[VEC];
            ROW_PUT(even, out);
            for (int k = 0; k < min(VEC, cols - c); k++)
                part[c + k] = out[k];
        }
    }
}

#define PART_AT(row, col)   parts[(size_t)(row)*cols + (col)]
#define PART_AT_V(row, col) ROW_GET(parts + (size_t)(row)*cols + (col))

/* rows: taps. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(depthwise_sum)(
    __global const float *restrict parts, int slices, int rows, int cols, int lanes FUSED_PARAMS)
{
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        const int n = row < rows ? cols : 0;
        for (int c = row_lane(lanes) * VEC; c < n; c += lanes * VEC) {
            row_floats acc = 0.0f, v;
            for (int s = 0; s < slices; s++) {
                ROW_LOAD(v, PART_AT, (size_t)s * rows + row, c, cols, 0.0f);
                acc += v;
            }
            ROW_EMIT(EMIT0, acc, row, c, cols);
        }
    }
}

#undef DY_AT
#undef DY_AT_V
#undef PART_AT
#undef PART_AT_V

#endif

#undef KIND
#undef MULTIPLIER
#undef DEPTHWISE_PARAMS
#undef W_AT
#undef W_AT_V
#undef X_AT
#undef X_AT_V
