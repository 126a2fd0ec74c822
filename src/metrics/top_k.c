/* SPDX-License-Identifier: MIT */
/* TopKCategoricalAccuracy, SparseTopKCategoricalAccuracy: the class is among the k that are said to be likeliest. Follows
 * keras/src/metrics/accuracy_metrics.py. */
#include "losses/crossentropy.h"
#include "metrics/accuracy.h"
#include "ops/ops.h"

struct top_k {
    struct metric metric;
    int64_t k;
};

/* Fewer than k are larger than what the class `due` has. */
static struct value *among(struct graph *g, struct value *due, struct value *y_pred, int64_t k)
{
    struct shape column = y_pred->shape;
    int last = column.rank - 1;
    column.dims[last] = 1;
    struct value *classes = clk__index(g, SHAPE(y_pred->shape.dims[last]));
    struct value *is_due = clk__binary(g, "equal", clk__reshape(g, due, column), classes);
    struct value *own = clk__reduce(
        g, REDUCE_SUM, clk__select(g, is_due, y_pred, clk__constant(g, 0.0f)), 1u << last, true);
    struct value *larger =
        clk__reduce(g, REDUCE_SUM, clk__binary(g, "greater", y_pred, own), 1u << last, false);
    return clk__binary(g, "less", larger, clk__constant(g, (float)k));
}

static struct value *call_dense(const struct metric *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind)
{
    (void)kind;
    if (!clk__metric_match_shapes(self, g, &y_true, &y_pred))
        return NULL;
    return among(g, clk__argmax(g, y_true), y_pred, ((const struct top_k *)self)->k);
}

static struct value *call_sparse(const struct metric *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind)
{
    if (kind != TARGET_CLASSES && !clk__has_class_numbers(y_true, y_pred))
        return clk__metric_fail(self, g,
            "targets have the predictions' shape, it takes class numbers; TopKCategoricalAccuracy "
            "takes one-hot targets");
    return among(g, y_true, y_pred, ((const struct top_k *)self)->k);
}

static const struct field dense_common[] = {METRIC_FIELDS("top_k_categorical_accuracy")};
static const struct field sparse_common[] = {METRIC_FIELDS("sparse_top_k_categorical_accuracy")};
static const struct field dense_fields[] = {
    ARG_INT(top_k, k, DEFAULT(5), AT_LEAST(1)),
    ARGS_END,
};
static const struct field sparse_fields[] = {
    ARG_INT(top_k, k, DEFAULT(5), AT_LEAST(1)),
    ARG_UNSUPPORTED("from_sorted_ids", DEFAULT(false), YOUNGER),
    ARGS_END,
};

const struct metric_class clk__metric_top_k_categorical_accuracy = {
    METRIC_CLASS("TopKCategoricalAccuracy", top_k, dense_common, dense_fields),
    .call = call_dense,
};

const struct metric_class clk__metric_sparse_top_k_categorical_accuracy = {
    METRIC_CLASS("SparseTopKCategoricalAccuracy", top_k, sparse_common, sparse_fields),
    .call = call_sparse,
};
