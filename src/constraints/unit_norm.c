/* SPDX-License-Identifier: MIT */
/* UnitNorm: norms over some axes are 1. Follows keras/src/constraints/constraints.py. */
#include "constraints/constraint.h"
#include "ops/ops.h"

struct unit_norm {
    struct object object;
    struct int_list axis;
};

static const struct field fields[] = {
    CONSTRAINT_AXIS_FIELD(unit_norm),
    ARGS_END,
};

static struct value *apply(const struct object *self, struct graph *g, struct value *w)
{
    const struct unit_norm *u = (const struct unit_norm *)self;
    struct value *norms = clk__constraint_norms(self, g, w, &u->axis);
    return clk__constraint_rescale(g, w, clk__constant(g, 1.0f), norms);
}

const struct constraint_class clk__constraint_unit_norm = {
    CONSTRAINT_CLASS("UnitNorm", unit_norm, fields),
    .apply = apply,
};
