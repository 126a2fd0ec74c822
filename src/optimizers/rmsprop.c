/* SPDX-License-Identifier: MIT */
/* RMSprop. Follows keras/src/optimizers/rmsprop.py: epsilon is inside the root. */
#include "ops/ops.h"
#include "optimizers/optimizer.h"

struct rmsprop {
    struct optimizer optimizer;
    double rho;
    double momentum;
    double epsilon;
    bool centered;
};

static const struct field fields[] = {
    LEARNING_RATE_FIELD(0.001),
    ARG_FLOAT(rmsprop, rho, DEFAULT(0.9), BETWEEN(0, 1)),
    ARG_FLOAT(rmsprop, momentum, DEFAULT(0.0), BETWEEN(0, 1)),
    ARG_FLOAT(rmsprop, epsilon, DEFAULT(1e-07), AT_LEAST(0)),
    ARG_BOOL(rmsprop, centered, DEFAULT(false)),
    ARGS_END,
};
static const struct field common[] = {OPTIMIZER_FIELDS("rm_sprop", WEIGHT_DECAY_FIELD), ARGS_END};

/* Slots: velocity, momentum if there is one, average_gradient if centered. */
static int n_slots(const struct optimizer *self)
{
    const struct rmsprop *r = (const struct rmsprop *)self;
    return 1 + (r->momentum > 0) + r->centered;
}

static const char *slot_name(const struct optimizer *self, int i)
{
    const struct rmsprop *r = (const struct rmsprop *)self;
    if (i == 0)
        return "velocity";
    return i == 1 && r->momentum > 0 ? "momentum" : "average_gradient";
}

/* v = rho v + (1 - rho) g^2; a likewise of g; step = lr g / sqrt(v - a^2 + epsilon) */
static struct value *update(const struct optimizer *self, struct update *u)
{
    const struct rmsprop *r = (const struct rmsprop *)self;
    struct graph *g = u->graph;
    struct value *v =
        clk__mixed_average(g, u->slots[0], clk__unary(g, "square", u->gradients), r->rho);
    struct value *spread = v;
    clk__assign(g, u->slots[0], v);
    if (r->centered) {
        struct value *slot = u->slots[n_slots(self) - 1];
        struct value *average = clk__mixed_average(g, slot, u->gradients, r->rho);
        clk__assign(g, slot, average);
        spread = clk__sub(g, v, clk__unary(g, "square", average));
    }
    struct value *root =
        clk__unary(g, "sqrt", clk__unary_p(g, "offset", spread, (float)r->epsilon, 0.0f));
    struct value *step = clk__div(g, clk__mul(g, u->learning_rate, u->gradients), root);
    if (r->momentum > 0) {
        step = clk__mix(g, u->slots[1], step, r->momentum, 1.0);
        clk__assign(g, u->slots[1], step);
    }
    return clk__sub(g, u->weights, step);
}

const struct optimizer_class clk__optimizer_rmsprop = {
    OPTIMIZER_CLASS("RMSprop", rmsprop, common, fields),
    .n_slots = n_slots,
    .slot_name = slot_name,
    .update = update,
};
