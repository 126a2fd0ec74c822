/* SPDX-License-Identifier: MIT */
/* What pool.c needs of memory.c. */
#pragma once

#include "device/device.h"

/* A cl_mem that the device really has, not counted. `what` is for the message.
 * @param pages see clk__buffer_adopt; NULL: new memory */
clk_status clk__memory_create(
    cl_mem *out, clk_device *d, size_t bytes, void *pages, const char *what) CLK_MUST_CHECK;
