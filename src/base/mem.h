/* SPDX-License-Identifier: MIT */
/* Host memory with checked sizes; growing arrays; a bump arena for things freed together. */
#pragma once

#include "base/status.h"

/* *out = a * b or a + b; false on overflow. */
bool clk__size_mul(size_t *out, size_t a, size_t b);
bool clk__size_add(size_t *out, size_t a, size_t b);

/* Zeroed memory for n elements of `size` bytes; NULL when there is none or n * size overflows.
 * n or size 0 gives a pointer that can be freed. Free with free(). */
void *clk__alloc(size_t n, size_t size);
/* Memory of any content, aligned to 64 bytes; from 8 MiB on to 2 MiB, and in pages of that size where the system has
 * them. Free with free(). */
void *clk__alloc_pages(size_t bytes);
/* A copy of `s`, or of its first n bytes, ended by 0; NULL when there is no memory. */
char *clk__strdup(const char *s);
char *clk__strndup(const char *s, size_t n);

/* Makes room for one more element in a growing array: doubles *items (elements of `size` bytes,
 * *capacity of them) when n == *capacity. */
clk_status clk__grow(void *items_ptr, size_t *capacity, size_t n, size_t size) CLK_MUST_CHECK;

/* Memory that is freed all at once. Zeroed = empty. */
struct arena {
    struct arena_block *last;
};
/* Zeroed, 16-byte aligned; NULL when there is no memory. */
void *clk__arena_alloc(struct arena *a, size_t n, size_t size);
char *clk__arena_strdup(struct arena *a, const char *s);
void clk__arena_fini(struct arena *a);
