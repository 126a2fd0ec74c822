/* SPDX-License-Identifier: MIT */
/* Writes weights as Keras 3 lays them out (keras/src/saving/saving_lib.py, H5IOStore): symbol-table
 * groups, contiguous arrays, one variable-length string `name` a group, as h5py writes it. */
#include "files/hdf5.h"
#include "files/hdf5_error.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The core driver grows its image by steps of this many bytes. */
static const size_t image_step = (size_t)1 << 20;

enum {
    max_texts = 4000
};

/* Property lists and types used for each group and array. */
struct writer {
    hid_t access; /* in memory */
    hid_t file;
    hid_t links; /* makes the groups on the way */
    hid_t array; /* no time stamps */
    hid_t text;  /* variable-length UTF-8 */
    hid_t half;  /* float16 */
    hid_t brain; /* bfloat16: bytes to HDF5 */
};

static hid_t type_of(clk_dtype dtype, bool in_file)
{
    switch (dtype) {
    case CLK_FLOAT32:
        return in_file ? H5T_IEEE_F32LE : H5T_NATIVE_FLOAT;
    case CLK_FLOAT64:
        return in_file ? H5T_IEEE_F64LE : H5T_NATIVE_DOUBLE;
    case CLK_INT32:
        return in_file ? H5T_STD_I32LE : H5T_NATIVE_INT32;
    case CLK_INT64:
        return in_file ? H5T_STD_I64LE : H5T_NATIVE_INT64;
    case CLK_UINT8:
        return in_file ? H5T_STD_U8LE : H5T_NATIVE_UINT8;
    }
    return H5I_INVALID_HID;
}

/* Opens `w`; every member is valid or negative afterwards, for writer_close. */
static bool writer_open(struct writer *w)
{
    char name[HDF5_NAME_BYTES];
    clk__hdf5_unique_name(name);
    w->file = H5I_INVALID_HID;
    w->access = H5Pcreate(H5P_FILE_ACCESS);
    w->links = H5Pcreate(H5P_LINK_CREATE);
    w->array = H5Pcreate(H5P_DATASET_CREATE);
    w->text = H5Tcopy(H5T_C_S1);
    w->half = H5Tcopy(H5T_IEEE_F32LE);
    w->brain = H5Tcreate(H5T_OPAQUE, sizeof(uint16_t));
    if (w->access < 0 || w->links < 0 || w->array < 0 || w->text < 0 || w->half < 0 || w->brain < 0)
        return false;
    /* Of its 16 bits the first is the sign's, the next 5 are the exponent's, biased by 15. */
    if (H5Tset_fields(w->half, 15, 10, 5, 0, 10) < 0 || H5Tset_size(w->half, 2) < 0 ||
        H5Tset_ebias(w->half, 15) < 0 || H5Tset_tag(w->brain, "") < 0)
        return false;
    if (H5Pset_fapl_core(w->access, image_step, false) < 0 ||
        H5Pset_create_intermediate_group(w->links, 1) < 0 ||
        H5Pset_obj_track_times(w->array, false) < 0 || H5Tset_size(w->text, H5T_VARIABLE) < 0 ||
        H5Tset_cset(w->text, H5T_CSET_UTF8) < 0)
        return false;
    w->file = H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, w->access);
    return w->file >= 0;
}

static void writer_close(struct writer *w)
{
    if (w->file >= 0)
        H5Fclose(w->file);
    if (w->brain >= 0)
        H5Tclose(w->brain);
    if (w->half >= 0)
        H5Tclose(w->half);
    if (w->text >= 0)
        H5Tclose(w->text);
    if (w->array >= 0)
        H5Pclose(w->array);
    if (w->links >= 0)
        H5Pclose(w->links);
    if (w->access >= 0)
        H5Pclose(w->access);
}

/* One string, or an array of n. */
static clk_status write_texts(
    const struct writer *w, hid_t group, const char *name, char *const *texts, const hsize_t *n)
{
    hid_t space = n ? H5Screate_simple(1, n, NULL) : H5Screate(H5S_SCALAR);
    hid_t attribute = H5I_INVALID_HID;
    if (space >= 0)
        attribute = H5Acreate2(group, name, w->text, space, H5P_DEFAULT, H5P_DEFAULT);
    bool ok = attribute >= 0 && ((n && *n == 0) || H5Awrite(attribute, w->text, texts) >= 0);
    clk_status status = ok ? CLK_OK : clk__hdf5_fail(CLK_ERR_MEMORY, name);
    if (attribute >= 0)
        H5Aclose(attribute);
    if (space >= 0)
        H5Sclose(space);
    return status;
}

/* An attribute has room for 64 KiB, 16 bytes a string: Keras splits longer lists into NAME0, NAME1, ... */
static clk_status write_list(
    const struct writer *w, hid_t group, const char *name, const struct name_list *list)
{
    char numbered[64];
    hsize_t n = list->n;
    if (n <= max_texts)
        return write_texts(w, group, name, list->items, &n);
    for (size_t i = 0, at = 0; at < list->n; i++, at += n) {
        n = list->n - at < max_texts ? list->n - at : max_texts;
        snprintf(numbered, sizeof(numbered), "%s%zu", name, i);
        TRY(write_texts(w, group, numbered, list->items + at, &n));
    }
    return CLK_OK;
}

