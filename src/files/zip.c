/* SPDX-License-Identifier: MIT */
/* Zip archives through libzip. A member's size is believed only as far as the archive's own size
 * allows: stored members cannot be larger than it, deflated ones not grow beyond reason. */
#include "files/zip.h"

#include "base/atomic_file.h"
#include "base/mem.h"
#include "files/checksum.h"
#include "files/zip_place.h"

#include <zip.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Weights deflate to nine tenths, JSON to a tenth; what grows more is a zip bomb, unless it is small. */
static const zip_uint64_t max_deflate_ratio = 100;
static const zip_uint64_t small_bytes = (zip_uint64_t)64 << 20;

struct zip_reader {
    zip_t *archive;
    zip_uint64_t bytes; /* of the archive */
    char *path;
};

/* ---- writing ---- */

static clk_status fail_zip(
    clk_status code, const char *path, const char *member, zip_error_t *error)
{
    if (zip_error_code_zip(error) == ZIP_ER_MEMORY)
        return clk__fail_memory();
    if (zip_error_system_type(error) == ZIP_ET_SYS && zip_error_code_system(error) != 0)
        return clk__fail(code, "\"%s\": %s%s%s", path, member ? member : "", member ? ": " : "",
            strerror(zip_error_code_system(error)));
    return clk__fail(code, "\"%s\": %s%s%s", path, member ? member : "", member ? ": " : "",
        zip_error_strerror(error));
}

static bool add_part(zip_t *archive, const struct zip_part *part)
{
    zip_source_t *source = zip_source_buffer(archive, part->data, part->bytes, 0);
    if (!source)
        return false;
    zip_int64_t index = zip_file_add(archive, part->name, source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        zip_source_free(source);
        return false;
    }
    return zip_set_file_compression(archive, (zip_uint64_t)index, ZIP_CM_STORE, 0) == 0;
}

/* Lets libzip write the file at `file_path`; `path` is its name in messages. */
static clk_status write_archive(
    const char *file_path, const char *path, const struct zip_part *parts, size_t n)
{
    int code = 0;
    zip_t *archive = zip_open(file_path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (!archive) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        clk_status status = fail_zip(CLK_ERR_IO, path, NULL, &error);
        zip_error_fini(&error);
        return status;
    }
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = add_part(archive, &parts[i]);
    if (ok && zip_close(archive) == 0)
        return CLK_OK;
    clk_status status = fail_zip(CLK_ERR_IO, path, NULL, zip_get_error(archive));
    zip_discard(archive);
    return status;
}

clk_status clk__zip_write(const char *path, const struct zip_part *parts, size_t n)
{
    struct atomic_file f;
    TRY(clk__atomic_open(&f, path));
    clk_status status = CLK_OK;
    if (f.direct)
        status =
            clk__fail(CLK_ERR_IO, "\"%s\" is a pipe or a device; a zip archive needs a file", path);
    else
        status = write_archive(f.temp_path, path, parts, n);
    if (status == CLK_OK)
        return clk__atomic_commit(&f);
    clk__atomic_abort(&f);
    return status;
}

/* ---- reading ---- */

clk_status clk__zip_open(struct zip_reader **out, const char *path)
{
    *out = NULL;
    struct stat info;
    if (stat(path, &info) != 0)
        return clk__fail(CLK_ERR_IO, "\"%s\": %s", path, strerror(errno));
    struct zip_reader *z = clk__alloc(1, sizeof(*z));
    if (!z)
        return clk__fail_memory();
    int code = 0;
    clk_status status = CLK_OK;
    z->bytes = (zip_uint64_t)info.st_size;
    z->path = clk__strdup(path);
    z->archive = z->path ? zip_open(path, ZIP_RDONLY, &code) : NULL;
    if (!z->path) {
        status = clk__fail_memory();
    } else if (!z->archive) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        status = fail_zip(code == ZIP_ER_OPEN ? CLK_ERR_IO : CLK_ERR_FORMAT, path, NULL, &error);
        zip_error_fini(&error);
    }
    if (status == CLK_OK)
        *out = z;
    else
        clk__zip_close(z);
    return status;
}

void clk__zip_close(struct zip_reader *z)
{
    if (!z)
        return;
    if (z->archive)
        zip_discard(z->archive);
    free(z->path);
    free(z);
}

bool clk__zip_has(struct zip_reader *z, const char *name)
{
    return zip_name_locate(z->archive, name, 0) >= 0;
}

/* Index of the one member of this name. Python reads the last of two and libzip the first, so two are
 * refused. */
