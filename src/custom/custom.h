/* SPDX-License-Identifier: MIT */
/* Layers of the user's own: a class that is made at run time from a clk_layer_class, and what the user's functions
 * call. See include/clkeras/layer.h. */
#pragma once

#include "layers/layer.h"

#include <clkeras/layer.h>

struct custom_class {
    struct layer_class class;
    clk_layer_class given; /* its strings are in `memory` */
    struct field *fields;  /* the signature's, each of any type */
    struct arena memory;
};

/* Which of the user's functions runs. */
enum stage {
    STAGE_NONE,
    STAGE_INIT,
    STAGE_BUILD
};

struct custom {
    struct layer layer;
    enum stage stage;
    struct arena memory;          /* names of weights */
    struct object **initializers; /* owned, as variables borrow them */
    size_t n_initializers, initializers_capacity;
    json_t *
        entry; /* as the file has it, without the config: {"module", "registered_name"}; NULL: from no file */
    json_t *values[]; /* of the arguments, in the signature's order; NULL: None */
};

static inline const struct custom_class *clk__custom_class(const struct custom *c)
{
    return (const struct custom_class *)c->layer.object.class;
}

/* Puts the layer's name before the error text that one of the user's functions left, or says that it left none. */
clk_status clk__custom_failed(const struct custom *c, clk_status status, const char *function);

clk_status clk__custom_build(struct layer *self, const struct shape *inputs, int n) CLK_MUST_CHECK;
clk_status clk__custom_call(struct layer *self, struct call *c) CLK_MUST_CHECK;
