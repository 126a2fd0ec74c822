/* SPDX-License-Identifier: MIT */
/* Losses: one Keras name a file; each composes ops to the losses per sample. Follows
 * keras/src/losses/losses.py. The table is made from meson.build. */
#pragma once

#include "config/schema.h"
#include "ops/op.h"

/* MEAN is Keras' other name for SUM_OVER_BATCH_SIZE; AUTO, its older one, is replaced when read. */
enum loss_reduction {
    LOSS_SUM_OVER_BATCH_SIZE,
    LOSS_SUM,
    LOSS_MEAN,
    LOSS_NONE,
    LOSS_AUTO
};

struct loss {
    struct object object;
    int reduction; /* enum loss_reduction */
    char *name;
};

/* How targets lie on the device. */
enum target_kind {
    TARGET_DENSE, /* float32 (or uint8), the shape of the prediction, or one that broadcasts with it */
    TARGET_CLASSES, /* int32 class numbers, the prediction's shape without its last axis, or with one of 1 */
};
struct target {
    enum target_kind kind;
    struct shape shape; /* on the device: that of the user's y */
    int64_t classes;    /* TARGET_CLASSES: labels must be in [0, classes) */
};

struct loss_class {
    struct object_class object;
    /* Its numbers are of whole batches, not of samples: one, or one for each that an axis leaves. */
    bool of_batches;
    /* What form the user's y takes for predictions of shape pred (its rows are those of y).
     * CLK_ERR_SHAPE / CLK_ERR_VALUE with the text that says which loss to use: one-hot where integers are due
     * and the reverse. NULL: the default, y that broadcasts with pred. */
    clk_status (*targets)(
        const struct loss *self, struct target *out, const clk_array *y, const struct shape *pred);
    /* Losses per sample: the prediction's shape without its last axis. `clip`: clip probabilities as Keras
     * on JAX does, instead of going through the logits of a softmax or sigmoid. */
    struct value *(*call)(const struct loss *self, struct graph *g, struct value *y_true,
        struct value *y_pred, enum target_kind kind, bool clip);
};
extern const struct registry clk__losses;

/* The `common` of a loss's class: { LOSS_FIELDS("mean_squared_error") }. */
extern const char *const clk__loss_reductions[];
#define LOSS_FIELDS(name_)                                                                   \
    ARG_STRING(loss, name, DEFAULT(name_)),                                                  \
        ARG_CHOICE(                                                                          \
            loss, reduction, clk__loss_reductions, DEFAULT("sum_over_batch_size"), OR_NONE), \
        ARGS_END
/* The `check` of a loss's class. */
clk_status clk__loss_check(struct object *o) CLK_MUST_CHECK;
/* What all loss classes have in common; LOSS_FIELDS are in `common_`. */
#define LOSS_CLASS(name_, tag, common_, fields_)                                                 \
    .object.name = (name_), .object.module = "keras.losses", .object.bytes = sizeof(struct tag), \
    .object.common = (common_), .object.fields = (fields_), .object.check = clk__loss_check

/* A `targets` that is stricter than the default: y of the predictions' shape, a last axis of 1 added or dropped. */
clk_status clk__loss_dense_targets(const struct loss *l, struct target *out, const clk_array *y,
    const struct shape *pred) CLK_MUST_CHECK;
/* Fails with CLK_ERR_SHAPE 'NAME: y has shape (60, 3), predictions have (60, 4); HINT'. */
clk_status clk__loss_wrong_targets(const struct loss *l, const clk_array *y,
    const struct shape *pred, const char *hint) CLK_MUST_CHECK;
/* Over the last axis. */
struct value *clk__loss_mean(struct graph *g, struct value *a);
struct value *clk__loss_sum(struct graph *g, struct value *a);

/* Gives two values of ranks that differ by one the same rank, as keras/src/losses/loss.py does: the last axis of 1 of
 * the longer one goes, or the shorter one gets such an axis if it has no other but the batch. */
void clk__loss_same_rank(struct graph *g, struct value **y_true, struct value **y_pred);

bool clk__loss_is_of_batches(const struct loss *l);
clk_status clk__loss_targets(const struct loss *l, struct target *out, const clk_array *y,
    const struct shape *pred) CLK_MUST_CHECK;
struct value *clk__loss_call(const struct loss *l, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind, bool clip);
