/* SPDX-License-Identifier: MIT */
/* Recurrent layers of Keras 2 predict what they predicted there, though hard_sigmoid has become another function: the
 * data are made by make_keras2.py. */
#include "support/replay.h"
#include "support/test.h"

#include <stdio.h>

static const char *const names[] = {"keras2", "keras21"};

START_TEST(predicts)
{
    char npz[64], h5[64];
    clk_model *m = NULL, *copy = NULL;
    (void)snprintf(npz, sizeof npz, "tests/files/data/%s.npz", names[_i]);
    (void)snprintf(h5, sizeof h5, "tests/files/data/%s.h5", names[_i]);
    check_ok(clk_model_load(&m, h5));
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
    tcase_add_loop_test(t, predicts, 0, sizeof(names) / sizeof(*names));
    suite_add_tcase(s, t);
    return s;
}
