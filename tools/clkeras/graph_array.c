/* SPDX-License-Identifier: MIT */
/* Arrays of numbers in a graph's text, as operands of operations: [[1, 2], [3, 4]]. */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

/* An array on its way from the text. */
struct reading {
    struct graph_array *out;
    struct graph_fault *fault;
    int depth;                     /* brackets that are open */
    int64_t counts[CLK_MAX_RANK];  /* items so far of the list at each depth */
    bool closed[CLK_MAX_RANK + 1]; /* a list of that depth is whole: others are as long */
    size_t capacity;
};

bool cli_graph_is_array(const char *p, const char *end)
{
    if (p == end || *p != '[') {
        return false;
    }
    while (p < end && *p == '[') {
        p = cli_graph_skip(p + 1, end);
    }
    return p < end && strchr("+-.0123456789", *p) != NULL;
}

static bool fail(struct reading *r, const char *at, const char *message)
{
    r->fault->at = at;
    r->fault->message = message;
    return false;
}

static bool open_list(struct reading *r, const char *at)
{
    if (r->depth == CLK_MAX_RANK || (r->out->rank > 0 && r->depth == r->out->rank)) {
        return fail(r, at, "lists within lists are at most 8 deep, and all equally deep");
    }
    if (r->depth > 0) {
        r->counts[r->depth - 1]++;
    }
    r->counts[r->depth++] = 0;
    return true;
}

static bool close_list(struct reading *r, const char *at)
{
    const int d = --r->depth;
    if (r->closed[d] && r->counts[d] != r->out->shape[d]) {
        return fail(r, at, "lists of one depth must be equally long");
    }
    if (r->counts[d] == 0) {
        return fail(r, at, "an empty list");
    }
    r->closed[d] = true;
    r->out->shape[d] = r->counts[d];
    return true;
}

static bool read_number(struct reading *r, const char **p, const char *end)
{
    struct graph_array *a = r->out;
    char *stop = NULL;
    const double number = strtod(*p, &stop);
    if (stop == *p || stop > end) {
        return fail(r, *p, "expected a number of an array");
    }
    if (a->rank == 0) {
        a->rank = r->depth;
    }
    if (r->depth != a->rank) {
        return fail(r, *p, "numbers of an array must be equally deep in lists");
    }
    if (a->n == r->capacity) {
        r->capacity = r->capacity > 0 ? 2 * r->capacity : 16;
        double *grown = realloc(a->values, r->capacity * sizeof *grown);
        if (!grown) {
            return fail(r, *p, "out of memory");
        }
        a->values = grown;
    }
    for (const char *c = *p; c < stop; c++) {
        a->integers &= strchr("+-0123456789", *c) != NULL;
    }
    a->values[a->n++] = number;
    r->counts[r->depth - 1]++;
    *p = stop;
    return true;
}

bool cli_graph_array(
    struct graph_array *out, struct graph_fault *fault, const char **p, const char *end)
{
    struct reading r = {.out = out, .fault = fault};
    *out = (struct graph_array){.integers = true};
    do {
        bool done = true;
        if (*p == end) {
            return fail(&r, *p, "this list is not closed");
        }
        const char c = **p;
        if (c == '[') {
            done = open_list(&r, *p);
        } else if (c == ']') {
            done = close_list(&r, *p);
        } else if (c != ',') {
            done = read_number(&r, p, end);
        }
        if (!done) {
            return false;
        }
        *p = cli_graph_skip(*p + (strchr("[],", c) != NULL), end);
    } while (r.depth > 0);
    return true;
}
