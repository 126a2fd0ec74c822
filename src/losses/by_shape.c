/* SPDX-License-Identifier: MIT */
/* "crossentropy": binary for one output, else categorical by how targets are given. Follows
 * keras/src/trainers/compile_utils.py get_loss; a name for compile, not a class of Keras. */
#include "losses/crossentropy.h"

static bool has_one_output(const struct shape *pred)
{
    return pred->rank > 0 && pred->dims[pred->rank - 1] == 1;
}

static clk_status targets(
    const struct loss *self, struct target *out, const clk_array *y, const struct shape *pred)
{
    if (has_one_output(pred) || !clk__has_class_shape(y, pred))
        return clk__loss_dense_targets(self, out, y, pred);
    *out = clk__class_targets(y, pred);
    return CLK_OK;
}

static struct value *call(const struct loss *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind, bool clip)
{
    (void)self;
    struct crossentropy c = {.loss.object.class = &clk__loss_binary_crossentropy.object};
    if (!has_one_output(&y_pred->shape))
        c.loss.object.class = &clk__loss_categorical_crossentropy.object;
    return clk__loss_call(&c.loss, g, y_true, y_pred, kind, clip);
}

static const struct field common[] = {LOSS_FIELDS("crossentropy")};
static const char *const aliases[] = {"ce", NULL};

const struct loss_class clk__loss_crossentropy = {
    LOSS_CLASS("crossentropy", loss, common, NULL),
    .object.aliases = aliases,
    .targets = targets,
    .call = call,
};
