/* SPDX-License-Identifier: MIT */
/* Regularizers against Keras' own penalties (penalties.json, which make_penalties.py wrote), on the device. */
#pragma once

#include "ops/op_check.h"
#include "regularizers/regularizer.h"
#include "support/configs.h"

#include <string.h>

#define PENALTIES_PATH "tests/regularizers/penalties.json"
enum {
    N_MATRIX = 12
};

static inline void read_numbers(float *out, const json_t *list, size_t n)
{
    ck_assert_uint_eq(json_array_size(list), n);
    for (size_t i = 0; i < n; i++)
        out[i] = (float)json_number_value(json_array_get(list, i));
}

/* Penalty and gradient of `matrix` on the device. */
static inline void run_penalty(
    float *penalty, float *gradient, const struct object *o, const float *matrix)
{
    struct rig r;
    rig_init(&r);
    struct value *x = rig_input(&r, CLK_FLOAT32, SHAPE(3, 4), matrix, true), *dx = NULL;
    struct value *y = clk__penalty(o, &r.graph, x);
    check_ok(r.graph.status);
    *penalty = 0.0f;
    memset(gradient, 0, N_MATRIX * sizeof(float));
    if (!y) { /* it is always 0 */
        rig_fini(&r);
        return;
    }
    rig_gradients(&r, y, clk__constant(&r.graph, 1.0f), &x, &dx, 1);
    int at = rig_output(&r, clk__add(&r.graph, y, clk__constant(&r.graph, 0.0f)));
    int of_gradient = dx ? rig_output(&r, dx) : -1;
    rig_run(&r, 1);
    *penalty = rig_read(&r, at)[0];
    if (dx)
        memcpy(gradient, rig_read(&r, of_gradient), N_MATRIX * sizeof(float));
    rig_fini(&r);
}

/* Every recorded expression that makes a `class_name`: config both ways, penalty, gradient. */
static inline void check_penalties(const char *class_name)
{
    json_t *table = json_load_file(PENALTIES_PATH, 0, NULL), *recorded;
    ck_assert_msg(table != NULL, PENALTIES_PATH " cannot be read");
    const char *expression;
    float matrix[N_MATRIX];
    int n = 0;
    read_numbers(matrix, json_object_get(table, "matrix"), N_MATRIX);
    json_object_foreach(json_object_get(table, "cases"), expression, recorded)
    {
        json_t *config = json_object_get(recorded, "config");
        float penalty, gradient[N_MATRIX], expected[N_MATRIX];
        struct object *o = NULL;
        if (strcmp(json_string_value(json_object_get(config, "class_name")), class_name) != 0)
            continue;
        check_config(&clk__regularizers, config, expression);
        check_ok(clk__object_from_text(&o, &clk__regularizers, expression));
        run_penalty(&penalty, gradient, o, matrix);
        float wanted = (float)json_number_value(json_object_get(recorded, "penalty"));
        read_numbers(expected, json_object_get(recorded, "gradient"), N_MATRIX);
        test_check_close(expression, &penalty, &wanted, 1, 1e-7, 1e-6);
        test_check_close(expression, gradient, expected, N_MATRIX, 1e-7, 1e-6);
        clk__object_free(o);
        n++;
    }
    ck_assert_msg(n > 0, PENALTIES_PATH " has no %s", class_name);
    json_decref(table);
}

/* A regularizer from a file, which is strict about nothing. */
static inline struct object *regularizer_of_file(const char *text)
{
    struct object *o = NULL;
    json_t *config = NULL;
    check_ok(clk__json_parse(&config, text, strlen(text), "config"));
    check_ok(clk__object_from_json(&o, &clk__regularizers, config, false, "kernel_regularizer"));
    json_decref(config);
    return o;
}

#define check_refused(code, text, expression)                                                      \
    do {                                                                                           \
        struct object *refused_ = NULL;                                                            \
        check_fails(code, text, clk__object_from_text(&refused_, &clk__regularizers, expression)); \
    } while (0)
