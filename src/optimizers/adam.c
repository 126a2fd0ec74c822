/* SPDX-License-Identifier: MIT */
/* Adam, with AMSGrad, and AdamW, which differs in its default weight_decay. Follows keras/src/optimizers/adam.py,
 * adamw.py: epsilon is outside the root of the uncorrected v. */
#include "lib/step.h"
#include "ops/ops.h"
#include "optimizers/optimizer.h"

#include <math.h>

struct adam {
    struct optimizer optimizer;
    double beta_1;
    double beta_2;
    double epsilon;
    bool amsgrad;
};

#define ADAM_FIELDS                                            \
    ARG_FLOAT(adam, beta_1, DEFAULT(0.9), IN_UNIT),            \
        ARG_FLOAT(adam, beta_2, DEFAULT(0.999), IN_UNIT),      \
        ARG_FLOAT(adam, epsilon, DEFAULT(1e-07), AT_LEAST(0)), \
        ARG_BOOL(adam, amsgrad, DEFAULT(false)), ARGS_END

static const struct field adam_fields[] = {LEARNING_RATE_FIELD(0.001), ADAM_FIELDS};
static const struct field adam_common[] = {OPTIMIZER_FIELDS("adam", WEIGHT_DECAY_FIELD), ARGS_END};

static const struct field adamw_fields[] = {
    LEARNING_RATE_FIELD(0.001),
    ARG_FLOAT_OR_NONE(optimizer, weight_decay, DEFAULT(0.004), AT_LEAST(0)),
    ADAM_FIELDS,
};
static const struct field adamw_common[] = {OPTIMIZER_FIELDS("adam_w", ARGS_END)};

static int n_slots(const struct optimizer *self)
{
    return ((const struct adam *)self)->amsgrad ? 3 : 2;
}

static const char *slot_name(const struct optimizer *self, int i)
{
    static const char *const names[] = {"momentum", "velocity", "velocity_hat"};
    (void)self;
    return names[i];
}

/* m += (1 - b1) (g - m); v += (1 - b2) (g^2 - v); w -= m alpha / (sqrt(v) + epsilon) */
static struct value *update(const struct optimizer *self, struct update *u)
{
    const struct adam *a = (const struct adam *)self;
    struct graph *g = u->graph;
    struct value *alpha = clk__step_scalar(g, STEP_EXTRA0);
    struct value *m = clk__moved_average(g, u->slots[0], u->gradients, a->beta_1);
    struct value *v =
        clk__moved_average(g, u->slots[1], clk__unary(g, "square", u->gradients), a->beta_2);
    clk__assign(g, u->slots[0], m);
    clk__assign(g, u->slots[1], v);
    if (a->amsgrad) {
        v = clk__binary(g, "max", u->slots[2], v);
        clk__assign(g, u->slots[2], v);
    }
    struct value *root =
        clk__unary_p(g, "offset", clk__unary(g, "sqrt", v), (float)a->epsilon, 0.0f);
    return clk__sub(g, u->weights, clk__div(g, clk__mul(g, m, alpha), root));
}

/* alpha = lr sqrt(1 - b2^t) / (1 - b1^t), in float32 as Keras computes it: 1 - 0.999f is off from 0.001 by
 * 5e-5 of it, so double precision would be another number. */
static void step(const struct optimizer *self, int64_t t, float scalars[8])
{
    const struct adam *a = (const struct adam *)self;
    float correction_1 = 1.0f - powf((float)a->beta_1, (float)t);
    float correction_2 = 1.0f - powf((float)a->beta_2, (float)t);
    scalars[STEP_BETA1_CORRECTION] = correction_1;
    scalars[STEP_BETA2_CORRECTION] = correction_2;
    scalars[STEP_EXTRA0] = scalars[STEP_LEARNING_RATE] * sqrtf(correction_2) / correction_1;
}

const struct optimizer_class clk__optimizer_adam = {
    OPTIMIZER_CLASS("Adam", adam, adam_common, adam_fields),
    .n_slots = n_slots,
    .interleaved = true,
    .slot_name = slot_name,
    .update = update,
    .step = step,
};

const struct optimizer_class clk__optimizer_adamw = {
    OPTIMIZER_CLASS("AdamW", adam, adamw_common, adamw_fields),
    .n_slots = n_slots,
    .interleaved = true,
    .slot_name = slot_name,
    .update = update,
    .step = step,
};
