/* SPDX-License-Identifier: MIT */
/* Replacing a file as a whole: write under a temporary name in the same folder, flush to disk,
 * rename. Whatever fails or is killed before the rename leaves the old file as it was. */
#pragma once

#include "base/status.h"

#include <stdio.h>

/* A file being written. Zeroed = none. */
struct atomic_file {
    FILE *stream;    /* write here; or let a library write the file named temp_path instead */
    char *temp_path; /* exists, empty, from open to commit or abort */
    char *path;      /* what it becomes: links are followed, so that a link stays a link */
    char *name;      /* as the caller gave it, for messages */
    bool direct;     /* a pipe or a device: no temporary name, temp_path is path */
};

/* Creates the temporary file. A file that is there already keeps its mode.
 * @param f ends with commit or abort; zeroed on failure
 * @return CLK_OK; CLK_ERR_ARG: no path; CLK_ERR_IO: path and reason; CLK_ERR_MEMORY */
clk_status clk__atomic_open(struct atomic_file *f, const char *path) CLK_MUST_CHECK;
/* Appends n bytes to the stream.
 * @return CLK_OK; CLK_ERR_IO: path and reason; the caller then aborts */
clk_status clk__atomic_write(struct atomic_file *f, const void *data, size_t n) CLK_MUST_CHECK;
/* Flushes stream and file, renames, flushes the folder. Zeroes `f`, whether it fails or not; on
 * failure the temporary file is gone and the old one untouched.
 * @return CLK_OK; CLK_ERR_IO: path and reason, also of an earlier failed write to the stream */
clk_status clk__atomic_commit(struct atomic_file *f) CLK_MUST_CHECK;
/* Removes the temporary file and zeroes `f`; nothing to do after commit or on a zeroed `f`. */
void clk__atomic_abort(struct atomic_file *f);

/* All of it for n bytes in memory. */
clk_status clk__atomic_save(const char *path, const void *data, size_t n) CLK_MUST_CHECK;
