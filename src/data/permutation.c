/* SPDX-License-Identifier: MIT */
/* NumPy's SeedSequence, PCG64 and Generator.permutation (numpy/random/bit_generator.pyx,
 * src/pcg64/pcg64.h, src/distributions/distributions.c, _generator.pyx), for one use: Keras shuffles
 * its epochs with them, and the same order gives the same training. */
#include "data/permutation.h"

/* SeedSequence: Melissa O'Neill's seed_seq mixing, https://www.pcg-random.org/posts/developing-a-seed_seq-alternative.html */
#define POOL_WORDS 4
#define INIT_A     0x43b0d7e5u
#define MULT_A     0x931e8875u
#define INIT_B     0x8b51f9ddu
#define MULT_B     0x58f38dedu
#define MIX_L      0xca01f9ddu
#define MIX_R      0x4973f715u

static uint32_t hash_mix(uint32_t value, uint32_t *hash, uint32_t mult)
{
    value ^= *hash;
    *hash *= mult;
    value *= *hash;
    return value ^ (value >> 16);
}

static uint32_t mix(uint32_t x, uint32_t y)
{
    uint32_t result = MIX_L * x - MIX_R * y;
    return result ^ (result >> 16);
}

/* SeedSequence(seed).generate_state(4, uint64). */
static void generate_state(uint64_t out[4], uint64_t seed)
{
    uint32_t pool[POOL_WORDS] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    uint32_t hash = INIT_A;
    for (int i = 0; i < POOL_WORDS; i++)
        pool[i] = hash_mix(pool[i], &hash, MULT_A);
    for (int src = 0; src < POOL_WORDS; src++) {
        for (int dst = 0; dst < POOL_WORDS; dst++) {
            if (src != dst)
                pool[dst] = mix(pool[dst], hash_mix(pool[src], &hash, MULT_A));
        }
    }
    hash = INIT_B;
    uint32_t words[8];
    for (int i = 0; i < 8; i++)
        words[i] = hash_mix(pool[i % POOL_WORDS], &hash, MULT_B);
    for (size_t i = 0; i < 4; i++)
        out[i] = words[2 * i] | (uint64_t)words[2 * i + 1] << 32;
}

/* 128 bits by hand: __int128 is no C11. */
struct u128 {
    uint64_t hi;
    uint64_t lo;
};

static struct u128 add128(struct u128 a, struct u128 b)
{
    struct u128 r = {a.hi + b.hi, a.lo + b.lo};
    r.hi += r.lo < a.lo;
    return r;
}

static struct u128 mul128(struct u128 a, struct u128 b)
{
    const uint64_t low = 0xffffffffu;
    uint64_t a0 = a.lo & low, a1 = a.lo >> 32, b0 = b.lo & low, b1 = b.lo >> 32;
    uint64_t p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0;
    uint64_t middle = (p00 >> 32) + (p01 & low) + (p10 & low);
    uint64_t carry = (p01 >> 32) + (p10 >> 32) + (middle >> 32);
    struct u128 r = {a1 * b1 + carry + a.hi * b.lo + a.lo * b.hi, (middle << 32) | (p00 & low)};
    return r;
}

/* PCG64: a 128-bit linear congruential generator with XSL-RR output, and NumPy's buffer of the upper
 * half of the last 64 bits, for 32-bit draws. */
struct pcg64 {
    struct u128 state;
    struct u128 increment; /* odd */
    bool has_half;
    uint32_t half;
};

static void pcg64_step(struct pcg64 *g)
{
    const struct u128 multiplier = {2549297995355413924u, 4865540595714422341u};
    g->state = add128(mul128(g->state, multiplier), g->increment);
}

static void pcg64_init(struct pcg64 *g, uint64_t seed)
{
    uint64_t w[4];
    generate_state(w, seed);
    *g = (struct pcg64){.increment = {w[2] << 1 | w[3] >> 63, w[3] << 1 | 1}};
    pcg64_step(g);
    g->state = add128(g->state, (struct u128){w[0], w[1]});
    pcg64_step(g);
}

static uint32_t next32(struct pcg64 *g)
{
    if (g->has_half) {
        g->has_half = false;
        return g->half;
    }
    pcg64_step(g);
    uint64_t x = g->state.hi ^ g->state.lo;
    unsigned turn = (unsigned)(g->state.hi >> 58);
    x = x >> turn | x << (-turn & 63);
    g->has_half = true;
    g->half = (uint32_t)(x >> 32);
    return (uint32_t)x;
}

/* Uniform in [0, max], 0 < max < 2^31: random_interval() draws within the mask until it fits. */
static uint32_t bounded(struct pcg64 *g, uint32_t max)
{
    uint32_t mask = max;
    for (unsigned shift = 1; shift <= 16; shift *= 2)
        mask |= mask >> shift;
    uint32_t value = next32(g) & mask;
    while (value > max)
        value = next32(g) & mask;
    return value;
}

clk_status clk__permutation(int32_t *out, size_t n, uint64_t seed)
{
    if (n > INT32_MAX)
        return clk__fail(
            CLK_ERR_ARG, "shuffling %zu rows: at most %d can be shuffled", n, INT32_MAX);
    for (size_t i = 0; i < n; i++)
        out[i] = (int32_t)i;
    struct pcg64 g;
    pcg64_init(&g, seed);
    for (size_t i = n; i-- > 1;) { /* Fisher-Yates from the end, as Generator.shuffle */
        uint32_t j = bounded(&g, (uint32_t)i);
        int32_t t = out[i];
        out[i] = out[j];
        out[j] = t;
    }
    return CLK_OK;
}
