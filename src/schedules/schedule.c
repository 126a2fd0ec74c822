/* SPDX-License-Identifier: MIT */
/* What schedules share: the call, and their name. */
#include "schedules/schedule.h"

#include "base/mem.h"

float clk__schedule_rate(const struct object *schedule, int64_t step)
{
    return ((const struct schedule_class *)schedule->class)->rate(schedule, step);
}

/* Keras 2 wrote null, which Keras 3 refuses when it computes a rate. */
clk_status clk__schedule_check(struct object *o)
{
    struct schedule *s = (struct schedule *)o;
    if (!s->name)
        s->name = clk__strdup(o->class->name);
    return s->name ? CLK_OK : clk__fail_memory();
}
