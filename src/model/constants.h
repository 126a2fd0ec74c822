/* SPDX-License-Identifier: MIT */
/* Arrays of numbers among the inputs of a model's calls. */
#pragma once

#include "model/model.h"

/* True for {"class_name": "__numpy__", "config": {"value": [...], "dtype"}}, and so for "__tensor__". */
bool clk__is_constant(const json_t *v);
/* True for a list, or lists within lists, that begins with a number. */
bool clk__is_numbers(const json_t *v);
/* Adds such an array to the constants of `l`: number *out of them. Fails with CLK_ERR_UNSUPPORTED if it is ragged, empty,
 * too large or no numbers. */
clk_status clk__constant_read(int *out, struct layer *l, const json_t *v) CLK_MUST_CHECK;
/* Its counterpart; owned by the caller. */
json_t *clk__constant_json(const struct constant *c);

/* Keeps a copy of an array of C's: number *out of m->arrays. */
clk_status clk__model_add_array(int *out, clk_model *m, const clk_array *a) CLK_MUST_CHECK;
void clk__model_free_arrays(clk_model *m);
/* Adds a copy of such a one to the constants of `l`. */
clk_status clk__constant_copy(int *out, struct layer *l, const struct constant *c) CLK_MUST_CHECK;
