/* SPDX-License-Identifier: MIT */
/* What a weight_store is made of, for the files that read from it. */
#pragma once

#include "base/mapfile.h"
#include "files/hdf5.h"
#include "files/hdf5_error.h"

struct weight_store {
    char *name;  /* for messages */
    hid_t file;  /* negative until it is open */
    hid_t links; /* link access: follows no link out of the file */
    const void *image;
    size_t image_bytes;
    void *owned;               /* the image, where it is memory of ours */
    struct mapfile map;        /* the image, where it is a file */
    struct weight_store *next; /* a further file of the same weights, owned; NULL: none */
};

/* Opens what stands at `path` ("" is the root); close with H5Oclose. Negative if there is nothing. */
hid_t clk__store_object(struct weight_store *store, const char *path);
/* `"model.keras": layers/dense/vars/0: ` and libhdf5's reason; CLK_ERR_FORMAT. `path` NULL: the file. */
clk_status clk__store_fail(const struct weight_store *store, const char *path) CLK_MUST_CHECK;
