/* SPDX-License-Identifier: MIT */
/* Layers that change images in training: the same images outside of it, and refused in it. */
#pragma once

#include "layers/layer_check.h"

static inline void check_random_image(const char *expression)
{
    char shape[SHAPE_TEXT], what[LAYER_TEXT];
    struct layer *l = make_layer(expression);
    struct graph g;
    struct call c = {.graph = &g, .n_inputs = 1};
    check_ok(call_layer(shape, l, SHAPE(-1, 4, 5, 3), false));
    ck_assert_str_eq(shape, "(None, 4, 5, 3)");
    /* A graph of shapes alone is of a model that is built, whatever it is for. */
    check_ok(call_layer(shape, l, SHAPE(-1, 4, 5, 3), true));
    clk__graph_init(&g, true, false);
    clk__layer_text(what, l);
    clk_status status = clk__layer_class(l)->call(l, &c);
    check_fails(CLK_ERR_UNSUPPORTED, what, status);
    check_fails(CLK_ERR_UNSUPPORTED, ": changing images in training is not supported", status);
    clk__graph_fini(&g);
    clk__object_free(&l->object);
}
