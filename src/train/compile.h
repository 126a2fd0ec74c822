/* SPDX-License-Identifier: MIT */
/* What compile makes, before the model takes it: all or nothing. */
#pragma once

#include "train/train.h"

struct compiled {
    struct object *optimizer;
    struct loss_scale_optimizer *scaler; /* it is from within this one; NULL: it is not */
    struct object *losses[MAX_IO];       /* by output */
    double weights[MAX_IO];
    struct model_metric metrics[MAX_METRICS];
    size_t n_metrics;
    json_t *config;
    bool keeps_optimizer, keeps_loss, keeps_metrics; /* the model's own stay, and are not above */
};
void clk__compiled_fini(struct compiled *c);
/* Adds a metric of an output, under its Keras name. Takes `metric`, even on failure. */
clk_status clk__compiled_add_metric(
    struct compiled *c, const clk_model *m, int output, struct metric *metric) CLK_MUST_CHECK;
/* The model takes all of it; `c` is left to clk__compiled_fini. */
clk_status clk__compiled_install(clk_model *m, struct compiled *c, bool clip) CLK_MUST_CHECK;
