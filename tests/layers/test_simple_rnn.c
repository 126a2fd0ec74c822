/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("simple_rnn");
}
END_TEST

START_TEST(shapes)
{
    check_shape("SimpleRNN(4)", SHAPE(-1, 7, 3), "(None, 4)");
    check_shape(
        "SimpleRNN(4, return_sequences=True, dropout=1.0)", SHAPE(-1, -1, 3), "(None, None, 4)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("simple_rnn");
    TCase *t = tcase_create("simple_rnn");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    suite_add_tcase(s, t);
    return s;
}
