/* SPDX-License-Identifier: MIT */
/* Orthogonal: the Q of a random normal matrix. Follows keras/src/initializers/random_initializers.py. */
#include "base/mem.h"
#include "initializers/initializer.h"

#include <math.h>
#include <stdlib.h>

struct orthogonal {
    struct random_initializer random;
    double gain;
};

static const struct field fields[] = {
    ARG_FLOAT(orthogonal, gain, DEFAULT(1.0)),
    SEED_FIELD(orthogonal),
    ARGS_END,
};

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Makes the n vectors of length len, n <= len, orthonormal in place by Gram and Schmidt, each one twice
 * against those before it ("twice is enough": Giraud, Langou, Rozloznik 2005). With a positive diagonal of
 * R, as here, this is the Q that Keras gets by q * sign(diag(r)). */
static void orthonormalize(double *vectors, size_t n, size_t len)
{
    for (size_t k = 0; k < n; k++) {
        double *v = vectors + k * len;
        for (int pass = 0; pass < 2; pass++) {
            for (size_t j = 0; j < k; j++) {
                const double *u = vectors + j * len;
                double c = dot(u, v, len);
                for (size_t i = 0; i < len; i++)
                    v[i] -= c * u[i];
            }
        }
        double norm = sqrt(dot(v, v, len));
        for (size_t i = 0; i < len; i++)
            v[i] /= norm;
    }
}

static clk_status fill(const struct initializer *self, float *out, const struct shape *shape,
    uint64_t seed, uint32_t stream)
{
    const struct orthogonal *o = (const struct orthogonal *)self;
    if (shape->rank < 2) {
        char text[SHAPE_TEXT];
        return clk__fail(CLK_ERR_SHAPE,
            "initializer Orthogonal: shape %s has rank %d, it takes 2 or more",
            clk__shape_text(text, shape), shape->rank);
    }
    size_t size = clk__initializer_len(shape);
    size_t cols = (size_t)shape->dims[shape->rank - 1];
    size_t rows = cols > 0 ? size / cols : 0;
    /* The shorter side counts the vectors: columns of a tall matrix, rows of a wide one. */
    size_t n = rows < cols ? rows : cols;
    size_t len = rows < cols ? cols : rows;
    double *vectors = clk__alloc(size, sizeof(*vectors));
    if (!vectors)
        return clk__fail_memory();
    const struct draw d = clk__draw(&o->random, seed, stream);
    for (size_t i = 0; i < size; i++)
        vectors[i] = clk__draw_normal(&d, i);
    orthonormalize(vectors, n, len);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < cols; j++) {
            double q = rows < cols ? vectors[i * len + j] : vectors[j * len + i];
            out[i * cols + j] = (float)(o->gain * q);
        }
    }
    free(vectors);
    return CLK_OK;
}

static const char *const aliases[] = {"OrthogonalInitializer", NULL};

const struct initializer_class clk__initializer_orthogonal = {
    .object.name = "Orthogonal",
    .object.module = "keras.initializers",
    .object.aliases = aliases,
    .object.bytes = sizeof(struct orthogonal),
    .object.fields = fields,
    .fill = fill,
};
