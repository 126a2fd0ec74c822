/* SPDX-License-Identifier: MIT */
/* Where a stored member's bytes lie in the archive's file, so that they can be used in place. libzip does not tell, so
 * the archive's directory is read here; see PKWARE's APPNOTE, 4.3. What is found is only a guess until the member's
 * checksum agrees. Archives that need zip64 are not looked at. */
#include "files/zip_place.h"

#include <string.h>

enum {
    END_BYTES = 22, /* of the record at the end, without the archive's comment */
    MOST_COMMENT = 0xffff,
    ENTRY_BYTES = 46, /* of an entry in the directory, without name, extra field and comment */
    LOCAL_BYTES = 30, /* of a member's own header, likewise */
};

static uint32_t read16(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t read32(const unsigned char *p)
{
    return read16(p) | read16(p + 2) << 16;
}

static bool is_record(const unsigned char *p, unsigned char a, unsigned char b)
{
    return p[0] == 'P' && p[1] == 'K' && p[2] == a && p[3] == b;
}

/* The record at the end; NULL. */
static const unsigned char *find_end(const struct mapfile *map)
{
    for (size_t comment = 0; comment <= MOST_COMMENT && comment + END_BYTES <= map->len;
         comment++) {
        const unsigned char *p = map->data + map->len - END_BYTES - comment;
        if (is_record(p, 5, 6) && read16(p + 20) == comment)
            return p;
    }
    return NULL;
}

/* The offset of the data behind a member's own header; 0: it does not stand in the file. */
static size_t data_offset(const struct mapfile *map, size_t header, size_t bytes)
{
    if (header > map->len || map->len - header < LOCAL_BYTES)
        return 0;
    const unsigned char *p = map->data + header;
    size_t offset = header + LOCAL_BYTES + read16(p + 26) + read16(p + 28);
    bool there = is_record(p, 3, 4) && offset <= map->len && bytes <= map->len - offset;
    return there ? offset : 0;
}

size_t clk__zip_place(const struct mapfile *map, const char *name, size_t bytes)
{
    const unsigned char *end = find_end(map);
    size_t n_name = strlen(name);
    if (!end)
        return 0;
    size_t at = read32(end + 16), limit = (size_t)(end - map->data);
    for (uint32_t i = read16(end + 10); i > 0; i--) {
        if (at > limit || limit - at < ENTRY_BYTES)
            return 0;
        const unsigned char *p = map->data + at;
        size_t n = read16(p + 28), rest = n + read16(p + 30) + read16(p + 32);
        if (!is_record(p, 1, 2) || rest > limit - at - ENTRY_BYTES)
            return 0;
        bool stored = read16(p + 10) == 0 && read32(p + 20) == bytes && read32(p + 24) == bytes;
        if (stored && n == n_name && memcmp(p + ENTRY_BYTES, name, n) == 0)
            return data_offset(map, read32(p + 42), bytes);
        at += ENTRY_BYTES + rest;
    }
    return 0;
}
