/* SPDX-License-Identifier: MIT */
/* One field's value: JSON -> struct member -> JSON. All types but FIELD_OBJECT and FIELD_OBJECTS, which read.c and write.c
 * follow. */
#pragma once

#include "base/str.h"
#include "config/schema.h"

/* Where a value stands, for errors. */
struct spot {
    const char *text;  /* the expression; NULL: from JSON */
    int column;        /* in `text` */
    const char *where; /* JSON: `layers[2] "fc1"`; NULL: nothing to say */
    const char *path;  /* "Dense", or from JSON "Dense: kernel_initializer: HeNormal" */
    bool strict;       /* from an expression or our own caller, not from a file */
};

/* Fails with "column N: PATH: ..., in TEXT" or "WHERE: PATH: ...". */
clk_status clk__spot_fail(clk_status code, const struct spot *spot, const char *fmt, ...)
    CLK_PRINTF(3, 4) CLK_MUST_CHECK;
/* Appends `value` as an error shows it: as Python spells it in an expression, cut if long. */
void clk__value_show(struct str *out, const json_t *value, const struct spot *spot);

/* Fails with "units must be an integer >= 1, not -3". */
clk_status clk__value_fail(
    const struct field *f, const json_t *value, const struct spot *spot) CLK_MUST_CHECK;
bool clk__value_in_bounds(const struct field *f, double x);

/* A field's address in an object. */
void *clk__field_at(const struct object *o, size_t offset);
bool clk__field_allows_none(const struct field *f);

/* Checks and stores; `value` is borrowed. */
clk_status clk__value_read(struct object *o, const struct field *f, const json_t *value,
    const struct spot *spot) CLK_MUST_CHECK;
clk_status clk__value_write(
    json_t **out, const struct object *o, const struct field *f) CLK_MUST_CHECK;
void clk__value_fini(struct object *o, const struct field *f);

/* A field's default, owned by the caller. */
clk_status clk__value_default(json_t **out, const struct field *f) CLK_MUST_CHECK;
/* Equal, 1 and 1.0 being so. */
bool clk__value_equal(const json_t *a, const json_t *b);
