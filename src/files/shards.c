/* SPDX-License-Identifier: MIT */
#include "files/shards.h"

#include "base/mapfile.h"
#include "base/str.h"
#include "files/hdf5.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More files than this are no weights of one model. */
#define MAX_SHARDS 10000

/* A file beside the index, and nowhere else. */
static clk_status check_name(const char *name)
{
    if (name && name[0] && name[0] != '.' && !strpbrk(name, "/\\"))
        return CLK_OK;
    return clk__fail(CLK_ERR_FORMAT, "weight_map: \"%.60s\" is no name of a file beside the index",
        name ? name : "?");
}

static clk_status add(json_t *names, const json_t *v)
{
    const char *name = json_string_value(v);
    TRY(check_name(name));
    return json_object_set_new(names, name, json_true()) == 0 ? CLK_OK : clk__fail_memory();
}

/* Names in weight_map, {"/layers/dense/vars": NAME or [NAME, ...]}, each once. */
static clk_status list_names(json_t *names, const json_t *index)
{
    json_t *map = json_object_get(index, "weight_map"), *v, *item;
    const char *key;
    size_t i;
    if (json_object_size(map) == 0)
        return clk__fail(CLK_ERR_FORMAT, "is no index of weights: it has no weight_map");
    json_object_foreach(map, key, v)
    {
        if (!json_is_array(v))
            TRY(add(names, v));
        json_array_foreach(v, i, item) TRY(add(names, item));
    }
    return CLK_OK;
}

static clk_status join(struct weight_store **out, struct weight_store *more)
{
    if (*out)
        clk__store_join(*out, more);
    else
        *out = more;
    return CLK_OK;
}

/* "m_00000.weights.h5" to the name of number n; false: it has none. */
static bool numbered(char *out, size_t bytes, const char *name, int n)
{
    const char *digits = strrchr(name, '_');
    if (!digits || strspn(digits + 1, "0123456789") != 5)
        return false;
    int length = snprintf(out, bytes, "%.*s_%05d%s", (int)(digits - name), name, n, digits + 6);
    return length > 0 && (size_t)length < bytes;
}

/* Files whose numbers the index leaves out. */
static clk_status open_more(
    struct weight_store **out, const json_t *names, shard_opener open, void *user)
{
    char name[256];
    const char *first = json_object_iter_key(json_object_iter((json_t *)(uintptr_t)names));
    for (int n = 0; n < MAX_SHARDS && numbered(name, sizeof(name), first, n); n++) {
        struct weight_store *more = NULL;
        if (json_object_get(names, name))
            continue;
        TRY(open(&more, name, user));
        if (!more)
            break;
        TRY(join(out, more));
    }
    return CLK_OK;
}

static clk_status open_all(
    struct weight_store **out, const json_t *names, shard_opener open, void *user)
{
    json_t *v;
    const char *name;
    if (json_object_size(names) > MAX_SHARDS)
        return clk__fail(CLK_ERR_FORMAT, "weight_map: more than %d files", MAX_SHARDS);
    json_object_foreach((json_t *)(uintptr_t)names, name, v)
    {
        struct weight_store *more = NULL;
        TRY(open(&more, name, user));
        if (!more)
            return clk__fail(CLK_ERR_FORMAT, "weight_map: the file %.200s is missing", name);
        TRY(join(out, more));
    }
    return open_more(out, names, open, user);
}

clk_status clk__shards_open(
    struct weight_store **out, const json_t *index, shard_opener open, void *user)
{
    json_t *names = json_object();
    *out = NULL;
    clk_status status = names ? list_names(names, index) : clk__fail_memory();
    if (status == CLK_OK)
        status = open_all(out, names, open, user);
    json_decref(names);
    if (status != CLK_OK) {
        clk__store_close(*out);
        *out = NULL;
    }
    return status;
}

/* ---- in files ---- */

/* `user` is the path of the index. */
static clk_status open_beside(struct weight_store **out, const char *name, void *user)
{
    const char *index = user, *slash = strrchr(index, '/');
    struct str s = {0};
    char *path = NULL;
    clk__str_addf(&s, "%.*s%s", slash ? (int)(slash - index + 1) : 0, index, name);
    TRY(clk__str_finish(&path, &s));
    clk_status status = access(path, F_OK) == 0 ? clk__hdf5_open(out, path) : CLK_OK;
    free(path);
    return status;
}

clk_status clk__shards_open_file(struct weight_store **out, const char *path)
{
    struct mapfile map;
    json_t *index = NULL;
    *out = NULL;
    TRY(clk__map_open(&map, path));
    clk_status status = clk__json_parse(&index, (const char *)map.data, map.len, "index");
    clk__map_close(&map);
    if (status == CLK_OK)
        status = clk__shards_open(out, index, open_beside, (void *)(uintptr_t)path);
    json_decref(index);
    return status;
}
