/* SPDX-License-Identifier: MIT */
/* The words of a call expression; expr.c puts them together. */
#pragma once

#include "base/json.h"

/* A place in a text. */
struct scan {
    const char *text;
    const char *p; /* what comes next */
};

/* Column of p: characters, not bytes, from 1. */
int clk__scan_column(const struct scan *s, const char *p);
/* CLK_ERR_SYNTAX at p. */
clk_status clk__scan_fail(const struct scan *s, const char *p, const char *fmt, ...)
    CLK_PRINTF(3, 4) CLK_MUST_CHECK;
/* "expected WHAT, not X" at the next character. */
clk_status clk__scan_expected(const struct scan *s, const char *what) CLK_MUST_CHECK;

void clk__scan_space(struct scan *s);
bool clk__scan_name_start(char c);
/* Bytes of the name at p; 0: none. */
size_t clk__scan_name_len(const char *p);
/* A string; p stands on its quote. */
clk_status clk__scan_string(json_t **out, struct scan *s) CLK_MUST_CHECK;
/* A number, or a product or quotient of some: 1/255. */
clk_status clk__scan_number(json_t **out, struct scan *s) CLK_MUST_CHECK;
