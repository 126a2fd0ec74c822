/* SPDX-License-Identifier: MIT */
/* PiecewiseConstantDecay: a rate up to and with each boundary, and one after the last. Follows
 * keras/src/optimizers/schedules/learning_rate_schedule.py. */
#include "schedules/schedule.h"

struct piecewise_constant_decay {
    struct schedule schedule;
    struct float_list boundaries;
    struct float_list values;
};

static const struct field fields[] = {
    ARG_FLOATS(piecewise_constant_decay, boundaries, REQUIRED),
    ARG_FLOATS(piecewise_constant_decay, values, REQUIRED, AT_LEAST(0)),
    SCHEDULE_NAME_FIELD("PiecewiseConstant"),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    struct piecewise_constant_decay *d = (struct piecewise_constant_decay *)o;
    d->boundaries.scalar = d->values.scalar = false;
    if (d->boundaries.n < 1 || d->values.n != d->boundaries.n + 1)
        return clk__fail(CLK_ERR_CONFIG,
            "PiecewiseConstantDecay: %d boundaries and %d values: there must be a boundary, and "
            "one "
            "value more than boundaries",
            d->boundaries.n, d->values.n);
    for (int i = 1; i < d->boundaries.n; i++) {
        if (d->boundaries.items[i] < d->boundaries.items[i - 1])
            return clk__fail(CLK_ERR_CONFIG,
                "PiecewiseConstantDecay: boundary %g stands after %g: they must rise",
                d->boundaries.items[i], d->boundaries.items[i - 1]);
    }
    return clk__schedule_check(o);
}

/* Keras makes an integer of a boundary, as the step is one. */
static float rate(const struct object *self, int64_t step)
{
    const struct piecewise_constant_decay *d = (const struct piecewise_constant_decay *)self;
    int i = 0;
    while (i < d->boundaries.n && (double)step > d->boundaries.items[i])
        i++;
    return (float)d->values.items[i];
}

const struct schedule_class clk__schedule_piecewise_constant_decay = {
    SCHEDULE_CLASS("PiecewiseConstantDecay", piecewise_constant_decay, fields, check),
    .rate = rate,
};
