/* SPDX-License-Identifier: MIT */
/* SGD, with momentum and Nesterov's. Follows keras/src/optimizers/sgd.py. */
#include "ops/ops.h"
#include "optimizers/optimizer.h"

struct sgd {
    struct optimizer optimizer;
    double momentum;
    bool nesterov;
};

static const struct field fields[] = {
    LEARNING_RATE_FIELD(0.01),
    ARG_FLOAT(sgd, momentum, DEFAULT(0.0), BETWEEN(0, 1)),
    ARG_BOOL(sgd, nesterov, DEFAULT(false)),
    ARGS_END,
};
static const struct field common[] = {OPTIMIZER_FIELDS("sgd", WEIGHT_DECAY_FIELD), ARGS_END};

static int n_slots(const struct optimizer *self)
{
    return ((const struct sgd *)self)->momentum > 0;
}

static const char *slot_name(const struct optimizer *self, int i)
{
    (void)self;
    (void)i;
    return "momentum";
}

/* m = mu m - lr g; w += m, or Nesterov's w += mu m - lr g */
static struct value *update(const struct optimizer *self, struct update *u)
{
    const struct sgd *s = (const struct sgd *)self;
    struct graph *g = u->graph;
    struct value *step = clk__mul(g, u->gradients, u->learning_rate);
    if (n_slots(self) == 0)
        return clk__sub(g, u->weights, step);
    struct value *m = clk__sub(g, clk__scale(g, u->slots[0], (float)s->momentum), step);
    clk__assign(g, u->slots[0], m);
    if (s->nesterov)
        return clk__add(g, u->weights, clk__sub(g, clk__scale(g, m, (float)s->momentum), step));
    return clk__add(g, u->weights, m);
}

const struct optimizer_class clk__optimizer_sgd = {
    OPTIMIZER_CLASS("SGD", sgd, common, fields),
    .n_slots = n_slots,
    .slot_name = slot_name,
    .update = update,
};
