/* SPDX-License-Identifier: MIT */
/* clk_ndarray_open(): names with colons, formats told apart by content; clk_ndarray itself. */
#include "base/atomic_file.h"
#include "data_test.h"

#include <unistd.h>

static char folder[64];

static void setup(void)
{
    strcpy(folder, "/tmp/clkeras-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void teardown(void)
{
    rmdir(folder);
}

/* Writes a file of that name in the folder, opens `spec` there, removes it again. */
static clk_status open_there(
    clk_ndarray **out, const char *name, const char *text, size_t n, const char *spec)
{
    char path[128], full[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    snprintf(full, sizeof(full), "%s/%s", folder, spec);
    check_ok(clk__atomic_save(path, text, n));
    clk_status status = clk_ndarray_open(out, full);
    unlink(path); /* a mapped file outlives its name */
    return status;
}

START_TEST(test_colons)
{
    static const char *const cases[][2] = {
        {"x.csv", "x.csv:b"},
        {"x:y.csv", "x:y.csv:b"},
        {"x.csv:b", "x.csv:b:1"},
        {"b:1", "b:1:b"},
    };
    for (size_t i = 0; i < 4; i++) {
        clk_ndarray *a = NULL;
        check_ok(open_there(&a, cases[i][0], "a,b\n5,0\n6,1\n", 12, cases[i][1]));
        check_counting(a, CLK_FLOAT32, 2, (int64_t[]){2, 1});
        clk_ndarray_free(a);
    }
    clk_ndarray *a = NULL;
    check_ok(open_there(&a, "x:0", "0,1\n", 4, "x:0")); /* a file of that name wins */
    check_counting(a, CLK_FLOAT32, 2, (int64_t[]){1, 2});
    clk_ndarray_free(a);
}
END_TEST

START_TEST(test_content_decides)
{
    clk_ndarray *a = NULL;
    check_ok(open_there(&a, "x.csv", "\0\0\x08\1\0\0\0\3\0\1\2", 11, "x.csv"));
    check_counting(a, CLK_UINT8, 1, (int64_t[]){3});
    clk_ndarray_free(a);
    check_ok(open_there(&a, "x.data", "0,1", 3, "x.data"));
    check_counting(a, CLK_FLOAT32, 2, (int64_t[]){1, 2});
    clk_ndarray_free(a);
}
END_TEST

static const struct {
    const char *name;
    const char *text;
    size_t n;
    clk_status code;
    const char *message;
} bad[] = {
    {"x.npy", "0,1\n", 4, CLK_ERR_FORMAT, "has the name of a .npy file, but not the content"},
    {"x.npz", "0,1\n", 4, CLK_ERR_FORMAT, "has the name of a .npz file"},
    {"x-idx1-ubyte", "0,1\n", 4, CLK_ERR_FORMAT, "has the name of a -ubyte file"},
    {"x.gz", "0,1\n", 4, CLK_ERR_FORMAT, "has the name of a .gz file"},
    {"x", "", 0, CLK_ERR_FORMAT, "/x\" is empty"},
    {"x", "\x89HDF\r\n\x1a\n", 8, CLK_ERR_UNSUPPORTED, "is an HDF5 file"},
    {"x", "0\0,\0", 4, CLK_ERR_FORMAT, "neither .npy, .npz, IDX (plain or .gz) nor 8-bit text"},
    {"x", "PK\5\6", 4, CLK_ERR_FORMAT, "damaged zip archive"},
};

START_TEST(test_bad)
{
    clk_ndarray *a = (clk_ndarray *)1;
    check_fails(bad[_i].code, bad[_i].message,
        open_there(&a, bad[_i].name, bad[_i].text, bad[_i].n, bad[_i].name));
    ck_assert_ptr_null(a);
}
END_TEST

START_TEST(test_cannot_open)
{
    clk_ndarray *a = NULL;
    check_fails(CLK_ERR_ARG, "out is NULL", clk_ndarray_open(NULL, "x"));
    check_fails(CLK_ERR_ARG, "no file named", clk_ndarray_open(&a, NULL));
    check_fails(CLK_ERR_ARG, "no file named", clk_ndarray_open(&a, ""));
    check_fails(CLK_ERR_IO, "cannot read \"/no/such.npz:x\": No such file",
        clk_ndarray_open(&a, "/no/such.npz:x"));
    check_fails(CLK_ERR_IO, "Is a directory", clk_ndarray_open(&a, folder));
}
END_TEST

START_TEST(test_ndarray)
{
    clk_ndarray *a = NULL;
    check_ok(clk__ndarray_create(&a, CLK_INT32, 2, (int64_t[]){2, 2}));
    int32_t *data = clk__ndarray_data(a);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(data[i], 0);
        data[i] = i;
    }
    check_counting(a, CLK_INT32, 2, (int64_t[]){2, 2});
    clk_ndarray_free(a);
    clk_ndarray_free(NULL);
    clk_array none = clk_ndarray_view(NULL);
    ck_assert(none.data == NULL && none.rank == 0);
    check_fails(
        CLK_ERR_ARG, "not a dtype", clk__ndarray_create(&a, (clk_dtype)99, 1, (int64_t[]){1}));
    check_fails(CLK_ERR_ARG, "rank is 0", clk__ndarray_create(&a, CLK_INT32, 0, NULL));
    ck_assert_ptr_null(a);
}
END_TEST

START_TEST(test_unaligned_elements_are_copied)
{
    _Alignas(8) unsigned char bytes[16] = {0};
    const float values[2] = {0, 1};
    memcpy(bytes + 2, values, sizeof(values));
    clk_ndarray *a = NULL;
    check_ok(clk__ndarray_over(&a, CLK_FLOAT32, 1, (int64_t[]){2}, bytes + 2));
    ck_assert_ptr_nonnull(a->owned);
    check_counting(a, CLK_FLOAT32, 1, (int64_t[]){2});
    clk_ndarray_free(a);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("open");
    TCase *t = tcase_create("open");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_colons);
    tcase_add_test(t, test_content_decides);
    tcase_add_loop_test(t, test_bad, 0, (int)(sizeof(bad) / sizeof(bad[0])));
    tcase_add_test(t, test_cannot_open);
    tcase_add_test(t, test_ndarray);
    tcase_add_test(t, test_unaligned_elements_are_copied);
    suite_add_tcase(s, t);
    return s;
}
