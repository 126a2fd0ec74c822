/* SPDX-License-Identifier: MIT */
/* Opening an HDF5 file (mapped) or image, and what groups it has. Arrays are in hdf5_array.c, attributes
 * in hdf5_text.c. */
#include "files/hdf5_store.h"

#include "base/mem.h"
#include "files/hdf5_driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- opening ---- */

clk_status clk__store_fail(const struct weight_store *store, const char *path)
{
    char where[512];
    if (path)
        snprintf(where, sizeof(where), "\"%s\": %s", store->name, path[0] ? path : "/");
    else
        snprintf(where, sizeof(where), "\"%s\"", store->name);
    return clk__hdf5_fail(CLK_ERR_FORMAT, where);
}

/* A file that leads into another one is refused: opening a model must not open other files. */
static herr_t refuse_link(const char *parent_file, const char *parent_group, const char *file,
    const char *object,
    unsigned *flags, // NOLINT(readability-non-const-parameter): libhdf5's signature
    hid_t access, void *user)
{
    (void)parent_file;
    (void)parent_group;
    (void)file;
    (void)object;
    (void)flags;
    (void)access;
    (void)user;
    return -1;
}

static bool open_file(struct weight_store *store, hid_t access)
{
    char unique[HDF5_NAME_BYTES];
    clk__hdf5_unique_name(unique);
    store->links = H5Pcreate(H5P_LINK_ACCESS);
    if (access < 0 || store->links < 0 || H5Pset_elink_cb(store->links, refuse_link, NULL) < 0 ||
        !clk__hdf5_use_memory(access, store->image, store->image_bytes))
        return false;
    store->file = H5Fopen(unique, H5F_ACC_RDONLY, access);
    return store->file >= 0;
}

static clk_status open_store(struct weight_store **out, struct weight_store *store)
{
    struct hdf5_quiet quiet;
    clk__hdf5_quiet(&quiet);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    clk_status status = open_file(store, access) ? CLK_OK : clk__store_fail(store, NULL);
    if (access >= 0)
        H5Pclose(access);
    clk__hdf5_unquiet(&quiet);
    if (status == CLK_OK)
        *out = store;
    else
        clk__store_close(store);
    return status;
}

static struct weight_store *new_store(const char *name)
{
    struct weight_store *store = clk__alloc(1, sizeof(*store));
    if (!store)
        return NULL;
    store->file = store->links = H5I_INVALID_HID;
    store->name = clk__strdup(name);
    if (store->name)
        return store;
    free(store);
    return NULL;
}

clk_status clk__hdf5_open_map(struct weight_store **out, struct mapfile map, const void *image,
    size_t bytes, const char *name)
{
    *out = NULL;
    struct weight_store *store = new_store(name);
    if (!store) {
        clk__map_close(&map);
        return clk__fail_memory();
    }
    store->map = map;
    store->image = image;
    store->image_bytes = bytes;
    return open_store(out, store);
}

clk_status clk__hdf5_open(struct weight_store **out, const char *path)
{
    struct mapfile map;
    *out = NULL;
    TRY(clk__map_open(&map, path));
    return clk__hdf5_open_map(out, map, map.data, map.len, path);
}

clk_status clk__hdf5_open_image(
    struct weight_store **out, void *image, size_t bytes, const char *name)
{
    *out = NULL;
    struct weight_store *store = new_store(name);
    if (!store) {
        free(image);
        return clk__fail_memory();
    }
    store->image = store->owned = image;
    store->image_bytes = bytes;
    return open_store(out, store);
}

static void close_one(struct weight_store *store)
{
    struct hdf5_quiet quiet;
    clk__hdf5_quiet(&quiet);
    if (store->file >= 0)
        H5Fclose(store->file);
    if (store->links >= 0)
        H5Pclose(store->links);
    clk__hdf5_unquiet(&quiet);
    clk__map_close(&store->map);
    free(store->owned);
    free(store->name);
    free(store);
}

