/* SPDX-License-Identifier: MIT */
/* Lists of layers and weights as legacy HDF5 files keep them. */
#include "files/legacy.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>

/* "parent/name", or the name alone under the root. */
static clk_status join(char **out, const char *parent, const char *name)
{
    struct str path = {0};
    clk__str_addf(&path, "%s%s%s", parent, parent[0] ? "/" : "", name);
    return clk__str_finish(out, &path);
}

/* The paths that the list `weight_names` of a group stands for. */
static clk_status list_weights(struct name_list *out, struct weight_store *store, const char *group)
{
    TRY(clk__store_texts(out, store, group, "weight_names"));
    clk_status status = CLK_OK;
    for (size_t i = 0; status == CLK_OK && i < out->n; i++) {
        char *path = NULL;
        status = join(&path, group, out->items[i]);
        if (status != CLK_OK)
            break;
        free(out->items[i]);
        out->items[i] = path;
        if (!clk__store_has_array(store, path))
            status = clk__fail(CLK_ERR_FORMAT, "\"%s\": lists %s, which is not there",
                clk__store_name(store), path);
    }
    if (status != CLK_OK)
        clk__names_fini(out);
    return status;
}

static clk_status add_layer(
    struct legacy_weights *out, struct weight_store *store, const char *root, const char *name)
{
    TRY(clk__grow(&out->layers, &out->capacity, out->n_layers, sizeof(*out->layers)));
    struct legacy_layer *layer = &out->layers[out->n_layers++];
    *layer = (struct legacy_layer){.name = clk__strdup(name)};
    if (!layer->name)
        return clk__fail_memory();
    char *group = NULL;
    TRY(join(&group, root, name));
    clk_status status = list_weights(&layer->paths, store, group);
    free(group);
    return status;
}

clk_status clk__legacy_list(struct legacy_weights *out, struct weight_store *store)
{
    *out = (struct legacy_weights){0};
    /* Whole models keep their weights in a group, files of weights at the root. */
    const char *root = clk__store_has_group(store, "model_weights") ? "model_weights" : "";
    struct name_list names;
    TRY(clk__store_texts(&names, store, root, "layer_names"));
    clk_status status = CLK_OK;
    if (names.n == 0)
        status =
            clk__fail(CLK_ERR_FORMAT, "\"%s\": has no list layer_names", clk__store_name(store));
    for (size_t i = 0; status == CLK_OK && i < names.n; i++)
        status = add_layer(out, store, root, names.items[i]);
    if (status == CLK_OK && clk__store_has_group(store, "optimizer_weights"))
        status = list_weights(&out->optimizer, store, "optimizer_weights");
    clk__names_fini(&names);
    if (status != CLK_OK)
        clk__legacy_fini(out);
    return status;
}

void clk__legacy_fini(struct legacy_weights *legacy)
{
    for (size_t i = 0; i < legacy->n_layers; i++) {
        free(legacy->layers[i].name);
        clk__names_fini(&legacy->layers[i].paths);
    }
    free(legacy->layers);
    clk__names_fini(&legacy->optimizer);
    *legacy = (struct legacy_weights){0};
}