static clk_status locate(zip_uint64_t *out, const struct zip_reader *z, const char *name)
{
    zip_int64_t n = zip_get_num_entries(z->archive, 0);
    zip_int64_t found = -1;
    for (zip_int64_t i = 0; i < n; i++) {
        const char *member = zip_get_name(z->archive, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
        if (!member || strcmp(member, name) != 0)
            continue;
        if (found >= 0)
            return clk__fail(CLK_ERR_FORMAT, "\"%s\": two members are named %s", z->path, name);
        found = i;
    }
    if (found < 0)
        return clk__fail(CLK_ERR_FORMAT, "\"%s\": has no member %s", z->path, name);
    *out = (zip_uint64_t)found;
    return CLK_OK;
}

/* What the directory says of the member, checked against the archive and the caller's bound. */
static clk_status check_member(size_t *bytes, const struct zip_reader *z, zip_uint64_t index,
    const char *name, size_t max_bytes)
{
    zip_stat_t info;
    const zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    if (zip_stat_index(z->archive, index, 0, &info) != 0)
        return fail_zip(CLK_ERR_FORMAT, z->path, name, zip_get_error(z->archive));
    if ((info.valid & needed) != needed || info.comp_size > z->bytes)
        return clk__fail(
            CLK_ERR_FORMAT, "\"%s\": %s: its size does not fit in the archive", z->path, name);
    bool encrypted =
        (info.valid & ZIP_STAT_ENCRYPTION_METHOD) && info.encryption_method != ZIP_EM_NONE;
    if (encrypted || (info.comp_method != ZIP_CM_STORE && info.comp_method != ZIP_CM_DEFLATE))
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "\"%s\": %s: %s; only stored and deflated members are read", z->path, name,
            encrypted ? "is encrypted" : "unknown compression");
    zip_uint64_t possible = info.comp_size;
    if (info.comp_method == ZIP_CM_DEFLATE) {
        possible *= max_deflate_ratio; /* no overflow: comp_size is at most the file's size */
        possible = possible < small_bytes ? small_bytes : possible;
    }
    if (info.size > possible)
        return clk__fail(CLK_ERR_FORMAT, "\"%s\": %s: claims to be %llu bytes made of %llu",
            z->path, name, (unsigned long long)info.size, (unsigned long long)info.comp_size);
    if (info.size > max_bytes)
        return clk__fail(CLK_ERR_FORMAT, "\"%s\": %s: %llu bytes, more than the %zu allowed",
            z->path, name, (unsigned long long)info.size, max_bytes);
    *bytes = (size_t)info.size;
    return CLK_OK;
}

/* Reads to the end: libzip compares the checksum when it finds no more bytes. */
static clk_status read_all(
    char *data, size_t bytes, zip_file_t *member, const struct zip_reader *z, const char *name)
{
    size_t done = 0;
    zip_int64_t n = 1;
    while (n > 0 && done < bytes) {
        n = zip_fread(member, data + done, bytes - done);
        done += n > 0 ? (size_t)n : 0;
    }
    char beyond;
    if (n >= 0 && done == bytes)
        n = zip_fread(member, &beyond, 1);
    if (n < 0)
        return fail_zip(CLK_ERR_FORMAT, z->path, name, zip_file_get_error(member));
    if (n > 0 || done < bytes)
        return clk__fail(CLK_ERR_FORMAT, "\"%s\": %s: %s than the %zu bytes it should have",
            z->path, name, n > 0 ? "holds more" : "ends earlier", bytes);
    return CLK_OK;
}

clk_status clk__zip_read(
    void **data, size_t *bytes, struct zip_reader *z, const char *name, size_t max_bytes)
{
    *data = NULL;
    *bytes = 0;
    zip_uint64_t index = 0;
    size_t size = 0;
    TRY(locate(&index, z, name));
    TRY(check_member(&size, z, index, name, max_bytes < SIZE_MAX ? max_bytes : SIZE_MAX - 1));
    zip_file_t *member = zip_fopen_index(z->archive, index, 0);
    if (!member)
        return fail_zip(CLK_ERR_FORMAT, z->path, name, zip_get_error(z->archive));
    char *text = malloc(size + 1);
    clk_status status = text ? read_all(text, size, member, z, name) : clk__fail_memory();
    zip_fclose(member);
    if (!text || status != CLK_OK) {
        free(text);
        return status;
    }
    text[size] = 0;
    *data = text;
    *bytes = size;
    return CLK_OK;
}

clk_status clk__zip_map(
    struct mapfile *map, const void **data, size_t *bytes, struct zip_reader *z, const char *name)
{
    const zip_uint64_t needed = ZIP_STAT_CRC | ZIP_STAT_COMP_METHOD;
    zip_uint64_t index = 0;
    zip_stat_t info;
    *map = (struct mapfile){0};
    TRY(locate(&index, z, name));
    TRY(check_member(bytes, z, index, name, SIZE_MAX));
    if (zip_stat_index(z->archive, index, 0, &info) != 0)
        return fail_zip(CLK_ERR_FORMAT, z->path, name, zip_get_error(z->archive));
    if ((info.valid & needed) != needed || info.comp_method != ZIP_CM_STORE)
        return CLK_OK;
    TRY(clk__map_open(map, z->path));
    size_t offset = clk__zip_place(map, name, *bytes);
    if (offset == 0 || clk__checksum(map->data + offset, *bytes) != info.crc)
        clk__map_close(map); /* reading it will say what is wrong */
    else
        *data = map->data + offset;
    return CLK_OK;
}
