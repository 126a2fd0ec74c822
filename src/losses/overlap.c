/* SPDX-License-Identifier: MIT */
/* Losses of how far targets and predictions overlap, of the whole batch or along `axis`: Dice, Tversky. Follow
 * keras/src/losses/losses.py dice and tversky, whose fp is what our targets have and our predictions miss. */
#include "losses/loss.h"
#include "ops/ops.h"

#define EPSILON 1e-7f /* keras.config.epsilon() */

struct overlap {
    struct loss loss;
    double alpha; /* of Tversky */
    double beta;
    struct int_list axis; /* none: all, the batch's too */
};

static clk_status axes_of(uint32_t *out, const struct overlap *o, const struct shape *s)
{
    char text[SHAPE_TEXT];
    *out = o->axis.n < 0 ? ~0u : 0;
    for (int i = 0; i < o->axis.n; i++) {
        int64_t axis = o->axis.items[i] < 0 ? o->axis.items[i] + s->rank : o->axis.items[i];
        if (axis < 0 || axis >= s->rank)
            return clk__fail(CLK_ERR_SHAPE, "%s: predictions of shape %s have no axis %lld",
                o->loss.name, clk__shape_text(text, s), (long long)o->axis.items[i]);
        *out |= 1u << axis;
    }
    return CLK_OK;
}

static clk_status targets(
    const struct loss *self, struct target *out, const clk_array *y, const struct shape *pred)
{
    uint32_t axes;
    TRY(axes_of(&axes, (const struct overlap *)self, pred));
    return clk__loss_dense_targets(self, out, y, pred);
}

static struct value *sum(struct graph *g, struct value *a, uint32_t axes)
{
    return clk__reduce(g, REDUCE_SUM, a, axes, false);
}

/* 1 - part / (whole + epsilon) */
static struct value *missing(struct graph *g, struct value *part, struct value *whole)
{
    whole = clk__unary_p(g, "offset", whole, EPSILON, 0.0f);
    return clk__unary_p(g, "affine", clk__div(g, part, whole), -1.0f, 1.0f);
}

static struct value *dice(const struct loss *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind, bool clip)
{
    (void)kind;
    (void)clip;
    uint32_t axes;
    if (axes_of(&axes, (const struct overlap *)self, &y_pred->shape) != CLK_OK)
        return clk__graph_fail(g, CLK_ERR_SHAPE);
    struct value *both = sum(g, clk__mul(g, y_true, y_pred), axes);
    struct value *all = clk__add(g, sum(g, y_true, axes), sum(g, y_pred, axes));
    return missing(g, clk__scale(g, both, 2.0f), all);
}

static struct value *tversky(const struct loss *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind, bool clip)
{
    (void)kind;
    (void)clip;
    const struct overlap *o = (const struct overlap *)self;
    uint32_t axes;
    if (axes_of(&axes, o, &y_pred->shape) != CLK_OK)
        return clk__graph_fail(g, CLK_ERR_SHAPE);
    struct value *product = clk__mul(g, y_true, y_pred);
    struct value *both = sum(g, product, axes);
    struct value *of_targets = sum(g, clk__sub(g, y_true, product), axes);
    struct value *of_predictions = sum(g, clk__sub(g, y_pred, product), axes);
    struct value *off = clk__add(g, clk__scale(g, of_targets, (float)o->alpha),
        clk__scale(g, of_predictions, (float)o->beta));
    return missing(g, both, clk__add(g, both, off));
}

#define AXIS_FIELD ARG_SHAPE(overlap, axis, DEFAULT(null), ALLOW_INT)

static const struct field dice_fields[] = {AXIS_FIELD, ARGS_END};
static const struct field tversky_fields[] = {ARG_FLOAT(overlap, alpha, DEFAULT(0.5)),
    ARG_FLOAT(overlap, beta, DEFAULT(0.5)), AXIS_FIELD, ARGS_END};
static const struct field dice_common[] = {LOSS_FIELDS("dice")};
static const struct field tversky_common[] = {LOSS_FIELDS("tversky")};

const struct loss_class clk__loss_dice = {
    LOSS_CLASS("Dice", overlap, dice_common, dice_fields),
    .of_batches = true,
    .targets = targets,
    .call = dice,
};

const struct loss_class clk__loss_tversky = {
    LOSS_CLASS("Tversky", overlap, tversky_common, tversky_fields),
    .of_batches = true,
    .targets = targets,
    .call = tversky,
};
