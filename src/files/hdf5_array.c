/* SPDX-License-Identifier: MIT */
/* Dtype, shape and numbers of an array in an HDF5 file. What the file says is checked against the
 * caller's expectation and the file's own size before anything is read. */
#include "base/mem.h"
#include "base/str.h"
#include "files/hdf5_store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A chunk is read as a whole, so its size is a promise of the file: larger ones are refused. */
static const size_t max_chunk_bytes = (size_t)64 << 20;

static hid_t native_type(clk_dtype dtype)
{
    switch (dtype) {
    case CLK_FLOAT32:
        return H5T_NATIVE_FLOAT;
    case CLK_FLOAT64:
        return H5T_NATIVE_DOUBLE;
    case CLK_INT32:
        return H5T_NATIVE_INT32;
    case CLK_INT64:
        return H5T_NATIVE_INT64;
    case CLK_UINT8:
        return H5T_NATIVE_UINT8;
    }
    return H5I_INVALID_HID;
}

static bool is_float(clk_dtype dtype)
{
    return dtype == CLK_FLOAT32 || dtype == CLK_FLOAT64;
}

/* Keras has bfloat16 as bytes, two a number: the upper ones of a float32, the low one first. */
static bool is_bfloat16(hid_t type)
{
    return H5Tget_class(type) == H5T_OPAQUE && H5Tget_size(type) == sizeof(uint16_t);
}

/* The narrowest dtype that holds every value of `type`; 0 if there is none. */
static clk_dtype dtype_of(hid_t type)
{
    size_t bytes = H5Tget_size(type);
    switch (H5Tget_class(type)) {
    case H5T_OPAQUE:
        return is_bfloat16(type) ? CLK_FLOAT32 : (clk_dtype)0;
    case H5T_FLOAT:
        return bytes <= 4 ? CLK_FLOAT32 : bytes == 8 ? CLK_FLOAT64 : (clk_dtype)0;
    case H5T_INTEGER:
        if (H5Tget_sign(type) == H5T_SGN_NONE && bytes == 1)
            return CLK_UINT8;
        if (bytes <= (H5Tget_sign(type) == H5T_SGN_NONE ? 2u : 4u))
            return CLK_INT32;
        return bytes <= 8 ? CLK_INT64 : (clk_dtype)0;
    default:
        return (clk_dtype)0;
    }
}

/* The layouts that keep their numbers in this file, with sizes that the file can hold. */
static clk_status check_layout(
    hid_t array, const struct weight_store *store, const char *path, size_t bytes)
{
    hid_t made = H5Dget_create_plist(array);
    if (made < 0)
        return clk__store_fail(store, path);
    hsize_t dims[CLK_MAX_RANK];
    size_t chunk_bytes = 0;
    H5D_layout_t layout = H5Pget_layout(made);
    bool inside = H5Pget_external_count(made) == 0 &&
                  (layout == H5D_CONTIGUOUS || layout == H5D_COMPACT || layout == H5D_CHUNKED);
    if (inside && layout == H5D_CHUNKED) {
        int rank = H5Pget_chunk(made, CLK_MAX_RANK, dims);
        hid_t type = H5Dget_type(array);
        chunk_bytes = type >= 0 ? H5Tget_size(type) : 0;
        H5Tclose(type);
        for (int i = 0; i < rank && i < CLK_MAX_RANK; i++) {
            if (!clk__size_mul(&chunk_bytes, chunk_bytes, (size_t)dims[i]))
                chunk_bytes = SIZE_MAX;
        }
    }
    H5Pclose(made);
    if (!inside)
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "\"%s\": %s: its numbers are in another file; only arrays within the file are read",
            store->name, path);
    if (chunk_bytes > max_chunk_bytes)
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\": %s: chunks of %zu bytes, more than the %zu allowed", store->name, path,
            chunk_bytes, max_chunk_bytes);
    hsize_t stored = H5Dget_storage_size(array);
    if (stored > store->image_bytes || (bytes > 0 && stored == 0) ||
        (layout == H5D_CONTIGUOUS && stored < bytes))
        return clk__fail(CLK_ERR_FORMAT, "\"%s\": %s: %llu bytes are stored, its shape needs %zu",
            store->name, path, (unsigned long long)stored, bytes);
    return CLK_OK;
}

