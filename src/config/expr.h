/* SPDX-License-Identifier: MIT */
/* Keras call expressions: "Dense(64, activation='relu')" -> the config (JSON) a .keras file would hold.
 * Grammar: NAME | NAME(args), args positional then NAME=VALUE; VALUE: number (Python's forms: 1e-3, 1_000),
 * 'string' or "string", True, False, None, (tuple), [list], {'k': v}, or a call, a dotted name
 * (keras.layers.Dense) being read as its last part. */
#pragma once

#include "config/schema.h"

/* Parses `text` to {"class_name": NAME, "args": [...], "kwargs": {...}, "column": N}; nested calls the
 * same. With no parentheses "args" is absent. No names are looked up yet.
 * @return CLK_OK; CLK_ERR_SYNTAX: column (from 1) and what is expected there; CLK_ERR_MEMORY */
clk_status clk__expr_parse(json_t **out, const char *text) CLK_MUST_CHECK;
