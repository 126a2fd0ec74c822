/* SPDX-License-Identifier: MIT */
/* What metrics that are no means add up on the device, batch by batch, and how they come out of it. */
#pragma once

#include "model/session.h"
#include "train/train.h"

/* Metric `i` of the model: its sums of a batch go behind those before them, and are noted as the next of p->tallies. */
clk_status clk__tally_add(struct model_plan *p, size_t i, const struct metric *metric,
    struct graph *g, struct value *y_true, struct value *y_pred) CLK_MUST_CHECK;
/* Reads what was added up and sets the metric in `logs`: under its name, or, where it is several numbers, each under
 * "name[0]", "name[1]", ... */
clk_status clk__tally_read(clk_logs *logs, const struct tally *t, const struct model_metric *metric,
    struct session *s) CLK_MUST_CHECK;
