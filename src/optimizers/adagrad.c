/* SPDX-License-Identifier: MIT */
/* Adagrad. Follows keras/src/optimizers/adagrad.py: epsilon is inside the root. */
#include "ops/ops.h"
#include "optimizers/optimizer.h"

struct adagrad {
    struct optimizer optimizer;
    double initial_accumulator_value;
    double epsilon;
};

static const struct field fields[] = {
    LEARNING_RATE_FIELD(0.001),
    ARG_FLOAT(adagrad, initial_accumulator_value, DEFAULT(0.1), AT_LEAST(0)),
    ARG_FLOAT(adagrad, epsilon, DEFAULT(1e-07), AT_LEAST(0)),
    ARGS_END,
};
static const struct field common[] = {OPTIMIZER_FIELDS("adagrad", WEIGHT_DECAY_FIELD), ARGS_END};

static int n_slots(const struct optimizer *self)
{
    (void)self;
    return 1;
}

static const char *slot_name(const struct optimizer *self, int i)
{
    (void)self;
    (void)i;
    return "accumulator";
}

static float slot_initial(const struct optimizer *self)
{
    return (float)((const struct adagrad *)self)->initial_accumulator_value;
}

/* a += g^2; w -= lr g / sqrt(a + epsilon) */
static struct value *update(const struct optimizer *self, struct update *u)
{
    const struct adagrad *a = (const struct adagrad *)self;
    struct graph *g = u->graph;
    struct value *sum = clk__add(g, u->slots[0], clk__unary(g, "square", u->gradients));
    clk__assign(g, u->slots[0], sum);
    struct value *root =
        clk__unary(g, "sqrt", clk__unary_p(g, "offset", sum, (float)a->epsilon, 0.0f));
    return clk__sub(g, u->weights, clk__div(g, clk__mul(g, u->learning_rate, u->gradients), root));
}

const struct optimizer_class clk__optimizer_adagrad = {
    OPTIMIZER_CLASS("Adagrad", adagrad, common, fields),
    .n_slots = n_slots,
    .slot_name = slot_name,
    .slot_initial = slot_initial,
    .update = update,
};
