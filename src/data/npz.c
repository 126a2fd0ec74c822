/* SPDX-License-Identifier: MIT */
/* .npz files: zip archives of .npy members, by libzip. A stored member is used where it lies in the
 * archive's bytes, a deflated one is inflated into memory. */
#include "base/mem.h"
#include "base/str.h"
#include "data/formats.h"

#include <zip.h>

#include <stdlib.h>
#include <string.h>

/* Member names quoted in an error, at most. */
#define MAX_LISTED 16

/* A zip source over memory that remembers where the last read began: libzip checks the archive and
 * finds the members, but has no call that says where a stored one lies. */
struct memory {
    const struct data_file *file;
    size_t at;
    size_t last_read;
    zip_error_t error;
};

static zip_int64_t read_memory(struct memory *m, void *to, zip_uint64_t n)
{
    size_t left = m->file->len - m->at;
    size_t take = n < left ? (size_t)n : left;
    memcpy(to, m->file->data + m->at, take);
    m->last_read = m->at;
    m->at += take;
    return (zip_int64_t)take;
}

static zip_int64_t memory_source(void *user, void *data, zip_uint64_t n, zip_source_cmd_t cmd)
{
    struct memory *m = user;
    switch (cmd) {
    case ZIP_SOURCE_OPEN:
        m->at = 0;
        return 0;
    case ZIP_SOURCE_READ:
        return read_memory(m, data, n);
    case ZIP_SOURCE_SEEK: {
        zip_int64_t to = zip_source_seek_compute_offset(m->at, m->file->len, data, n, &m->error);
        if (to < 0)
            return -1;
        m->at = (size_t)to;
        return 0;
    }
    case ZIP_SOURCE_TELL:
        return (zip_int64_t)m->at;
    case ZIP_SOURCE_STAT: {
        zip_stat_t *st = data;
        zip_stat_init(st);
        st->size = m->file->len;
        st->valid = ZIP_STAT_SIZE;
        return sizeof(*st);
    }
    case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&m->error, data, n);
    case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
            ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL,
            ZIP_SOURCE_SUPPORTS, -1);
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE:
        return 0;
    default:
        zip_error_set(&m->error, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
}

static clk_status fail_zip(const struct data_file *in, zip_error_t *error)
{
    clk_status status = clk__fail(
        CLK_ERR_FORMAT, "\"%s\" is a damaged zip archive: %s", in->name, zip_error_strerror(error));
    zip_error_fini(error);
    return status;
}

static clk_status open_archive(zip_t **out, struct memory *m)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_function_create(memory_source, m, &error);
    if (!source) {
        zip_error_fini(&error);
        return clk__fail_memory();
    }
    *out = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (!*out) {
        zip_source_free(source);
        return fail_zip(m->file, &error);
    }
    zip_error_fini(&error);
    return CLK_OK;
}

static bool is_npy(const char *name)
{
    size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, ".npy") == 0;
}

/* Fails, listing the arrays there are. @param key NULL: none was given */
static clk_status fail_key(const struct data_file *in, zip_t *zip, const char *key)
{
    struct str list = {0};
    size_t n_arrays = 0;
    zip_int64_t n = zip_get_num_entries(zip, 0);
    for (zip_int64_t i = 0; i < n; i++) {
        const char *name = zip_get_name(zip, (zip_uint64_t)i, 0);
        if (!name || !is_npy(name))
            continue;
        if (n_arrays++ < MAX_LISTED)
            clk__str_addf(&list, "%s%.*s", list.len ? ", " : "", (int)strlen(name) - 4, name);
    }
    if (n_arrays > MAX_LISTED)
        clk__str_addf(&list, ", ...");
    char *text = NULL;
    clk_status status = clk__str_finish(&text, &list);
    if (status != CLK_OK)
        return status;
    if (n_arrays == 0)
        status = clk__fail(
            CLK_ERR_FORMAT, "\"%s\" is a zip archive without .npy members, no .npz file", in->name);
    else if (key)
        status =
            clk__fail(CLK_ERR_ARG, "\"%s\" has no array \"%s\"; it has %s", in->name, key, text);
    else
        status = clk__fail(CLK_ERR_ARG, "\"%s\" has %zu arrays, say which as FILE:KEY: %s",
            in->name, n_arrays, text);
    free(text);
    return status;
}

static clk_status find_member(
    zip_uint64_t *out, const struct data_file *in, zip_t *zip, const char *key)
{
    zip_int64_t n = zip_get_num_entries(zip, 0);
    zip_int64_t found = -1;
    int n_found = 0;
    for (zip_int64_t i = 0; i < n; i++) {
        const char *name = zip_get_name(zip, (zip_uint64_t)i, 0);
        if (!name || !is_npy(name))
            continue;
        size_t stem = strlen(name) - 4;
        if (key && strcmp(name, key) != 0 && (strlen(key) != stem || memcmp(name, key, stem) != 0))
            continue;
        found = i;
        n_found++;
        if (key)
            break;
    }
    if (n_found != 1)
        return fail_key(in, zip, key);
    *out = (zip_uint64_t)found;
    return CLK_OK;
}

