/* SPDX-License-Identifier: MIT */
/* Recurrent layers of Keras 2 predict what they predicted there, though hard_sigmoid has become another function: the
 * data are made by make_keras2.py. */
#include "support/replay.h"
#include "support/test.h"

START_TEST(predicts)
{
    static const char npz[] = "tests/files/data/keras2.npz";
    clk_model *m = NULL, *copy = NULL;
    check_ok(clk_model_load(&m, "tests/files/data/keras2.h5"));
    check_ok(clk_model_set_device(m, test_device()));
    replay_check(m, npz, TOLERANCE(1e-6, 1e-5));
    copy = replay_copy(m, ".keras"); /* what is written is Keras 3's */
    replay_check(copy, npz, TOLERANCE(1e-6, 1e-5));
    clk_model_free(copy);
    copy = replay_copy(m, ".h5");
    replay_check(copy, npz, TOLERANCE(1e-6, 1e-5));
    clk_model_free(copy);
    clk_model_free(m);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("files/keras2");
    TCase *t = tcase_create("keras2");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, predicts);
    suite_add_tcase(s, t);
    return s;
}
