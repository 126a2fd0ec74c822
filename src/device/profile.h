/* SPDX-License-Identifier: MIT */
/* Kernel times, for open.c. */
#pragma once

#include "device/device.h"

clk_status clk__profile_create(struct profile **out) CLK_MUST_CHECK;
void clk__profile_free(struct profile *profile);
