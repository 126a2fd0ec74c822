/* SPDX-License-Identifier: MIT */
/* Named arrays, the form between containers and models. A weight_list is what a model wants written;
 * a weight_store is an open HDF5 file that a model reads from. Neither knows what a layer is. */
#pragma once

#include "base/precision.h"
#include "base/status.h"

#include <clkeras/array.h>

/* Names owned by the list; free with clk__names_fini. Zeroed = empty. */
struct name_list {
    char **items;
    size_t n;
    size_t capacity;
    bool more; /* names added from now on may be there already, and are passed over then */
};
void clk__names_fini(struct name_list *names);
/* Adds a copy of `name`. */
clk_status clk__names_add(struct name_list *names, const char *name) CLK_MUST_CHECK;

/* ---- writing ---- */

/* One array of a group. */
struct weight {
    char *name; /* "hidden/kernel", of which the parents are made; NULL: its number in the group */
    clk_dtype dtype;
    int rank; /* 0: a scalar */
    int64_t shape[CLK_MAX_RANK];
    const void *data; /* borrowed until the list is written */
    size_t bytes;
    enum precision precision; /* of floats: what they are written as */
};

/* An HDF5 group with the string attribute `name` that Keras gives it. */
struct weight_group {
    char *path; /* "layers/dense/vars" */
    char *name; /* "fc1"; NULL: no attribute */
    struct weight *weights;
    size_t n_weights;
    size_t capacity;
    const char *list_name;  /* an attribute of strings, "weight_names"; NULL: none */
    struct name_list texts; /* the strings */
};

/* A text attribute of the file. */
struct weight_text {
    const char *name; /* "model_config"; borrowed */
    char *text;       /* owned */
};

/* Groups in the order they were added. Zeroed = empty. */
struct weight_list {
    struct weight_group *groups;
    size_t n_groups;
    size_t capacity;
    struct weight_text *texts;
    size_t n_texts;
    size_t texts_capacity;
};

/* Adds a group; the arrays that follow are its 0, 1, ... A group that stays empty is written too, as
 * Keras does for layers without variables.
 * @param path parents are made; a path may not come twice
 * @return CLK_OK; CLK_ERR_ARG: an empty or repeated path; CLK_ERR_MEMORY */
clk_status clk__weight_list_group(
    struct weight_list *list, const char *path, const char *name) CLK_MUST_CHECK;
/* Adds an array to the group added last. `data` is borrowed until the list is written.
 * @return CLK_OK; CLK_ERR_ARG: no group yet, no dtype, or a shape that has no size; CLK_ERR_MEMORY */
clk_status clk__weight_list_add(struct weight_list *list, clk_array array) CLK_MUST_CHECK;
/* Has the floats that were added last, whose numbers are of this precision, written as such. */
void clk__weight_list_narrow(struct weight_list *list, enum precision p);
/* The same under a name that an attribute `list_name` of the group lists. */
clk_status clk__weight_list_add_named(struct weight_list *list, clk_array array,
    const char *list_name, const char *name) CLK_MUST_CHECK;
/* Adds a string to the attribute `list_name` (borrowed) of group number `group`; an empty one is made for NULL. */
clk_status clk__weight_list_text(
    struct weight_list *list, size_t group, const char *list_name, const char *text) CLK_MUST_CHECK;
/* Adds a text attribute of the file. `text` is taken, even on failure. @param name borrowed */
clk_status clk__weight_list_attribute(
    struct weight_list *list, const char *name, char *text) CLK_MUST_CHECK;
void clk__weight_list_fini(struct weight_list *list);

/* ---- reading ---- */

/* An open HDF5 file. Used by one thread at a time. Paths are as in Keras: "layers/dense/vars/0", no
 * slash in front; "" is the root. Links that lead elsewhere, virtual and external arrays are refused:
 * a weights file has no business in other files. */
struct weight_store;

/* What a file says of an array. */
struct weight_info {
    clk_dtype dtype; /* the narrowest that holds every value: float16 and bfloat16 count as
                      * CLK_FLOAT32, uint32 as CLK_INT64 */
    int rank;
    int64_t shape[CLK_MAX_RANK];
    size_t n_elements;
};

/* Name for messages: "model.keras". Borrowed from the store. */
const char *clk__store_name(const struct weight_store *store);

/* True if a group (or an array) stands at `path`. */
bool clk__store_has_group(struct weight_store *store, const char *path);
bool clk__store_has_array(struct weight_store *store, const char *path);

/* Dtype and shape of the array at `path`; nothing is read.
 * @return CLK_OK; CLK_ERR_FORMAT: missing, no array, damaged; CLK_ERR_UNSUPPORTED: not numbers that
 *         clkeras knows, more than CLK_MAX_RANK dimensions */
clk_status clk__store_find(
    struct weight_info *out, struct weight_store *store, const char *path) CLK_MUST_CHECK;
/* Fails as clk__store_read would for the array's dtype or shape; nothing is read. */
clk_status clk__store_match(
    const struct weight_info *want, struct weight_store *store, const char *path) CLK_MUST_CHECK;
/* Reads the array at `path`, converted to `want->dtype` (CLK_FLOAT32, CLK_FLOAT64, CLK_INT32, CLK_INT64
 * or CLK_UINT8). Integers become floats, floats never become integers, and a value out of range fails.
 * @param dest room for the elements of `want`
 * @param want dtype, rank and shape; the file's shape must be this one. n_elements is not looked at
 * @return CLK_OK; CLK_ERR_SHAPE: another shape, both are named; else as clk__store_find */
clk_status clk__store_read(void *dest, const struct weight_info *want, struct weight_store *store,
    const char *path) CLK_MUST_CHECK;
/* Number of arrays in a group of numbered ones ("vars"): 0 where there is no such group.
 * @return CLK_OK; CLK_ERR_FORMAT: the names are not 0, 1, ..., n - 1 */
clk_status clk__store_count(
    size_t *out, struct weight_store *store, const char *group) CLK_MUST_CHECK;
/* Names in a group, sorted by strcmp as HDF5 does ("dense_10" before "dense_2"), in each of joined files. */
clk_status clk__store_children(
    struct name_list *out, struct weight_store *store, const char *group) CLK_MUST_CHECK;

/* A string attribute of a group; *out is NULL where there is none. Fixed or variable length.
 * @param out owned by the caller, free with free() */
clk_status clk__store_text(char **out, struct weight_store *store, const char *group,
    const char *attribute) CLK_MUST_CHECK;
/* A list of strings, as in `layer_names` and `weight_names` of legacy files; above 64,512 bytes Keras
 * splits it into name0, name1, ... Empty where there is none. */
clk_status clk__store_texts(struct name_list *out, struct weight_store *store, const char *group,
    const char *attribute) CLK_MUST_CHECK;

/* Makes one store of two: what is not in the first is looked for in `more`, which is taken. */
void clk__store_join(struct weight_store *store, struct weight_store *more);
void clk__store_close(struct weight_store *store);
