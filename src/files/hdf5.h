/* SPDX-License-Identifier: MIT */
/* HDF5 as Keras uses it: a list of weights to an image in memory, and a store over an image or a file.
 * What a store answers is in weights.h. Thread-safety is libhdf5's own: several threads may use several
 * stores where it was built with it, as Debian's is. */
#pragma once

#include "base/mapfile.h"
#include "files/weights.h"

/* Writes `list` in the layout of Keras 3: groups and contiguous arrays, no filters, the group's name as
 * an attribute. The same list gives the same bytes.
 * In memory, because libhdf5 that cannot write (a full disk) cannot close its file either.
 * @param image owned by the caller, free with free()
 * @return CLK_OK; CLK_ERR_MEMORY: libhdf5 gave up, in its words */
clk_status clk__hdf5_write(
    void **image, size_t *bytes, const struct weight_list *list) CLK_MUST_CHECK;

/* Opens a file, which stays mapped until the store is closed.
 * @param out owned by the caller, free with clk__store_close()
 * @return CLK_OK; CLK_ERR_IO: cannot be opened; CLK_ERR_FORMAT: no HDF5 file, or a damaged one;
 *         CLK_ERR_MEMORY */
clk_status clk__hdf5_open(struct weight_store **out, const char *path) CLK_MUST_CHECK;
/* Opens an image of `bytes` at `image` in a mapped file. `map` is taken, even on failure.
 * @param name for messages */
clk_status clk__hdf5_open_map(struct weight_store **out, struct mapfile map, const void *image,
    size_t bytes, const char *name) CLK_MUST_CHECK;
/* Opens an image in memory. It is taken, even on failure, and freed by clk__store_close().
 * @param name for messages */
clk_status clk__hdf5_open_image(
    struct weight_store **out, void *image, size_t bytes, const char *name) CLK_MUST_CHECK;
