/* SPDX-License-Identifier: MIT */
/* Layers by name and their calls by number while a functional model is read: what a tensor's history is looked up in,
 * and which calls wait for which layer, so that reading takes time in proportion to the config. */
#pragma once

#include "base/json.h"

/* A growing list of numbers. */
struct numbers {
    int *items;
    size_t n, capacity;
};

/* Of one layer. */
struct layer_slot {
    struct numbers nodes;   /* its calls, in order */
    struct numbers waiting; /* calls that need one more call of it */
};

/* Zeroed = empty. */
struct call_index {
    json_t *by_name; /* number of a layer */
    struct layer_slot *slots;
    size_t n, capacity;
};

/* The next layer; a name that is there already keeps its layer. */
clk_status clk__index_layer(struct call_index *ix, const char *name) CLK_MUST_CHECK;
/* The layer's number; -1: there is none of that name. */
int clk__index_find(const struct call_index *ix, const char *name);
/* The node of the layer's call number `call`; -1: not yet. */
int clk__index_node(const struct call_index *ix, int layer, int64_t call);
clk_status clk__numbers_add(struct numbers *list, int number) CLK_MUST_CHECK;
void clk__index_fini(struct call_index *ix);
