/* SPDX-License-Identifier: MIT */
/* Regularizers: what a weight's values or a layer's outputs add to the loss; one Keras name a file. Follows
 * keras/src/regularizers/regularizers.py. The table is made from meson.build. */
#pragma once

#include "config/schema.h"
#include "ops/op.h"

/* Factors of the sums of |x| and x^2. */
struct norm_factors {
    double l1;
    double l2;
};

struct regularizer_class {
    struct object_class object;
    /* Of a penalty that is l1 sum |x| + l2 sum x^2: one that several weights may share. NULL: it is another. */
    struct norm_factors (*factors)(const struct object *self);
    /* The penalty of x, rank 0; NULL where there are factors. Fails with CLK_ERR_SHAPE. */
    struct value *(*penalty)(const struct object *self, struct graph *g, struct value *x);
};
extern const struct registry clk__regularizers;

/* The penalty of x, rank 0; NULL where it is always 0. `regularizer` is one of clk__regularizers. */
struct value *clk__penalty(const struct object *regularizer, struct graph *g, struct value *x);
/* True if the penalty is a sum of elements' own; its factors. */
bool clk__penalty_factors(struct norm_factors *out, const struct object *regularizer);
/* The penalty by factors; NULL where both are 0. */
struct value *clk__penalty_of(struct graph *g, struct value *x, const struct norm_factors *f);

/* The float32 nearest to a number, as Keras keeps some. */
static inline double clk__as_float(double x)
{
    return (double)(float)x;
}
#define REGULARIZER_CLASS(name_, tag, fields_)                     \
    .object.name = (name_), .object.module = "keras.regularizers", \
    .object.bytes = sizeof(struct tag), .object.fields = (fields_)
