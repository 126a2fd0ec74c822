/* SPDX-License-Identifier: MIT */
/* .npy files: what NumPy writes, what it does not, and saving. */
#include "data_test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const int64_t shape[3] = {2, 3, 4};

static const struct {
    const char *path;
    clk_dtype dtype;
    bool mapped;
} good[] = {
    {FILES "f4.npy", CLK_FLOAT32, true},
    {FILES "f8.npy", CLK_FLOAT64, true},
    {FILES "i4.npy", CLK_INT32, true},
    {FILES "i8.npy", CLK_INT64, true},
    {FILES "u1.npy", CLK_UINT8, true},
    {FILES "f4_big.npy", CLK_FLOAT32, false},
    {FILES "i8_big.npy", CLK_INT64, false},
    {FILES "fortran.npy", CLK_FLOAT32, false},
    {FILES "fortran_big.npy", CLK_FLOAT64, false},
    {FILES "fortran_u1.npy", CLK_UINT8, false},
    {FILES "version2.npy", CLK_FLOAT32, true},
    {FILES "version3.npy", CLK_FLOAT32, true},
};

START_TEST(test_good)
{
    clk_ndarray *a = NULL;
    check_ok(clk_ndarray_open(&a, good[_i].path));
    check_counting(a, good[_i].dtype, 3, shape);
    ck_assert_int_eq(a->owned == NULL, good[_i].mapped);
    clk_ndarray_free(a);
}
END_TEST

START_TEST(test_bool)
{
    clk_ndarray *a = NULL;
    check_ok(clk_ndarray_open(&a, FILES "b1.npy"));
    ck_assert_int_eq(clk_ndarray_view(a).dtype, CLK_UINT8);
    ck_assert(element(a, 0) == 0 && element(a, 1) == 1 && element(a, 23) == 1);
    clk_ndarray_free(a);
}
END_TEST

static const struct {
    const char *path;
    clk_status code;
    const char *text;
} refused[] = {
    {FILES "f2.npy", CLK_ERR_UNSUPPORTED, "dtype \"<f2\"; float32, float64, int32, int64, uint8"},
    {FILES "c16.npy", CLK_ERR_UNSUPPORTED, "dtype \"<c16\""},
    {FILES "struct.npy", CLK_ERR_UNSUPPORTED, "structured dtype"},
    {FILES "scalar.npy", CLK_ERR_FORMAT, "single number"},
    {FILES "empty.npy", CLK_ERR_FORMAT, "is empty: its shape is (0, 4)"},
    {FILES "f4.npy:x", CLK_ERR_ARG, "holds one array"},
};

START_TEST(test_refused)
{
    clk_ndarray *a = (clk_ndarray *)1;
    check_fails(refused[_i].code, refused[_i].text, clk_ndarray_open(&a, refused[_i].path));
    ck_assert_ptr_null(a);
}
END_TEST

/* Headers with the text up to the newline as given, and 8 bytes of data. */
static const struct {
    const char *header;
    clk_status code;
    const char *text;
} headers[] = {
    {"{'descr':'<f4','fortran_order':False,'shape':(2,)}", CLK_OK, ""},
    {"{\"shape\": (1L, 2L), \"fortran_order\": True, \"descr\": \"=f4\"}", CLK_OK, ""},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (2), }", CLK_ERR_FORMAT, "of a tuple"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1 2), }", CLK_ERR_FORMAT, "of a tuple"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", CLK_ERR_FORMAT, "a dimension"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': 2, }", CLK_ERR_FORMAT, "\"(\""},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,", CLK_ERR_FORMAT, "a dimension"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", CLK_ERR_FORMAT,
        "below 2^63"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (9000000000000000000, 9)}", CLK_ERR_FORMAT,
        "larger than any memory"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 1, 1, 2)}",
        CLK_ERR_UNSUPPORTED, "more than 8 dimensions"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", CLK_ERR_FORMAT,
        "cut short: shape (3,) of <f4 needs 12 bytes, 8 are there"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", CLK_ERR_FORMAT, "4 more follow"},
    {"{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", CLK_ERR_FORMAT, "True or False"},
    {"{'descr': '<f4', 'fortran_order': False}", CLK_ERR_FORMAT, "before the end"},
    {"{'descr': '<f4', 'descr': '<f4', 'shape': (2,)}", CLK_ERR_FORMAT, "once"},
    {"{'descr': '<f4', 'sort': 1}", CLK_ERR_FORMAT, "once"},
    {"{'descr' '<f4'}", CLK_ERR_FORMAT, "\":\""},
    {"{'descr': '<f4' 'shape': (2,)}", CLK_ERR_FORMAT, "\",\" or \"}\""},
    {"{'descr': '<f4}", CLK_ERR_FORMAT, "both quotes"},
    {"{descr: 1}", CLK_ERR_FORMAT, "a quoted string"},
    {"{'descr': '', 'fortran_order': False, 'shape': (2,)}", CLK_ERR_UNSUPPORTED, "dtype \"\""},
    {"['descr']", CLK_ERR_FORMAT, "\"{\""},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x", CLK_ERR_FORMAT, "up to the end"},
};

