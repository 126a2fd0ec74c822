/* SPDX-License-Identifier: MIT */
/* Built programs on disk. Nothing here fails: a cache that cannot be used is a miss. */
#pragma once

#include "base/hash.h"
#include "base/status.h"

#include <clkeras/device.h>

/* The cache folder as the environment names it, owned by the caller; NULL: no disk cache (the driver
 * keeps one itself, turned off by CLKERAS_NO_CACHE=1, no home, or no memory). */
char *clk__cache_folder(const clk_device_info *info);

/* What is stored for one program. Zeroed = none. */
struct cache_entry {
    unsigned char *binary; /* owned */
    size_t binary_bytes;
    char *kernels; /* names whose code the binary has, " a b " ; owned */
};
/* False unless the file is there and whole. `folder` may be NULL. */
bool clk__cache_load(struct cache_entry *out, const char *folder, struct hash128 key);
/* True if it was written. */
bool clk__cache_store(const char *folder, struct hash128 key, const struct cache_entry *entry);
void clk__cache_entry_fini(struct cache_entry *e);
