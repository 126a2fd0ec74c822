/* SPDX-License-Identifier: MIT */
/* NonNeg: no weight is below 0. Follows keras/src/constraints/constraints.py. */
#include "constraints/constraint.h"
#include "ops/ops.h"

static struct value *apply(const struct object *self, struct graph *g, struct value *w)
{
    (void)self;
    return clk__binary(g, "max", w, clk__constant(g, 0.0f));
}

const struct constraint_class clk__constraint_non_neg = {
    CONSTRAINT_CLASS("NonNeg", object, NULL),
    .apply = apply,
};
