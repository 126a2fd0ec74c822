/* SPDX-License-Identifier: MIT */
/* Lists of weights to an HDF5 image and back; dtypes, layouts and links as found in the wild. */
#include "files/hdf5.h"
#include "support/test.h"

#include <hdf5.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char data_folder[] = "tests/files/data/";

static struct weight_store *open_data(const char *name)
{
    char path[128];
    snprintf(path, sizeof(path), "%s%s", data_folder, name);
    struct weight_store *store = NULL;
    check_ok(clk__hdf5_open(&store, path));
    return store;
}

static struct weight_info want(clk_dtype dtype, int rank, int64_t d0, int64_t d1)
{
    return (struct weight_info){.dtype = dtype, .rank = rank, .shape = {d0, d1}};
}

static const float kernel[6] = {1, -2, 3, INFINITY, 0.1f, -0.0f};
static const int32_t iteration = 7;
static const int64_t count = (int64_t)1 << 40;

static void make_list(struct weight_list *list)
{
    *list = (struct weight_list){0};
    check_ok(clk__weight_list_group(list, "vars", "tiny"));
    check_ok(clk__weight_list_group(list, "layers/dense/vars", "fc1 \xc3\xa9"));
    check_ok(clk__weight_list_add(list, clk_f32(kernel, 3, 2)));
    check_ok(clk__weight_list_add(list, clk_f32(NULL, 0, 4)));
    check_ok(clk__weight_list_group(list, "layers/lstm/cell/vars", NULL));
    check_ok(clk__weight_list_add(list, clk_i64(&count, 1)));
    check_ok(clk__weight_list_group(list, "optimizer/vars", "adam"));
    check_ok(clk__weight_list_add(list, (clk_array){.data = &iteration, .dtype = CLK_INT32}));
}

static hid_t open_image(const void *image, size_t bytes)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    ck_assert(H5Pset_fapl_core(access, 4096, false) >= 0);
    ck_assert(H5Pset_file_image(access, (void *)(uintptr_t)image, bytes) >= 0);
    hid_t file = H5Fopen("narrow", H5F_ACC_RDONLY, access);
    ck_assert(file >= 0);
    H5Pclose(access);
    return file;
}

static void check_type(hid_t file, const char *path, H5T_class_t class, size_t bytes, bool named)
{
    hid_t array = H5Dopen2(file, path, H5P_DEFAULT), type = H5Dget_type(array);
    ck_assert_int_eq(H5Tget_class(type), class);
    ck_assert_uint_eq(H5Tget_size(type), bytes);
    ck_assert_int_eq(H5Aexists(array, "dtype") > 0, named);
    H5Tclose(type);
    H5Dclose(array);
}

/* float16, bfloat16 (bytes, and a name, as Keras has it) and float64: written as such, read as what they were. */
START_TEST(narrow_numbers)
{
    static const float half[] = {65504, -6.1035156e-5f, 5.9604645e-8f, INFINITY, -0.0f, 1.0009766f};
    static const float brain[] = {3.3895314e38f, -1.0078125f, 1e-40f, -INFINITY, -0.0f, 258};
    static const enum precision precisions[] = {
        PRECISION_FLOAT16, PRECISION_BFLOAT16, PRECISION_FLOAT64};
    const float tiny = clk__precision_round(PRECISION_BFLOAT16, brain[2]);
    float rounded[6];
    memcpy(rounded, brain, sizeof rounded);
    rounded[2] = tiny;
    const float *const values[] = {half, rounded, kernel};
    struct weight_list list = {0};
    void *image = NULL;
    size_t bytes = 0;
    check_ok(clk__weight_list_group(&list, "vars", NULL));
    for (int i = 0; i < 3; i++) {
        check_ok(clk__weight_list_add(&list, clk_f32(values[i], 3, 2)));
        clk__weight_list_narrow(&list, precisions[i]);
    }
    check_ok(clk__hdf5_write(&image, &bytes, &list));
    clk__weight_list_fini(&list);
    hid_t file = open_image(image, bytes);
    check_type(file, "vars/0", H5T_FLOAT, 2, false);
    check_type(file, "vars/1", H5T_OPAQUE, 2, true);
    check_type(file, "vars/2", H5T_FLOAT, 8, false);
    H5Fclose(file);
    struct weight_store *store = NULL;
    check_ok(clk__hdf5_open_image(&store, image, bytes, "image"));
    for (int i = 0; i < 3; i++) {
        const char path[] = {'v', 'a', 'r', 's', '/', (char)('0' + i), 0};
        struct weight_info shape = want(CLK_FLOAT32, 2, 3, 2);
        float got[6];
        check_ok(clk__store_read(got, &shape, store, path));
        ck_assert_msg(memcmp(got, values[i], sizeof got) == 0, "%s", path);
    }
    double wide[6];
    struct weight_info doubles = want(CLK_FLOAT64, 2, 3, 2);
    check_fails(CLK_ERR_FORMAT, "vars/1: holds bfloat16, not float64",
        clk__store_read(wide, &doubles, store, "vars/1"));
    clk__store_close(store);
}
END_TEST

