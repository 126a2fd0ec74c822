/* SPDX-License-Identifier: MIT */
/* A file mapped into memory for reading. */
#pragma once

#include "base/status.h"

/* Zeroed = none. Who cuts the file short while it is mapped makes reading it fail with SIGBUS, as
 * with any mapped file; our own writers replace files instead (base/atomic_file.h). */
struct mapfile {
    const unsigned char *data; /* never NULL while open, also for an empty file */
    size_t len;
};

/* Maps the whole file.
 * @param m ends with clk__map_close(); zeroed on failure
 * @return CLK_OK; CLK_ERR_IO: path and reason, also for what is not a regular file */
clk_status clk__map_open(struct mapfile *m, const char *path) CLK_MUST_CHECK;
/* Unmaps and zeroes `m`; nothing to do on a zeroed one. */
void clk__map_close(struct mapfile *m);
