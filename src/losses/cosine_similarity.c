/* SPDX-License-Identifier: MIT */
/* CosineSimilarity: minus the cosine, over the last axis. Follows keras/src/losses/losses.py and
 * keras/src/ops/nn.py normalize. */
#include "losses/loss.h"
#include "ops/ops.h"

#define EPSILON 1e-7f /* keras.config.epsilon() */

static const struct field fields[] = {
    ARG_UNSUPPORTED("axis", DEFAULT(-1), HIDDEN),
    ARGS_END,
};

static struct value *normalize(struct graph *g, struct value *a)
{
    return a ? clk__l2_normalize(g, a, 1u << (a->shape.rank - 1), EPSILON) : NULL;
}

static struct value *call(const struct loss *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind, bool clip)
{
    (void)self;
    (void)kind;
    (void)clip;
    struct value *product = clk__mul(g, normalize(g, y_true), normalize(g, y_pred));
    return clk__unary(g, "neg", clk__loss_sum(g, product));
}

static const struct field common[] = {LOSS_FIELDS("cosine_similarity")};

const struct loss_class clk__loss_cosine_similarity = {
    LOSS_CLASS("CosineSimilarity", loss, common, fields),
    .call = call,
};
