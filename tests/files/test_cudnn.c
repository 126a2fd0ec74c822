/* SPDX-License-Identifier: MIT */
/* Keras 2's CuDNNLSTM and CuDNNGRU, alone and both ways, are an LSTM and a GRU: the data are made by make_keras2.py. */
#include "support/replay.h"
#include "support/test.h"

START_TEST(predicts)
{
    static const char npz[] = "tests/files/data/cudnn.npz";
    clk_model *m = NULL, *copy = NULL;
    check_ok(clk_model_load(&m, "tests/files/data/cudnn.h5"));
    check_ok(clk_model_set_device(m, test_device()));
    replay_check(m, npz, TOLERANCE(1e-6, 1e-5));
    copy = replay_copy(m, ".keras"); /* from here on Keras' own order */
    replay_check(copy, npz, TOLERANCE(1e-6, 1e-5));
    clk_model_free(copy);
    clk_model_free(m);
}
END_TEST

/* A GRU that resets before its product has no place for the second bias: what is there does not fit. */
START_TEST(refused)
{
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, NULL));
    clk_model_add(m, "Input((4, 3))");
    clk_model_add(m, "LSTM(5, return_sequences=True)");
    clk_model_add(m, "Bidirectional(GRU(2, return_sequences=True, reset_after=False))");
    clk_model_add(m, "LSTM(2, go_backwards=True)");
    check_fails(CLK_ERR_SHAPE, "bias", clk_model_load_weights(m, "tests/files/data/cudnn.h5"));
    clk_model_free(m);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("files/cudnn");
    TCase *t = tcase_create("cudnn");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, predicts);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
