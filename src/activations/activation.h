/* SPDX-License-Identifier: MIT */
/* Activations by name: "relu", "softmax", ... Each composes ops; see activations.c for the table. */
#pragma once

#include "config/schema.h"
#include "ops/op.h"

struct activation_class {
    struct object_class object; /* no fields: configs hold the name */
    struct value *(*apply)(struct graph *g, struct value *x);
};
extern const struct registry clk__activations;

/* activation(x); x itself for NULL (None). */
struct value *clk__activate(struct graph *g, const struct object *activation, struct value *x);
