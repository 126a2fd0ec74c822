/* SPDX-License-Identifier: MIT */
/* Replays of what Keras recorded: arrays in DIR/NAME.npz, settings and names in an entry of a JSON
 * table. Every check names the case, and the epoch, key or index of the first number that is off. */
#pragma once

#include "base/json.h"
#include "support/tolerances.h"

#include <clkeras/clkeras.h>

struct golden {
    const char *dir;     /* "tests/keras/golden" */
    const char *name;    /* of the case and of its .npz file */
    const json_t *entry; /* borrowed from the table */
};

/* Reads the array `key` of the JSON file `path`. Called before any test runs, so it fails none.
 * @return owned by the caller: json_decref(); NULL if the file or the array is missing or empty */
json_t *golden_table(const char *path, const char *key);
/* The i-th case of `table`, which the result borrows. */
struct golden golden_at(const json_t *table, size_t i, const char *dir);

/* A setting of the case: its text, number or boolean. The last two give 0 and false for an absent one. */
const char *golden_text(const struct golden *g, const char *key);
double golden_number(const struct golden *g, const char *key);
bool golden_flag(const struct golden *g, const char *key);
/* The i-th string of a list, NULL after its end. */
const char *golden_item(const struct golden *g, const char *key, size_t i);

/* A recorded array: free with clk_ndarray_free(). */
clk_ndarray *golden_array(const struct golden *g, const char *key);

/* clk_model_predict() on the recorded x against the recorded `key`. */
void golden_check_predict(
    clk_model *model, const struct golden *g, const char *key, struct tolerance tolerance);
/* Names and values of every epoch against "history": (names, epochs). */
void golden_check_history(const clk_history *history, const struct golden *g);
/* clk_model_evaluate() on the recorded x and y against "evaluate"; names in the order of compile. */
void golden_check_evaluate(clk_model *model, const struct golden *g, const char *key);
/* Paths of all weights against the list "weights", values against "<prefix>0", "<prefix>1", ... */
void golden_check_weights(
    clk_model *model, const struct golden *g, const char *prefix, struct tolerance tolerance);
/* Sets the model's weights from "<prefix>0", "<prefix>1", ... */
void golden_set_weights(clk_model *model, const struct golden *g, const char *prefix);
