/* SPDX-License-Identifier: MIT */
/* CosineDecay: up to a rate along a line if there is a warm-up, then down along half a cosine. Follows
 * keras/src/optimizers/schedules/learning_rate_schedule.py. */
#include "schedules/schedule.h"

#include <math.h>

#define PI 3.14159265358979323846f

struct cosine_decay {
    struct schedule schedule;
    double initial_learning_rate;
    double decay_steps;
    double alpha; /* the part of the rate that is left at the end */
    double warmup_target;
    bool has_warmup_target;
    double warmup_steps;
};

static const struct field fields[] = {
    ARG_FLOAT(cosine_decay, initial_learning_rate, REQUIRED, AT_LEAST(0)),
    ARG_FLOAT(cosine_decay, decay_steps, REQUIRED, ABOVE(0)),
    ARG_FLOAT(cosine_decay, alpha, DEFAULT(0.0)),
    SCHEDULE_NAME_FIELD("CosineDecay"),
    ARG_FLOAT_OR_NONE(cosine_decay, warmup_target, DEFAULT(null), AT_LEAST(0)),
    ARG_FLOAT(cosine_decay, warmup_steps, DEFAULT(0), AT_LEAST(0)),
    ARGS_END,
};

static float rate(const struct object *self, int64_t step)
{
    const struct cosine_decay *c = (const struct cosine_decay *)self;
    float start = (float)c->initial_learning_rate, steps = (float)c->decay_steps;
    float warmup = c->has_warmup_target ? (float)c->warmup_steps : 0.0f;
    float target = c->has_warmup_target ? (float)c->warmup_target : start;
    float at = fminf((float)step, steps + warmup);
    if (at < warmup)
        return (target - start) * (at / warmup) + start;
    float cosine = 0.5f * (1.0f + cosf(PI * ((at - warmup) / steps)));
    return target * ((float)(1.0 - c->alpha) * cosine + (float)c->alpha);
}

const struct schedule_class clk__schedule_cosine_decay = {
    SCHEDULE_CLASS("CosineDecay", cosine_decay, fields, clk__schedule_check),
    .rate = rate,
};
