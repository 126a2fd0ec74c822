/* SPDX-License-Identifier: MIT */
/* SparseCategoricalCrossentropy: targets are class numbers. Follows keras/src/losses/losses.py. */
#include "losses/crossentropy.h"

static const struct field fields[] = {
    ARG_BOOL(crossentropy, from_logits, DEFAULT(false)),
    ARG_UNSUPPORTED("ignore_class", DEFAULT(null)),
    /* Keras takes -1 only in effect, and leaves it out of the config. */
    ARG_UNSUPPORTED("axis", DEFAULT(-1), HIDDEN),
    ARGS_END,
};

static clk_status targets(
    const struct loss *self, struct target *out, const clk_array *y, const struct shape *pred)
{
    if (!clk__has_class_shape(y, pred)) {
        bool one_hot = y->rank == pred->rank && y->rank > 0 &&
                       y->shape[y->rank - 1] == pred->dims[pred->rank - 1];
        return clk__loss_wrong_targets(self, y, pred,
            one_hot ? "y must be class numbers: use categorical_crossentropy for one-hot targets"
                    : "y must be class numbers, one where predictions have their last axis");
    }
    *out = clk__class_targets(y, pred);
    return CLK_OK;
}

static struct value *call(const struct loss *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind, bool clip)
{
    return clk__categorical_crossentropy(
        (const struct crossentropy *)self, g, y_true, y_pred, kind, clip);
}

static const struct field common[] = {LOSS_FIELDS("sparse_categorical_crossentropy")};

const struct loss_class clk__loss_sparse_categorical_crossentropy = {
    LOSS_CLASS("SparseCategoricalCrossentropy", crossentropy, common, fields),
    .targets = targets,
    .call = call,
};
