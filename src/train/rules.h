/* SPDX-License-Identifier: MIT */
/* What a step makes of the regularizers and constraints of a model's weights and layers. */
#pragma once

#include "model/model.h"

struct penalties {
    struct value *total; /* all of them, rank 0; NULL: there are none */
    /* The flat trainable weights, where the penalty is of several at once: their gradient is to be added to the flat
     * one. NULL: every gradient is that of a variable. */
    struct value *weights;
};
/* The penalties of the weights, and those that layers have added to the graph. `variables`: the forward pass' leaves, by
 * index. `each`: every weight on its own, for gradients that are clipped one by one. */
clk_status clk__penalties(struct penalties *out, const clk_model *m, struct graph *g,
    struct value **variables, bool each) CLK_MUST_CHECK;

/* A flat value of the trainable layout, its numbers rounded to the dtypes of the variables that they are of. */
struct value *clk__round_trainable(const clk_model *m, struct graph *g, struct value *flat);

/* Brings weights with a constraint to what it lets them be. `weights`: the flat trainable ones after the update. */
clk_status clk__constrain_weights(
    const clk_model *m, struct graph *g, struct value *weights) CLK_MUST_CHECK;
