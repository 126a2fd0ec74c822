/* SPDX-License-Identifier: MIT */
/* Built programs on disk: FOLDER/KEY.clbin is a header with magic, lengths and checksum, the kernels'
 * names, the driver's binary. Any doubt is a miss, since a driver may crash on a damaged binary. */
#include "device/program_cache.h"

#include "base/atomic_file.h"
#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char magic[8] = "clkprg1";

struct header {
    char magic[8];
    uint64_t checksum; /* of all that follows, names and binary included */
    uint64_t key_lo;   /* a file renamed to another key is a miss */
    uint64_t key_hi;
    uint64_t names_bytes;
    uint64_t binary_bytes;
};
enum {
    UNCHECKED_BYTES = offsetof(struct header, key_lo)
};

static bool is_set(const char *value)
{
    return value && value[0];
}

/* PoCL keeps what it compiles, kernel by kernel, so that a second start is as fast without a binary of
 * the program; and to hand one out it compiles every kernel once more, for work-groups of any size. */
static bool driver_has_cache(const clk_device_info *info)
{
    const char *pocl_cache = getenv("POCL_KERNEL_CACHE");
    return strcmp(info->platform, "Portable Computing Language") == 0 &&
           !(pocl_cache && strcmp(pocl_cache, "0") == 0);
}

char *clk__cache_folder(const clk_device_info *info)
{
    const char *off = getenv("CLKERAS_NO_CACHE");
    const char *own = getenv("CLKERAS_CACHE_DIR");
    const char *xdg = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if ((is_set(off) && strcmp(off, "0") != 0) || driver_has_cache(info))
        return NULL;
    struct str path = {0};
    if (is_set(own))
        clk__str_add(&path, own);
    else if (is_set(xdg) && xdg[0] == '/') /* the XDG specification: ignore relative paths */
        clk__str_addf(&path, "%s/clkeras", xdg);
    else if (is_set(home))
        clk__str_addf(&path, "%s/.cache/clkeras", home);
    else
        return NULL;
    char *folder = NULL;
    return clk__str_finish(&folder, &path) == CLK_OK ? folder : NULL;
}

static char *file_path(const char *folder, struct hash128 key)
{
    struct str path = {0};
    char *text = NULL;
    clk__str_addf(&path, "%s/%016" PRIx64 "%016" PRIx64 ".clbin", folder, key.hi, key.lo);
    return clk__str_finish(&text, &path) == CLK_OK ? text : NULL;
}

/* mkdir -p, readable by its owner only: what is in there is run. */
static bool make_folders(const char *folder)
{
    char *path = clk__strdup(folder);
    if (!path)
        return false;
    for (char *p = path + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        (void)mkdir(path, 0700);
        *p = '/';
    }
    bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
    free(path);
    return made;
}

/* The whole of a regular file; NULL if it cannot be had. */
static unsigned char *read_whole(size_t *bytes, const char *path)
{
    unsigned char *data = NULL;
    struct stat st;
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    if (fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
        *bytes = (size_t)st.st_size;
        data = clk__alloc(*bytes, 1);
        if (data && fread(data, 1, *bytes, f) != *bytes) {
            free(data);
            data = NULL;
        }
    }
    (void)fclose(f);
    return data;
}

static bool is_whole(
    const struct header *h, const unsigned char *data, size_t bytes, struct hash128 key)
{
    size_t body = bytes - sizeof(*h);
    return memcmp(h->magic, magic, sizeof(magic)) == 0 && h->key_lo == key.lo &&
           h->key_hi == key.hi && h->names_bytes <= body &&
           h->binary_bytes == body - h->names_bytes && h->binary_bytes > 0 &&
           h->checksum == clk__hash64(data + UNCHECKED_BYTES, bytes - UNCHECKED_BYTES);
}

bool clk__cache_load(struct cache_entry *out, const char *folder, struct hash128 key)
{
    *out = (struct cache_entry){0};
    char *path = folder ? file_path(folder, key) : NULL;
    if (!path)
        return false;
    size_t bytes = 0;
    unsigned char *data = read_whole(&bytes, path);
    struct header h;
    bool good = data && bytes > sizeof(h);
    if (good) {
        memcpy(&h, data, sizeof(h));
        good = is_whole(&h, data, bytes, key);
        if (!good)
            clk__log(CLK_LOG_DEBUG, "program cache: %s is damaged, rebuilding", path);
    }
    if (good) {
        out->kernels = clk__strndup((const char *)data + sizeof(h), (size_t)h.names_bytes);
        out->binary_bytes = (size_t)h.binary_bytes;
        out->binary = clk__alloc(out->binary_bytes, 1);
        good = out->kernels && out->binary;
        if (good)
            memcpy(out->binary, data + sizeof(h) + h.names_bytes, out->binary_bytes);
        else
            clk__cache_entry_fini(out);
    }
    free(data);
    free(path);
    return good;
}

bool clk__cache_store(const char *folder, struct hash128 key, const struct cache_entry *entry)
{
    struct header h = {
        .key_lo = key.lo,
        .key_hi = key.hi,
        .names_bytes = strlen(entry->kernels),
        .binary_bytes = entry->binary_bytes,
    };
    memcpy(h.magic, magic, sizeof(magic));
    struct str text = {0};
    clk__str_addn(&text, (const char *)&h, sizeof(h));
    clk__str_add(&text, entry->kernels);
    clk__str_addn(&text, (const char *)entry->binary, entry->binary_bytes);
    char *path = file_path(folder, key);
    bool stored = !text.failed && path && make_folders(folder);
    if (stored) {
        h.checksum = clk__hash64(text.data + UNCHECKED_BYTES, text.len - UNCHECKED_BYTES);
        memcpy(text.data, &h, sizeof(h));
        stored = clk__atomic_save(path, text.data, text.len) == CLK_OK;
    }
    if (!stored)
        clk__log(CLK_LOG_DEBUG, "program cache: nothing written to %s", folder);
    free(path);
    clk__str_fini(&text);
    return stored;
}

void clk__cache_entry_fini(struct cache_entry *e)
{
    free(e->binary);
    free(e->kernels);
    *e = (struct cache_entry){0};
}
