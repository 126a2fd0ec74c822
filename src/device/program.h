/* SPDX-License-Identifier: MIT */
/* The device's set of built programs, for open.c. */
#pragma once

#include "device/device.h"

/* @param info of the device they are for */
clk_status clk__programs_create(
    struct program_cache **out, const clk_device_info *info) CLK_MUST_CHECK;
void clk__programs_free(struct program_cache *programs);

/* The first line with "error:" of a compiler's log, else its first line that is not empty.
 * @param n its length, without blanks around it */
const char *clk__log_error_line(size_t *n, const char *log);

/* How often the compiler ran and the disk cache answered, since the device was opened. */
struct program_counts {
    unsigned compiled;
    unsigned loaded;
    unsigned saved;
};
struct program_counts clk__programs_counts(const clk_device *d);
