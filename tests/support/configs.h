/* SPDX-License-Identifier: MIT */
/* Configs against Keras': tests/support/configs.json, which make_configs.py wrote. */
#pragma once

#include "config/schema.h"

/* For every recorded expression of `room` ("layers") that makes a `class_name`: the object made of it by
 * `r` is written as Keras writes it, and read from that and written again is the same. */
void check_configs(const struct registry *r, const char *room, const char *class_name);
/* The same for one expression and what Keras serializes it to. */
void check_config(const struct registry *r, json_t *expected, const char *expression);
