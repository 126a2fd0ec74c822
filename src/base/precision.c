/* SPDX-License-Identifier: MIT */
/* Rounding to float16 and bfloat16 on the host; the device's twin is in cl/lib/pointwise.clh. */
#include "base/precision.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Bounds of float16: its smallest normal number, its spacing below that, and the first number that becomes infinite. */
static const float half_normal = 0x1p-14f;
static const float half_spacing = 0x1p-24f;
static const float half_infinite = 65520.0f;

const char *clk__precision_name(enum precision p)
{
    static const char *const names[] = {"float32", "float16", "bfloat16", "float64", "int32"};
    return names[p];
}

size_t clk__precision_bytes(enum precision p)
{
    static const size_t bytes[] = {4, 2, 2, 8, 4};
    return bytes[p];
}

/* Drops the low `bits` of the significand, the rest rounded to even. */
static float drop_bits(float x, int bits)
{
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    u += (UINT32_C(1) << (bits - 1)) - 1 + (u >> bits & 1);
    u &= ~((UINT32_C(1) << bits) - 1);
    memcpy(&x, &u, sizeof u);
    return x;
}

float clk__precision_round(enum precision p, float x)
{
    if ((p != PRECISION_FLOAT16 && p != PRECISION_BFLOAT16) || !isfinite(x))
        return x;
    if (p == PRECISION_BFLOAT16)
        return drop_bits(x, 16);
    if (fabsf(x) < half_normal)
        return rintf(x / half_spacing) * half_spacing;
    return fabsf(x) < half_infinite ? drop_bits(x, 13) : copysignf(INFINITY, x);
}

void clk__precision_round_all(enum precision p, float *x, size_t n)
{
    for (size_t i = 0; (p == PRECISION_FLOAT16 || p == PRECISION_BFLOAT16) && i < n; i++)
        x[i] = clk__precision_round(p, x[i]);
}
