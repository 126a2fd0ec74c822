/* SPDX-License-Identifier: MIT */
/* MaxNorm: norms over some axes are no larger than a value. Follows keras/src/constraints/constraints.py. */
#include "constraints/constraint.h"
#include "ops/ops.h"

struct max_norm {
    struct object object;
    double max_value;
    struct int_list axis;
};

static const struct field fields[] = {
    ARG_FLOAT(max_norm, max_value, DEFAULT(2), AT_LEAST(0)),
    CONSTRAINT_AXIS_FIELD(max_norm),
    ARGS_END,
};

static struct value *apply(const struct object *self, struct graph *g, struct value *w)
{
    const struct max_norm *m = (const struct max_norm *)self;
    struct value *norms = clk__constraint_norms(self, g, w, &m->axis);
    struct value *wanted = clk__unary_p(g, "clip", norms, 0.0f, (float)m->max_value);
    return clk__constraint_rescale(g, w, wanted, norms);
}

const struct constraint_class clk__constraint_max_norm = {
    CONSTRAINT_CLASS("MaxNorm", max_norm, fields),
    .apply = apply,
};
