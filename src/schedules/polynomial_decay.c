/* SPDX-License-Identifier: MIT */
/* PolynomialDecay: from one rate to another along (1 - step / decay_steps) ^ power, once or again and again. Follows
 * keras/src/optimizers/schedules/learning_rate_schedule.py. */
#include "schedules/schedule.h"

#include <math.h>

struct polynomial_decay {
    struct schedule schedule;
    double initial_learning_rate;
    double decay_steps;
    double end_learning_rate;
    double power;
    bool cycle;
};

static const struct field fields[] = {
    ARG_FLOAT(polynomial_decay, initial_learning_rate, REQUIRED, AT_LEAST(0)),
    ARG_FLOAT(polynomial_decay, decay_steps, REQUIRED, ABOVE(0)),
    ARG_FLOAT(polynomial_decay, end_learning_rate, DEFAULT(0.0001), AT_LEAST(0)),
    ARG_FLOAT(polynomial_decay, power, DEFAULT(1.0)),
    ARG_BOOL(polynomial_decay, cycle, DEFAULT(false)),
    SCHEDULE_NAME_FIELD("PolynomialDecay"),
    ARGS_END,
};

static float rate(const struct object *self, int64_t step)
{
    const struct polynomial_decay *d = (const struct polynomial_decay *)self;
    float start = (float)d->initial_learning_rate, end = (float)d->end_learning_rate;
    float at = (float)step, steps = (float)d->decay_steps;
    /* The first multiple of decay_steps that is not before the step. */
    if (d->cycle)
        steps *= step == 0 ? 1.0f : ceilf(at / steps);
    else
        at = fminf(at, steps);
    return (start - end) * powf(1.0f - at / steps, (float)d->power) + end;
}

const struct schedule_class clk__schedule_polynomial_decay = {
    SCHEDULE_CLASS("PolynomialDecay", polynomial_decay, fields, clk__schedule_check),
    .rate = rate,
};
