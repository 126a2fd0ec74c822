/* SPDX-License-Identifier: MIT */
/* Images resized, pixels' centres at halves, and the gradient.
 *
 *   resize       IN0 (batch * in_h * in_w, cols) -> EMIT0 (batch * out_h * out_w, cols)   GRADIENT 0
 *   resize_grad  IN0 (batch * out_h * out_w, cols) -> EMIT0 (batch * in_h * in_w, cols)   GRADIENT 1
 *
 * cols: channels. BILINEAR 0: the nearest pixel, floor((o + 1/2) in / out), in integers. BILINEAR 1: between
 * the two pixels on either side of (o + 1/2) * scale - 1/2, where the edge's pixel stands for all beyond it;
 * scale is in / out. The gradient gathers: a pixel adds up, in rising order, what each output pixel that
 * read it has for it, by the same weights.
 * lanes: work-items a pixel; see lib/row.clh. */
#include "lib/row.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef BILINEAR
#define BILINEAR 0
#endif
#ifndef GRADIENT
#define GRADIENT 0
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS         , __global const float *restrict in0, __global float *restrict out0
#define IN0(row, col)        in0[(size_t)(row)*cols + (col)]
#define IN0_V(row, col)      ROW_GET(in0 + (size_t)(row)*cols + (col))
#define EMIT0(v, row, col)   out0[(size_t)(row)*cols + (col)] = (v)
#define EMIT0_V(v, row, col) ROW_PUT(v, out0 + (size_t)(row)*cols + (col))
#endif

#ifndef CLKERAS_RESIZE
#define CLKERAS_RESIZE
/* Along one axis: what an output pixel reads, `near` with weight 1 - part and `far` with weight part. */
struct resize_at {
    int near, far;
    float part;
};

static inline struct resize_at resize_nearest(int o, int in, int out)
{
    struct resize_at at;
    at.near = (int)((2 * (long)o + 1) * in / (2 * (long)out));
    at.far = at.near;
    at.part = 0.0f;
    return at;
}

static inline struct resize_at resize_linear(int o, int in, float scale)
{
    struct resize_at at;
    const float x = clamp(((float)o + 0.5f) * scale - 0.5f, 0.0f, (float)(in - 1));
    at.near = min((int)x, in - 1);
    at.far = min(at.near + 1, in - 1);
    at.part = x - (float)at.near;
    return at;
}

/* The weight of input pixel i. */
static inline float resize_weight(struct resize_at at, int i)
{
    return (i == at.near ? 1.0f - at.part : 0.0f) + (i == at.far ? at.part : 0.0f);
}
#endif

#if BILINEAR
#define RESIZE_Y(o) resize_linear(o, in_h, scale_h)
#define RESIZE_X(o) resize_linear(o, in_w, scale_w)
#else
#define RESIZE_Y(o) resize_nearest(o, in_h, out_h)
#define RESIZE_X(o) resize_nearest(o, in_w, out_w)
#endif
#define RESIZE_PARAMS                                                                       \
    int rows, int cols, int lanes, int in_h, int in_w, int out_h, int out_w, float scale_h, \
        float scale_w

#if !GRADIENT

/* Column c, or VEC of them, of the pixel. */
#if BILINEAR
#define RESIZE_PIXEL(T, IN, EMIT)                                                              \
    {                                                                                          \
        const T v = IN(top + x.near, c) * (1.0f - x.part) + IN(top + x.far, c) * x.part;       \
        const T w = IN(bottom + x.near, c) * (1.0f - x.part) + IN(bottom + x.far, c) * x.part; \
        const T between = v * (1.0f - y.part) + w * y.part;                                    \
        EMIT(between, row, c);                                                                 \
    }
#else
#define RESIZE_PIXEL(T, IN, EMIT)        \
    {                                    \
        const T v = IN(top + x.near, c); \
        EMIT(v, row, c);                 \
    }
#endif

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(resize)(
    RESIZE_PARAMS FUSED_PARAMS)
{
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        if (row >= rows)
            break;
        const struct resize_at y = RESIZE_Y(row / out_w % out_h), x = RESIZE_X(row % out_w);
        const int image = row / out_w / out_h * in_h;
        const int top = (image + y.near) * in_w;
#if BILINEAR
        const int bottom = (image + y.far) * in_w;
#endif
        int c = row_lane(lanes) * VEC;
        for (; c + VEC <= cols; c += lanes * VEC)
            RESIZE_PIXEL(row_floats, IN0_V, EMIT0_V);
#if VEC > 1 /* a lane alone */
        for (; c < cols; c++)
            RESIZE_PIXEL(float, IN0, EMIT0);
#endif
    }
}

#else

#ifndef CLKERAS_RESIZE_READERS
#define CLKERAS_RESIZE_READERS
/* Output pixels that may read input pixel i, and a few more: from first to end - 1. */
static inline int resize_first(int i, int in, int out)
{
    return i == 0 ? 0 : max((int)((2 * (long)i - 1) * out / (2 * in)) - 1, 0);
}

static inline int resize_end(int i, int in, int out)
{
    return i == in - 1 ? out : min((int)((2 * (long)i + 3) * out / (2 * in)) + 1, out);
}
#endif

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(resize_grad)(
    RESIZE_PARAMS FUSED_PARAMS)
{
    const int turns = row_turns(rows);
    for (int turn = 0; turn < turns; turn++) {
        const int row = row_at(turn, turns, lanes);
        if (row >= rows)
            break;
        const int y = row / in_w % in_h, x = row % in_w, image = row / in_w / in_h * out_h;
        const int y0 = resize_first(y, in_h, out_h), y1 = resize_end(y, in_h, out_h);
        const int x0 = resize_first(x, in_w, out_w), x1 = resize_end(x, in_w, out_w);
        for (int c = row_lane(lanes) * VEC; c < cols; c += lanes * VEC) {
            row_floats sum = 0.0f;
            for (int oy = y0; oy < y1; oy++) {
                const float down = resize_weight(RESIZE_Y(oy), y);
                for (int ox = x0; ox < x1 && down != 0.0f; ox++) {
                    const float weight = down * resize_weight(RESIZE_X(ox), x);
                    row_floats d;
                    if (weight == 0.0f)
                        continue;
                    ROW_LOAD(d, IN0, (image + oy) * out_w + ox, c, cols, 0.0f);
                    sum += d * weight;
                }
            }
            ROW_EMIT(EMIT0, sum, row, c, cols);
        }
    }
}

#endif

#undef BILINEAR
#undef GRADIENT
#undef RESIZE_Y
#undef RESIZE_X
#undef RESIZE_PIXEL
