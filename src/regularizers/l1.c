/* SPDX-License-Identifier: MIT */
/* L1: l1 sum |x|. Follows keras/src/regularizers/regularizers.py. */
#include "regularizers/regularizer.h"

struct l1 {
    struct object object;
    double l1;
};

static const struct field fields[] = {
    ARG_FLOAT(l1, l1, DEFAULT(0.01), AT_LEAST(0)),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    struct l1 *l = (struct l1 *)o;
    l->l1 = clk__as_float(l->l1);
    return CLK_OK;
}

static struct norm_factors factors(const struct object *self)
{
    return (struct norm_factors){.l1 = ((const struct l1 *)self)->l1};
}

const struct regularizer_class clk__regularizer_l1 = {
    REGULARIZER_CLASS("L1", l1, fields),
    .object.check = check,
    .factors = factors,
};
