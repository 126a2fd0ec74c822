/* SPDX-License-Identifier: MIT */
/* Host memory with checked sizes; growing arrays; a bump arena for things freed together. */
#define _DEFAULT_SOURCE /* madvise */
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    ARENA_BLOCK_BYTES = 4096,
    ARENA_ALIGN = 16,
    GROW_FIRST = 8,
    LINE_BYTES = 64,
    HUGE_PAGE_BYTES = 2 << 20,
    LARGE_BYTES = 4 * HUGE_PAGE_BYTES
};

struct arena_block {
    struct arena_block *previous;
    size_t used;  /* bytes of data handed out */
    size_t bytes; /* bytes of data */
    _Alignas(ARENA_ALIGN) unsigned char data[];
};

bool clk__size_mul(size_t *out, size_t a, size_t b)
{
    *out = a * b;
    return b == 0 || a <= SIZE_MAX / b;
}

bool clk__size_add(size_t *out, size_t a, size_t b)
{
    *out = a + b;
    return a <= SIZE_MAX - b;
}

/* Filling 100 MB in pages of 4 KB takes longer than copying it. */
static void want_huge_pages(void *p, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    uintptr_t page = HUGE_PAGE_BYTES, start = ((uintptr_t)p + page - 1) / page * page;
    uintptr_t end = ((uintptr_t)p + bytes) / page * page;
    if (start < end)
        (void)madvise((void *)start, end - start, MADV_HUGEPAGE); /* a wish */
#else
    (void)p;
    (void)bytes;
#endif
}

void *clk__alloc_pages(size_t bytes)
{
    void *p = NULL;
    bool large = bytes >= LARGE_BYTES;
    if (posix_memalign(&p, large ? HUGE_PAGE_BYTES : LINE_BYTES, bytes > 0 ? bytes : 1) != 0)
        return NULL;
    if (large)
        want_huge_pages(p, bytes);
    return p;
}

void *clk__alloc(size_t n, size_t size)
{
    size_t bytes = 0;
    if (!clk__size_mul(&bytes, n, size))
        return NULL;
    void *p = calloc(bytes > 0 ? bytes : 1, 1);
    if (p && bytes >= LARGE_BYTES)
        want_huge_pages(p, bytes);
    return p;
}

char *clk__strndup(const char *s, size_t n)
{
    size_t len = strnlen(s, n);
    size_t bytes = 0;
    if (!clk__size_add(&bytes, len, 1))
        return NULL;
    char *copy = malloc(bytes);
    if (!copy)
        return NULL;
    memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}

char *clk__strdup(const char *s)
{
    return clk__strndup(s, strlen(s));
}

clk_status clk__grow(void *items_ptr, size_t *capacity, size_t n, size_t size)
{
    if (n < *capacity)
        return CLK_OK;
    size_t more = 0, bytes = 0;
    if (!clk__size_mul(&more, *capacity, 2))
        return clk__fail_memory();
    if (more < GROW_FIRST)
        more = GROW_FIRST;
    if (!clk__size_mul(&bytes, more, size))
        return clk__fail_memory();
    /* Through memcpy: the caller's pointer has its own type, and a cast to void ** would alias it. */
    void *items = NULL;
    memcpy(&items, items_ptr, sizeof(items));
    items = realloc(items, bytes);
    if (!items)
        return clk__fail_memory();
    memcpy(items_ptr, &items, sizeof(items));
    *capacity = more;
    return CLK_OK;
}

/* A new last block with room for `bytes`; false when there is no memory. */
static bool add_block(struct arena *a, size_t bytes)
{
    size_t data = bytes > ARENA_BLOCK_BYTES ? bytes : ARENA_BLOCK_BYTES;
    size_t total = 0;
    if (!clk__size_add(&total, data, sizeof(struct arena_block)))
        return false;
    struct arena_block *block = calloc(1, total);
    if (!block)
        return false;
    block->bytes = data;
    block->previous = a->last;
    a->last = block;
    return true;
}

void *clk__arena_alloc(struct arena *a, size_t n, size_t size)
{
    size_t bytes = 0, rounded = 0;
    if (!clk__size_mul(&bytes, n, size) || !clk__size_add(&rounded, bytes, ARENA_ALIGN - 1))
        return NULL;
    rounded -= rounded % ARENA_ALIGN;
    if (rounded == 0)
        rounded = ARENA_ALIGN;
    if (!a->last || a->last->bytes - a->last->used < rounded) {
        if (!add_block(a, rounded))
            return NULL;
    }
    void *p = a->last->data + a->last->used;
    a->last->used += rounded;
    return p;
}

char *clk__arena_strdup(struct arena *a, const char *s)
{
    size_t len = strlen(s);
    char *copy = clk__arena_alloc(a, len + 1, 1);
    if (copy)
        memcpy(copy, s, len + 1);
    return copy;
}

void clk__arena_fini(struct arena *a)
{
    while (a->last) {
        struct arena_block *block = a->last;
        a->last = block->previous;
        free(block);
    }
}
