/* SPDX-License-Identifier: MIT */
/* libhdf5 as a guest: its errors kept off stderr and told in one line, its files in memory kept apart. */
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

/* A name that no other file in memory has: libhdf5 takes two core files of one name for the same file,
 * also when the first one is damaged and cannot be closed, so an address will not do. */
enum {
    HDF5_NAME_BYTES = 40
};
void clk__hdf5_unique_name(char *name);
