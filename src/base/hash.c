/* SPDX-License-Identifier: MIT */
/* Hashes, by xxHash (XXH3). */
#include "base/hash.h"

#include <xxhash.h>

#include <string.h>

/* Never defined: a hasher is xxHash's own state under our name. */
static XXH3_state_t *state_of(struct hasher *h)
{
    return (XXH3_state_t *)(void *)h;
}

static void add_bytes(struct hasher *h, const void *data, size_t n)
{
    /* Cannot fail: an error is returned only for a NULL state. */
    if (n > 0)
        (void)XXH3_128bits_update(state_of(h), data, n);
}

struct hasher *clk__hasher_create(void)
{
    XXH3_state_t *state = XXH3_createState();
    if (state)
        (void)XXH3_128bits_reset(state);
    return (struct hasher *)(void *)state;
}

void clk__hasher_add(struct hasher *h, const void *data, size_t n)
{
    /* The length goes in too, so that "ab" + "c" is not "a" + "bc". */
    uint64_t len = n;
    add_bytes(h, &len, sizeof(len));
    add_bytes(h, data, n);
}

void clk__hasher_add_str(struct hasher *h, const char *s)
{
    clk__hasher_add(h, s, strlen(s));
}

struct hash128 clk__hasher_finish(struct hasher *h)
{
    XXH128_hash_t digest = XXH3_128bits_digest(state_of(h));
    (void)XXH3_freeState(state_of(h));
    return (struct hash128){.lo = digest.low64, .hi = digest.high64};
}

uint64_t clk__hash64(const void *data, size_t n)
{
    return XXH3_64bits(n > 0 ? data : "", n);
}
