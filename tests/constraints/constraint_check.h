/* SPDX-License-Identifier: MIT */
/* Constraints against what Keras makes of weights (constrained.json, which make_constrained.py wrote), on the device. */
#pragma once

#include "constraints/constraint.h"
#include "ops/op_check.h"
#include "support/configs.h"

#include <string.h>

#define CONSTRAINED_PATH "tests/constraints/constrained.json"
enum {
    N_WEIGHTS = 24
};

static inline void read_numbers(float *out, const json_t *list)
{
    ck_assert_uint_eq(json_array_size(list), N_WEIGHTS);
    for (size_t i = 0; i < N_WEIGHTS; i++)
        out[i] = (float)json_number_value(json_array_get(list, i));
}

static inline void run_constraint(float *out, const struct object *o, const float *weights)
{
    struct rig r;
    rig_init(&r);
    struct value *w = rig_input(&r, CLK_FLOAT32, SHAPE(2, 3, 4), weights, false);
    int at = rig_output(&r, clk__constrain(o, &r.graph, w));
    check_ok(r.graph.status);
    rig_run(&r, 1);
    memcpy(out, rig_read(&r, at), N_WEIGHTS * sizeof(float));
    rig_fini(&r);
}

/* Every recorded expression that makes a `class_name`: config both ways, and the weights. */
static inline void check_constrained(const char *class_name)
{
    json_t *table = json_load_file(CONSTRAINED_PATH, 0, NULL), *recorded;
    ck_assert_msg(table != NULL, CONSTRAINED_PATH " cannot be read");
    const char *expression;
    float weights[N_WEIGHTS];
    int n = 0;
    read_numbers(weights, json_object_get(table, "weights"));
    json_object_foreach(json_object_get(table, "cases"), expression, recorded)
    {
        json_t *config = json_object_get(recorded, "config");
        float got[N_WEIGHTS], expected[N_WEIGHTS];
        struct object *o = NULL;
        if (strcmp(json_string_value(json_object_get(config, "class_name")), class_name) != 0)
            continue;
        check_config(&clk__constraints, config, expression);
        check_ok(clk__object_from_text(&o, &clk__constraints, expression));
        run_constraint(got, o, weights);
        read_numbers(expected, json_object_get(recorded, "weights"));
        test_check_close(expression, got, expected, N_WEIGHTS, 1e-7, 1e-6);
        clk__object_free(o);
        n++;
    }
    ck_assert_msg(n > 0, CONSTRAINED_PATH " has no %s", class_name);
    json_decref(table);
}

/* The constraint cannot be applied to weights of `shape`. */
static inline void check_misfit(const char *expression, struct shape shape, const char *text)
{
    struct object *o = NULL;
    struct graph g;
    clk__graph_init(&g, true, false);
    check_ok(clk__object_from_text(&o, &clk__constraints, expression));
    struct value *w = clk__leaf(&g, REGION_PARAM, 0, CLK_FLOAT32, shape, false);
    ck_assert_ptr_null(clk__constrain(o, &g, w));
    check_fails(CLK_ERR_SHAPE, text, g.status);
    clk__graph_fini(&g);
    clk__object_free(o);
}