/* The bytes of a stored member, inside the archive's. */
static clk_status find_stored(
    struct data_file *member, struct memory *m, zip_file_t *file, size_t size)
{
    char first;
    if (size == 0 || zip_fread(file, &first, 1) != 1)
        return clk__fail(CLK_ERR_FORMAT, "\"%s\" is cut short: it has no bytes", member->name);
    if (m->last_read > m->file->len || size > m->file->len - m->last_read)
        return clk__fail(
            CLK_ERR_FORMAT, "\"%s\" is cut short: the archive ends within it", member->name);
    member->data = m->file->data + m->last_read;
    member->len = size;
    return CLK_OK;
}

/* Inflates a member into new memory; its checksum is checked by reading past its end. */
static clk_status inflate_member(
    unsigned char **out, zip_file_t *file, const zip_stat_t *st, const char *name)
{
    /* Deflate packs at most 1032 to 1: a size beyond that is a lie, and never allocated. */
    if (st->size / 1032 > st->comp_size || st->size >= SIZE_MAX)
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\" is damaged: it claims to hold %llu bytes in %llu packed ones", name,
            (unsigned long long)st->size, (unsigned long long)st->comp_size);
    size_t size = (size_t)st->size;
    *out = malloc(size + 1);
    if (!*out)
        return clk__fail_memory();
    size_t got = 0;
    zip_int64_t n = 1;
    while (got < size + 1 && n > 0) {
        n = zip_fread(file, *out + got, size + 1 - got);
        got += n > 0 ? (size_t)n : 0;
    }
    if (n < 0)
        return clk__fail(CLK_ERR_FORMAT, "\"%s\" is damaged: %s", name,
            zip_error_strerror(zip_file_get_error(file)));
    if (got != size)
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\" is damaged: it claims to hold %zu bytes and holds %s", name, size,
            got < size ? "fewer" : "more");
    return CLK_OK;
}

static clk_status read_member(clk_ndarray **out, struct memory *m, zip_t *zip, zip_uint64_t index)
{
    clk_status status = CLK_OK;
    unsigned char *inflated = NULL;
    zip_file_t *file = NULL;
    struct str name_text = {0};
    char *name = NULL;
    zip_stat_t st;
    clk__str_addf(&name_text, "%s:%s", m->file->name, zip_get_name(zip, index, 0));
    TRY_DONE(clk__str_finish(&name, &name_text));
    struct data_file member = {.name = name};
    const zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    if (zip_stat_index(zip, index, 0, &st) != 0 || (st.valid & needed) != needed)
        TRY_DONE(clk__fail(CLK_ERR_FORMAT, "\"%s\" is damaged: its zip entry is incomplete", name));
    if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE)
        TRY_DONE(clk__fail(CLK_ERR_UNSUPPORTED, "\"%s\" is encrypted; plain archives work", name));
    if (st.comp_method != ZIP_CM_STORE && st.comp_method != ZIP_CM_DEFLATE)
        TRY_DONE(clk__fail(CLK_ERR_UNSUPPORTED,
            "\"%s\" is packed by zip method %u; stored (0) and deflated (8) work", name,
            st.comp_method));
    file = zip_fopen_index(zip, index, 0);
    if (!file)
        TRY_DONE(clk__fail(CLK_ERR_FORMAT, "\"%s\" is damaged: %s", name, zip_strerror(zip)));
    if (st.comp_method == ZIP_CM_STORE) {
        TRY_DONE(find_stored(&member, m, file, (size_t)st.size));
    } else {
        TRY_DONE(inflate_member(&inflated, file, &st, name));
        member.data = inflated;
        member.len = (size_t)st.size;
    }
    TRY_DONE(clk__npy_parse(out, &member));
    if (inflated)
        clk__ndarray_keep_memory(*out, inflated);
    inflated = NULL;
done:
    free(inflated);
    free(name);
    if (file)
        zip_fclose(file);
    return status;
}

clk_status clk__npz_parse(clk_ndarray **out, const struct data_file *in, const char *key)
{
    *out = NULL;
    struct memory m = {.file = in};
    zip_error_init(&m.error);
    zip_t *zip = NULL;
    clk_status status = open_archive(&zip, &m);
    if (status != CLK_OK)
        return status;
    zip_uint64_t index = 0;
    status = find_member(&index, in, zip, key);
    if (status == CLK_OK)
        status = read_member(out, &m, zip, index);
    zip_discard(zip);
    zip_error_fini(&m.error);
    return status;
}
