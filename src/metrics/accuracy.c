/* SPDX-License-Identifier: MIT */
/* Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy. Follows
 * keras/src/metrics/accuracy_metrics.py. */
#include "metrics/accuracy.h"

#include "losses/crossentropy.h"
#include "ops/ops.h"

struct binary_accuracy {
    struct metric metric;
    double threshold;
};

/* Any threshold: predictions may be logits, whose middle is 0. */
static const struct field binary_fields[] = {
    ARG_FLOAT(binary_accuracy, threshold, DEFAULT(0.5)),
    ARGS_END,
};

struct value *clk__binary_accuracy(
    struct graph *g, struct value *y_true, struct value *y_pred, float threshold)
{
    struct value *said = clk__binary(g, "greater", y_pred, clk__constant(g, threshold));
    return clk__loss_mean(g, clk__binary(g, "equal", y_true, said));
}

bool clk__has_class_numbers(const struct value *y_true, const struct value *y_pred)
{
    const struct shape *y = &y_true->shape, *p = &y_pred->shape;
    bool one = y->rank == p->rank && y->rank > 0 && y->dims[y->rank - 1] == 1;
    return y->rank == p->rank - 1 || (one && p->dims[p->rank - 1] > 1);
}

struct value *clk__categorical_accuracy(
    struct graph *g, struct value *y_true, struct value *y_pred, enum target_kind kind)
{
    if (kind == TARGET_CLASSES)
        y_true = clk__class_numbers(g, y_true, y_pred);
    /* The largest probability is the largest logit: training then needs no softmax of its own. */
    struct value *logits = clk__softmax_input(y_pred);
    struct value *due = kind == TARGET_CLASSES ? y_true : clk__argmax(g, y_true);
    return clk__binary(g, "equal", due, clk__argmax(g, logits ? logits : y_pred));
}

static struct value *call_accuracy(const struct metric *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind)
{
    (void)kind;
    if (!clk__metric_match(self, g, &y_true, &y_pred))
        return NULL;
    return clk__loss_mean(g, clk__binary(g, "equal", y_true, y_pred));
}

static struct value *call_binary(const struct metric *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind)
{
    const struct binary_accuracy *b = (const struct binary_accuracy *)self;
    (void)kind;
    if (!clk__metric_match(self, g, &y_true, &y_pred))
        return NULL;
    return clk__binary_accuracy(g, y_true, y_pred, (float)b->threshold);
}

static struct value *call_categorical(const struct metric *self, struct graph *g,
    struct value *y_true, struct value *y_pred, enum target_kind kind)
{
    (void)self;
    return clk__categorical_accuracy(g, y_true, y_pred, kind);
}

static struct value *call_sparse(const struct metric *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind)
{
    if (kind != TARGET_CLASSES && !clk__has_class_numbers(y_true, y_pred))
        return clk__metric_fail(self, g,
            "targets have the predictions' shape, it takes class numbers; \"accuracy\" or "
            "CategoricalAccuracy takes one-hot targets");
    return clk__categorical_accuracy(g, y_true, y_pred, TARGET_CLASSES);
}

static const struct field accuracy_common[] = {METRIC_FIELDS("accuracy")};
static const struct field binary_common[] = {METRIC_FIELDS("binary_accuracy")};
static const struct field categorical_common[] = {METRIC_FIELDS("categorical_accuracy")};
static const struct field sparse_common[] = {METRIC_FIELDS("sparse_categorical_accuracy")};

const struct metric_class clk__metric_accuracy = {
    METRIC_CLASS("Accuracy", metric, accuracy_common, NULL),
    .call = call_accuracy,
};

const struct metric_class clk__metric_binary_accuracy = {
    METRIC_CLASS("BinaryAccuracy", binary_accuracy, binary_common, binary_fields),
    .call = call_binary,
};

const struct metric_class clk__metric_categorical_accuracy = {
    METRIC_CLASS("CategoricalAccuracy", metric, categorical_common, NULL),
    .call = call_categorical,
};

const struct metric_class clk__metric_sparse_categorical_accuracy = {
    METRIC_CLASS("SparseCategoricalAccuracy", metric, sparse_common, NULL),
    .call = call_sparse,
};
