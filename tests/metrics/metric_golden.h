/* SPDX-License-Identifier: MIT */
/* Metrics against Keras' own: golden.json, which make_golden.py wrote. A model that hands its input on is evaluated
 * over three batches, the last of them shorter. */
#pragma once

#include "base/json.h"
#include "support/configs.h"
#include "support/test.h"

#include <clkeras/clkeras.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A nested list as numbers, float32 or int32, its shape in *out. */
static inline void *golden_numbers(clk_array *out, const json_t *list, clk_dtype dtype)
{
    *out = (clk_array){.dtype = dtype};
    size_t n = 1;
    for (const json_t *at = list; json_is_array(at); at = json_array_get(at, 0)) {
        out->shape[out->rank++] = (int64_t)json_array_size(at);
        n *= json_array_size(at);
    }
    float *numbers = calloc(n, sizeof *numbers);
    for (size_t i = 0; i < n; i++) {
        const json_t *at = list;
        size_t rest = n, k = i;
        for (int axis = 0; axis < out->rank; axis++) {
            rest /= (size_t)out->shape[axis];
            at = json_array_get(at, k / rest);
            k %= rest;
        }
        if (dtype == CLK_INT32)
            ((int32_t *)(void *)numbers)[i] = (int32_t)json_integer_value(at);
        else
            numbers[i] = (float)json_number_value(at);
    }
    out->data = numbers;
    return numbers;
}

static inline clk_model *golden_model(const clk_array *x, const char *loss, const char *metric)
{
    char shape[64] = "Input((", one[24];
    for (int i = 1; i < x->rank; i++) {
        (void)snprintf(one, sizeof one, "%lld, ", (long long)x->shape[i]);
        strncat(shape, one, sizeof shape - strlen(shape) - 4);
    }
    strcat(shape, "))");
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, "tested"));
    check_ok(clk_model_set_device(m, test_device()));
    check_ok(clk_model_add(m, shape));
    check_ok(clk_model_add(m, "Activation('linear')"));
    check_ok(clk_model_compile(m, clk_compile_opts(.loss = loss, .metrics = CLK_LIST(metric))));
    return m;
}

static inline void check_logs(const clk_logs *logs, const json_t *expected, const char *metric)
{
    const json_t *values = json_object_get(expected, "values");
    const char *name = json_string_value(json_object_get(expected, "name"));
    size_t n = json_array_size(values);
    ck_assert_msg(clk_logs_count(logs) == n + 1, "%s: %zu numbers, not %zu", metric,
        clk_logs_count(logs) - 1, n);
    for (size_t i = 0; i < n; i++) {
        char shown[96];
        double value = clk_logs_value(logs, i + 1);
        double due = json_number_value(json_array_get(values, i));
        (void)snprintf(shown, sizeof shown, n > 1 ? "%s[%zu]" : "%s", name, i);
        ck_assert_str_eq(clk_logs_name(logs, i + 1), shown);
        ck_assert_msg(fabs(value - due) <= 1e-6 * fmax(1, fabs(due)),
            "%s on %s, number %zu: %.9g, not %.9g", metric,
            json_string_value(json_object_get(expected, "data")), i, value, due);
    }
}

static inline void check_case(const json_t *golden, const json_t *c)
{
    const char *metric = json_string_value(json_object_get(c, "metric"));
    const json_t *data = json_object_get(
        json_object_get(golden, "data"), json_string_value(json_object_get(c, "data")));
    const char *loss = json_string_value(json_object_get(data, "loss"));
    clk_array x, y;
    clk_logs *logs = NULL;
    void *xs = golden_numbers(&x, json_object_get(data, "x"), CLK_FLOAT32);
    void *ys = golden_numbers(
        &y, json_object_get(data, "y"), strcmp(loss, "mse") == 0 ? CLK_FLOAT32 : CLK_INT32);
    clk_model *m = golden_model(&x, loss, metric);
    check_ok(clk_model_evaluate(&logs, m,
        clk_evaluate_opts(.x = x, .y = y, .verbose = CLK_VERBOSE_SILENT,
            .batch_size = json_integer_value(json_object_get(golden, "batch_size")))));
    check_logs(logs, c, metric);
    clk_logs_free(logs);
    clk_model_free(m);
    free(xs);
    free(ys);
}

/* All cases of a file. */
static inline void check_golden(const char *file)
{
    json_t *golden = json_load_file("tests/metrics/golden.json", 0, NULL);
    const json_t *cases = json_object_get(golden, file), *c;
    size_t i;
    ck_assert_uint_gt(json_array_size(cases), 0);
    json_array_foreach(cases, i, c) check_case(golden, c);
    json_decref(golden);
}
