/* SPDX-License-Identifier: MIT */
/* Activations by name: "relu", "softmax", ... Each composes ops; see activations.c for the table. */
#pragma once

#include "config/schema.h"
#include "ops/op.h"

struct activation_class {
    struct object_class object; /* no fields, configs hold the name; but LeakyReLU's */
    struct value *(*apply)(struct graph *g, struct value *x);
    const char
        *pointwise; /* its name in ops/pointwise_table.c; NULL: it is no function of one element */
    float p0;       /* that function's parameter */
};
extern const struct registry clk__activations;

/* Those that are no functions of one element, over the last axis; operations are made of them, too. */
/* The first half times the sigmoid of the second. */
struct value *clk__glu(struct graph *g, struct value *x);
struct value *clk__sparsemax(struct graph *g, struct value *x);

/* activation(x); x itself for NULL (None). */
struct value *clk__activate(struct graph *g, const struct object *activation, struct value *x);
/* The name of the pointwise function that the activation is ("identity" for NULL), and its parameter. NULL: it is
 * none, as softmax. */
const char *clk__activation_pointwise(float *p0, const struct object *activation);
