/* SPDX-License-Identifier: MIT */
/* Optimizers against Keras' own steps (steps.json, which make_steps.py wrote), on the device. */
#pragma once

#include "device/device.h"
#include "lib/step.h"
#include "ops/op_check.h"
#include "optimizers/optimizer.h"
#include "support/configs.h"

#include <stdlib.h>
#include <string.h>

#define STEPS_PATH "tests/optimizers/steps.json"
enum {
    N_KERNEL = 6,
    N_BIAS = 3
};

static inline struct optimizer *make_optimizer(const char *expression)
{
    struct object *o = NULL;
    check_ok(clk__object_from_text(&o, &clk__optimizers, expression));
    return (struct optimizer *)o;
}

/* The kernel lies at 0, the bias at the next aligned place, the slots behind, each as long as both. */
struct flat_state {
    size_t bias_at; /* floats */
    size_t len;
    int n_slots;
    float *values; /* weights, then slots */
};

static inline void read_floats(float *out, const json_t *list, size_t first, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (float)json_number_value(json_array_get(list, first + i));
}

static inline struct flat_state flat_state_create(const struct optimizer *o, const json_t *table)
{
    size_t align = test_device()->align_bytes / sizeof(float);
    struct flat_state s = {.bias_at = (N_KERNEL + align - 1) / align * align};
    s.len = s.bias_at + (N_BIAS + align - 1) / align * align;
    s.n_slots = clk__optimizer_n_slots(o);
    s.values = calloc(s.len * (size_t)(1 + s.n_slots), sizeof(float));
    read_floats(s.values, json_object_get(table, "kernel"), 0, N_KERNEL);
    read_floats(s.values + s.bias_at, json_object_get(table, "bias"), 0, N_BIAS);
    for (size_t i = s.len; i < s.len * (size_t)(1 + s.n_slots); i++)
        s.values[i] = clk__optimizer_slot_initial(o);
    return s;
}

/* One step; returns the number of launches. The whole state lies in REGION_SLOT, which a rig reads back. */
static inline int optimizer_step(
    struct flat_state *s, const struct optimizer *o, int64_t iterations, const float *gradient)
{
    struct rig r;
    rig_init(&r);
    struct graph *g = &r.graph;
    size_t bytes = s->len * sizeof(float);
    rig_reserve(&r, REGION_SLOT, bytes * (size_t)(1 + s->n_slots));
    rig_reserve(&r, REGION_GRAD, bytes);
    memcpy(r.bytes[REGION_SLOT], s->values, bytes * (size_t)(1 + s->n_slots));
    clk__optimizer_step(o, iterations, (float *)(void *)r.bytes[REGION_STEP]);
    struct value *grads[] = {
        rig_input(&r, CLK_FLOAT32, SHAPE(2, 3), gradient, false),
        rig_input(&r, CLK_FLOAT32, SHAPE(3), gradient + N_KERNEL, false),
    };
    const size_t offsets[] = {0, s->bias_at * sizeof(float)};
    clk__optimizer_clip_norms(o, g, grads, 2);
    int64_t len = (int64_t)s->len;
    struct update u = {
        .graph = g,
        .weights = clk__leaf(g, REGION_SLOT, 0, CLK_FLOAT32, SHAPE(len), false),
        .gradients = clk__flat_gradients(g, grads, offsets, 2, len),
        .norms_clipped = true,
        .learning_rate = clk__step_scalar(g, STEP_LEARNING_RATE),
    };
    for (int i = 0; i < s->n_slots; i++)
        u.slots[i] =
            clk__leaf(g, REGION_SLOT, bytes * (size_t)(i + 1), CLK_FLOAT32, SHAPE(len), false);
    clk__optimizer_apply(o, &u);
    check_ok(g->status);
    rig_run(&r, 1);
    memcpy(s->values, r.bytes[REGION_SLOT], bytes * (size_t)(1 + s->n_slots));
    int n = r.n_launches;
    rig_fini(&r);
    return n;
}

/* Every recorded expression that begins with `name` and a parenthesis takes Keras' steps. */
static inline void check_steps(const char *name)
{
    json_t *table = json_load_file(STEPS_PATH, 0, NULL);
    ck_assert_msg(table != NULL, STEPS_PATH " cannot be read");
    const json_t *gradients = json_object_get(table, "gradients");
    const char *expression;
    json_t *expected;
    int n = 0;
    json_object_foreach(json_object_get(table, "cases"), expression, expected)
    {
        if (strncmp(expression, name, strlen(name)) != 0 || expression[strlen(name)] != '(')
            continue;
        struct optimizer *o = make_optimizer(expression);
        struct flat_state s = flat_state_create(o, table);
        for (size_t t = 0; t < json_array_size(gradients); t++) {
            float gradient[N_KERNEL + N_BIAS], kernel[N_KERNEL], bias[N_BIAS];
            read_floats(gradient, json_array_get(gradients, t), 0, N_KERNEL + N_BIAS);
            read_floats(kernel, json_array_get(expected, t), 0, N_KERNEL);
            read_floats(bias, json_array_get(expected, t), N_KERNEL, N_BIAS);
            (void)optimizer_step(&s, o, (int64_t)t, gradient);
            test_check_close(expression, s.values, kernel, N_KERNEL, 1e-7, 1e-6);
            test_check_close(expression, s.values + s.bias_at, bias, N_BIAS, 1e-7, 1e-6);
        }
        free(s.values);
        clk__object_free(&o->object);
        n++;
    }
    ck_assert_msg(n > 0, STEPS_PATH " has no %s", name);
    json_decref(table);
}

/* The whole update is one launch, after two copies of gradients that stand for the backward pass. */
static inline void check_one_launch(const char *expression)
{
    json_t *table = json_load_file(STEPS_PATH, 0, NULL);
    ck_assert_msg(table != NULL, STEPS_PATH " cannot be read");
    const float gradient[N_KERNEL + N_BIAS] = {0};
    struct optimizer *o = make_optimizer(expression);
    struct flat_state s = flat_state_create(o, table);
    ck_assert_int_eq(optimizer_step(&s, o, 0, gradient), 2 + 1);
    free(s.values);
    clk__object_free(&o->object);
    json_decref(table);
}

static inline void check_slots(const char *expression, int n, const char *const *names)
{
    struct optimizer *o = make_optimizer(expression);
    const struct optimizer_class *c = clk__optimizer_class(o);
    ck_assert_int_eq(c->n_slots(o), n);
    for (int i = 0; i < n; i++)
        ck_assert_str_eq(c->slot_name(o, i), names[i]);
    clk__object_free(&o->object);
}

#define check_refused(code, text, expression)                                                    \
    do {                                                                                         \
        struct object *refused_ = NULL;                                                          \
        check_fails(code, text, clk__object_from_text(&refused_, &clk__optimizers, expression)); \
    } while (0)
