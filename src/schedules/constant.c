/* SPDX-License-Identifier: MIT */
/* A learning rate that is a number: no schedule to Keras, whose optimizer keeps it in a float32 variable. */
#include "schedules/schedule.h"

struct constant {
    struct object object;
    double learning_rate;
};

static const struct field fields[] = {
    ARG_FLOAT(constant, learning_rate, REQUIRED, AT_LEAST(0)),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    struct constant *c = (struct constant *)o;
    c->learning_rate = (double)(float)c->learning_rate;
    return CLK_OK;
}

static float rate(const struct object *self, int64_t step)
{
    (void)step;
    return (float)((const struct constant *)self)->learning_rate;
}

const struct schedule_class clk__schedule_constant = {
    SCHEDULE_CLASS("Constant", constant, fields, check),
    .rate = rate,
};

double *clk__schedule_number(struct object *schedule)
{
    bool constant = schedule->class == &clk__schedule_constant.object;
    return constant ? &((struct constant *)schedule)->learning_rate : NULL;
}
