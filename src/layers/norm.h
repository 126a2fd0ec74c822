/* SPDX-License-Identifier: MIT */
/* What the normalization layers share: axes, and vectors that stand along them. */
#pragma once

#include "layers/layer.h"

/* `axis` of the input, counted from its end where negative, as a number from 0.
 * @return CLK_OK; CLK_ERR_SHAPE: there is no such axis */
clk_status clk__norm_axis(
    int *out, const struct layer *l, const struct shape *input, int64_t axis) CLK_MUST_CHECK;
/* The axes of a list as a bit mask, and their dimensions in rising order, which must be known. */
clk_status clk__norm_axes(unsigned *axes, struct shape *dims, const struct layer *l,
    const struct shape *input, const struct int_list *list) CLK_MUST_CHECK;
/* Makes a layer's list of axes what Keras makes of it when it builds: a rising list, even of one axis. */
void clk__norm_sort_axes(struct int_list *axes);
/* How many axes `axes` are if they are the last ones of `rank`, else 0. */
int clk__norm_trailing(unsigned axes, int rank);
/* v, of the shape of the axes `axes` of x, as something that broadcasts against x; NULL stays NULL. */
struct value *clk__norm_spread(
    struct graph *g, struct value *v, const struct value *x, unsigned axes);
/* (x - mean) / sqrt(variance + epsilon) * gamma + beta, pointwise; gamma and beta may be NULL. */
struct norm_terms {
    struct value *mean;
    struct value *variance;
    struct value *gamma;
    struct value *beta;
    float epsilon;
};
struct value *clk__norm_apply(struct graph *g, struct value *x, const struct norm_terms *t);
/* Mean and biased variance of x over `axes`, which are kept as 1. */
void clk__norm_moments(struct norm_terms *t, struct graph *g, struct value *x, unsigned axes);

/* What gamma and beta keep to; a member `rules` of a layer's struct. */
struct norm_rules {
    struct object *beta_regularizer;
    struct object *gamma_regularizer;
    struct object *beta_constraint;
    struct object *gamma_constraint;
};
#define NORM_RULE(tag, member, registry_) \
    ARG(FIELD_OBJECT, #member, tag, rules.member, .registry = (registry_), DEFAULT(null))
#define NORM_RULES(tag)                                        \
    NORM_RULE(tag, beta_regularizer, &clk__regularizers),      \
        NORM_RULE(tag, gamma_regularizer, &clk__regularizers), \
        NORM_RULE(tag, beta_constraint, &clk__constraints),    \
        NORM_RULE(tag, gamma_constraint, &clk__constraints)
/* gamma and beta of dimensions `dims`: the variables of most of these layers, in this order. An initializer that is
 * NULL: there is no such variable. */
clk_status clk__norm_add_scale(struct layer *l, struct shape dims, struct object *gamma_initializer,
    struct object *beta_initializer, const struct norm_rules *rules) CLK_MUST_CHECK;
