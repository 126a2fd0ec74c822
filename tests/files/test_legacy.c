/* SPDX-License-Identifier: MIT */
/* Order of layers and weights in legacy HDF5 files, and their numbers. */
#include "files/container.h"
#include "files/hdf5.h"
#include "files/legacy.h"
#include "support/test.h"

static void check_pair(struct weight_store *store, const struct legacy_layer *layer, float first)
{
    struct weight_info info;
    float values[6] = {0};
    check_ok(clk__store_find(&info, store, layer->paths.items[0]));
    ck_assert_uint_le(info.n_elements, 6);
    check_ok(clk__store_read(values, &info, store, layer->paths.items[0]));
    ck_assert_float_eq(values[0], first);
    ck_assert_float_eq(values[1], first + 1.0f / 8);
}

START_TEST(whole_model)
{
    struct container c;
    struct legacy_weights w;
    check_ok(clk__container_open(&c, "tests/files/data/legacy.h5"));
    check_ok(clk__legacy_list(&w, c.weights));
    static const char *const names[] = {"fc", "flatten", "batch_normalization", "out"};
    static const size_t counts[] = {2, 0, 4, 2};
    ck_assert_uint_eq(w.n_layers, 4);
    for (int i = 0; i < 4; i++) {
        ck_assert_str_eq(w.layers[i].name, names[i]);
        ck_assert_uint_eq(w.layers[i].paths.n, counts[i]);
    }
    check_pair(c.weights, &w.layers[0], 0);
    check_pair(c.weights, &w.layers[2], 200.0f / 8);
    check_pair(c.weights, &w.layers[3], 600.0f / 8);
    ck_assert_uint_ge(w.optimizer.n, 2);
    int32_t steps = 0;
    struct weight_info scalar = {.dtype = CLK_INT32};
    check_ok(clk__store_read(&steps, &scalar, c.weights, w.optimizer.items[0]));
    ck_assert_int_eq(steps, 7);
    clk__legacy_fini(&w);
    clk__container_close(&c);
}
END_TEST

START_TEST(weights_at_root)
{
    struct weight_store *store = NULL;
    struct legacy_weights w;
    check_ok(clk__hdf5_open(&store, "tests/files/data/legacy_weights.h5"));
    check_ok(clk__legacy_list(&w, store));
    ck_assert_uint_eq(w.n_layers, 3);
    ck_assert_uint_eq(w.layers[0].paths.n, 2);
    ck_assert_str_eq(w.layers[0].paths.items[1], "fc/fc/bias:0");
    ck_assert_uint_eq(w.layers[1].paths.n, 0);
    ck_assert_uint_eq(w.optimizer.n, 0);
    clk__legacy_fini(&w);
    clk__store_close(store);
}
END_TEST

START_TEST(not_legacy)
{
    struct weight_store *store = NULL;
    struct legacy_weights w;
    check_ok(clk__hdf5_open(&store, "tests/files/data/tiny.weights.h5"));
    check_fails(CLK_ERR_FORMAT, "no list layer_names", clk__legacy_list(&w, store));
    clk__store_close(store);
    check_ok(clk__hdf5_open(&store, "tests/files/data/legacy_gap.h5"));
    check_fails(CLK_ERR_FORMAT, "lists fc/gone:0, which is not there", clk__legacy_list(&w, store));
    clk__store_close(store);
    clk__legacy_fini(&w);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("files/legacy");
    TCase *t = tcase_create("legacy");
    tcase_add_test(t, whole_model);
    tcase_add_test(t, weights_at_root);
    tcase_add_test(t, not_legacy);
    suite_add_tcase(s, t);
    return s;
}
