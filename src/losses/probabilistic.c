/* SPDX-License-Identifier: MIT */
/* Poisson and KLDivergence. Follows keras/src/losses/losses.py; cross-entropies have files of their own. */
#include "losses/loss.h"
#include "ops/ops.h"

#define EPSILON 1e-7f /* keras.config.epsilon() */

/* mean(p - y log(p + epsilon)) */
static struct value *call_poisson(const struct loss *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind, bool clip)
{
    (void)self;
    (void)kind;
    (void)clip;
    struct value *log = clk__unary(g, "log", clk__unary_p(g, "offset", y_pred, EPSILON, 0.0f));
    return clk__loss_mean(g, clk__sub(g, y_pred, clk__mul(g, y_true, log)));
}

/* sum(y log(y / p)), both in [epsilon, 1] */
static struct value *call_kl_divergence(const struct loss *self, struct graph *g,
    struct value *y_true, struct value *y_pred, enum target_kind kind, bool clip)
{
    (void)self;
    (void)kind;
    (void)clip;
    struct value *y = clk__unary_p(g, "clip", y_true, EPSILON, 1.0f);
    struct value *p = clk__unary_p(g, "clip", y_pred, EPSILON, 1.0f);
    return clk__loss_sum(g, clk__mul(g, y, clk__unary(g, "log", clk__div(g, y, p))));
}

static const struct field poisson_common[] = {LOSS_FIELDS("poisson")};
static const struct field kl_divergence_common[] = {LOSS_FIELDS("kl_divergence")};
static const char *const kl_divergence_aliases[] = {"kld", "kullback_leibler_divergence", NULL};

const struct loss_class clk__loss_poisson = {
    LOSS_CLASS("Poisson", loss, poisson_common, NULL),
    .call = call_poisson,
};

const struct loss_class clk__loss_kl_divergence = {
    LOSS_CLASS("KLDivergence", loss, kl_divergence_common, NULL),
    .object.aliases = kl_divergence_aliases,
    .call = call_kl_divergence,
};