void clk__store_close(struct weight_store *store)
{
    while (store) {
        struct weight_store *next = store->next;
        close_one(store);
        store = next;
    }
}

void clk__store_join(struct weight_store *store, struct weight_store *more)
{
    while (store->next)
        store = store->next;
    store->next = more;
}

const char *clk__store_name(const struct weight_store *store)
{
    return store->name;
}

/* ---- groups ---- */

hid_t clk__store_object(struct weight_store *store, const char *path)
{
    hid_t object = H5I_INVALID_HID;
    for (; store && object < 0; store = store->next)
        object = H5Oopen(store->file, path[0] ? path : "/", store->links);
    return object;
}

static bool has_object(struct weight_store *store, const char *path, H5I_type_t type)
{
    struct hdf5_quiet quiet;
    clk__hdf5_quiet(&quiet);
    hid_t object = clk__store_object(store, path);
    bool found = object >= 0 && H5Iget_type(object) == type;
    if (object >= 0)
        H5Oclose(object);
    clk__hdf5_unquiet(&quiet);
    return found;
}

bool clk__store_has_group(struct weight_store *store, const char *path)
{
    return has_object(store, path, H5I_GROUP);
}

bool clk__store_has_array(struct weight_store *store, const char *path)
{
    return has_object(store, path, H5I_DATASET);
}

static herr_t add_name(hid_t group, const char *name, const H5L_info_t *info, void *user)
{
    struct name_list *names = user;
    (void)group;
    (void)info;
    for (size_t i = 0; names->more && i < names->n; i++) {
        if (strcmp(names->items[i], name) == 0)
            return 0;
    }
    if (clk__grow(&names->items, &names->capacity, names->n, sizeof(*names->items)) != CLK_OK)
        return -1;
    names->items[names->n] = clk__strdup(name);
    return names->items[names->n++] ? 0 : -1;
}

/* A group may go on in the further files, with some names twice. */
static bool list_children(struct name_list *out, struct weight_store *store, const char *group)
{
    bool found = false, ok = true;
    for (; store && ok; store = store->next) {
        hid_t object = H5Oopen(store->file, group[0] ? group : "/", store->links);
        if (object < 0)
            continue;
        ok = H5Literate(object, H5_INDEX_NAME, H5_ITER_INC, NULL, add_name, out) >= 0;
        found = true;
        out->more = true;
        H5Oclose(object);
    }
    return found && ok;
}

clk_status clk__store_children(struct name_list *out, struct weight_store *store, const char *group)
{
    *out = (struct name_list){0};
    struct hdf5_quiet quiet;
    clk__hdf5_quiet(&quiet);
    clk_status status = list_children(out, store, group) ? CLK_OK : clk__store_fail(store, group);
    clk__hdf5_unquiet(&quiet);
    if (status != CLK_OK)
        clk__names_fini(out);
    return status;
}

clk_status clk__store_count(size_t *out, struct weight_store *store, const char *group)
{
    *out = 0;
    if (!clk__store_has_group(store, group))
        return CLK_OK;
    struct name_list names;
    TRY(clk__store_children(&names, store, group));
    clk_status status = CLK_OK;
    for (size_t i = 0; status == CLK_OK && i < names.n; i++) {
        /* Different names that all are numbers below n, written plainly, are 0 to n - 1. */
        char plain[24];
        char *end = NULL;
        unsigned long long number = strtoull(names.items[i], &end, 10);
        snprintf(plain, sizeof(plain), "%llu", number);
        if (number >= names.n || strcmp(plain, names.items[i]) != 0)
            status = clk__fail(CLK_ERR_FORMAT,
                "\"%s\": %s: holds \"%s\" where arrays 0 to %zu were expected", store->name, group,
                names.items[i], names.n - 1);
    }
    if (status == CLK_OK)
        *out = names.n;
    clk__names_fini(&names);
    return status;
}
