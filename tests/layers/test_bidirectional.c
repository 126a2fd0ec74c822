/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("bidirectional");
}
END_TEST

/* Keras names the layers within after the one that is given. */
START_TEST(names)
{
    struct layer *l = make_layer("Bidirectional(LSTM(3))");
    ck_assert_str_eq(l->children[0].key, "forward_layer");
    ck_assert_str_eq(l->children[0].layer->name, "forward_lstm");
    ck_assert_str_eq(l->children[1].layer->name, "backward_lstm");
    clk__object_free(&l->object);
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "layer is a Dense, expected LSTM", "Bidirectional(Dense(3))");
    check_refused(CLK_ERR_CONFIG, "both have go_backwards=False",
        "Bidirectional(LSTM(3), backward_layer=LSTM(3))");
    check_refused(CLK_ERR_CONFIG, "the same return_sequences",
        "Bidirectional(LSTM(3, return_sequences=True), backward_layer=LSTM(3, go_backwards=True))");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("bidirectional");
    TCase *t = tcase_create("bidirectional");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, names);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
