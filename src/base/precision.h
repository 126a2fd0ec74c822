/* SPDX-License-Identifier: MIT */
/* The floating types of Keras that numbers here may stand for. They are float32 in memory throughout: those of a narrower
 * type are rounded to it, so that each is a number which that type holds. */
#pragma once

#include <stddef.h>

enum precision {
    PRECISION_FLOAT32, /* first: what is zeroed is float32 */
    PRECISION_FLOAT16,
    PRECISION_BFLOAT16,
    PRECISION_FLOAT64, /* computed in float32 */
    PRECISION_INTEGER, /* integers and truth values, which Keras casts to no floating type */
};

/* "float16", as Keras names the dtype. */
const char *clk__precision_name(enum precision p);
/* Bytes of a number in a file of Keras. */
size_t clk__precision_bytes(enum precision p);
/* x as that type holds it: to nearest, ties to even; what is too large becomes infinite. Float32, float64 and integers
 * stay as they are. */
float clk__precision_round(enum precision p, float x);
void clk__precision_round_all(enum precision p, float *x, size_t n);
