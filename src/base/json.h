/* SPDX-License-Identifier: MIT */
/* JSON: jansson, and the helpers that clkeras wants beside it. The one place that includes jansson. */
#pragma once

#include "base/status.h"

#include <jansson.h>

/* Parses `text` (n bytes). `what` names it in the error: "config.json". Refuses nesting deeper than
 * 256 and text of more than 256 MiB. NaN and Infinity, which Python writes and jansson's reals cannot
 * hold, become marked strings: read numbers with clk__json_number. Strings may hold NUL, which Keras 2.0 wrote
 * within a Lambda's code.
 * @return CLK_OK; CLK_ERR_FORMAT: line, column and reason; CLK_ERR_MEMORY */
clk_status clk__json_parse(
    json_t **out, const char *text, size_t n, const char *what) CLK_MUST_CHECK;
/* The value as a double, NaN and Infinity included; false if it is not a number. */
bool clk__json_number(double *out, const json_t *value);
/* Compact text as Python's json.dumps writes it (", " and ": " separators), owned by the caller. */
clk_status clk__json_text(char **out, const json_t *value) CLK_MUST_CHECK;
