/* SPDX-License-Identifier: MIT */
/* A growing string, and the few string functions C lacks. */
#pragma once

#include "base/status.h"

/* A growing string. Zeroed = empty. An append that finds no memory sets `failed`; check it once at
 * the end (clk__str_finish does). */
struct str {
    char *data; /* 0-terminated; NULL while empty */
    size_t len;
    size_t capacity;
    bool failed;
};
void clk__str_add(struct str *s, const char *text);
void clk__str_addn(struct str *s, const char *text, size_t n);
void clk__str_addf(struct str *s, const char *fmt, ...) CLK_PRINTF(2, 3);
/* Hands the text over (never NULL on success) and empties `s`. */
clk_status clk__str_finish(char **out, struct str *s) CLK_MUST_CHECK;
void clk__str_fini(struct str *s);

/* True if a == b without regard to case (ASCII). */
bool clk__str_eq_nocase(const char *a, const char *b);
/* True if `needle` stands in `text` without regard to case (ASCII). */
bool clk__str_has_nocase(const char *text, const char *needle);
/* "BatchNormalization" -> "batch_normalization", as keras/src/utils/naming.py to_snake_case. */
clk_status clk__snake_case(char **out, const char *camel) CLK_MUST_CHECK;
