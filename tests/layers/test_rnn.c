/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("rnn");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "cell is a Dense, expected LSTMCell", "RNN(Dense(3))");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("rnn");
    TCase *t = tcase_create("rnn");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
