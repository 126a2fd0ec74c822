/* SPDX-License-Identifier: MIT */
/* Tells Keras' files apart and reads and writes them as a whole. The .keras file follows
 * keras/src/saving/saving_lib.py, the legacy ones keras/src/legacy/saving/legacy_h5_format.py. */
#include "files/container.h"

#include "base/atomic_file.h"
#include "base/mem.h"
#include "files/hdf5.h"
#include "files/keras2.h"
#include "files/shards.h"
#include "files/zip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char config_member[] = "config.json";
static const char metadata_member[] = "metadata.json";
static const char weights_member[] = "model.weights.h5";

/* Names the oldest Keras that reads what we write: its keys and its layout are those of 3.0.0. Keras
 * itself only shows the version and never refuses a file for it. */
static const char keras_version[] = "3.0.0";

static const size_t max_json_bytes = (size_t)256 << 20;

enum {
    MAGIC_BYTES = 8
};
static const unsigned char hdf5_magic[MAGIC_BYTES] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
static const unsigned char zip_magic[4] = {'P', 'K', 3, 4};

/* ---- opening ---- */

static clk_status read_magic(unsigned char *magic, size_t *n, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return clk__fail(CLK_ERR_IO, "\"%s\": %s", path, strerror(errno));
    errno = 0;
    *n = fread(magic, 1, MAGIC_BYTES, f);
    int error = ferror(f) ? errno : 0;
    fclose(f);
    if (error == EISDIR)
        return clk__fail(CLK_ERR_IO,
            "\"%s\" is a folder; .keras, .h5 and .weights.h5 files are read, saved models of "
            "tensorflow are not",
            path);
    if (error)
        return clk__fail(CLK_ERR_IO, "\"%s\": %s", path, strerror(error));
    return CLK_OK;
}

static clk_status fail_unknown(const char *path, const unsigned char *magic, size_t n)
{
    if (n == 0)
        return clk__fail(CLK_ERR_FORMAT, "\"%s\" is empty", path);
    if (n == MAGIC_BYTES && memcmp(magic, "version ", MAGIC_BYTES) == 0)
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\" is a git lfs pointer, not the file itself; git lfs pull fetches it", path);
    return clk__fail(CLK_ERR_FORMAT,
        "\"%s\" is no model or weights file: it begins neither as zip (.keras) nor as hdf5 (.h5, "
        ".weights.h5)",
        path);
}

struct zip_shards {
    struct zip_reader *z;
    const char *path;
};

static clk_status read_json(
    json_t **out, struct zip_reader *z, const char *member, const char *path)
{
    void *text = NULL;
    size_t bytes = 0;
    TRY(clk__zip_read(&text, &bytes, z, member, max_json_bytes));
    clk_status status = clk__json_parse(out, text, bytes, member);
    free(text);
    return status == CLK_OK ? status : clk__fail_in(status, "\"%s\"", path);
}

static clk_status read_image(
    struct weight_store **out, struct zip_reader *z, const char *member, const char *path)
{
    struct mapfile map;
    const void *place = NULL;
    void *image = NULL;
    size_t bytes = 0;
    TRY(clk__zip_map(&map, &place, &bytes, z, member));
    if (place)
        return clk__hdf5_open_map(out, map, place, bytes, path);
    TRY(clk__zip_read(&image, &bytes, z, member, SIZE_MAX));
    return clk__hdf5_open_image(out, image, bytes, path);
}

/* A member of the archive with a part of the weights; *out is NULL where there is none of that name. */
static clk_status open_member_shard(struct weight_store **out, const char *name, void *user)
{
    const struct zip_shards *s = user;
    return clk__zip_has(s->z, name) ? read_image(out, s->z, name, s->path) : CLK_OK;
}

