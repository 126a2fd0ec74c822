/* SPDX-License-Identifier: MIT */
/* ExponentialDecay: initial_learning_rate * decay_rate ^ (step / decay_steps). Follows
 * keras/src/optimizers/schedules/learning_rate_schedule.py. */
#include "schedules/schedule.h"

#include <math.h>

struct exponential_decay {
    struct schedule schedule;
    double initial_learning_rate;
    double decay_steps;
    double decay_rate;
    bool staircase;
};

static const struct field fields[] = {
    ARG_FLOAT(exponential_decay, initial_learning_rate, REQUIRED, AT_LEAST(0)),
    ARG_FLOAT(exponential_decay, decay_steps, REQUIRED, ABOVE(0)),
    ARG_FLOAT(exponential_decay, decay_rate, REQUIRED, AT_LEAST(0)),
    ARG_BOOL(exponential_decay, staircase, DEFAULT(false)),
    SCHEDULE_NAME_FIELD("ExponentialDecay"),
    ARGS_END,
};

static float rate(const struct object *self, int64_t step)
{
    const struct exponential_decay *e = (const struct exponential_decay *)self;
    float p = (float)step / (float)e->decay_steps;
    if (e->staircase)
        p = floorf(p);
    return (float)e->initial_learning_rate * powf((float)e->decay_rate, p);
}

const struct schedule_class clk__schedule_exponential_decay = {
    SCHEDULE_CLASS("ExponentialDecay", exponential_decay, fields, clk__schedule_check),
    .rate = rate,
};
