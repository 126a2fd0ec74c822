/* SPDX-License-Identifier: MIT */
/* Learning rate schedules: the rate of each step, on the host and in float32 as Keras computes it; one Keras name a
 * file. Follows keras/src/optimizers/schedules/learning_rate_schedule.py. The table is made from meson.build. */
#pragma once

#include "config/schema.h"

/* What a schedule's struct begins with. */
struct schedule {
    struct object object;
    char *name;
};
struct schedule_class {
    struct object_class object;
    /* For 0-based step numbers: the optimizer's iterations before the step. */
    float (*rate)(const struct object *self, int64_t step);
};
/* A lone number is a rate that stays. */
extern const struct registry clk__schedules;

/* The rate of a step; `schedule` is one of clk__schedules, or a number. */
float clk__schedule_rate(const struct object *schedule, int64_t step);
/* The number, to be read or set (float32's values only); NULL: it is a schedule. */
double *clk__schedule_number(struct object *schedule);

#define SCHEDULE_NAME_FIELD(default_) ARG_STRING(schedule, name, DEFAULT(default_), OR_NONE)
/* The `check` of a schedule's class, or the first line of its own. */
clk_status clk__schedule_check(struct object *o) CLK_MUST_CHECK;
#define SCHEDULE_CLASS(name_, tag, fields_, check_)                        \
    .object.name = (name_), .object.module = "keras.optimizers.schedules", \
    .object.bytes = sizeof(struct tag), .object.fields = (fields_), .object.check = (check_)
