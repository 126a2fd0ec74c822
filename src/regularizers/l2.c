/* SPDX-License-Identifier: MIT */
/* L2: l2 sum x^2, without the half that others put before it. Follows keras/src/regularizers/regularizers.py. */
#include "regularizers/regularizer.h"

struct l2 {
    struct object object;
    double l2;
};

static const struct field fields[] = {
    ARG_FLOAT(l2, l2, DEFAULT(0.01), AT_LEAST(0)),
    ARGS_END,
};

static struct norm_factors factors(const struct object *self)
{
    return (struct norm_factors){.l2 = ((const struct l2 *)self)->l2};
}

const struct regularizer_class clk__regularizer_l2 = {
    REGULARIZER_CLASS("L2", l2, fields),
    .factors = factors,
};