static clk_status read_shape(
    struct weight_info *out, hid_t array, const struct weight_store *store, const char *path)
{
    hid_t space = H5Dget_space(array);
    int rank = space >= 0 ? H5Sget_simple_extent_ndims(space) : -1;
    hsize_t dims[H5S_MAX_RANK] = {0};
    bool ok = rank >= 0 && H5Sget_simple_extent_dims(space, dims, NULL) >= 0;
    clk_status status = ok ? CLK_OK : clk__store_fail(store, path);
    if (ok && H5Sget_simple_extent_type(space) == H5S_NULL)
        status = clk__fail(CLK_ERR_FORMAT, "\"%s\": %s: holds nothing", store->name, path);
    else if (ok && rank > CLK_MAX_RANK)
        status =
            clk__fail(CLK_ERR_UNSUPPORTED, "\"%s\": %s: has %d dimensions, at most %d are read",
                store->name, path, rank, CLK_MAX_RANK);
    if (space >= 0)
        H5Sclose(space);
    if (status != CLK_OK)
        return status;
    out->rank = rank;
    out->n_elements = 1;
    for (int i = 0; i < rank; i++) {
        out->shape[i] = (int64_t)dims[i];
        if (dims[i] > INT64_MAX || !clk__size_mul(&out->n_elements, out->n_elements, dims[i]))
            return clk__fail(CLK_ERR_FORMAT, "\"%s\": %s: dimension %d is %llu", store->name, path,
                i, (unsigned long long)dims[i]);
    }
    return CLK_OK;
}

static clk_status describe(
    struct weight_info *out, hid_t array, const struct weight_store *store, const char *path)
{
    *out = (struct weight_info){0};
    hid_t type = H5Dget_type(array);
    if (type < 0)
        return clk__store_fail(store, path);
    size_t bytes = H5Tget_size(type);
    out->dtype = dtype_of(type);
    H5Tclose(type);
    if (!out->dtype)
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "\"%s\": %s: its numbers are no floats or integers of at most 8 bytes", store->name,
            path);
    TRY(read_shape(out, array, store, path));
    if (!clk__size_mul(&bytes, bytes, out->n_elements))
        return clk__fail(CLK_ERR_FORMAT, "\"%s\": %s: %zu elements are too many", store->name, path,
            out->n_elements);
    return check_layout(array, store, path, bytes);
}

/* Opens the array at `path`, which must be one; *array is valid or negative afterwards. */
static clk_status open_array(hid_t *array, struct weight_store *store, const char *path)
{
    *array = clk__store_object(store, path);
    if (*array < 0)
        return clk__store_fail(store, path);
    if (H5Iget_type(*array) != H5I_DATASET)
        return clk__fail(CLK_ERR_FORMAT, "\"%s\": %s: is no array", store->name, path);
    return CLK_OK;
}

clk_status clk__store_find(struct weight_info *out, struct weight_store *store, const char *path)
{
    *out = (struct weight_info){0};
    struct hdf5_quiet quiet;
    clk__hdf5_quiet(&quiet);
    hid_t array;
    clk_status status = open_array(&array, store, path);
    if (status == CLK_OK)
        status = describe(out, array, store, path);
    if (array >= 0)
        H5Oclose(array);
    clk__hdf5_unquiet(&quiet);
    return status;
}

/* ---- reading ---- */

static void add_shape(struct str *out, const struct weight_info *info)
{
    clk__str_add(out, "(");
    for (int i = 0; i < info->rank; i++)
        clk__str_addf(out, "%s%lld", i > 0 ? ", " : "", (long long)info->shape[i]);
    clk__str_add(out, info->rank == 1 ? ",)" : ")");
}