static hid_t file_type(const struct writer *w, const struct weight *weight)
{
    switch (weight->dtype == CLK_FLOAT32 ? weight->precision : PRECISION_FLOAT32) {
    case PRECISION_FLOAT16:
        return w->half;
    case PRECISION_BFLOAT16:
        return w->brain;
    case PRECISION_FLOAT64:
        return H5T_IEEE_F64LE;
    default:
        return type_of(weight->dtype, true);
    }
}

/* As Keras does it: the upper bytes of each float, and an attribute that says so. */
static clk_status write_bfloat16(
    const struct writer *w, hid_t array, const struct weight *weight, const char *path)
{
    char name[] = "bfloat16", *const text = name;
    size_t n = weight->bytes / sizeof(float);
    unsigned char *bytes = malloc(n * sizeof(uint16_t) + 1);
    if (!bytes)
        return clk__fail_memory();
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, (const float *)weight->data + i, sizeof bits);
        bytes[2 * i] = (unsigned char)(bits >> 16);
        bytes[2 * i + 1] = (unsigned char)(bits >> 24);
    }
    bool ok = n == 0 || H5Dwrite(array, w->brain, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0;
    free(bytes);
    TRY(ok ? CLK_OK : clk__hdf5_fail(CLK_ERR_MEMORY, path));
    return write_texts(w, array, "dtype", &text, NULL);
}

static clk_status write_array(const struct writer *w, hid_t group, size_t index,
    const struct weight *weight, const char *path)
{
    char number[24];
    snprintf(number, sizeof(number), "%zu", index);
    const char *name = weight->name ? weight->name : number;
    hsize_t dims[CLK_MAX_RANK];
    for (int i = 0; i < weight->rank; i++)
        dims[i] = (hsize_t)weight->shape[i];
    hid_t space =
        weight->rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(weight->rank, dims, NULL);
    hid_t array = H5I_INVALID_HID;
    if (space >= 0)
        array =
            H5Dcreate2(group, name, file_type(w, weight), space, w->links, w->array, H5P_DEFAULT);
    bool ok = array >= 0, brain = file_type(w, weight) == w->brain;
    if (ok && weight->bytes > 0 && !brain)
        ok = H5Dwrite(array, type_of(weight->dtype, false), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                 weight->data) >= 0;
    clk_status status = ok ? CLK_OK : clk__hdf5_fail(CLK_ERR_MEMORY, path);
    if (ok && brain)
        status = write_bfloat16(w, array, weight, path);
    if (array >= 0)
        H5Dclose(array);
    if (space >= 0)
        H5Sclose(space);
    return status;
}

static clk_status write_group(const struct writer *w, const struct weight_group *g)
{
    hid_t group = H5Gcreate2(w->file, g->path, w->links, H5P_DEFAULT, H5P_DEFAULT);
    if (group < 0)
        return clk__hdf5_fail(CLK_ERR_MEMORY, g->path);
    clk_status status = g->name ? write_texts(w, group, "name", &g->name, NULL) : CLK_OK;
    if (status == CLK_OK && g->list_name)
        status = write_list(w, group, g->list_name, &g->texts);
    for (size_t i = 0; status == CLK_OK && i < g->n_weights; i++)
        status = write_array(w, group, i, &g->weights[i], g->path);
    H5Gclose(group);
    return status;
}

static clk_status write_root(const struct writer *w, const struct weight_list *list)
{
    hid_t root = list->n_texts > 0 ? H5Gopen2(w->file, "/", H5P_DEFAULT) : H5I_INVALID_HID;
    clk_status status = CLK_OK;
    if (list->n_texts > 0 && root < 0)
        return clk__hdf5_fail(CLK_ERR_MEMORY, "/");
    for (size_t i = 0; status == CLK_OK && i < list->n_texts; i++)
        status = write_texts(w, root, list->texts[i].name, &list->texts[i].text, NULL);
    if (root >= 0)
        H5Gclose(root);
    return status;
}

static clk_status copy_image(void **image, size_t *bytes, const struct writer *w)
{
    ssize_t n = H5Fflush(w->file, H5F_SCOPE_LOCAL) < 0 ? -1 : H5Fget_file_image(w->file, NULL, 0);
    if (n <= 0)
        return clk__hdf5_fail(CLK_ERR_MEMORY, "file image");
    void *copy = malloc((size_t)n);
    if (!copy)
        return clk__fail_memory();
    if (H5Fget_file_image(w->file, copy, (size_t)n) != n) {
        free(copy);
        return clk__hdf5_fail(CLK_ERR_MEMORY, "file image");
    }
    *image = copy;
    *bytes = (size_t)n;
    return CLK_OK;
}

clk_status clk__hdf5_write(void **image, size_t *bytes, const struct weight_list *list)
{
    *image = NULL;
    *bytes = 0;
    struct hdf5_quiet quiet;
    clk__hdf5_quiet(&quiet);
    struct writer w;
    clk_status status = CLK_OK;
    if (!writer_open(&w))
        status = clk__hdf5_fail(CLK_ERR_MEMORY, "new file");
    else
        status = write_root(&w, list);
    for (size_t i = 0; status == CLK_OK && i < list->n_groups; i++)
        status = write_group(&w, &list->groups[i]);
    if (status == CLK_OK)
        status = copy_image(image, bytes, &w);
    writer_close(&w);
    clk__hdf5_unquiet(&quiet);
    return status;
}
