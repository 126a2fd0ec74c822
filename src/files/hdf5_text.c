/* SPDX-License-Identifier: MIT */
/* Strings in an HDF5 file's attributes: of fixed or variable length, one or a list. */
#include "base/mem.h"
#include "base/str.h"
#include "files/hdf5_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An open attribute. Negative members are not open. */
struct text_attribute {
    hid_t id;
    hid_t space;
    hid_t type;   /* as in the file */
    hid_t memory; /* what libhdf5 hands out */
    size_t n;     /* strings */
    size_t bytes; /* of one; of the pointer where the length is variable */
    bool variable;
};

static bool open_type(struct text_attribute *a)
{
    a->memory = H5Tcopy(H5T_C_S1);
    return a->memory >= 0 && H5Tset_size(a->memory, a->variable ? H5T_VARIABLE : a->bytes) >= 0 &&
           H5Tset_cset(a->memory, H5Tget_cset(a->type)) >= 0 &&
           H5Tset_strpad(a->memory, H5Tget_strpad(a->type)) >= 0;
}

/* Keras writes an empty list as an empty array of floats, so the class counts only where n > 0. */
static clk_status open_attribute(struct text_attribute *a, hid_t object, const char *attribute,
    const struct weight_store *store, const char *group)
{
    a->id = H5Aopen(object, attribute, H5P_DEFAULT);
    a->space = a->id >= 0 ? H5Aget_space(a->id) : H5I_INVALID_HID;
    a->type = a->id >= 0 ? H5Aget_type(a->id) : H5I_INVALID_HID;
    hssize_t n = a->space >= 0 ? H5Sget_simple_extent_npoints(a->space) : -1;
    if (n < 0 || a->type < 0)
        return clk__store_fail(store, group);
    a->n = (size_t)n;
    if (a->n == 0)
        return CLK_OK;
    if (H5Tget_class(a->type) != H5T_STRING)
        return clk__fail(CLK_ERR_FORMAT, "\"%s\": attribute \"%s\" of %s is no text", store->name,
            attribute, group[0] ? group : "/");
    a->variable = H5Tis_variable_str(a->type) > 0;
    a->bytes = a->variable ? sizeof(char *) : H5Tget_size(a->type);
    size_t total;
    if (!clk__size_mul(&total, a->n, a->bytes) || total > store->bytes)
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\": attribute \"%s\" of %s: %zu strings are more than the file can hold",
            store->name, attribute, group[0] ? group : "/", a->n);
    return open_type(a) ? CLK_OK : clk__store_fail(store, group);
}

static void close_attribute(struct text_attribute *a)
{
    if (a->memory >= 0)
        H5Tclose(a->memory);
    if (a->type >= 0)
        H5Tclose(a->type);
    if (a->space >= 0)
        H5Sclose(a->space);
    if (a->id >= 0)
        H5Aclose(a->id);
}

static clk_status add_text(struct name_list *out, const char *text, size_t n)
{
    TRY(clk__grow(&out->items, &out->capacity, out->n, sizeof(*out->items)));
    out->items[out->n] = clk__strndup(text, n);
    return out->items[out->n++] ? CLK_OK : clk__fail_memory();
}

static clk_status read_strings(struct name_list *out, const struct text_attribute *a,
    const struct weight_store *store, const char *group)
{
    char *buffer = clk__alloc(a->n, a->bytes);
    if (!buffer)
        return clk__fail_memory();
    clk_status status = CLK_OK;
    if (H5Aread(a->id, a->memory, buffer) < 0)
        status = clk__store_fail(store, group);
    for (size_t i = 0; status == CLK_OK && i < a->n; i++) {
        const char *text = buffer + i * a->bytes;
        if (!a->variable) {
            status = add_text(out, text, strnlen(text, a->bytes));
            continue;
        }
        char *pointer;
        memcpy(&pointer, text, sizeof(pointer));
        status = add_text(out, pointer ? pointer : "", pointer ? strlen(pointer) : 0);
    }
    if (a->variable)
        H5Dvlen_reclaim(a->memory, a->space, H5P_DEFAULT, buffer);
    free(buffer);
    return status;
}

/* Appends the strings of one attribute. *found says whether it is there. */
static clk_status append_attribute(struct name_list *out, bool *found, struct weight_store *store,
    const char *group, const char *attribute)
{
    struct hdf5_quiet quiet;
    clk__hdf5_quiet(&quiet);
    struct text_attribute a = {
        .id = H5I_INVALID_HID,
        .space = H5I_INVALID_HID,
        .type = H5I_INVALID_HID,
        .memory = H5I_INVALID_HID,
    };
    clk_status status = CLK_OK;
    hid_t object = clk__store_object(store, group);
    htri_t exists = object >= 0 ? H5Aexists(object, attribute) : -1;
    *found = exists > 0;
    if (exists < 0)
        status = clk__store_fail(store, group);
    if (*found)
        status = open_attribute(&a, object, attribute, store, group);
    if (status == CLK_OK && a.n > 0)
        status = read_strings(out, &a, store, group);
    close_attribute(&a);
    if (object >= 0)
        H5Oclose(object);
    clk__hdf5_unquiet(&quiet);
    return status;
}

clk_status clk__store_text(
    char **out, struct weight_store *store, const char *group, const char *attribute)
{
    *out = NULL;
    struct name_list texts = {0};
    bool found;
    clk_status status = append_attribute(&texts, &found, store, group, attribute);
    if (status == CLK_OK && found && texts.n != 1)
        status =
            clk__fail(CLK_ERR_FORMAT, "\"%s\": attribute \"%s\" of %s: %zu strings instead of one",
                store->name, attribute, group[0] ? group : "/", texts.n);
    if (status == CLK_OK && found) {
        *out = texts.items[0];
        texts.items[0] = NULL;
    }
    clk__names_fini(&texts);
    return status;
}

clk_status clk__store_texts(
    struct name_list *out, struct weight_store *store, const char *group, const char *attribute)
{
    *out = (struct name_list){0};
    bool found;
    clk_status status = append_attribute(out, &found, store, group, attribute);
    for (size_t i = 0; status == CLK_OK && (i == 0 ? !found : found); i++) {
        struct str name = {0};
        char *numbered = NULL;
        clk__str_addf(&name, "%s%zu", attribute, i);
        status = clk__str_finish(&numbered, &name);
        if (status == CLK_OK)
            status = append_attribute(out, &found, store, group, numbered);
        free(numbered);
    }
    if (status != CLK_OK)
        clk__names_fini(out);
    return status;
}
