/* SPDX-License-Identifier: MIT */
/* CategoricalCrossentropy. Follows keras/src/losses/losses.py; integer y is taken as class numbers, too,
 * where Keras would fail. */
#include "losses/crossentropy.h"

static const struct field fields[] = {
    ARG_BOOL(crossentropy, from_logits, DEFAULT(false)),
    ARG_FLOAT(crossentropy, label_smoothing, DEFAULT(0.0), BETWEEN(0, 1)),
    ARG_UNSUPPORTED("axis", DEFAULT(-1)),
    ARGS_END,
};

static bool is_integer(clk_dtype dtype)
{
    return dtype == CLK_INT32 || dtype == CLK_INT64 || dtype == CLK_UINT8;
}

static bool is_one_hot_shape(const clk_array *y, const struct shape *pred)
{
    bool same = y->rank == pred->rank;
    for (int i = 0; same && i < y->rank; i++)
        same = y->shape[i] == pred->dims[i];
    return same;
}

static clk_status targets(
    const struct loss *self, struct target *out, const clk_array *y, const struct shape *pred)
{
    if (is_one_hot_shape(y, pred)) {
        *out = (struct target){.kind = TARGET_DENSE, .shape = *pred};
        out->shape.dims[0] = y->shape[0];
        return CLK_OK;
    }
    if (!clk__has_class_shape(y, pred))
        return clk__loss_wrong_targets(
            self, y, pred, "they must be the same (one-hot), or y integer class numbers");
    if (!is_integer(y->dtype))
        return clk__loss_wrong_targets(self, y, pred,
            "float targets must be one-hot: use sparse_categorical_crossentropy for class numbers, "
            "or an integer y");
    *out = clk__class_targets(y, pred);
    return CLK_OK;
}

static struct value *call(const struct loss *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind, bool clip)
{
    return clk__categorical_crossentropy(
        (const struct crossentropy *)self, g, y_true, y_pred, kind, clip);
}

static const struct field common[] = {LOSS_FIELDS("categorical_crossentropy")};

const struct loss_class clk__loss_categorical_crossentropy = {
    LOSS_CLASS("CategoricalCrossentropy", crossentropy, common, fields),
    .targets = targets,
    .call = call,
};
