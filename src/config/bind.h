/* SPDX-License-Identifier: MIT */
/* Arguments and keys to fields. */
#pragma once

#include "config/expr.h"
#include "config/value.h"

/* A value not read yet: a literal, or a name, a call or a list of those of an expression. */
struct source {
    const json_t *json;
    const struct expr *call;
    const struct expr_arg *items;
    int column;
};

struct source clk__source_of(const struct expr_arg *arg);

/* Fields of a class, its own ones first, then the common ones. */
size_t clk__class_n_fields(const struct object_class *c);
const struct field *clk__class_field(const struct object_class *c, size_t i);

/* Fills `values`, one a field, zeroed, with what the call gives; the others stay zero. */
clk_status clk__bind_call(struct source *values, const struct object_class *c,
    const struct expr *call, const struct spot *at) CLK_MUST_CHECK;
/* The same from a config's keys. A layer that stands for a function (`of_function`) may bring its name. */
clk_status clk__bind_config(struct source *values, const struct object_class *c,
    const json_t *config, const struct spot *spot, bool of_function) CLK_MUST_CHECK;
