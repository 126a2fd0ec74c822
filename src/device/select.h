/* SPDX-License-Identifier: MIT */
/* Which device a spec means; the grammar is that of clk_device_open(). */
#pragma once

#include "device/platforms.h"

/* Sets info.visible by a comma-separated list of specs; NULL or "" shows all. */
void clk__select_mark_visible(clk_device_list *list, const char *specs);
/* @param spec NULL or "": the best device
 * @param out index into the list
 * @return CLK_OK; CLK_ERR_NO_DEVICE: nothing visible and usable matches (says what there is) */
clk_status clk__device_select(
    size_t *out, const clk_device_list *list, const char *spec) CLK_MUST_CHECK;
