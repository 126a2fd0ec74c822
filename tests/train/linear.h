/* SPDX-License-Identifier: MIT */
/* Dense(1) under SGD and a mean squared error, in plain double precision. */
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>

struct linear {
    double w[4];
    double b;
    int n; /* features */
};

/* Sums over samples. */
struct linear_sums {
    double squares; /* of errors */
    double absolute;
    double count;
};

static inline double linear_predict(const struct linear *l, const float *x)
{
    double y = l->b;
    for (int i = 0; i < l->n; i++)
        y += l->w[i] * x[i];
    return y;
}

/* Adds what rows order[0..n) (NULL: 0..n) give. */
static inline void linear_test(struct linear_sums *sums, const struct linear *l, const float *x,
    const float *y, const int32_t *order, int n)
{
    for (int i = 0; i < n; i++) {
        int row = order ? order[i] : i;
        double e = linear_predict(l, &x[row * l->n]) - y[row];
        sums->squares += e * e;
        sums->absolute += fabs(e);
        sums->count++;
    }
}

/* One step on rows order[0..n) down d(mean squared error): dw = 2/n sum(e x). */
static inline void linear_step(struct linear_sums *sums, struct linear *l, double rate,
    const float *x, const float *y, const int32_t *order, int n)
{
    struct linear next = *l;
    linear_test(sums, l, x, y, order, n);
    for (int i = 0; i < n; i++) {
        const float *at = &x[order[i] * l->n];
        double e = linear_predict(l, at) - y[order[i]];
        for (int k = 0; k < l->n; k++)
            next.w[k] -= rate * 2 / n * e * at[k];
        next.b -= rate * 2 / n * e;
    }
    *l = next;
}

/* All batches of an epoch. */
static inline void linear_epoch(struct linear_sums *sums, struct linear *l, double rate,
    const float *x, const float *y, const int32_t *order, int n, int batch)
{
    for (int i = 0; i < n; i += batch)
        linear_step(sums, l, rate, x, y, &order[i], n - i < batch ? n - i : batch);
}
