/* SPDX-License-Identifier: MIT */
/* Adadelta. Follows keras/src/optimizers/adadelta.py: epsilon is inside both roots. */
#include "ops/ops.h"
#include "optimizers/optimizer.h"

struct adadelta {
    struct optimizer optimizer;
    double rho;
    double epsilon;
};

static const struct field fields[] = {
    LEARNING_RATE_FIELD(0.001),
    ARG_FLOAT(adadelta, rho, DEFAULT(0.95), BETWEEN(0, 1)),
    ARG_FLOAT(adadelta, epsilon, DEFAULT(1e-07), AT_LEAST(0)),
    ARGS_END,
};
static const struct field common[] = {OPTIMIZER_FIELDS("adadelta", WEIGHT_DECAY_FIELD), ARGS_END};

static int n_slots(const struct optimizer *self)
{
    (void)self;
    return 2;
}

static const char *slot_name(const struct optimizer *self, int i)
{
    (void)self;
    return i == 0 ? "accumulated_grad" : "accumulated_delta_var";
}

static struct value *root(const struct adadelta *a, struct graph *g, struct value *x)
{
    return clk__unary(g, "sqrt", clk__unary_p(g, "offset", x, (float)a->epsilon, 0.0f));
}

/* a = rho a + (1 - rho) g^2; d = -rms(s) g / rms(a); s = rho s + (1 - rho) d^2; w += lr d */
static struct value *update(const struct optimizer *self, struct update *u)
{
    const struct adadelta *a = (const struct adadelta *)self;
    struct graph *g = u->graph;
    struct value *squares =
        clk__mixed_average(g, u->slots[0], clk__unary(g, "square", u->gradients), a->rho);
    struct value *step = clk__unary(g, "neg",
        clk__div(g, clk__mul(g, root(a, g, u->slots[1]), u->gradients), root(a, g, squares)));
    struct value *steps = clk__mixed_average(g, u->slots[1], clk__unary(g, "square", step), a->rho);
    clk__assign(g, u->slots[0], squares);
    clk__assign(g, u->slots[1], steps);
    return clk__add(g, u->weights, clk__mul(g, u->learning_rate, step));
}

const struct optimizer_class clk__optimizer_adadelta = {
    OPTIMIZER_CLASS("Adadelta", adadelta, common, fields),
    .n_slots = n_slots,
    .interleaved = true,
    .slot_name = slot_name,
    .update = update,
};