static void check_list(struct weight_store *store)
{
    struct weight_info info;
    check_ok(clk__store_find(&info, store, "layers/dense/vars/0"));
    ck_assert(info.dtype == CLK_FLOAT32 && info.rank == 2 && info.n_elements == 6);
    ck_assert(info.shape[0] == 3 && info.shape[1] == 2);
    float values[6] = {0};
    check_ok(clk__store_read(values, &info, store, "layers/dense/vars/0"));
    ck_assert(memcmp(values, kernel, sizeof(kernel)) == 0);

    int32_t i32 = 0;
    struct weight_info scalar = want(CLK_INT32, 0, 0, 0);
    check_ok(clk__store_read(&i32, &scalar, store, "optimizer/vars/0"));
    ck_assert_int_eq(i32, 7);
    int64_t i64 = 0;
    struct weight_info one = want(CLK_INT64, 1, 1, 0);
    check_ok(clk__store_read(&i64, &one, store, "layers/lstm/cell/vars/0"));
    ck_assert(i64 == count);
    one.dtype = CLK_INT32;
    check_fails(
        CLK_ERR_FORMAT, "vars/0", clk__store_read(&i32, &one, store, "layers/lstm/cell/vars/0"));

    char *name = NULL;
    check_ok(clk__store_text(&name, store, "layers/dense/vars", "name"));
    ck_assert_str_eq(name, "fc1 \xc3\xa9");
    free(name);
    check_ok(clk__store_text(&name, store, "layers/lstm/cell/vars", "name"));
    ck_assert_ptr_null(name);
    struct name_list names;
    check_ok(clk__store_children(&names, store, ""));
    ck_assert_uint_eq(names.n, 3);
    ck_assert_str_eq(names.items[0], "layers");
    ck_assert_str_eq(names.items[2], "vars");
    clk__names_fini(&names);
    size_t n = 9;
    check_ok(clk__store_count(&n, store, "layers/dense/vars"));
    ck_assert_uint_eq(n, 2);
    check_ok(clk__store_count(&n, store, "vars"));
    ck_assert_uint_eq(n, 0);
    check_ok(clk__store_count(&n, store, "nowhere/vars"));
    ck_assert_uint_eq(n, 0);
}

START_TEST(round_trip)
{
    struct weight_list list;
    make_list(&list);
    void *image = NULL, *again = NULL;
    size_t bytes = 0, bytes_again = 0;
    check_ok(clk__hdf5_write(&image, &bytes, &list));
    check_ok(clk__hdf5_write(&again, &bytes_again, &list));
    ck_assert_uint_eq(bytes, bytes_again);
    ck_assert_msg(memcmp(image, again, bytes) == 0, "the same list gives other bytes");
    clk__weight_list_fini(&list);

    /* Two images open at once: libhdf5 must not take them for the same file. */
    memset(again, 0, bytes);
    struct weight_list empty = {0};
    free(again);
    check_ok(clk__hdf5_write(&again, &bytes_again, &empty));
    struct weight_store *store = NULL, *other = NULL;
    check_ok(clk__hdf5_open_image(&store, image, bytes, "image"));
    check_ok(clk__hdf5_open_image(&other, again, bytes_again, "other"));
    check_list(store);
    ck_assert(!clk__store_has_group(other, "layers"));
    clk__store_close(other);
    check_list(store);
    clk__store_close(store);
    clk__store_close(NULL);
}
END_TEST

