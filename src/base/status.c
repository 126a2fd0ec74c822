/* SPDX-License-Identifier: MIT */
/* Status codes' names, the thread's error text, and the log callback. */
#include "base/status.h"

#include "base/threads.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __clang_analyzer__
#undef clk__fail
#undef clk__fail_memory
#undef clk__fail_in
#endif

enum {
    TEXT_BYTES = 2048,
    LOG_STACK_BYTES = 1024
};

static THREAD_LOCAL char error_text[TEXT_BYTES];
static clk_log_fn log_fn;
static void *log_user;

static const char *const status_names[] = {
    [-CLK_OK] = "CLK_OK",
    [-CLK_ERR_ARG] = "CLK_ERR_ARG",
    [-CLK_ERR_MEMORY] = "CLK_ERR_MEMORY",
    [-CLK_ERR_NO_PLATFORM] = "CLK_ERR_NO_PLATFORM",
    [-CLK_ERR_NO_DEVICE] = "CLK_ERR_NO_DEVICE",
    [-CLK_ERR_DEVICE] = "CLK_ERR_DEVICE",
    [-CLK_ERR_BUILD] = "CLK_ERR_BUILD",
    [-CLK_ERR_DEVICE_MEMORY] = "CLK_ERR_DEVICE_MEMORY",
    [-CLK_ERR_SHAPE] = "CLK_ERR_SHAPE",
    [-CLK_ERR_VALUE] = "CLK_ERR_VALUE",
    [-CLK_ERR_CONFIG] = "CLK_ERR_CONFIG",
    [-CLK_ERR_SYNTAX] = "CLK_ERR_SYNTAX",
    [-CLK_ERR_IO] = "CLK_ERR_IO",
    [-CLK_ERR_FORMAT] = "CLK_ERR_FORMAT",
    [-CLK_ERR_UNSUPPORTED] = "CLK_ERR_UNSUPPORTED",
    [-CLK_ERR_STATE] = "CLK_ERR_STATE",
    [-CLK_ERR_STOPPED] = "CLK_ERR_STOPPED",
};

/* Keeps the promise of one line, whatever a file or a driver put into an argument. */
static void make_one_line(char *text)
{
    for (char *p = text; *p; p++) {
        if (*p == '\n' || *p == '\r' || *p == '\t')
            *p = ' ';
    }
}

/* Marks a text that did not fit, so that nobody takes its end for the whole. */
static void mark_cut(char *text, int wanted)
{
    if (wanted >= TEXT_BYTES)
        memcpy(text + TEXT_BYTES - 4, "...", 4);
}

clk_status clk__fail(clk_status code, const char *fmt, ...)
{
    /* A local copy first: an argument may be clk_last_error() itself. */
    char text[TEXT_BYTES];
    va_list args;
    va_start(args, fmt);
    int wanted = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (wanted < 0)
        text[0] = '\0';
    mark_cut(text, wanted);
    make_one_line(text);
    memcpy(error_text, text, sizeof(error_text));
    return code;
}

void clk__error_clear(void)
{
    error_text[0] = '\0';
}

clk_status clk__fail_memory(void)
{
    return clk__fail(CLK_ERR_MEMORY, "out of host memory");
}

clk_status clk__fail_in(clk_status code, const char *fmt, ...)
{
    char prefix[TEXT_BYTES];
    va_list args;
    va_start(args, fmt);
    int wanted = vsnprintf(prefix, sizeof(prefix), fmt, args);
    va_end(args);
    if (wanted < 0)
        prefix[0] = '\0';
    return clk__fail(code, "%s: %s", prefix, error_text);
}

void clk__log(clk_log_level level, const char *fmt, ...)
{
    if (!log_fn)
        return;
    char small[LOG_STACK_BYTES];
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int wanted = vsnprintf(small, sizeof(small), fmt, args);
    va_end(args);
    char *big = NULL;
    if (wanted >= (int)sizeof(small)) {
        big = malloc((size_t)wanted + 1);
        if (big)
            (void)vsnprintf(big, (size_t)wanted + 1, fmt, again);
    }
    va_end(again);
    if (wanted >= 0)
        log_fn(level, big ? big : small, log_user);
    free(big);
}

const char *clk_last_error(void)
{
    return error_text;
}

const char *clk_status_name(clk_status status)
{
    long i = -(long)status;
    if (i < 0 || i >= (long)(sizeof(status_names) / sizeof(status_names[0])))
        return "CLK_ERR_?";
    return status_names[i];
}

void clk_log_set(clk_log_fn fn, void *user)
{
    log_fn = fn;
    log_user = user;
}

void clk_free(void *p)
{
    free(p);
}
