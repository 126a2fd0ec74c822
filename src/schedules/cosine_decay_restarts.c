/* SPDX-License-Identifier: MIT */
/* CosineDecayRestarts: half a cosine again and again, each t_mul times as long and m_mul times as high as the one
 * before. Follows keras/src/optimizers/schedules/learning_rate_schedule.py. */
#include "schedules/schedule.h"

#include <math.h>

#define PI 3.14159265358979323846f

struct cosine_decay_restarts {
    struct schedule schedule;
    double initial_learning_rate;
    double first_decay_steps;
    double t_mul;
    double m_mul;
    double alpha; /* the part of the rate that is left at the end */
};

static const struct field fields[] = {
    ARG_FLOAT(cosine_decay_restarts, initial_learning_rate, REQUIRED, AT_LEAST(0)),
    ARG_FLOAT(cosine_decay_restarts, first_decay_steps, REQUIRED, ABOVE(0)),
    ARG_FLOAT(cosine_decay_restarts, t_mul, DEFAULT(2.0), ABOVE(0)),
    ARG_FLOAT(cosine_decay_restarts, m_mul, DEFAULT(1.0), AT_LEAST(0)),
    ARG_FLOAT(cosine_decay_restarts, alpha, DEFAULT(0.0)),
    SCHEDULE_NAME_FIELD("SGDRDecay"),
    ARGS_END,
};

/* How many restarts there were, and how much of the present decay is over. In float32 throughout, as in Keras: a
 * restart may so come a step late. */
static float restarts(float *completed, float t_mul)
{
    if (t_mul == 1.0f) {
        float whole = floorf(*completed);
        *completed -= whole;
        return whole;
    }
    float whole = floorf(logf(1.0f - *completed * (1.0f - t_mul)) / logf(t_mul));
    float length = powf(t_mul, whole);
    *completed = (*completed - (1.0f - length) / (1.0f - t_mul)) / length;
    return whole;
}

static float rate(const struct object *self, int64_t step)
{
    const struct cosine_decay_restarts *c = (const struct cosine_decay_restarts *)self;
    float completed = (float)step / (float)c->first_decay_steps, alpha = (float)c->alpha;
    float height = powf((float)c->m_mul, restarts(&completed, (float)c->t_mul));
    float cosine = 0.5f * height * (1.0f + cosf(PI * completed));
    return (float)c->initial_learning_rate * ((1.0f - alpha) * cosine + alpha);
}

const struct schedule_class clk__schedule_cosine_decay_restarts = {
    SCHEDULE_CLASS("CosineDecayRestarts", cosine_decay_restarts, fields, clk__schedule_check),
    .rate = rate,
};
