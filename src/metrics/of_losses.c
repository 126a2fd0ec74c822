/* SPDX-License-Identifier: MIT */
/* Metrics that are a loss by its function: errors, hinges, divergences, cross-entropies. Follows
 * keras/src/metrics/regression_metrics.py, hinge_metrics.py, probabilistic_metrics.py. */
#include "losses/crossentropy.h"
#include "metrics/metric.h"
#include "ops/ops.h"

/* The metric of clk__loss_<loss_>. */
#define OF_LOSS(tag, class_name_, name_, loss_, ...)                            \
    extern const struct loss_class clk__loss_##loss_;                           \
    static struct value *call_##tag(const struct metric *self, struct graph *g, \
        struct value *y_true, struct value *y_pred, enum target_kind kind)      \
    {                                                                           \
        const struct loss l = {.object.class = &clk__loss_##loss_.object};      \
        (void)kind;                                                             \
        return clk__metric_of_loss(self, &l, g, y_true, y_pred);                \
    }                                                                           \
    static const struct field tag##_common[] = {METRIC_FIELDS(name_)};          \
    static const char *const tag##_aliases[] = {__VA_ARGS__, NULL};             \
    const struct metric_class clk__metric_##tag = {                             \
        METRIC_CLASS(class_name_, metric, tag##_common, NULL),                  \
        .object.aliases = tag##_aliases,                                        \
        .call = call_##tag,                                                     \
    }

OF_LOSS(mean_squared_error, "MeanSquaredError", "mean_squared_error", mean_squared_error, "mse");
OF_LOSS(
    mean_absolute_error, "MeanAbsoluteError", "mean_absolute_error", mean_absolute_error, "mae");
OF_LOSS(mean_absolute_percentage_error, "MeanAbsolutePercentageError",
    "mean_absolute_percentage_error", mean_absolute_percentage_error, "mape");
OF_LOSS(mean_squared_logarithmic_error, "MeanSquaredLogarithmicError",
    "mean_squared_logarithmic_error", mean_squared_logarithmic_error, "msle");
OF_LOSS(log_cosh_error, "LogCoshError", "logcosh", log_cosh, "logcosh");
OF_LOSS(hinge, "Hinge", "hinge", hinge, "hinge");
OF_LOSS(squared_hinge, "SquaredHinge", "squared_hinge", squared_hinge, "squared_hinge");
OF_LOSS(categorical_hinge, "CategoricalHinge", "categorical_hinge", categorical_hinge,
    "categorical_hinge");
OF_LOSS(poisson, "Poisson", "poisson", poisson, "poisson");
OF_LOSS(kl_divergence, "KLDivergence", "kl_divergence", kl_divergence, "kld");

/* As a metric the cosine has its own sign. */
extern const struct loss_class clk__loss_cosine_similarity;
static struct value *call_cosine(const struct metric *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind)
{
    const struct loss l = {.object.class = &clk__loss_cosine_similarity.object};
    (void)kind;
    return clk__unary(g, "neg", clk__metric_of_loss(self, &l, g, y_true, y_pred));
}

static const struct field cosine_common[] = {METRIC_FIELDS("cosine_similarity")};
static const struct field cosine_fields[] = {
    ARG_UNSUPPORTED("axis", DEFAULT(-1), HIDDEN),
    ARGS_END,
};
const struct metric_class clk__metric_cosine_similarity = {
    METRIC_CLASS("CosineSimilarity", metric, cosine_common, cosine_fields),
    .call = call_cosine,
};

/* ---- cross-entropies, which have arguments ---- */

struct crossentropy_metric {
    struct metric metric;
    bool from_logits;
    double label_smoothing;
};

static struct crossentropy crossentropy_of(const struct metric *m, const struct loss_class *c)
{
    const struct crossentropy_metric *x = (const struct crossentropy_metric *)m;
    return (struct crossentropy){.loss.object.class = &c->object,
        .from_logits = x->from_logits,
        .label_smoothing = x->label_smoothing};
}

static struct value *call_binary(const struct metric *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind)
{
    const struct crossentropy c = crossentropy_of(self, &clk__loss_binary_crossentropy);
    (void)kind;
    return clk__metric_of_loss(self, &c.loss, g, y_true, y_pred);
}

static struct value *call_categorical(const struct metric *self, struct graph *g,
    struct value *y_true, struct value *y_pred, enum target_kind kind)
{
    const struct crossentropy c = crossentropy_of(self, &clk__loss_categorical_crossentropy);
    (void)kind;
    return clk__metric_of_loss(self, &c.loss, g, y_true, y_pred);
}

static struct value *call_sparse(const struct metric *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind)
{
    const struct crossentropy c = crossentropy_of(self, &clk__loss_sparse_categorical_crossentropy);
    (void)kind;
    return clk__metric_of_loss(self, &c.loss, g, y_true, y_pred);
}

static const struct field binary_common[] = {METRIC_FIELDS("binary_crossentropy")};
static const struct field categorical_common[] = {METRIC_FIELDS("categorical_crossentropy")};
static const struct field sparse_common[] = {METRIC_FIELDS("sparse_categorical_crossentropy")};
static const char *const binary_aliases[] = {"bce", NULL};

static const struct field binary_fields[] = {
    ARG_BOOL(crossentropy_metric, from_logits, DEFAULT(false)),
    ARG_FLOAT(crossentropy_metric, label_smoothing, DEFAULT(0.0), BETWEEN(0, 1)),
    ARGS_END,
};
static const struct field categorical_fields[] = {
    ARG_BOOL(crossentropy_metric, from_logits, DEFAULT(false)),
    ARG_FLOAT(crossentropy_metric, label_smoothing, DEFAULT(0.0), BETWEEN(0, 1)),
    ARG_UNSUPPORTED("axis", DEFAULT(-1)),
    ARGS_END,
};
static const struct field sparse_fields[] = {
    ARG_BOOL(crossentropy_metric, from_logits, DEFAULT(false)),
    ARG_UNSUPPORTED("ignore_class", DEFAULT(null)),
    ARG_UNSUPPORTED("axis", DEFAULT(-1)),
    ARGS_END,
};

const struct metric_class clk__metric_binary_crossentropy = {
    METRIC_CLASS("BinaryCrossentropy", crossentropy_metric, binary_common, binary_fields),
    .object.aliases = binary_aliases,
    .call = call_binary,
};

const struct metric_class clk__metric_categorical_crossentropy = {
    METRIC_CLASS(
        "CategoricalCrossentropy", crossentropy_metric, categorical_common, categorical_fields),
    .call = call_categorical,
};

const struct metric_class clk__metric_sparse_categorical_crossentropy = {
    METRIC_CLASS(
        "SparseCategoricalCrossentropy", crossentropy_metric, sparse_common, sparse_fields),
    .call = call_sparse,
};
