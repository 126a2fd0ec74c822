/* SPDX-License-Identifier: MIT */
/* What one batch computes: the graph of a training, test or prediction step, and its plan. */
#pragma once

#include "model/session.h"

/* The plan for `key`, from the session or made now (nothing is allocated on the device). */
clk_status clk__step_plan(struct model_plan **out, clk_model *m, struct session *s,
    const struct plan_key *key) CLK_MUST_CHECK;
/* The regions that a plan needs, added to `r` (data, permutation and output are the caller's). */
void clk__step_reserve(struct reservation *r, const clk_model *m, const struct model_plan *p);
