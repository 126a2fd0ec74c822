/* SPDX-License-Identifier: MIT */
/* .npz files, as NumPy writes them and damaged. */
#include "data_test.h"

#include <zip.h>

#include <unistd.h>

static const int64_t shape[3] = {2, 3, 4};

START_TEST(test_members)
{
    static const char *const archives[] = {FILES "stored.npz", FILES "deflated.npz"};
    for (int i = 0; i < 2; i++) {
        char spec[64];
        clk_ndarray *x = NULL, *labels = NULL;
        snprintf(spec, sizeof(spec), "%s:x", archives[i]);
        check_ok(clk_ndarray_open(&x, spec));
        check_counting(x, CLK_FLOAT32, 3, shape);
        snprintf(spec, sizeof(spec), "%s:labels.npy", archives[i]);
        check_ok(clk_ndarray_open(&labels, spec));
        check_counting(labels, CLK_UINT8, 3, shape);
        ck_assert_int_eq(labels->owned == NULL, i == 0); /* stored: in the mapped archive */
        clk_ndarray_free(x);
        clk_ndarray_free(labels);
    }
}
END_TEST

START_TEST(test_single_member_needs_no_key)
{
    clk_ndarray *a = NULL;
    check_ok(clk_ndarray_open(&a, FILES "single.npz"));
    check_counting(a, CLK_FLOAT32, 3, shape);
    clk_ndarray_free(a);
}
END_TEST

START_TEST(test_keys)
{
    clk_ndarray *a = NULL;
    check_fails(CLK_ERR_ARG, "has no array \"y\"; it has x, labels",
        clk_ndarray_open(&a, FILES "stored.npz:y"));
    check_fails(CLK_ERR_ARG, "has no array \"\"", clk_ndarray_open(&a, FILES "single.npz:"));
    check_fails(CLK_ERR_ARG, "2 arrays, say which as FILE:KEY: x, labels",
        clk_ndarray_open(&a, FILES "deflated.npz"));
    ck_assert_ptr_null(a);
}
END_TEST

/* An archive in memory of one member, packed by `method`. */
static struct data_file archive_of(const char *name, const void *data, size_t n, int method)
{
    char path[] = "/tmp/clkeras-test-XXXXXX";
    close(mkstemp(path));
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    ck_assert_ptr_nonnull(zip);
    zip_int64_t i = zip_file_add(zip, name, zip_source_buffer(zip, data, n, 0), 0);
    zip_set_file_compression(zip, (zip_uint64_t)i, method, 0);
    ck_assert_int_eq(zip_close(zip), 0);
    struct mapfile map;
    check_ok(clk__map_open(&map, path));
    struct data_file in = exact_copy(map.data, map.len);
    clk__map_close(&map);
    unlink(path);
    return in;
}

static void check_archive(struct data_file in, clk_status code, const char *text)
{
    clk_ndarray *a = NULL;
    check_fails(code, text, clk__data_parse(&a, &in, NULL));
    ck_assert_ptr_null(a);
    free_copy(in);
}

START_TEST(test_odd_archives)
{
    check_archive(
        archive_of("readme.txt", "hello", 5, ZIP_CM_STORE), CLK_ERR_FORMAT, "without .npy members");
    check_archive(archive_of("x.npy", "hello", 5, ZIP_CM_STORE), CLK_ERR_FORMAT,
        "copy:x.npy\" is not a .npy file");
    check_archive(archive_of("x.npy", "", 0, ZIP_CM_STORE), CLK_ERR_FORMAT, "has no bytes");
    if (zip_compression_method_supported(ZIP_CM_BZIP2, 1)) {
        static const char zeros[4096];
        check_archive(archive_of("x.npy", zeros, sizeof(zeros), ZIP_CM_BZIP2), CLK_ERR_UNSUPPORTED,
            "zip method 12; stored (0) and deflated (8) work");
    }
}
END_TEST

/* Where the 4-byte `magic` of a zip record stands, the last one. */
static unsigned char *find_record(const struct data_file *in, const char *magic)
{
    for (size_t i = in->len - 4;; i--) {
        if (memcmp(in->data + i, magic, 4) == 0)
            return (unsigned char *)(uintptr_t)in->data + i;
        ck_assert_uint_gt(i, 0);
    }
}

static struct data_file packed_zeros(void)
{
    static const char zeros[4096];
    return archive_of("x.npy", zeros, sizeof(zeros), ZIP_CM_DEFLATE);
}

START_TEST(test_lying_sizes)
{
    struct data_file in = packed_zeros();
    memcpy(find_record(&in, "PK\x01\x02") + 24, "\xff\xff\xff\x7f", 4);
    memcpy(find_record(&in, "PK\x03\x04") + 22, "\xff\xff\xff\x7f", 4);
    check_archive(in, CLK_ERR_FORMAT, "claims to hold 2147483647 bytes");
    in = packed_zeros();
    memcpy(find_record(&in, "PK\x01\x02") + 24, "\x01\x10\0\0", 4);
    memcpy(find_record(&in, "PK\x03\x04") + 22, "\x01\x10\0\0", 4);
    check_archive(in, CLK_ERR_FORMAT, "copy:x.npy\" is damaged");
    in = packed_zeros();
    memcpy(find_record(&in, "PK\x01\x02") + 16, "wxyz", 4); /* the checksum */
    memcpy(find_record(&in, "PK\x03\x04") + 14, "wxyz", 4);
    check_archive(in, CLK_ERR_FORMAT, "copy:x.npy\" is damaged");
    in = packed_zeros();
    find_record(&in, "PK\x01\x02")[8] |= 1; /* encrypted */
    find_record(&in, "PK\x03\x04")[6] |= 1;
    check_archive(in, CLK_ERR_UNSUPPORTED, "encrypted");
}
END_TEST

START_TEST(test_cut_anywhere)
{
    struct mapfile map;
    check_ok(clk__map_open(&map, FILES "stored.npz"));
    for (size_t n = 4; n < map.len; n += 3) {
        struct data_file in = exact_copy(map.data, n);
        check_archive(in, CLK_ERR_FORMAT, "is a damaged zip archive");
    }
    clk__map_close(&map);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("npz");
    TCase *t = tcase_create("npz");
    tcase_add_test(t, test_members);
    tcase_add_test(t, test_single_member_needs_no_key);
    tcase_add_test(t, test_keys);
    tcase_add_test(t, test_odd_archives);
    tcase_add_test(t, test_lying_sizes);
    tcase_add_test(t, test_cut_anywhere);
    suite_add_tcase(s, t);
    return s;
}
