/* SPDX-License-Identifier: MIT */
/* A layer made from an expression, built and called on a graph with unknown rows. */
#pragma once

#include "layers/layer.h"
#include "ops/op_check.h"

#include <stdlib.h>
#include <string.h>

#define MAX_VARIABLES 8

static inline struct layer *make_layer(const char *expression)
{
    struct object *o = NULL;
    check_ok(clk__object_from_text(&o, &clk__layers, expression));
    return (struct layer *)o;
}

static inline clk_status build_layer(struct layer *l, struct shape input)
{
    const struct layer_class *c = clk__layer_class(l);
    clk_status status = c->build ? c->build(l, &input, 1) : CLK_OK;
    for (int i = 0; i < l->n_variables; i++)
        l->variables[i].index = i;
    return status;
}

/* The output's shape for an input; its text in `buf`. */
static inline clk_status call_layer(
    char buf[SHAPE_TEXT], struct layer *l, struct shape input, bool training)
{
    struct graph g;
    struct value *variables[MAX_VARIABLES] = {NULL};
    clk__graph_init(&g, training, true);
    struct call c = {.graph = &g, .variables = variables, .n_inputs = 1};
    c.inputs[0] = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, input, false);
    clk_status status = clk__layer_class(l)->call(l, &c);
    if (status == CLK_OK) {
        ck_assert_int_eq(c.n_outputs, 1);
        clk__shape_text(buf, &c.outputs[0]->shape);
    }
    clk__graph_fini(&g);
    return status;
}

/* Builds and calls `expression` on an input of that shape and expects an output of the shape `text`. */
static inline void check_shape(const char *expression, struct shape input, const char *text)
{
    char got[SHAPE_TEXT];
    struct layer *l = make_layer(expression);
    check_ok(build_layer(l, input));
    for (int training = 0; training < 2; training++) {
        check_ok(call_layer(got, l, input, training == 1));
        ck_assert_msg(strcmp(got, text) == 0, "%s: %s, not %s", expression, got, text);
    }
    clk__object_free(&l->object);
}

/* Expects that build or call refuses an input of that shape. */
static inline void check_input_refused(const char *expression, struct shape input, const char *text)
{
    char got[SHAPE_TEXT];
    struct layer *l = make_layer(expression);
    clk_status status = build_layer(l, input);
    check_fails(CLK_ERR_SHAPE, text, status != CLK_OK ? status : call_layer(got, l, input, false));
    clk__object_free(&l->object);
}

/* Expects that the expression itself is refused. */
#define check_refused(code, text, expression)                                                \
    do {                                                                                     \
        struct object *refused_ = NULL;                                                      \
        check_fails(code, text, clk__object_from_text(&refused_, &clk__layers, expression)); \
        ck_assert_ptr_null(refused_);                                                        \
    } while (0)

/* ---- on the device ---- */

/* Calls a built layer on an input in a rig; each variable holds random numbers, by its index as seed. */
static inline struct value *rig_call(struct rig *r, struct layer *l, struct value *input)
{
    struct value *variables[MAX_VARIABLES] = {NULL};
    for (int i = 0; i < l->n_variables; i++) {
        const struct variable *v = &l->variables[i];
        float *data = op_random((uint64_t)i, v->len, -1, 1);
        variables[i] = rig_input(r, CLK_FLOAT32, v->shape, data, true);
        free(data);
    }
    struct call c = {.graph = &r->graph, .variables = variables, .n_inputs = 1};
    c.inputs[0] = input;
    check_ok(clk__layer_class(l)->call(l, &c));
    return c.outputs[0];
}

/* The output of `expression` in training mode for float32 input `x`, against `expected`. */
static inline void check_values(
    const char *expression, struct shape shape, const float *x, const float *expected, size_t n)
{
    struct rig r;
    rig_init(&r);
    struct layer *l = make_layer(expression);
    check_ok(build_layer(l, shape));
    int out = rig_output(&r, rig_call(&r, l, rig_input(&r, CLK_FLOAT32, shape, x, false)));
    rig_run(&r, 1);
    test_check_close(expression, rig_read(&r, out), expected, n, 1e-6, 1e-5);
    rig_fini(&r);
    clk__object_free(&l->object);
}
