/* SPDX-License-Identifier: MIT */
/* Stored members of a zip archive in place. */
#pragma once

#include "base/mapfile.h"

/* The offset of the member's data in the mapped archive, where it is stored with this name and size and all of it
 * stands in the file; 0: no such place was found. The caller compares the checksum. */
size_t clk__zip_place(const struct mapfile *map, const char *name, size_t bytes);
