/* SPDX-License-Identifier: MIT */
/* Lion: steps of one size, by the sign. Follows keras/src/optimizers/lion.py. */
#include "ops/ops.h"
#include "optimizers/optimizer.h"

struct lion {
    struct optimizer optimizer;
    double beta_1;
    double beta_2;
};

static const struct field fields[] = {
    LEARNING_RATE_FIELD(0.001),
    ARG_FLOAT(lion, beta_1, DEFAULT(0.9), BETWEEN(0, 1), .min_open = true),
    ARG_FLOAT(lion, beta_2, DEFAULT(0.99), BETWEEN(0, 1)),
    ARGS_END,
};
static const struct field common[] = {OPTIMIZER_FIELDS("lion", WEIGHT_DECAY_FIELD), ARGS_END};

static int n_slots(const struct optimizer *self)
{
    (void)self;
    return 1;
}

static const char *slot_name(const struct optimizer *self, int i)
{
    (void)self;
    (void)i;
    return "momentum";
}

/* w -= lr sign(b1 m + (1 - b1) g); m = b2 m + (1 - b2) g */
static struct value *update(const struct optimizer *self, struct update *u)
{
    const struct lion *l = (const struct lion *)self;
    struct graph *g = u->graph;
    struct value *direction =
        clk__unary(g, "sign", clk__mixed_average(g, u->slots[0], u->gradients, l->beta_1));
    clk__assign(g, u->slots[0], clk__mixed_average(g, u->slots[0], u->gradients, l->beta_2));
    return clk__sub(g, u->weights, clk__mul(g, u->learning_rate, direction));
}

const struct optimizer_class clk__optimizer_lion = {
    OPTIMIZER_CLASS("Lion", lion, common, fields),
    .n_slots = n_slots,
    .slot_name = slot_name,
    .update = update,
};
