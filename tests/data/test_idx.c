/* SPDX-License-Identifier: MIT */
/* IDX files, plain and gzipped. */
#include "data_test.h"

#include <zlib.h>

#define IDX(type, body) "\0\0" type "\x02\0\0\0\x01\0\0\0\x03" body

static void check_good(const struct data_file *in, clk_dtype dtype, const double expected[3])
{
    clk_ndarray *a = NULL;
    check_ok(clk__data_parse(&a, in, NULL));
    clk_array v = clk_ndarray_view(a);
    ck_assert_int_eq(v.dtype, dtype);
    ck_assert_int_eq(v.rank, 2);
    ck_assert(v.shape[0] == 1 && v.shape[1] == 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_msg(element(a, i) == expected[i], "element %zu is %g", i, element(a, i));
    clk_ndarray_free(a);
}

START_TEST(test_types)
{
    check_good(FILE_OF("u8", IDX("\x08", "\x00\x7f\xff")), CLK_UINT8, (double[]){0, 127, 255});
    check_good(FILE_OF("i8", IDX("\x09", "\x00\x7f\xff")), CLK_INT32, (double[]){0, 127, -1});
    check_good(FILE_OF("i16", IDX("\x0b", "\x01\x00\x7f\xff\x80\x00")), CLK_INT32,
        (double[]){256, 32767, -32768});
    check_good(FILE_OF("i32", IDX("\x0c", "\0\1\0\0\x7f\xff\xff\xff\xff\xff\xff\xfe")), CLK_INT32,
        (double[]){65536, 2147483647, -2});
    check_good(FILE_OF("f32", IDX("\x0d", "\x3f\x80\0\0\xbf\0\0\0\0\0\0\0")), CLK_FLOAT32,
        (double[]){1, -0.5, 0});
    check_good(
        FILE_OF("f64", IDX("\x0e", "\x3f\xf0\0\0\0\0\0\0\xbf\xe0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")),
        CLK_FLOAT64, (double[]){1, -0.5, 0});
}
END_TEST

START_TEST(test_bytes_stay_where_they_are)
{
    const struct data_file *in = FILE_OF("u8", IDX("\x08", "\0\1\2"));
    clk_ndarray *a = NULL;
    check_ok(clk__idx_parse(&a, in));
    ck_assert_ptr_eq(clk_ndarray_view(a).data, in->data + 12);
    clk_ndarray_free(a);
}
END_TEST

#define BAD(literal) (const unsigned char *)(literal), sizeof(literal) - 1
static const struct {
    const unsigned char *data;
    size_t len;
    clk_status code;
    const char *text;
} bad[] = {
    {BAD("\0\0"), CLK_ERR_FORMAT, "is not an IDX file"},
    {BAD("\0\0\x0a\x01\0\0\0\1a"), CLK_ERR_FORMAT, "its type is 0x0a"},
    {BAD("\0\0\x08\0"), CLK_ERR_UNSUPPORTED, "0 dimensions, 1 to 8 work"},
    {BAD("\0\0\x08\x09"), CLK_ERR_UNSUPPORTED, "9 dimensions"},
    {BAD("\0\0\x08\x02\0\0\0\x01\0\0"), CLK_ERR_FORMAT, "ends within the IDX header"},
    {BAD(IDX("\x08", "ab")), CLK_ERR_FORMAT, "shape (1, 3) of uint8 needs 3 bytes, 2 are there"},
    {BAD(IDX("\x08", "abcd")), CLK_ERR_FORMAT, "1 more follow"},
    {BAD(IDX("\x0d", "abcd")), CLK_ERR_FORMAT, "shape (1, 3) of float32 needs 12 bytes"},
    {BAD("\0\0\x08\x01\0\0\0\0"), CLK_ERR_FORMAT, "is empty: its shape is (0,)"},
    {BAD("\0\0\x0e\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), CLK_ERR_FORMAT,
        "larger than any memory"},
    {BAD("\0\0\x08\x01\xff\xff\xff\xff"), CLK_ERR_FORMAT, "needs 4294967295 bytes, 0 are there"},
};

START_TEST(test_bad)
{
    struct data_file in = exact_copy(bad[_i].data, bad[_i].len);
    clk_ndarray *a = NULL;
    check_fails(bad[_i].code, bad[_i].text, clk__data_parse(&a, &in, NULL));
    ck_assert_ptr_null(a);
    free_copy(in);
}
END_TEST

/* gzip of n bytes, `extra` bytes after it. */
static struct data_file gzip_of(const void *data, size_t n, size_t extra)
{
    unsigned char packed[512] = {0};
    z_stream z = {0};
    ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)data;
    z.avail_in = (uInt)n;
    z.next_out = packed;
    z.avail_out = sizeof(packed);
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t len = sizeof(packed) - z.avail_out;
    deflateEnd(&z);
    return exact_copy(packed, len + extra);
}

static void check_gz_fails(struct data_file in, clk_status code, const char *text)
{
    clk_ndarray *a = NULL;
    check_fails(code, text, clk__data_parse(&a, &in, NULL));
    ck_assert_ptr_null(a);
    free_copy(in);
}
#define GZ(literal) gzip_of(literal, sizeof(literal) - 1, 0)

START_TEST(test_gzip)
{
    struct data_file in = GZ(IDX("\x08", "\0\1\2"));
    check_good(&in, CLK_UINT8, (double[]){0, 1, 2});
    for (size_t n = 2; n < in.len; n++)
        check_gz_fails(exact_copy(in.data, n), CLK_ERR_FORMAT, "cut short: the gzip data ends");
    struct data_file wrong = exact_copy(in.data, in.len);
    ((unsigned char *)(uintptr_t)wrong.data)[in.len - 6] ^= 1; /* the checksum */
    check_gz_fails(wrong, CLK_ERR_FORMAT, "is damaged: gzip: incorrect data check");
    free_copy(in);
    in = GZ(IDX("\x0b", "\0\1\0\2\0\3"));
    check_good(&in, CLK_INT32, (double[]){1, 2, 3});
    free_copy(in);
}
END_TEST

START_TEST(test_bad_gzip)
{
    check_gz_fails(gzip_of(IDX("\x08", "\0\1\2"), 15, 1), CLK_ERR_FORMAT, "bytes follow the array");
    check_gz_fails(GZ(IDX("\x08", "abcd")), CLK_ERR_FORMAT, "bytes follow the array");
    check_gz_fails(GZ(IDX("\x08", "ab")), CLK_ERR_FORMAT, "needs 3 bytes, 2 are there");
    check_gz_fails(GZ("\0\0\x08\x02\0\0\0\x01\0\0"), CLK_ERR_FORMAT, "ends within the IDX header");
    check_gz_fails(GZ("0,1\n"), CLK_ERR_UNSUPPORTED, "gzip without an IDX file in it");
    check_gz_fails(GZ(""), CLK_ERR_UNSUPPORTED, "gzip without an IDX file in it");
    check_gz_fails(GZ("\0\0\x0a\1\0\0\0\1a"), CLK_ERR_FORMAT, "its type is 0x0a");
    check_gz_fails(GZ("\0\0\x08\1\0\0\0\0"), CLK_ERR_FORMAT, "is empty");
    check_gz_fails(GZ("\0\0\x08\1\xff\xff\xff\xff"), CLK_ERR_FORMAT, "claims 4294967295 bytes");
    check_gz_fails(GZ("\0\0\x0e\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
        CLK_ERR_FORMAT, "larger than any memory");
}
END_TEST

#define FASHION "/usr/share/datasets/fashion-mnist/"
START_TEST(test_fashion_mnist)
{
    clk_ndarray *x = NULL, *y = NULL;
    if (clk_ndarray_open(&x, FASHION "t10k-images-idx3-ubyte.gz") == CLK_ERR_IO)
        return; /* the data set is not installed */
    check_ok(clk_ndarray_open(&y, FASHION "t10k-labels-idx1-ubyte.gz"));
    clk_array vx = clk_ndarray_view(x), vy = clk_ndarray_view(y);
    ck_assert(vx.rank == 3 && vx.shape[0] == 10000 && vx.shape[1] == 28 && vx.shape[2] == 28);
    ck_assert(vy.rank == 1 && vy.shape[0] == 10000 && vy.dtype == CLK_UINT8);
    ck_assert(element(y, 0) == 9 && element(y, 1) == 2 && element(y, 2) == 1);
    clk_ndarray_free(x);
    clk_ndarray_free(y);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("idx");
    TCase *t = tcase_create("idx");
    tcase_add_test(t, test_types);
    tcase_add_test(t, test_bytes_stay_where_they_are);
    tcase_add_loop_test(t, test_bad, 0, (int)(sizeof(bad) / sizeof(bad[0])));
    tcase_add_test(t, test_gzip);
    tcase_add_test(t, test_bad_gzip);
    tcase_add_test(t, test_fashion_mnist);
    suite_add_tcase(s, t);
    return s;
}