START_TEST(list_mistakes)
{
    struct weight_list list = {0};
    float x = 0;
    check_fails(CLK_ERR_ARG, "needs a group", clk__weight_list_add(&list, clk_f32(&x, 1)));
    check_fails(CLK_ERR_ARG, "no path", clk__weight_list_group(&list, "", NULL));
    check_fails(CLK_ERR_ARG, "no path", clk__weight_list_group(&list, "/vars", NULL));
    check_fails(CLK_ERR_ARG, "no path", clk__weight_list_group(&list, "a//vars", NULL));
    check_ok(clk__weight_list_group(&list, "vars", NULL));
    check_fails(CLK_ERR_ARG, "already", clk__weight_list_group(&list, "vars", NULL));
    check_fails(CLK_ERR_ARG, "dimension 1 is -1", clk__weight_list_add(&list, clk_f32(&x, 1, -1)));
    check_fails(CLK_ERR_ARG, "dimension 1 is 9223",
        clk__weight_list_add(&list, clk_f32(&x, 2, INT64_MAX, INT64_MAX)));
    check_fails(CLK_ERR_ARG, "no data", clk__weight_list_add(&list, clk_f32(NULL, 1)));
    check_fails(CLK_ERR_ARG, "dtype 0", clk__weight_list_add(&list, (clk_array){.data = &x}));
    clk__weight_list_fini(&list);
}
END_TEST

/* What Keras wrote: weight w holds (100 w + element) / 8. */
START_TEST(written_by_keras)
{
    struct weight_store *store = open_data("tiny.weights.h5");
    static const struct {
        const char *path;
        int rank;
        int64_t shape[2];
        int weight;
    } expected[] = {
        {"layers/dense/vars/0", 2, {3, 2}, 0},
        {"layers/dense/vars/1", 1, {2}, 1},
        {"layers/batch_normalization/vars/0", 1, {2}, 2},
        {"layers/batch_normalization/vars/3", 1, {2}, 5},
        {"layers/dense_1/vars/0", 2, {2, 2}, 6},
        {"layers/dense_1/vars/1", 1, {2}, 7},
    };
    for (size_t e = 0; e < sizeof(expected) / sizeof(expected[0]); e++) {
        struct weight_info w =
            want(CLK_FLOAT32, expected[e].rank, expected[e].shape[0], expected[e].shape[1]);
        float values[6];
        check_ok(clk__store_read(values, &w, store, expected[e].path));
        int n = (int)(w.shape[0] * (w.rank == 2 ? w.shape[1] : 1));
        for (int i = 0; i < n; i++)
            ck_assert_float_eq(values[i], (float)(100 * expected[e].weight + i) / 8);
    }
    char *name = NULL;
    check_ok(clk__store_text(&name, store, "layers/dense_1/vars", "name"));
    ck_assert_str_eq(name, "out");
    free(name);
    size_t n = 9;
    check_ok(clk__store_count(&n, store, "layers/flatten/vars"));
    ck_assert_uint_eq(n, 0);
    int32_t steps = 0;
    struct weight_info scalar = want(CLK_INT32, 0, 0, 0);
    check_ok(clk__store_read(&steps, &scalar, store, "optimizer/vars/0"));
    ck_assert_int_eq(steps, 7);
    clk__store_close(store);
}
END_TEST

