/* SPDX-License-Identifier: MIT */
/* Weights in several files with an index, model.weights.json, as Keras writes them since 3.10 where one would be too
 * large. Follows keras/src/saving/saving_lib.py, ShardedH5IOStore. */
#pragma once

#include "base/json.h"
#include "files/weights.h"

/* Opens the file of that name; *out stays NULL where there is none. */
typedef clk_status (*shard_opener)(struct weight_store **out, const char *name, void *user);

/* All files that the index names, and those that their numbers lead on to (Keras 3.10 names only a part), as one store.
 * @return CLK_OK; CLK_ERR_FORMAT: no such index, a file that is missing or would lie elsewhere; CLK_ERR_MEMORY */
clk_status clk__shards_open(
    struct weight_store **out, const json_t *index, shard_opener open, void *user) CLK_MUST_CHECK;
/* The same for an index in a file, whose parts lie beside it. */
clk_status clk__shards_open_file(struct weight_store **out, const char *path) CLK_MUST_CHECK;
