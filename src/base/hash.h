/* SPDX-License-Identifier: MIT */
/* Hashes, by xxHash: keys of the program cache, checksums of our own files. Not for secrets. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* 128 bits over parts added one after another; the parts' lengths count. */
struct hash128 {
    uint64_t lo;
    uint64_t hi;
};
struct hasher;
struct hasher *clk__hasher_create(void); /* NULL when there is no memory */
void clk__hasher_add(struct hasher *h, const void *data, size_t n);
void clk__hasher_add_str(struct hasher *h, const char *s);
struct hash128 clk__hasher_finish(struct hasher *h); /* frees h */
/* Hash of one piece. */
uint64_t clk__hash64(const void *data, size_t n);