START_TEST(conversions)
{
    struct weight_store *store = open_data("odd.h5");
    float f[64];
    int64_t l[3];
    int32_t i[3];
    struct weight_info three = want(CLK_FLOAT32, 1, 3, 0);
    check_ok(clk__store_read(f, &three, store, "layers/odd/vars/0"));
    ck_assert(f[0] == 1.5f && f[1] == -2.5f && f[2] == 65504.0f);
    check_ok(clk__store_read(f, &three, store, "layers/odd/vars/1"));
    ck_assert(f[0] == 1.5f && f[1] == INFINITY && isnan(f[2]));
    check_ok(clk__store_read(f, &three, store, "layers/odd/vars/2"));
    ck_assert(f[1] == -2.0f);
    three.dtype = CLK_INT64;
    check_ok(clk__store_read(l, &three, store, "layers/odd/vars/2"));
    ck_assert(l[1] == -2 && l[2] == count);
    check_ok(clk__store_read(l, &three, store, "layers/odd/vars/3"));
    ck_assert(l[2] == 4294967295);
    three.dtype = CLK_INT32;
    check_fails(CLK_ERR_FORMAT, "vars/2", clk__store_read(i, &three, store, "layers/odd/vars/2"));
    check_fails(CLK_ERR_FORMAT, "vars/3", clk__store_read(i, &three, store, "layers/odd/vars/3"));
    check_fails(CLK_ERR_FORMAT, "holds float32, not int32",
        clk__store_read(i, &three, store, "layers/odd/vars/0"));
    struct weight_info two = want(CLK_FLOAT32, 1, 2, 0);
    check_ok(clk__store_read(f, &two, store, "layers/odd/vars/4"));
    ck_assert(f[0] == 1.5f && f[1] == -2.5f);
    struct weight_info one = want(CLK_FLOAT32, 1, 1, 0);
    check_fails(CLK_ERR_FORMAT, "vars/5", clk__store_read(f, &one, store, "layers/odd/vars/5"));
    struct weight_info none = want(CLK_FLOAT32, 2, 0, 4);
    check_ok(clk__store_read(NULL, &none, store, "layers/odd/vars/6"));
    struct weight_info packed = want(CLK_FLOAT32, 1, 64, 0);
    check_ok(clk__store_read(f, &packed, store, "layers/odd/vars/7"));
    ck_assert(f[0] == 0.0f && f[63] == 63.0f);
    clk__store_close(store);
}
END_TEST

START_TEST(refusals)
{
    struct weight_store *store = open_data("odd.h5");
    struct weight_info info;
    float f[4];
    check_fails(
        CLK_ERR_UNSUPPORTED, "no floats", clk__store_find(&info, store, "layers/odd/vars/8"));
    check_fails(
        CLK_ERR_UNSUPPORTED, "9 dimensions", clk__store_find(&info, store, "layers/odd/vars/9"));
    check_fails(CLK_ERR_FORMAT, "vars/10", clk__store_find(&info, store, "layers/odd/vars/10"));
    check_ok(clk__store_find(&info, store, "layers/odd/vars/11"));
    check_fails(
        CLK_ERR_UNSUPPORTED, "another file", clk__store_find(&info, store, "layers/odd/vars/12"));
    check_fails(
        CLK_ERR_UNSUPPORTED, "another file", clk__store_find(&info, store, "layers/odd/vars/13"));
    check_fails(CLK_ERR_FORMAT, "are stored", clk__store_find(&info, store, "promise"));
    check_fails(CLK_ERR_FORMAT, "chunks of", clk__store_find(&info, store, "chunk"));
    check_fails(
        CLK_ERR_FORMAT, "layers/odd/vars/99", clk__store_find(&info, store, "layers/odd/vars/99"));
    check_fails(CLK_ERR_FORMAT, "is no array", clk__store_find(&info, store, "layers/odd"));
    check_fails(CLK_ERR_FORMAT, "holds \"1\"", clk__store_count(&(size_t){0}, store, "gap/vars"));
    struct weight_info other = want(CLK_FLOAT32, 2, 2, 2);
    check_fails(CLK_ERR_SHAPE, "has shape (2,), not (2, 2)",
        clk__store_read(f, &other, store, "layers/odd/vars/4"));
    ck_assert(clk__store_has_group(store, "layers/odd/vars"));
    ck_assert(!clk__store_has_group(store, "layers/odd/vars/4"));
    ck_assert(clk__store_has_array(store, "layers/odd/vars/4"));
    clk__store_close(store);
    check_fails(CLK_ERR_IO, "nowhere.h5", clk__hdf5_open(&store, "tests/files/nowhere.h5"));
}
END_TEST

