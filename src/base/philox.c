/* SPDX-License-Identifier: MIT */
/* Philox4x32-10 on the host: section 3.3 of Salmon et al., SC 2011. */
#include "base/philox.h"

#include <string.h>

#define MULTIPLIER_0 0xD2511F53u
#define MULTIPLIER_1 0xCD9E8D57u
#define WEYL_0       0x9E3779B9u
#define WEYL_1       0xBB67AE85u
enum {
    ROUNDS = 10
};

void clk__philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2])
{
    uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t p0 = (uint64_t)MULTIPLIER_0 * c[0];
        uint64_t p1 = (uint64_t)MULTIPLIER_1 * c[2];
        uint32_t n0 = (uint32_t)(p1 >> 32) ^ c[1] ^ k0;
        uint32_t n2 = (uint32_t)(p0 >> 32) ^ c[3] ^ k1;
        c[0] = n0;
        c[1] = (uint32_t)p1;
        c[2] = n2;
        c[3] = (uint32_t)p0;
        k0 += WEYL_0;
        k1 += WEYL_1;
    }
    memcpy(out, c, sizeof(c));
}

float clk__philox_uniform(uint32_t word)
{
    return (float)(word >> 8) * 0x1p-24f;
}
