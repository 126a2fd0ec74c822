/* SPDX-License-Identifier: MIT */
/* Zip archives of a few members, read and written whole: what a .keras file is. Nothing is ever
 * extracted to disk, so members' names can do no harm. */
#pragma once

#include "base/mapfile.h"

/* One member to write; all of it is borrowed for the call. */
struct zip_part {
    const char *name;
    const void *data;
    size_t bytes;
};

/* Writes an archive of `n` members, stored without compression as Keras does, in place of what is at
 * `path`: a failed write leaves the old file.
 * @return CLK_OK; CLK_ERR_IO: path and reason; CLK_ERR_MEMORY */
clk_status clk__zip_write(const char *path, const struct zip_part *parts, size_t n) CLK_MUST_CHECK;

/* An open archive. */
struct zip_reader;
/* @param out owned by the caller, free with clk__zip_close()
 * @return CLK_OK; CLK_ERR_IO: cannot be opened; CLK_ERR_FORMAT: no zip archive, or a damaged one;
 *         CLK_ERR_MEMORY */
clk_status clk__zip_open(struct zip_reader **out, const char *path) CLK_MUST_CHECK;
/* True if there is a member of this name. */
bool clk__zip_has(struct zip_reader *z, const char *name);
/* Reads a member as a whole and verifies its checksum. One more byte, a 0, follows the data.
 * @param data owned by the caller, free with free()
 * @param max_bytes a larger member is refused before it is read
 * @return CLK_OK; CLK_ERR_FORMAT: missing, twice there, damaged, too large, or a size that the archive
 *         cannot hold; CLK_ERR_UNSUPPORTED: encrypted, or another method than stored and deflated;
 *         CLK_ERR_MEMORY */
clk_status clk__zip_read(void **data, size_t *bytes, struct zip_reader *z, const char *name,
    size_t max_bytes) CLK_MUST_CHECK;
/* A stored member in place, its checksum verified: `map` is the archive, `data` within it. Nothing is read into memory.
 * @param map zeroed where the member cannot be used so (it is compressed, or the archive is not plain): read it then
 * @return CLK_OK; else as clk__zip_read() */
clk_status clk__zip_map(struct mapfile *map, const void **data, size_t *bytes, struct zip_reader *z,
    const char *name) CLK_MUST_CHECK;
void clk__zip_close(struct zip_reader *z);
