/* SPDX-License-Identifier: MIT */
/* Hinge, SquaredHinge, CategoricalHinge. Follows keras/src/losses/losses.py. */
#include "losses/loss.h"
#include "ops/ops.h"

static struct value *at_least_0(struct graph *g, struct value *a)
{
    return clk__binary(g, "max", a, clk__constant(g, 0.0f));
}

/* Labels of a batch of nothing but 0 and 1 become -1 and 1; others stay. */
static struct value *signed_labels(struct graph *g, struct value *y)
{
    struct value *is_0 = clk__binary(g, "equal", y, clk__constant(g, 0.0f));
    struct value *is_1 = clk__binary(g, "equal", y, clk__constant(g, 1.0f));
    struct value *is_label = clk__binary(g, "logical_or", is_0, is_1);
    if (!is_label)
        return NULL;
    unsigned all = (1u << is_label->shape.rank) - 1;
    struct value *binary = clk__reduce(g, REDUCE_MIN, is_label, all, false);
    return clk__select(g, binary, clk__unary_p(g, "affine", y, 2.0f, -1.0f), y);
}

/* max(1 - y p, 0) */
static struct value *margins(struct graph *g, struct value *y_true, struct value *y_pred)
{
    struct value *product = clk__mul(g, signed_labels(g, y_true), y_pred);
    return at_least_0(g, clk__unary_p(g, "affine", product, -1.0f, 1.0f));
}

static struct value *call_hinge(const struct loss *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind, bool clip)
{
    (void)self;
    (void)kind;
    (void)clip;
    return clk__loss_mean(g, margins(g, y_true, y_pred));
}

static struct value *call_squared_hinge(const struct loss *self, struct graph *g,
    struct value *y_true, struct value *y_pred, enum target_kind kind, bool clip)
{
    (void)self;
    (void)kind;
    (void)clip;
    return clk__loss_mean(g, clk__unary(g, "square", margins(g, y_true, y_pred)));
}

/* max(max((1 - y) p) - sum(y p) + 1, 0) */
static struct value *call_categorical_hinge(const struct loss *self, struct graph *g,
    struct value *y_true, struct value *y_pred, enum target_kind kind, bool clip)
{
    (void)self;
    (void)kind;
    (void)clip;
    struct value *right = clk__loss_sum(g, clk__mul(g, y_true, y_pred));
    struct value *others = clk__mul(g, clk__unary_p(g, "affine", y_true, -1.0f, 1.0f), y_pred);
    if (!others)
        return NULL;
    struct value *wrong = clk__reduce(g, REDUCE_MAX, others, 1u << (others->shape.rank - 1), false);
    return at_least_0(g, clk__unary_p(g, "offset", clk__sub(g, wrong, right), 1.0f, 0.0f));
}

static const struct field hinge_common[] = {LOSS_FIELDS("hinge")};
static const struct field squared_hinge_common[] = {LOSS_FIELDS("squared_hinge")};
static const struct field categorical_hinge_common[] = {LOSS_FIELDS("categorical_hinge")};

const struct loss_class clk__loss_hinge = {
    LOSS_CLASS("Hinge", loss, hinge_common, NULL),
    .call = call_hinge,
};

const struct loss_class clk__loss_squared_hinge = {
    LOSS_CLASS("SquaredHinge", loss, squared_hinge_common, NULL),
    .call = call_squared_hinge,
};

const struct loss_class clk__loss_categorical_hinge = {
    LOSS_CLASS("CategoricalHinge", loss, categorical_hinge_common, NULL),
    .call = call_categorical_hinge,
};
