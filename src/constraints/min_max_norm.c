/* SPDX-License-Identifier: MIT */
/* MinMaxNorm: norms over some axes move into a range, by `rate` of the way. Follows
 * keras/src/constraints/constraints.py. */
#include "constraints/constraint.h"
#include "ops/ops.h"

struct min_max_norm {
    struct object object;
    double min_value;
    double max_value;
    double rate;
    struct int_list axis;
};

static const struct field fields[] = {
    ARG_FLOAT(min_max_norm, min_value, DEFAULT(0.0), AT_LEAST(0)),
    ARG_FLOAT(min_max_norm, max_value, DEFAULT(1.0), AT_LEAST(0)),
    ARG_FLOAT(min_max_norm, rate, DEFAULT(1.0)),
    CONSTRAINT_AXIS_FIELD(min_max_norm),
    ARGS_END,
};

static struct value *apply(const struct object *self, struct graph *g, struct value *w)
{
    const struct min_max_norm *m = (const struct min_max_norm *)self;
    struct value *norms = clk__constraint_norms(self, g, w, &m->axis);
    struct value *in_range =
        clk__unary_p(g, "clip", norms, (float)m->min_value, (float)m->max_value);
    struct value *inputs[] = {in_range, norms};
    struct value *wanted =
        clk__pointwise(g, "mix", inputs, 2, (float)m->rate, (float)(1.0 - m->rate));
    return clk__constraint_rescale(g, w, wanted, norms);
}

const struct constraint_class clk__constraint_min_max_norm = {
    CONSTRAINT_CLASS("MinMaxNorm", min_max_norm, fields),
    .apply = apply,
};