/* Keras can also keep weights in npz. */
static clk_status check_weights_member(struct zip_reader *z, const char *path)
{
    static const char npz[] = "model.weights.npz";
    if (clk__zip_has(z, weights_member) || !clk__zip_has(z, npz))
        return CLK_OK;
    return clk__fail(CLK_ERR_UNSUPPORTED,
        "\"%s\": keeps its weights in %s; only %s is read: save it anew with model.save", path, npz,
        weights_member);
}

/* In one member, or split over several beside an index. */
static clk_status open_weights_member(
    struct weight_store **out, struct zip_reader *z, const char *path)
{
    static const char index_member[] = "model.weights.json";
    json_t *index = NULL;
    struct zip_shards shards = {.z = z, .path = path};
    if (clk__zip_has(z, weights_member) || !clk__zip_has(z, index_member))
        return read_image(out, z, weights_member, path);
    TRY(read_json(&index, z, index_member, path));
    clk_status status = clk__shards_open(out, index, open_member_shard, &shards);
    json_decref(index);
    return status == CLK_OK ? status : clk__fail_in(status, "\"%s\": %s", path, index_member);
}

static clk_status open_zip(struct container *c, const char *path, bool weights)
{
    struct zip_reader *z = NULL;
    clk_status status = CLK_OK;
    c->kind = CONTAINER_KERAS;
    TRY_DONE(clk__zip_open(&z, path));
    if (weights)
        TRY_DONE(check_weights_member(z, path));
    TRY_DONE(read_json(&c->config, z, config_member, path));
    TRY_DONE(read_json(&c->metadata, z, metadata_member, path));
    if (weights)
        status = open_weights_member(&c->weights, z, path);
done:
    clk__zip_close(z);
    return status;
}

/* A JSON attribute of the root; NULL where there is none. */
static clk_status read_attribute(json_t **out, struct weight_store *store, const char *attribute)
{
    char *text = NULL;
    TRY(clk__store_text(&text, store, "", attribute));
    if (!text)
        return CLK_OK;
    clk_status status = clk__json_parse(out, text, strlen(text), attribute);
    free(text);
    return status == CLK_OK ? status : clk__fail_in(status, "\"%s\"", clk__store_name(store));
}

static bool has_attribute(struct weight_store *store, const char *attribute)
{
    struct name_list names;
    bool found = clk__store_texts(&names, store, "", attribute) == CLK_OK && names.n > 0;
    clk__names_fini(&names);
    return found;
}

static clk_status open_hdf5(struct container *c, const char *path)
{
    TRY(clk__hdf5_open(&c->weights, path));
    TRY(read_attribute(&c->config, c->weights, "model_config"));
    TRY(read_attribute(&c->training, c->weights, "training_config"));
    if (c->config)
        c->kind = CONTAINER_LEGACY;
    else if (has_attribute(c->weights, "layer_names") ||
             clk__store_has_group(c->weights, "model_weights"))
        c->kind = CONTAINER_LEGACY_WEIGHTS;
    else if (clk__store_has_group(c->weights, "layers") ||
             clk__store_has_group(c->weights, "vars") ||
             clk__store_has_group(c->weights, "_layer_checkpoint_dependencies"))
        c->kind = CONTAINER_WEIGHTS;
    else
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\" is hdf5, but not by keras: it has neither model_config nor layer_names nor a "
            "group layers",
            path);
    return CLK_OK;
}

/* An index `model.weights.json`, with its files beside it. */
static clk_status open_index(struct container *c, const char *path)
{
    c->kind = CONTAINER_WEIGHTS;
    clk_status status = clk__shards_open_file(&c->weights, path);
    return status == CLK_OK ? status : clk__fail_in(status, "\"%s\"", path);
}

