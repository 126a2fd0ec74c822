/* SPDX-License-Identifier: MIT */
/* libhdf5's errors: kept off stderr while we call it, and told in one line. */
#pragma once

#include "base/status.h"

#include <hdf5.h>

/* What was set before, so that a program that uses HDF5 itself keeps its own setting. */
struct hdf5_quiet {
    H5E_auto2_t func;
    void *data;
};
/* Around each stretch of libhdf5 calls, always in pairs. */
void clk__hdf5_quiet(struct hdf5_quiet *q);
void clk__hdf5_unquiet(const struct hdf5_quiet *q);

/* Fails with `where: ` and the reason that libhdf5 gave deepest down. Within quiet and unquiet. */
clk_status clk__hdf5_fail(clk_status code, const char *where) CLK_MUST_CHECK;
