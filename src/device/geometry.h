/* SPDX-License-Identifier: MIT */
/* Choosing the kernels' shape for a device; for open.c and its test. */
#pragma once

#include "device/device.h"

/* @param max_wg the device's largest work-group
 * @param forced CLKERAS_GEOMETRY: "cpu", "gpu"; NULL or "": by the device's type
 * @return CLK_OK; CLK_ERR_ARG: `forced` is something else */
clk_status clk__geometry_choose(struct geometry *out, const clk_device_info *info, size_t max_wg,
    const char *forced) CLK_MUST_CHECK;
