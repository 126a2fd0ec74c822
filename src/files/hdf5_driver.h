/* SPDX-License-Identifier: MIT */
/* A file driver of libhdf5's over memory that is ours, for reading. */
#pragma once

#include <hdf5.h>

#include <stdbool.h>

/* Has files that are opened with the access list `access` be the `bytes` at `image`, which must stay as they are.
 * libhdf5's own driver of memory copies them twice, and its reading ahead crashes on addresses near 2^64. */
bool clk__hdf5_use_memory(hid_t access, const void *image, size_t bytes);
