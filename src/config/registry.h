/* SPDX-License-Identifier: MIT */
/* Names: which one was meant. */
#pragma once

#include "base/str.h"
#include "config/schema.h"

/* "Custom>Adam" and "keras.optimizers.Adam" -> "Adam". */
const char *clk__name_strip(const char *name);

/* Appends "; did you mean relu?" if a name is near to `name`; and if none is, or with `list` always,
 * "accepted: " and the names, nearest first, cut where there are many. */
void clk__names_suggest(
    struct str *out, const char *name, const char *const *names, size_t n, bool list);
