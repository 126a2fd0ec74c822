/* SPDX-License-Identifier: MIT */
/* Layers of several inputs, called on a graph with unknown rows. */
#pragma once

#include "layers/layer_check.h"

/* Calls `expression` on inputs of these shapes; *out is the output's. */
static inline clk_status call_merge(
    struct shape *out, const char *expression, const struct shape *shapes, int n)
{
    struct graph g;
    struct layer *l = make_layer(expression);
    clk__graph_init(&g, false, true);
    struct call c = {.graph = &g, .n_inputs = n};
    for (int i = 0; i < n; i++)
        c.inputs[i] = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, shapes[i], false);
    clk_status status = clk__layer_call(l, &c);
    if (status == CLK_OK)
        *out = c.outputs[0]->shape;
    clk__graph_fini(&g);
    clk__object_free(&l->object);
    return status;
}

static inline void check_merge_shape(
    const char *expression, const struct shape *shapes, int n, const char *expected)
{
    struct shape out = {0};
    char text[SHAPE_TEXT];
    check_ok(call_merge(&out, expression, shapes, n));
    clk__shape_text(text, &out);
    ck_assert_msg(strcmp(text, expected) == 0, "%s: %s, not %s", expression, text, expected);
}

static inline void check_merge_refused(
    const char *expression, const struct shape *shapes, int n, const char *error)
{
    struct shape out;
    check_fails(CLK_ERR_SHAPE, error, call_merge(&out, expression, shapes, n));
}
