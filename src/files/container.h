/* SPDX-License-Identifier: MIT */
/* The files that Keras saves models and weights in, told apart by what is in them, never by their name:
 * what a file says, as JSON, and its weights as a store. Models are made from that elsewhere. */
#pragma once

#include "base/json.h"
#include "files/weights.h"

enum container_kind {
    CONTAINER_KERAS = 1,      /* zip with config.json and model.weights.h5 */
    CONTAINER_WEIGHTS,        /* .weights.h5 of Keras 3: paths such as layers/dense/vars/0 */
    CONTAINER_LEGACY,         /* HDF5 with a config, .h5 or, from Keras 2.11 and 2.12, .keras */
    CONTAINER_LEGACY_WEIGHTS, /* HDF5 of weights by layer, without a config */
};

/* An open file. Zeroed = none. */
struct container {
    enum container_kind kind;
    json_t *config;   /* the model's; NULL in the two kinds without one */
    json_t *metadata; /* of CONTAINER_KERAS */
    json_t *training; /* CONTAINER_LEGACY: training_config; NULL if it was not compiled. In
                       * CONTAINER_KERAS it stands in the config, as compile_config */
    struct weight_store *weights; /* never NULL but after clk__container_open_config */
};

/* Opens any of the kinds.
 * @param c ends with clk__container_close; zeroed on failure
 * @return CLK_OK; CLK_ERR_ARG: no path; CLK_ERR_IO: cannot be opened; CLK_ERR_FORMAT: none of these, or
 *         damaged, naming the member or the place; CLK_ERR_UNSUPPORTED: a .keras file with its weights
 *         in several files or in npz; CLK_ERR_MEMORY */
clk_status clk__container_open(struct container *c, const char *path) CLK_MUST_CHECK;
/* The same, without the weights of a .keras file (c->weights is NULL there, and its form is not looked at): what the
 * file says of itself, at once, however large it is. */
clk_status clk__container_open_config(struct container *c, const char *path) CLK_MUST_CHECK;
void clk__container_close(struct container *c);

/* "a .keras file", "a legacy HDF5 model", ... for messages. */
const char *clk__container_kind_name(enum container_kind kind);

/* Writes a .keras file that Keras 3 opens, in place of what is at `path`: a failed write leaves the old
 * file. Needs memory for one copy of the weights.
 * @param config the model's, with compile_config if it is compiled; borrowed
 * @param metadata keys of metadata.json beyond Keras' own, which Keras does not look at; NULL: none
 * @return CLK_OK; CLK_ERR_IO: path and reason; CLK_ERR_MEMORY */
clk_status clk__container_write_keras(const char *path, const json_t *config,
    const json_t *metadata, const struct weight_list *weights) CLK_MUST_CHECK;
/* The same for a .weights.h5 file, which has no config. */
clk_status clk__container_write_weights(
    const char *path, const struct weight_list *weights) CLK_MUST_CHECK;
/* The same for a legacy HDF5 file, as which `weights` is laid out; says which Keras it is for. */
clk_status clk__container_write_legacy(
    const char *path, struct weight_list *weights) CLK_MUST_CHECK;