static clk_status check_wanted(const struct weight_info *found, const struct weight_info *want,
    const struct weight_store *store, const char *path)
{
    if (is_float(found->dtype) && !is_float(want->dtype))
        return clk__fail(CLK_ERR_FORMAT, "\"%s\": %s: holds %s, not %s", store->name, path,
            clk_dtype_name(found->dtype), clk_dtype_name(want->dtype));
    bool same = found->rank == want->rank;
    for (int i = 0; same && i < found->rank; i++)
        same = found->shape[i] == want->shape[i];
    if (same)
        return CLK_OK;
    struct str text = {0};
    add_shape(&text, found);
    clk__str_add(&text, ", not ");
    add_shape(&text, want);
    clk_status status = text.failed ? clk__fail_memory()
                                    : clk__fail(CLK_ERR_SHAPE, "\"%s\": %s: has shape %s",
                                          store->name, path, text.data);
    clk__str_fini(&text);
    return status;
}

clk_status clk__store_match(
    const struct weight_info *want, struct weight_store *store, const char *path)
{
    struct weight_info found;
    TRY(clk__store_find(&found, store, path));
    return check_wanted(&found, want, store, path);
}

/* Called by libhdf5 for each value that its conversion cannot keep. A value out of range stops the
 * read; infinities pass, which the conversion from double to float reports as out of range. */
static H5T_conv_ret_t convert_exception(
    H5T_conv_except_t kind, hid_t from, hid_t to, void *from_value, void *to_value, void *user)
{
    (void)to;
    (void)to_value;
    (void)user;
    if (kind != H5T_CONV_EXCEPT_RANGE_HI && kind != H5T_CONV_EXCEPT_RANGE_LOW)
        return H5T_CONV_UNHANDLED;
    if (H5Tequal(from, H5T_NATIVE_DOUBLE) > 0) {
        double value;
        memcpy(&value, from_value, sizeof(value));
        if (isinf(value))
            return H5T_CONV_UNHANDLED;
    }
    return H5T_CONV_ABORT;
}

/* The bytes go to the upper half of dest, and from its start on become floats. */
static clk_status read_bfloat16(float *dest, size_t n, hid_t array, hid_t type,
    const struct weight_store *store, const char *path)
{
    unsigned char *bytes = (unsigned char *)dest + n * sizeof(uint16_t);
    if (H5Dread(array, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) < 0)
        return clk__store_fail(store, path);
    for (size_t i = 0; i < n; i++, bytes += 2) {
        uint32_t bits = (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 24;
        memcpy(&dest[i], &bits, sizeof bits);
    }
    return CLK_OK;
}

static clk_status read_array(
    void *dest, hid_t array, clk_dtype dtype, const struct weight_store *store, const char *path)
{
    hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
    bool ok = transfer >= 0 && H5Pset_type_conv_cb(transfer, convert_exception, NULL) >= 0 &&
              H5Dread(array, native_type(dtype), H5S_ALL, H5S_ALL, transfer, dest) >= 0;
    clk_status status = ok ? CLK_OK : clk__store_fail(store, path);
    if (transfer >= 0)
        H5Pclose(transfer);
    return status;
}

clk_status clk__store_read(
    void *dest, const struct weight_info *want, struct weight_store *store, const char *path)
{
    struct hdf5_quiet quiet;
    clk__hdf5_quiet(&quiet);
    struct weight_info found;
    hid_t array;
    clk_status status = CLK_OK;
    TRY_DONE(open_array(&array, store, path));
    TRY_DONE(describe(&found, array, store, path));
    TRY_DONE(check_wanted(&found, want, store, path));
    hid_t type = H5Dget_type(array);
    bool holds = type >= 0 && is_bfloat16(type);
    if (holds && want->dtype != CLK_FLOAT32)
        status = clk__fail(CLK_ERR_FORMAT, "\"%s\": %s: holds bfloat16, not %s", store->name, path,
            clk_dtype_name(want->dtype));
    else if (found.n_elements > 0 && holds)
        status = read_bfloat16(dest, found.n_elements, array, type, store, path);
    else if (found.n_elements > 0)
        status = read_array(dest, array, want->dtype, store, path);
    if (type >= 0)
        H5Tclose(type);
done:
    if (array >= 0)
        H5Oclose(array);
    clk__hdf5_unquiet(&quiet);
    return status;
}
