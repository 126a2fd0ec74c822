/* SPDX-License-Identifier: MIT */
/* The focal cross-entropies: what is predicted well counts little, by the factor (1 - p)^gamma. Follow
 * keras/src/losses/losses.py binary_focal_crossentropy and categorical_focal_crossentropy. */
#include "losses/crossentropy.h"
#include "ops/ops.h"

struct focal {
    struct loss loss;
    bool apply_class_balancing; /* of the binary one */
    double alpha;
    double gamma;
    bool from_logits;
    double label_smoothing;
};

#define FOCAL_FIELDS                                                             \
    ARG_FLOAT(focal, alpha, DEFAULT(0.25)), ARG_FLOAT(focal, gamma, DEFAULT(2)), \
        ARG_BOOL(focal, from_logits, DEFAULT(false)),                            \
        ARG_FLOAT(focal, label_smoothing, DEFAULT(0.0), BETWEEN(0, 1)),          \
        ARG_UNSUPPORTED("axis", DEFAULT(-1)), ARGS_END

/* (1 - p)^gamma */
static struct value *modulating_factor(struct graph *g, const struct focal *f, struct value *p)
{
    return clk__binary(g, "pow", clk__complement(g, p), clk__constant(g, (float)f->gamma));
}

static struct value *smooth(
    struct graph *g, const struct focal *f, struct value *y, int64_t n_classes)
{
    float s = (float)f->label_smoothing;
    return s > 0 ? clk__unary_p(g, "affine", y, 1.0f - s, s / (float)n_classes) : y;
}

/* ---- binary: the mean over the last axis ---- */

static struct value *binary(const struct loss *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind, bool always_clipped)
{
    const struct focal *f = (const struct focal *)self;
    (void)kind;
    (void)always_clipped;
    struct value *y = smooth(g, f, y_true, 2);
    struct value *p = f->from_logits ? clk__unary(g, "sigmoid", y_pred) : y_pred;
    struct value *of_target =
        clk__add(g, clk__mul(g, y, p), clk__mul(g, clk__complement(g, y), clk__complement(g, p)));
    struct value *loss =
        clk__mul(g, modulating_factor(g, f, of_target), clk__binary_crossentropy(g, y, p));
    if (f->apply_class_balancing) {
        float a = (float)f->alpha;
        loss = clk__mul(g, clk__unary_p(g, "affine", y, 2.0f * a - 1.0f, 1.0f - a), loss);
    }
    return clk__loss_mean(g, loss);
}

static const struct field binary_fields[] = {
    ARG_BOOL(focal, apply_class_balancing, DEFAULT(false)), FOCAL_FIELDS};
static const struct field binary_common[] = {LOSS_FIELDS("binary_focal_crossentropy")};

const struct loss_class clk__loss_binary_focal_crossentropy = {
    LOSS_CLASS("BinaryFocalCrossentropy", focal, binary_common, binary_fields),
    .targets = clk__loss_dense_targets,
    .call = binary,
};

/* ---- categorical: the sum over the last axis ---- */

static struct value *categorical(const struct loss *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind, bool always_clipped)
{
    const struct focal *f = (const struct focal *)self;
    (void)kind;
    (void)always_clipped;
    struct value *y = smooth(g, f, y_true, y_pred->shape.dims[y_pred->shape.rank - 1]);
    struct value *p = f->from_logits ? clk__softmax(g, y_pred) : y_pred;
    p = clk__clipped_shares(g, p);
    struct value *loss = clk__mul(g, y, clk__unary(g, "log", p));
    loss = clk__loss_sum(g, clk__mul(g, modulating_factor(g, f, p), loss));
    return clk__scale(g, loss, -(float)f->alpha);
}

static const struct field categorical_fields[] = {FOCAL_FIELDS};
static const struct field categorical_common[] = {LOSS_FIELDS("categorical_focal_crossentropy")};

const struct loss_class clk__loss_categorical_focal_crossentropy = {
    LOSS_CLASS("CategoricalFocalCrossentropy", focal, categorical_common, categorical_fields),
    .targets = clk__loss_dense_targets,
    .call = categorical,
};
