/* SPDX-License-Identifier: MIT */
/* Functional models written as in Python, for `clkeras new`:
 *
 *     a = Input((8,))
 *     b = Input((4,))
 *     x = Concatenate()(a, b)
 *     out = Dense(1)(x)
 *     return out
 *
 * A line names the outputs of one call. What a layer is called on stands one after the other or in a list; arguments by
 * name follow: MultiHeadAttention(2, 8)(q, v, use_causal_mask=True). Operations take numbers and arrays of them as well:
 * ops.take(axis=1)(x, [0, 2]). A layer that has a name of its own,
 * d = Dense(8), can be called several times. Layers are named as the first name of their line, unless name= says
 * otherwise. Lines go on while a bracket is open; # starts a comment. */
#pragma once

#include "cli.h"

/* A text, for errors: "graph.txt" or, where lines are arguments of the command, NULL. */
struct graph_source {
    const char *file;
    const char *text;
};

/* True for "x = ...", "x, y = ..." and "return ...": what is no layer of a Sequential model. */
bool cli_is_statement(const char *text);
/* Adds the graph to an empty functional model. @return CLI_DONE or CLI_FAILED, reported with line and column */
int cli_read_graph(struct cli *cli, clk_model *model, const struct graph_source *source);

/* ---- graph_text.c: words of that text, without knowing any model ---- */
/* A part of the text. */
struct span {
    const char *start;
    size_t n;
};
enum {
    GRAPH_MOST_NAMES = 16 /* to the left of =, or behind return */
};
struct statement {
    bool returns; /* return NAMES; else NAMES = ... */
    struct span names[GRAPH_MOST_NAMES];
    size_t n_names;
    struct span head;   /* "Dense", "keras.layers.Dense", "d" */
    struct span first;  /* what is in the first brackets; start NULL: there are none */
    struct span second; /* in the second ones, as Dense(1)(x) has them */
    const char *next;   /* behind it */
};
/* Why a text cannot be read. */
struct graph_fault {
    const char *at;
    const char *message;
};
/* Reads the statement at `p`. @return false: *fault says why; at the end of the text, out->n_names is 0 */
bool cli_graph_statement(struct statement *out, struct graph_fault *fault, const char *p);
/* Past spaces, line ends and comments. */
const char *cli_graph_skip(const char *p, const char *end);
/* Bytes of the name at p; 0: none. */
size_t cli_graph_name(const char *p, const char *end);
/* The end of the value at p: the comma or bracket behind it, or `end`. */
const char *cli_graph_value_end(const char *p, const char *end);
bool cli_span_is(struct span s, const char *text);

/* ---- graph_array.c ---- */
struct graph_array {
    double *values; /* row-major; owned by the caller, even after a failure */
    size_t n;
    int rank;
    int64_t shape[CLK_MAX_RANK];
    bool integers; /* all are written as such */
};
/* True if a list of numbers, or of lists of them, stands at p. */
bool cli_graph_is_array(const char *p, const char *end);
/* Reads it, and moves *p behind. @return false: *fault says why */
bool cli_graph_array(
    struct graph_array *out, struct graph_fault *fault, const char **p, const char *end);
