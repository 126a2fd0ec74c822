/* SPDX-License-Identifier: MIT */
/* What a device can do at most: multiply-adds in registers, and copying.
 * -D VEC: floats a vector (1, 4, 8, 16). */
#define PASTE2(a, b) a##b
#define PASTE(a, b)  PASTE2(a, b)
#if VEC == 1
typedef float vec;
#else
typedef PASTE(float, VEC) vec;
#endif

/* 12 chains a work-item: enough to hide the latency of a multiply-add, few enough for registers.
 * rounds x 12 x VEC multiply-adds a work-item; out: one float a work-item, so that none is dropped. */
__kernel void multiply_add(__global float *restrict out, const float start, const int rounds)
{
    const float id = (float)get_global_id(0);
    const vec b = (vec)(0.999f);
    const vec c = (vec)(start);
    vec a0 = (vec)(id), a1 = a0 + c, a2 = a1 + c, a3 = a2 + c, a4 = a3 + c, a5 = a4 + c;
    vec a6 = a5 + c, a7 = a6 + c, a8 = a7 + c, a9 = a8 + c, a10 = a9 + c, a11 = a10 + c;
    for (int i = 0; i < rounds; i++) {
        a0 = fma(a0, b, c);
        a1 = fma(a1, b, c);
        a2 = fma(a2, b, c);
        a3 = fma(a3, b, c);
        a4 = fma(a4, b, c);
        a5 = fma(a5, b, c);
        a6 = fma(a6, b, c);
        a7 = fma(a7, b, c);
        a8 = fma(a8, b, c);
        a9 = fma(a9, b, c);
        a10 = fma(a10, b, c);
        a11 = fma(a11, b, c);
    }
    const vec sum = a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11;
#if VEC == 1
    out[get_global_id(0)] = sum;
#else
    float parts[VEC];
    PASTE(vstore, VEC)(sum, 0, parts);
    float total = 0.0f;
    for (int i = 0; i < VEC; i++)
        total += parts[i];
    out[get_global_id(0)] = total;
#endif
}

/* to[i] = from[i], VEC floats a work-item. */
__kernel void copy(__global vec *restrict to, __global const vec *restrict from)
{
    to[get_global_id(0)] = from[get_global_id(0)];
}

/* Next to nothing: what remains is the launch. */
__kernel void nothing(__global float *restrict out)
{
    if (get_global_id(0) == 0)
        out[0] = 1.0f;
}