START_TEST(text_lists)
{
    struct weight_store *store = open_data("legacy_weights.h5");
    struct name_list names;
    check_ok(clk__store_texts(&names, store, "", "layer_names"));
    ck_assert_uint_eq(names.n, 3);
    ck_assert_str_eq(names.items[1], "drop");
    clk__names_fini(&names);
    check_ok(clk__store_texts(&names, store, "fc", "weight_names"));
    ck_assert_uint_eq(names.n, 2);
    ck_assert_str_eq(names.items[1], "fc/bias:0");
    clk__names_fini(&names);
    check_ok(clk__store_texts(&names, store, "drop", "weight_names"));
    ck_assert_uint_eq(names.n, 0);
    char *text = NULL;
    check_fails(CLK_ERR_FORMAT, "3 strings", clk__store_text(&text, store, "", "layer_names"));
    clk__store_close(store);
}
END_TEST

START_TEST(text_forms)
{
    struct weight_store *store = open_data("attributes.h5");
    char *text = NULL;
    check_ok(clk__store_text(&text, store, "kinds", "fixed"));
    ck_assert_str_eq(text, "fixed");
    free(text);
    check_ok(clk__store_text(&text, store, "kinds", "empty"));
    ck_assert_str_eq(text, "");
    free(text);
    check_ok(clk__store_text(&text, store, "kinds", "last"));
    ck_assert_uint_eq(strlen(text), 6000);
    ck_assert_str_eq(text + 5998, "\xc3\xbc");
    free(text);
    check_ok(clk__store_text(&text, store, "kinds", "absent"));
    ck_assert_ptr_null(text);
    check_fails(CLK_ERR_FORMAT, "is no text", clk__store_text(&text, store, "kinds", "number"));
    check_fails(CLK_ERR_UNSUPPORTED, "newer form", clk__store_text(&text, store, "kinds", "grid"));
    check_fails(CLK_ERR_UNSUPPORTED, "newer form", clk__store_text(&text, store, "new", "name"));
    check_fails(CLK_ERR_FORMAT, "nowhere", clk__store_text(&text, store, "nowhere", "name"));
    clk__store_close(store);
}
END_TEST

/* A program's own error reporting of HDF5 stays as it was. */
static herr_t own_report(hid_t stack, void *user)
{
    (void)stack;
    (void)user;
    return 0;
}

START_TEST(error_setting_kept)
{
    H5E_auto2_t before, after;
    void *user;
    H5Eget_auto2(H5E_DEFAULT, &before, &user);
    H5Eset_auto2(H5E_DEFAULT, own_report, &before);
    struct weight_store *store = open_data("odd.h5");
    struct weight_info info;
    check_fails(CLK_ERR_FORMAT, "none", clk__store_find(&info, store, "none"));
    clk__store_close(store);
    H5Eget_auto2(H5E_DEFAULT, &after, &user);
    ck_assert(after == own_report && user == (void *)&before);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("files/hdf5");
    TCase *t = tcase_create("hdf5");
    tcase_add_test(t, narrow_numbers);
    tcase_add_test(t, round_trip);
    tcase_add_test(t, list_mistakes);
    tcase_add_test(t, written_by_keras);
    tcase_add_test(t, conversions);
    tcase_add_test(t, refusals);
    tcase_add_test(t, text_lists);
    tcase_add_test(t, text_forms);
    tcase_add_test(t, error_setting_kept);
    suite_add_tcase(s, t);
    return s;
}
