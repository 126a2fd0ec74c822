/* SPDX-License-Identifier: MIT */
/* InverseTimeDecay: initial_learning_rate / (1 + decay_rate * step / decay_steps). Follows
 * keras/src/optimizers/schedules/learning_rate_schedule.py. */
#include "schedules/schedule.h"

#include <math.h>

struct inverse_time_decay {
    struct schedule schedule;
    double initial_learning_rate;
    double decay_steps;
    double decay_rate;
    bool staircase;
};

static const struct field fields[] = {
    ARG_FLOAT(inverse_time_decay, initial_learning_rate, REQUIRED, AT_LEAST(0)),
    ARG_FLOAT(inverse_time_decay, decay_steps, REQUIRED, ABOVE(0)),
    ARG_FLOAT(inverse_time_decay, decay_rate, REQUIRED, AT_LEAST(0)),
    ARG_BOOL(inverse_time_decay, staircase, DEFAULT(false)),
    SCHEDULE_NAME_FIELD("InverseTimeDecay"),
    ARGS_END,
};

static float rate(const struct object *self, int64_t step)
{
    const struct inverse_time_decay *d = (const struct inverse_time_decay *)self;
    float p = (float)step / (float)d->decay_steps;
    if (d->staircase)
        p = floorf(p);
    return (float)d->initial_learning_rate / (1.0f + (float)d->decay_rate * p);
}

const struct schedule_class clk__schedule_inverse_time_decay = {
    SCHEDULE_CLASS("InverseTimeDecay", inverse_time_decay, fields, clk__schedule_check),
    .rate = rate,
};
