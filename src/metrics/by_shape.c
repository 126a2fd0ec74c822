/* SPDX-License-Identifier: MIT */
/* "accuracy" and "crossentropy" by shapes: binary for one output, else by how targets are given. Follows
 * keras/src/trainers/compile_utils.py is_binary_or_sparse_categorical. */
#include "metrics/by_shape.h"

#include "base/str.h"
#include "losses/crossentropy.h"
#include "metrics/accuracy.h"
#include "ops/ops.h"

static bool has_one_output(const struct value *y_pred)
{
    return y_pred->shape.rank > 0 && y_pred->shape.dims[y_pred->shape.rank - 1] == 1;
}

static struct value *call_accuracy(const struct metric *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind)
{
    if (!has_one_output(y_pred))
        return clk__categorical_accuracy(
            g, y_true, y_pred, clk__has_class_numbers(y_true, y_pred) ? TARGET_CLASSES : kind);
    if (!clk__metric_match(self, g, &y_true, &y_pred))
        return NULL;
    return clk__binary_accuracy(g, y_true, y_pred, 0.5f);
}

static struct value *call_crossentropy(const struct metric *self, struct graph *g,
    struct value *y_true, struct value *y_pred, enum target_kind kind)
{
    bool binary = has_one_output(y_pred);
    const struct crossentropy c = {
        .loss.object.class = binary ? &clk__loss_binary_crossentropy.object
                                    : &clk__loss_categorical_crossentropy.object,
    };
    (void)kind;
    return clk__metric_of_loss(self, &c.loss, g, y_true, y_pred);
}

static const struct field accuracy_common[] = {METRIC_FIELDS("accuracy")};
static const struct field crossentropy_common[] = {METRIC_FIELDS("crossentropy")};

static const struct metric_class accuracy_class = {
    METRIC_CLASS("accuracy", metric, accuracy_common, NULL),
    .call = call_accuracy,
};

static const struct metric_class crossentropy_class = {
    METRIC_CLASS("crossentropy", metric, crossentropy_common, NULL),
    .call = call_crossentropy,
};

const struct metric_class *clk__metric_by_shape(const char *name)
{
    if (clk__str_eq_nocase(name, "accuracy") || clk__str_eq_nocase(name, "acc"))
        return &accuracy_class;
    if (clk__str_eq_nocase(name, "crossentropy") || clk__str_eq_nocase(name, "ce"))
        return &crossentropy_class;
    return NULL;
}
