/* SPDX-License-Identifier: MIT */
/* What pool.c needs of memory.c. */
#pragma once

#include "device/device.h"

/* A cl_mem that the device really has, not counted. `what` is for the message. */
clk_status clk__memory_create(
    cl_mem *out, clk_device *d, size_t bytes, const char *what) CLK_MUST_CHECK;