static clk_status open_any(struct container *c, const char *path, bool weights)
{
    *c = (struct container){0};
    if (!path || !path[0])
        return clk__fail(CLK_ERR_ARG, "no file name to open");
    unsigned char magic[MAGIC_BYTES] = {0};
    size_t n = 0;
    TRY(read_magic(magic, &n, path));
    clk_status status = CLK_OK;
    if (memcmp(magic, zip_magic, sizeof(zip_magic)) == 0)
        status = open_zip(c, path, weights);
    else if (memcmp(magic, hdf5_magic, sizeof(hdf5_magic)) == 0)
        status = open_hdf5(c, path);
    else if (magic[0] == '{')
        status = open_index(c, path);
    else
        status = fail_unknown(path, magic, n);
    if (status == CLK_OK && c->config && clk__keras2_wrote(c))
        status = clk__keras2_complete(c->config);
    if (status != CLK_OK)
        clk__container_close(c);
    return status;
}

clk_status clk__container_open(struct container *c, const char *path)
{
    return open_any(c, path, true);
}

clk_status clk__container_open_config(struct container *c, const char *path)
{
    return open_any(c, path, false);
}

void clk__container_close(struct container *c)
{
    json_decref(c->config);
    json_decref(c->metadata);
    json_decref(c->training);
    clk__store_close(c->weights);
    *c = (struct container){0};
}

const char *clk__container_kind_name(enum container_kind kind)
{
    switch (kind) {
    case CONTAINER_KERAS:
        return "a .keras file";
    case CONTAINER_WEIGHTS:
        return "a .weights.h5 file";
    case CONTAINER_LEGACY:
        return "a legacy hdf5 model";
    case CONTAINER_LEGACY_WEIGHTS:
        return "a legacy hdf5 file of weights";
    }
    return "?";
}

/* ---- writing ---- */

/* `more` and {"keras_version": "3.0.0", "date_saved": "2026-11-24@07:00:00"}: local time, as Keras has it. */
static clk_status metadata_text(char **out, const json_t *more)
{
    time_t now = time(NULL);
    struct tm parts;
    char date[32];
    if (!localtime_r(&now, &parts) ||
        strftime(date, sizeof(date), "%Y-%m-%d@%H:%M:%S", &parts) == 0)
        return clk__fail(CLK_ERR_IO, "the system's clock gives no date");
    json_t *all = more ? json_deep_copy(more) : json_object();
    clk_status status = CLK_OK;
    if (json_object_set_new(all, "keras_version", json_string(keras_version)) != 0 ||
        json_object_set_new(all, "date_saved", json_string(date)) != 0)
        status = clk__fail_memory();
    if (status == CLK_OK)
        status = clk__json_text(out, all);
    json_decref(all);
    return status;
}

clk_status clk__container_write_keras(const char *path, const json_t *config,
    const json_t *metadata, const struct weight_list *weights)
{
    char *config_text = NULL, *about = NULL;
    void *image = NULL;
    size_t bytes = 0;
    clk_status status = CLK_OK;
    TRY_DONE(metadata_text(&about, metadata));
    TRY_DONE(clk__json_text(&config_text, config));
    TRY_DONE(clk__hdf5_write(&image, &bytes, weights));
    const struct zip_part parts[] = {
        {metadata_member, about, strlen(about)},
        {config_member, config_text, strlen(config_text)},
        {weights_member, image, bytes},
    };
    status = clk__zip_write(path, parts, sizeof(parts) / sizeof(parts[0]));
done:
    free(about);
    free(config_text);
    free(image);
    return status;
}

clk_status clk__container_write_weights(const char *path, const struct weight_list *weights)
{
    void *image = NULL;
    size_t bytes = 0;
    TRY(clk__hdf5_write(&image, &bytes, weights));
    clk_status status = clk__atomic_save(path, image, bytes);
    free(image);
    return status;
}

clk_status clk__container_write_legacy(const char *path, struct weight_list *weights)
{
    const char *const texts[][2] = {{"keras_version", keras_version}, {"backend", "jax"}};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        char *text = clk__strdup(texts[i][1]);
        if (!text)
            return clk__fail_memory();
        TRY(clk__weight_list_attribute(weights, texts[i][0], text));
    }
    return clk__container_write_weights(path, weights);
}
