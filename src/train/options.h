/* SPDX-License-Identifier: MIT */
/* Option structs that may be older, and so shorter, than this library's. */
#pragma once

#include "base/status.h"

#include <string.h>

/* Copies what the caller's struct has; fields that it lacks stay zero. `call` and `macro` are for the message.
 * @return CLK_OK; CLK_ERR_ARG: options are NULL, or their size is not set */
static inline clk_status clk__options_copy(void *out, size_t out_bytes, const void *options,
    size_t bytes, const char *call, const char *macro)
{
    if (bytes < sizeof(size_t))
        return clk__fail(CLK_ERR_ARG, "%s: options.size is not set: use %s()", call, macro);
    memset(out, 0, out_bytes);
    memcpy(out, options, bytes < out_bytes ? bytes : out_bytes);
    return CLK_OK;
}
