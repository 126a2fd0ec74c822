/* SPDX-License-Identifier: MIT */
/* Failing with a code and a text in one expression, and passing it up. */
#pragma once

#include <clkeras/base.h>

/* Sets this thread's error text (one line, lower case, no final period, says what would work) and
 * returns `code`: return clk__fail(CLK_ERR_SHAPE, "dense \"%s\": ...", name). */
clk_status clk__fail(clk_status code, const char *fmt, ...) CLK_PRINTF(2, 3) CLK_MUST_CHECK;
/* The same for an out-of-memory; always returns CLK_ERR_MEMORY. */
clk_status clk__fail_memory(void) CLK_MUST_CHECK;
/* Puts `prefix: ` before this thread's error text, for a caller that knows where; returns `code`. */
clk_status clk__fail_in(clk_status code, const char *fmt, ...) CLK_PRINTF(2, 3);

/* Empties this thread's error text: before a function of the user's, to see whether it sets one. */
void clk__error_clear(void);

#ifdef __clang_analyzer__
/* The analyzer looks at one file at a time: without this it follows paths where a failure is CLK_OK. */
#define clk__fail(code, ...)    ((void)clk__fail(code, __VA_ARGS__), (code))
#define clk__fail_memory()      ((void)clk__fail_memory(), CLK_ERR_MEMORY)
#define clk__fail_in(code, ...) ((void)clk__fail_in(code, __VA_ARGS__), (code))
#endif

/* Returns the status of `expr` from this function if it failed. */
#define TRY(expr)                        \
    do {                                 \
        clk_status try_status_ = (expr); \
        if (try_status_ != CLK_OK)       \
            return try_status_;          \
    } while (0)

/* Sets the local `status` and goes to the local label `done` if `expr` failed. */
#define TRY_DONE(expr)        \
    do {                      \
        status = (expr);      \
        if (status != CLK_OK) \
            goto done;        \
    } while (0)

/* Sends text to the log callback, if there is one. */
void clk__log(clk_log_level level, const char *fmt, ...) CLK_PRINTF(2, 3);
