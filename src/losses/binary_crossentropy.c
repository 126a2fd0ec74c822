/* SPDX-License-Identifier: MIT */
/* BinaryCrossentropy: the mean over the last axis. Follows keras/src/losses/losses.py and
 * keras/src/backend/jax/nn.py binary_crossentropy. */
#include "losses/crossentropy.h"
#include "ops/ops.h"

#include <string.h>

static const struct field fields[] = {
    ARG_BOOL(crossentropy, from_logits, DEFAULT(false)),
    ARG_FLOAT(crossentropy, label_smoothing, DEFAULT(0.0), BETWEEN(0, 1)),
    ARG_UNSUPPORTED("axis", DEFAULT(-1)),
    ARGS_END,
};

/* z if p = sigmoid(z), else NULL. */
static struct value *sigmoid_input(const struct value *p)
{
    const char *name = clk__pointwise_name(p);
    return name && strcmp(name, "sigmoid") == 0 ? p->op->inputs[0] : NULL;
}

static struct value *call(const struct loss *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind, bool clip)
{
    const struct crossentropy *c = (const struct crossentropy *)self;
    (void)kind;
    float smoothing = (float)c->label_smoothing;
    struct value *y = y_true;
    if (smoothing > 0)
        y = clk__unary_p(g, "affine", y, 1.0f - smoothing, 0.5f * smoothing);
    struct value *logits = c->from_logits ? y_pred : clip ? NULL : sigmoid_input(y_pred);
    return clk__loss_mean(g,
        logits ? clk__binary(g, "bce_logits", logits, y) : clk__binary_crossentropy(g, y, y_pred));
}

static const struct field common[] = {LOSS_FIELDS("binary_crossentropy")};
static const char *const aliases[] = {"bce", NULL};

const struct loss_class clk__loss_binary_crossentropy = {
    LOSS_CLASS("BinaryCrossentropy", crossentropy, common, fields),
    .object.aliases = aliases,
    .targets = clk__loss_dense_targets,
    .call = call,
};
