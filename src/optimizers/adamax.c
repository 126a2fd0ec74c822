/* SPDX-License-Identifier: MIT */
/* Adamax: Adam by the largest gradient. Follows keras/src/optimizers/adamax.py. */
#include "lib/step.h"
#include "ops/ops.h"
#include "optimizers/optimizer.h"

#include <math.h>

struct adamax {
    struct optimizer optimizer;
    double beta_1;
    double beta_2;
    double epsilon;
};

static const struct field fields[] = {
    LEARNING_RATE_FIELD(0.001),
    ARG_FLOAT(adamax, beta_1, DEFAULT(0.9), IN_UNIT),
    ARG_FLOAT(adamax, beta_2, DEFAULT(0.999), IN_UNIT),
    ARG_FLOAT(adamax, epsilon, DEFAULT(1e-07), AT_LEAST(0)),
    ARGS_END,
};
static const struct field common[] = {OPTIMIZER_FIELDS("adamax", WEIGHT_DECAY_FIELD), ARGS_END};

static int n_slots(const struct optimizer *self)
{
    (void)self;
    return 2;
}

static const char *slot_name(const struct optimizer *self, int i)
{
    (void)self;
    return i == 0 ? "momentum" : "norm";
}

/* m += (1 - b1) (g - m); u = max(b2 u, |g|); w -= lr m / ((1 - b1^t) (u + epsilon)) */
static struct value *update(const struct optimizer *self, struct update *u)
{
    const struct adamax *a = (const struct adamax *)self;
    struct graph *g = u->graph;
    struct value *correction = clk__step_scalar(g, STEP_BETA1_CORRECTION);
    struct value *m = clk__moved_average(g, u->slots[0], u->gradients, a->beta_1);
    struct value *norm = clk__binary(
        g, "max", clk__scale(g, u->slots[1], (float)a->beta_2), clk__unary(g, "abs", u->gradients));
    clk__assign(g, u->slots[0], m);
    clk__assign(g, u->slots[1], norm);
    struct value *divisor =
        clk__mul(g, correction, clk__unary_p(g, "offset", norm, (float)a->epsilon, 0.0f));
    return clk__sub(g, u->weights, clk__div(g, clk__mul(g, u->learning_rate, m), divisor));
}

static void step(const struct optimizer *self, int64_t t, float scalars[8])
{
    const struct adamax *a = (const struct adamax *)self;
    scalars[STEP_BETA1_CORRECTION] = 1.0f - powf((float)a->beta_1, (float)t);
}

const struct optimizer_class clk__optimizer_adamax = {
    OPTIMIZER_CLASS("Adamax", adamax, common, fields),
    .n_slots = n_slots,
    .interleaved = true,
    .slot_name = slot_name,
    .update = update,
    .step = step,
};
