/* SPDX-License-Identifier: MIT */
/* Losses: one Keras name a file; each composes ops to the losses per sample. Follows
 * keras/src/losses/losses.py. The table is made from meson.build. */
#pragma once

#include "config/schema.h"
#include "ops/op.h"

enum loss_reduction { LOSS_SUM_OVER_BATCH_SIZE, LOSS_SUM, LOSS_MEAN, LOSS_NONE };

struct loss {
    struct object object;
    int reduction; /* enum loss_reduction */
    char *name;
};

/* How targets lie on the device. */
enum target_kind {
    TARGET_DENSE,   /* float32 (or uint8), the shape of the prediction */
    TARGET_CLASSES, /* int32 class numbers, the prediction's shape without its last axis */
};
struct target {
    enum target_kind kind;
    struct shape shape;  /* on the device, rows first */
    int64_t classes;     /* TARGET_CLASSES: labels must be in [0, classes) */
};

struct loss_class {
    struct object_class object;
    /* What form the user's y takes for predictions of shape pred (its rows are those of y).
     * CLK_ERR_SHAPE / CLK_ERR_VALUE with the text that says which loss to use: one-hot where integers are due
     * and the reverse. NULL: the default, y of pred's shape (Keras expands (n) against (n, 1)). */
    clk_status (*targets)(const struct loss *self, struct target *out, const clk_array *y,
        const struct shape *pred);
    /* Losses per sample: the prediction's shape without its last axis. `clip`: clip probabilities as Keras
     * on JAX does, instead of going through the logits of a softmax or sigmoid. */
    struct value *(*call)(const struct loss *self, struct graph *g, struct value *y_true,
        struct value *y_pred, enum target_kind kind, bool clip);
};
extern const struct registry clk__losses;

clk_status clk__loss_targets(const struct loss *l, struct target *out, const clk_array *y,
    const struct shape *pred) CLK_MUST_CHECK;
struct value *clk__loss_call(const struct loss *l, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind, bool clip);
