/* SPDX-License-Identifier: MIT */
/* L1L2: l1 sum |x| + l2 sum x^2. Follows keras/src/regularizers/regularizers.py. */
#include "regularizers/regularizer.h"

struct l1_l2 {
    struct object object;
    double l1;
    double l2;
};

static const struct field fields[] = {
    ARG_FLOAT(l1_l2, l1, DEFAULT(0.0), AT_LEAST(0)),
    ARG_FLOAT(l1_l2, l2, DEFAULT(0.0), AT_LEAST(0)),
    ARGS_END,
};

static struct norm_factors factors(const struct object *self)
{
    const struct l1_l2 *l = (const struct l1_l2 *)self;
    return (struct norm_factors){.l1 = l->l1, .l2 = l->l2};
}

const struct regularizer_class clk__regularizer_l1_l2 = {
    REGULARIZER_CLASS("L1L2", l1_l2, fields),
    .factors = factors,
};
