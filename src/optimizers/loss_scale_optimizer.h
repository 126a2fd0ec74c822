/* SPDX-License-Identifier: MIT */
/* Dynamic loss scaling: what a model has of a LossScaleOptimizer once the optimizer within is its own. */
#pragma once

#include "optimizers/optimizer.h"

struct loss_scale_optimizer {
    struct object object;
    char *name;
    struct object *inner_optimizer; /* NULL while a model has it */
    double initial_scale;
    int64_t dynamic_growth_steps;
    bool has_dynamic_growth_steps;
    bool dynamic; /* false: of tf.keras, the scale stays */
};

/* Numbers that stand behind the slots on the device, each at a place of its own. */
enum loss_scale_state {
    LOSS_SCALE,         /* what the loss is multiplied by */
    LOSS_SCALE_STEPS,   /* with finite gradients since it last changed */
    LOSS_SCALE_COUNTED, /* 1 if the last step's gradients were finite, else 0 */
    LOSS_SCALE_NUMBERS
};

/* Puts the optimizer within a LossScaleOptimizer with Keras' defaults. It stays as it is if it is one. */
clk_status clk__loss_scale_wrap(struct object **optimizer) CLK_MUST_CHECK;
/* Takes one apart: *optimizer becomes the one within, *out the rest. *out is NULL for any other optimizer, and where the
 * scale stays: that is the inner one's loss_scale_factor. */
void clk__loss_scale_unwrap(struct loss_scale_optimizer **out, struct object **optimizer);
/* The optimizer as a config has it, within `s` if that is not NULL. */
clk_status clk__loss_scale_to_json(
    json_t **out, struct loss_scale_optimizer *s, struct optimizer *inner) CLK_MUST_CHECK;

/* 1 if all of the flat gradient is finite, else 0. */
struct value *clk__loss_scale_finite(struct graph *g, struct value *flat);
/* Emits what becomes of the numbers (leaves) after a step. */
void clk__loss_scale_step(const struct loss_scale_optimizer *s, struct graph *g,
    struct value *const numbers[LOSS_SCALE_NUMBERS], struct value *finite);
