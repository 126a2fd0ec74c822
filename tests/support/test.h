/* SPDX-License-Identifier: MIT */
/* What every test program shares: its main, and checks that print what was found. */
#pragma once

#include <clkeras/clkeras.h>

#include <check.h>

/* Expects CLK_OK; else fails with the library's text. */
#define check_ok(expr)                                                                      \
    do {                                                                                    \
        clk_status check_ok_ = (expr);                                                      \
        ck_assert_msg(check_ok_ == CLK_OK, "%s: %s: %s", #expr, clk_status_name(check_ok_), \
            clk_last_error());                                                              \
    } while (0)

/* Expects `code`, and `text` somewhere in the library's one line. */
#define check_fails(code, text, expr)                            \
    do {                                                         \
        clk_status check_fails_ = (expr);                        \
        test_check_failure(#expr, (code), (text), check_fails_); \
    } while (0)
void test_check_failure(const char *call, clk_status code, const char *text, clk_status got);

/* |a - b| <= abs + rel * |b| for n floats; names the first that is not. */
void test_check_close(
    const char *what, const float *a, const float *b, size_t n, double abs, double rel);

/* Runs the suite in this process (a forked child with an OpenCL context hangs in PoCL).
 * Each file defines: Suite *test_suite(void). */
Suite *test_suite(void);

/* A deterministic pseudo-random float in [-1, 1), by index. */
float test_random(uint64_t seed, uint64_t index);

/* The default device, opened once for the program, closed at its end. */
clk_device *test_device(void);
