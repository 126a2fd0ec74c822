/* SPDX-License-Identifier: MIT */
/* Constraints: what a weight is made to keep to after each step of the optimizer; one Keras name a file. Follows
 * keras/src/constraints/constraints.py. The table is made from meson.build. */
#pragma once

#include "config/schema.h"
#include "ops/op.h"

struct constraint_class {
    struct object_class object;
    /* w as it may be, of the same shape. Fails with CLK_ERR_SHAPE. */
    struct value *(*apply)(const struct object *self, struct graph *g, struct value *w);
};
extern const struct registry clk__constraints;

/* w as `constraint`, one of clk__constraints, lets it be. */
struct value *clk__constrain(const struct object *constraint, struct graph *g, struct value *w);

/* Norms of w over `axes`, those axes kept as 1. Fails with CLK_ERR_SHAPE: w has not these axes. */
struct value *clk__constraint_norms(
    const struct object *self, struct graph *g, struct value *w, const struct int_list *axes);
/* w * wanted / (epsilon + norms) */
struct value *clk__constraint_rescale(
    struct graph *g, struct value *w, struct value *wanted, struct value *norms);
/* "axis": a number, several, or None, which is all. */
#define CONSTRAINT_AXIS_FIELD(tag) ARG_SHAPE(tag, axis, DEFAULT(0), ALLOW_INT, OR_NONE)
#define CONSTRAINT_CLASS(name_, tag, fields_)                     \
    .object.name = (name_), .object.module = "keras.constraints", \
    .object.bytes = sizeof(struct tag), .object.fields = (fields_)
