/* SPDX-License-Identifier: MIT */
/* Schedules against Keras' own rates (rates.json, which make_rates.py wrote). */
#pragma once

#include "schedules/schedule.h"
#include "support/configs.h"
#include "support/test.h"

#include <math.h>
#include <string.h>

#define RATES_PATH "tests/schedules/rates.json"

/* Equal as float32 but for what a math library's pow and cos may differ by. */
static inline void check_rate(const char *expression, int64_t step, float got, float expected)
{
    float ulp = nextafterf(expected, INFINITY) - expected;
    /* A cosine near its end is the difference of two numbers near 1. */
    float most = fmaxf(2.0f * ulp, strncmp(expression, "Cosine", 6) == 0 ? 1e-8f : 0.0f);
    ck_assert_msg(fabsf(got - expected) <= most, "%s: step %lld: %.9g, expected %.9g", expression,
        (long long)step, got, expected);
}

/* Every recorded expression that makes a `class_name`: config both ways, and the rates. */
static inline void check_rates(const char *class_name)
{
    json_t *table = json_load_file(RATES_PATH, 0, NULL), *recorded;
    ck_assert_msg(table != NULL, RATES_PATH " cannot be read");
    const json_t *steps = json_object_get(table, "steps");
    const char *expression;
    int n = 0;
    json_object_foreach(json_object_get(table, "cases"), expression, recorded)
    {
        json_t *config = json_object_get(recorded, "config");
        const json_t *rates = json_object_get(recorded, "rates");
        struct object *o = NULL;
        if (strcmp(json_string_value(json_object_get(config, "class_name")), class_name) != 0)
            continue;
        check_config(&clk__schedules, config, expression);
        check_ok(clk__object_from_text(&o, &clk__schedules, expression));
        for (size_t i = 0; i < json_array_size(steps); i++) {
            int64_t step = json_integer_value(json_array_get(steps, i));
            float expected = (float)json_number_value(json_array_get(rates, i));
            check_rate(expression, step, clk__schedule_rate(o, step), expected);
        }
        ck_assert_ptr_null(clk__schedule_number(o));
        clk__object_free(o);
        n++;
    }
    ck_assert_msg(n > 0, RATES_PATH " has no %s", class_name);
    json_decref(table);
}

#define check_refused(code, text, expression)                                                   \
    do {                                                                                        \
        struct object *refused_ = NULL;                                                         \
        check_fails(code, text, clk__object_from_text(&refused_, &clk__schedules, expression)); \
    } while (0)
