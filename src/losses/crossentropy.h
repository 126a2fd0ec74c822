/* SPDX-License-Identifier: MIT */
/* Cross-entropies: their arguments, which metrics have too, and the categorical one of any targets. */
#pragma once

#include "losses/loss.h"

#define CLIP_EPSILON 1e-7f /* keras.config.epsilon(): probabilities stay within [e, 1 - e] */

struct crossentropy {
    struct loss loss;
    bool from_logits;
    double label_smoothing; /* not of the sparse one */
};

/* -sum(y log p) over the last axis, y given as numbers of classes or in full. Goes through the logits if
 * y_pred is a softmax and not `clip`; else through Keras' clipped probabilities. */
struct value *clk__categorical_crossentropy(const struct crossentropy *self, struct graph *g,
    struct value *y_true, struct value *y_pred, enum target_kind kind, bool clip);

/* 1 - a */
struct value *clk__complement(struct graph *g, struct value *a);
/* p within [CLIP_EPSILON, 1 - CLIP_EPSILON]. */
struct value *clk__clipped(struct graph *g, struct value *p);
/* The probabilities' shares of their sum over the last axis, clipped. */
struct value *clk__clipped_shares(struct graph *g, struct value *p);
/* -(y log p + (1 - y) log(1 - p)) of each element, p clipped. */
struct value *clk__binary_crossentropy(struct graph *g, struct value *y, struct value *p);

/* True if y is class numbers for predictions of shape pred: pred's shape without its last axis, or with
 * a last axis of 1. */
bool clk__has_class_shape(const clk_array *y, const struct shape *pred);
struct target clk__class_targets(const clk_array *y, const struct shape *pred);
/* Class numbers without a last axis of 1. */
struct value *clk__class_numbers(struct graph *g, struct value *y_true, const struct value *y_pred);

extern const struct loss_class clk__loss_binary_crossentropy;
extern const struct loss_class clk__loss_categorical_crossentropy;
extern const struct loss_class clk__loss_sparse_categorical_crossentropy;