START_TEST(test_header)
{
    unsigned char bytes[256] = "\x93NUMPY\x01";
    size_t n = strlen(headers[_i].header);
    memcpy(bytes + 10, headers[_i].header, n);
    bytes[10 + n] = '\n';
    bytes[8] = (unsigned char)(n + 1);
    struct data_file in = exact_copy(bytes, n + 11 + 8);
    clk_ndarray *a = NULL;
    if (headers[_i].code == CLK_OK)
        check_ok(clk__npy_parse(&a, &in));
    else
        check_fails(headers[_i].code, headers[_i].text, clk__npy_parse(&a, &in));
    clk_ndarray_free(a);
    free_copy(in);
}
END_TEST

START_TEST(test_cut_anywhere)
{
    struct mapfile map;
    check_ok(clk__map_open(&map, FILES "fortran_big.npy"));
    for (size_t n = 0; n < map.len; n++) {
        struct data_file in = exact_copy(map.data, n);
        clk_ndarray *a = NULL;
        clk_status status = clk__npy_parse(&a, &in);
        ck_assert_msg(status == CLK_ERR_FORMAT, "%zu bytes: %s", n, clk_last_error());
        free_copy(in);
    }
    clk__map_close(&map);
    clk_ndarray *a = NULL;
    check_fails(CLK_ERR_UNSUPPORTED, "version 4.0",
        clk__npy_parse(&a, FILE_OF("v", "\x93NUMPY\x04\x00 more")));
}
END_TEST

START_TEST(test_save)
{
    char path[] = "/tmp/clkeras-test-XXXXXX";
    close(mkstemp(path));
    for (clk_dtype t = CLK_FLOAT32; t <= CLK_UINT8; t++) {
        const char *names[] = {"f4", "f8", "i4", "i8", "u1"};
        char source[64];
        snprintf(source, sizeof(source), FILES "%s.npy", names[t - CLK_FLOAT32]);
        clk_ndarray *a = NULL;
        check_ok(clk_ndarray_open(&a, source));
        check_ok(clk_array_save(clk_ndarray_view(a), path));
        struct mapfile ours, numpys;
        check_ok(clk__map_open(&ours, path));
        check_ok(clk__map_open(&numpys, source));
        ck_assert_uint_eq(ours.len, numpys.len);
        ck_assert_msg(memcmp(ours.data, numpys.data, ours.len) == 0, "%s differs", source);
        clk__map_close(&ours);
        clk__map_close(&numpys);
        clk_ndarray_free(a);
    }
    unlink(path);
}
END_TEST

START_TEST(test_save_refused)
{
    const float x[2] = {1, 2};
    check_fails(CLK_ERR_ARG, "not a dtype", clk_array_save((clk_array){0}, "/tmp/never.npy"));
    check_fails(CLK_ERR_ARG, "rank is 9",
        clk_array_save((clk_array){x, CLK_FLOAT32, 9, {1}}, "/tmp/never.npy"));
    check_fails(
        CLK_ERR_ARG, "dimension 1 is -1", clk_array_save(clk_f32(x, 2, -1), "/tmp/never.npy"));
    check_fails(CLK_ERR_ARG, "NULL", clk_array_save(clk_f32(NULL, 2), "/tmp/never.npy"));
    check_fails(CLK_ERR_ARG, "larger than any memory",
        clk_array_save(clk_f32(x, INT64_MAX, INT64_MAX), "/tmp/never.npy"));
    check_fails(CLK_ERR_IO, "/no/such/folder/x.npy",
        clk_array_save(clk_f32(x, 2), "/no/such/folder/x.npy"));
    ck_assert_int_ne(access("/tmp/never.npy", F_OK), 0);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("npy");
    TCase *t = tcase_create("npy");
    tcase_add_loop_test(t, test_good, 0, (int)(sizeof(good) / sizeof(good[0])));
    tcase_add_test(t, test_bool);
    tcase_add_loop_test(t, test_refused, 0, (int)(sizeof(refused) / sizeof(refused[0])));
    tcase_add_loop_test(t, test_header, 0, (int)(sizeof(headers) / sizeof(headers[0])));
    tcase_add_test(t, test_cut_anywhere);
    tcase_add_test(t, test_save);
    tcase_add_test(t, test_save_refused);
    suite_add_tcase(s, t);
    return s;
}
