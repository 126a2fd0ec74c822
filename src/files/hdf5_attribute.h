/* SPDX-License-Identifier: MIT */
/* Text attributes read from the bytes of an HDF5 file. Not through libhdf5: 1.10.8 copies a string of
 * variable length by the size that the heap claims into a buffer sized by what the attribute claims,
 * so a damaged file overruns it. Here every offset is checked against the file. Object headers of
 * version 1 are read, the only ones that Keras' files have. */
#pragma once

#include "files/weights.h"

/* The bytes of a file, borrowed. */
struct hdf5_bytes {
    const unsigned char *data;
    size_t n;
};

enum hdf5_found {
    HDF5_FOUND,
    HDF5_ABSENT,
    HDF5_NO_TEXT, /* another class of values */
    HDF5_DAMAGED,
    HDF5_OTHER_FORM, /* valid, but not of the form read here */
    HDF5_NO_MEMORY,
};

/* Appends the strings of the attribute `name` of the object whose header stands at `address`. An empty
 * list may be of any class, since Keras writes it as floats. */
enum hdf5_found clk__hdf5_attribute(struct name_list *out, struct hdf5_bytes file, uint64_t address,
    const char *name) CLK_MUST_CHECK;
