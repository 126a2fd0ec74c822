/* SPDX-License-Identifier: MIT */
#include "layers/noise_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("spatial_dropout1d");
}
END_TEST

/* A channel of a sample is kept or dropped as a whole, and about half of them are. */
START_TEST(training)
{
    int kept = 0;
    float *y = noisy("SpatialDropout1D(0.5)", SHAPE(40, 5, 8), 1, 3);
    for (int i = 0; i < 1600; i++) {
        ck_assert(y[i] == 0 || y[i] == 2);
        ck_assert_float_eq(y[i], y[i / (5 * 8) * (5 * 8) + i % 8]);
        kept += y[i] != 0;
    }
    ck_assert_int_le(abs(kept / 5 - 160), 45);
    free(y);
}
END_TEST

START_TEST(refused)
{
    char text[SHAPE_TEXT];
    check_refused(CLK_ERR_CONFIG, "rate must be", "SpatialDropout1D(2)");
    struct layer *l = make_layer("SpatialDropout1D(0.5)");
    check_fails(CLK_ERR_SHAPE, "has rank 2, it takes 3", call_layer(text, l, SHAPE(-1, 2), false));
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/spatial_dropout1d");
    TCase *t = tcase_create("spatial_dropout1d");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, training);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
