/* SPDX-License-Identifier: MIT */
#include "support/layer_check.h"
#include "support/test.h"

START_TEST(as_keras)
{
    check_golden_layers("simple_rnn_cell");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("simple_rnn_cell");
    TCase *t = tcase_create("simple_rnn_cell");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, as_keras);
    suite_add_tcase(s, t);
    return s;
}
