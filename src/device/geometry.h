/* SPDX-License-Identifier: MIT */
/* Choosing the kernels' shape for a device; for open.c and its test. */
#pragma once

#include "device/device.h"

/* What the choice depends on. */
struct geometry_facts {
    clk_device_type type;
    unsigned compute_units;
    unsigned native_floats; /* in the device's registers: CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT */
    size_t max_wg;          /* the largest work-group */
};

/* @param forced CLKERAS_GEOMETRY: "cpu", "gpu"; NULL or "": by the device's type
 * @return CLK_OK; CLK_ERR_ARG: `forced` is something else */
clk_status clk__geometry_choose(
    struct geometry *out, const struct geometry_facts *facts, const char *forced) CLK_MUST_CHECK;
