/* SPDX-License-Identifier: MIT */
/* Text attributes of a store's groups: one string, or a list that may be split. */
#include "base/str.h"
#include "files/hdf5_attribute.h"
#include "files/hdf5_store.h"

#include <stdlib.h>

static clk_status object_address(uint64_t *out, struct weight_store *store, const char *group)
{
    struct hdf5_quiet quiet;
    clk__hdf5_quiet(&quiet);
    H5G_stat_t info;
    hid_t object = clk__store_object(store, group);
    bool ok = object >= 0 && H5Gget_objinfo(object, ".", true, &info) >= 0;
    clk_status status = ok ? CLK_OK : clk__store_fail(store, group);
    if (ok) {
        *out = info.objno[0];
        if (sizeof(info.objno[0]) < sizeof(*out))
            *out |= (uint64_t)info.objno[1] << 32;
    }
    if (object >= 0)
        H5Oclose(object);
    clk__hdf5_unquiet(&quiet);
    return status;
}

/* Appends the strings of one attribute. *found says whether it is there. */
static clk_status append_attribute(struct name_list *out, bool *found, struct weight_store *store,
    const char *group, const char *attribute)
{
    uint64_t address = 0;
    *found = false;
    TRY(object_address(&address, store, group));
    const struct hdf5_bytes file = {store->image, store->image_bytes};
    const char *at = group[0] ? group : "/";
    switch (clk__hdf5_attribute(out, file, address, attribute)) {
    case HDF5_FOUND:
        *found = true;
        return CLK_OK;
    case HDF5_ABSENT:
        return CLK_OK;
    case HDF5_NO_TEXT:
        return clk__fail(
            CLK_ERR_FORMAT, "\"%s\": %s: attribute \"%s\" is no text", store->name, at, attribute);
    case HDF5_OTHER_FORM:
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "\"%s\": %s: attribute \"%s\" is stored in a newer form than keras writes; saving it "
            "anew with h5py's libver=\"earliest\" helps",
            store->name, at, attribute);
    case HDF5_DAMAGED:
        return clk__fail(
            CLK_ERR_FORMAT, "\"%s\": %s: attribute \"%s\" is damaged", store->name, at, attribute);
    case HDF5_NO_MEMORY:
        break;
    }
    return clk__fail_memory();
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
            clk__fail(CLK_ERR_FORMAT, "\"%s\": %s: attribute \"%s\" has %zu strings instead of one",
                store->name, group[0] ? group : "/", attribute, texts.n);
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
    bool split = !found;
    for (size_t i = 0; status == CLK_OK && split; i++) {
        struct str name = {0};
        char *numbered = NULL;
        clk__str_addf(&name, "%s%zu", attribute, i);
        status = clk__str_finish(&numbered, &name);
        if (status == CLK_OK)
            status = append_attribute(out, &split, store, group, numbered);
        free(numbered);
    }
    if (status != CLK_OK)
        clk__names_fini(out);
    return status;
}
