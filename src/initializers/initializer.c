/* SPDX-License-Identifier: MIT */
/* What initializers share: the call, and random numbers by element. */
#include "initializers/initializer.h"

#include "base/philox.h"

#include <assert.h>
#include <math.h>

#define TWO_PI 6.283185307179586

enum {
    MAX_TRIES = 64 /* of 4.6 % each: never reached with a sound generator */
};

clk_status clk__initializer_fill(const struct object *initializer, float *out,
    const struct shape *shape, uint64_t seed, uint32_t stream)
{
    const struct initializer_class *c = (const struct initializer_class *)initializer->class;
    return c->fill((const struct initializer *)initializer, out, shape, seed, stream);
}

size_t clk__initializer_len(const struct shape *shape)
{
    int64_t len = clk__shape_len(shape);
    assert(len >= 0); /* variables have no unknown dimension */
    return (size_t)len;
}

struct draw clk__draw(const struct random_initializer *self, uint64_t seed, uint32_t stream)
{
    if (self->has_seed) {
        seed = (uint64_t)self->seed;
        stream = 0;
    }
    return (struct draw){.key = {(uint32_t)seed, (uint32_t)(seed >> 32)}, .stream = stream};
}

/* Four words for an element; `attempt` gives others. */
static void draw_words(uint32_t words[4], const struct draw *d, uint64_t element, uint32_t attempt)
{
    const uint32_t counter[4] = {(uint32_t)element, (uint32_t)(element >> 32), d->stream, attempt};
    clk__philox(words, counter, d->key);
}

double clk__draw_uniform(const struct draw *d, uint64_t element)
{
    uint32_t words[4];
    draw_words(words, d, element, 0);
    return (double)words[0] * 0x1p-32;
}

/* Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958. */
static double normal_of(const uint32_t words[4])
{
    double u = ((double)words[0] + 1.0) * 0x1p-32; /* (0, 1]: its logarithm is finite */
    double v = (double)words[1] * 0x1p-32;
    return sqrt(-2.0 * log(u)) * cos(TWO_PI * v);
}

double clk__draw_normal(const struct draw *d, uint64_t element)
{
    uint32_t words[4];
    draw_words(words, d, element, 0);
    return normal_of(words);
}

double clk__draw_truncated(const struct draw *d, uint64_t element)
{
    double z = 0.0;
    for (uint32_t attempt = 0; attempt < MAX_TRIES; attempt++) {
        uint32_t words[4];
        draw_words(words, d, element, attempt);
        z = normal_of(words);
        if (fabs(z) <= 2.0)
            return z;
    }
    return copysign(2.0, z);
}
