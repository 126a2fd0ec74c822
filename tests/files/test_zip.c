/* SPDX-License-Identifier: MIT */
/* Stored members in place: where they are found, and that their checksum is the archive's. */
#include "files/checksum.h"
#include "files/zip.h"
#include "files/zip_place.h"
#include "support/test.h"

#include <zip.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static char folder[256], path[288];

static void make_folder(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.200s/clkeras-zip-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.zip", folder);
}

static void remove_folder(void)
{
    unlink(path);
    rmdir(folder);
}

static void add(zip_t *z, const char *name, const char *text, int method)
{
    zip_source_t *source = zip_source_buffer(z, text, strlen(text), 0);
    zip_int64_t i = zip_file_add(z, name, source, ZIP_FL_ENC_UTF_8);
    ck_assert_int_ge(i, 0);
    ck_assert_int_eq(zip_set_file_compression(z, (zip_uint64_t)i, method, 0), 0);
}

#define LONG                                                                                       \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
    "aaaa"

static void write_archive(const char *comment)
{
    zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    ck_assert_ptr_nonnull(z);
    add(z, "one", "first", ZIP_CM_STORE);
    add(z, "packed", LONG, ZIP_CM_DEFLATE);
    add(z, "two", "second!", ZIP_CM_STORE);
    if (comment)
        ck_assert_int_eq(zip_set_archive_comment(z, comment, (zip_uint16_t)strlen(comment)), 0);
    ck_assert_int_eq(zip_close(z), 0);
}

/* Expects the member's text at its place in the map, or that it has none. */
static void check_map(const char *name, const char *text)
{
    struct zip_reader *z = NULL;
    struct mapfile map;
    const void *data = NULL;
    size_t bytes = 0;
    check_ok(clk__zip_open(&z, path));
    check_ok(clk__zip_map(&map, &data, &bytes, z, name));
    ck_assert_int_eq(data != NULL, text != NULL);
    if (text) {
        ck_assert_uint_eq(bytes, strlen(text));
        ck_assert_mem_eq(data, text, bytes);
    }
    clk__map_close(&map);
    clk__zip_close(z);
}

START_TEST(in_place)
{
    static const char *const comments[] = {NULL, "a comment", "PK, and more"};
    for (size_t i = 0; i < 3; i++) {
        write_archive(comments[i]);
        check_map("one", "first");
        check_map("two", "second!");
        check_map("packed", NULL);
    }
}
END_TEST

static void flip_byte(long at, int from)
{
    FILE *f = fopen(path, "r+b");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(fseek(f, at, from), 0);
    int c = fgetc(f);
    ck_assert_int_eq(fseek(f, -1, SEEK_CUR), 0);
    fputc(c ^ 1, f);
    fclose(f);
}

/* What is damaged is not taken for whole: reading it says why. */
START_TEST(damaged)
{
    struct zip_reader *z = NULL;
    void *data = NULL;
    size_t bytes = 0;
    write_archive(NULL);
    flip_byte(30 + 3, SEEK_SET); /* the first byte of "first" */
    check_map("one", NULL);
    check_ok(clk__zip_open(&z, path));
    check_fails(CLK_ERR_FORMAT, "CRC", clk__zip_read(&data, &bytes, z, "one", SIZE_MAX));
    clk__zip_close(z);
}
END_TEST

/* Any end and any size: nothing outside of the map is touched (seen by the address sanitizer). */
START_TEST(cut)
{
    write_archive(NULL);
    struct mapfile map;
    check_ok(clk__map_open(&map, path));
    for (size_t len = 0; len <= map.len; len++) {
        unsigned char *copy = malloc(len + 1);
        memcpy(copy, map.data, len);
        const struct mapfile part = {.data = copy, .len = len};
        size_t place = clk__zip_place(&part, "two", 7);
        ck_assert_int_eq(place != 0, len == map.len);
        ck_assert_uint_eq(clk__zip_place(&part, "two", 8), 0);
        ck_assert_uint_eq(clk__zip_place(&part, "three", 7), 0);
        free(copy);
    }
    clk__map_close(&map);
}
END_TEST

START_TEST(checksums)
{
    static const size_t sizes[] = {0, 1, 1000, (8 << 20) - 1, (8 << 20) + 1, (17 << 20) + 3};
    unsigned char *data = malloc(sizes[5]);
    for (size_t i = 0; i < sizes[5]; i++)
        data[i] = (unsigned char)(i * 2654435761U >> 13);
    for (size_t i = 0; i < 6; i++)
        ck_assert_uint_eq(clk__checksum(data, sizes[i]), crc32_z(0, data, sizes[i]));
    free(data);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("zip");
    TCase *t = tcase_create("zip");
    tcase_add_checked_fixture(t, make_folder, remove_folder);
    tcase_add_test(t, in_place);
    tcase_add_test(t, damaged);
    tcase_add_test(t, cut);
    tcase_add_test(t, checksums);
    suite_add_tcase(s, t);
    return s;
}
