/* SPDX-License-Identifier: MIT */
#include "optimizers/optimizer_check.h"

START_TEST(configs)
{
    check_configs(&clk__optimizers, "optimizers", "SGD");
}
END_TEST

START_TEST(steps)
{
    check_steps("SGD");
}
END_TEST

START_TEST(slots)
{
    check_slots("sgd", 0, NULL);
    check_slots("SGD(momentum=0.9)", 1, (const char *const[]){"momentum"});
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "SGD: 2 of clipnorm, clipvalue and global_clipnorm are set",
        "SGD(clipnorm=1.0, clipvalue=1.0)");
    check_refused(CLK_ERR_UNSUPPORTED, "use_ema", "SGD(use_ema=True)");
    check_refused(CLK_ERR_UNSUPPORTED, "loss_scale_factor", "SGD(loss_scale_factor=2.0)");
    check_refused(
        CLK_ERR_UNSUPPORTED, "gradient_accumulation_steps", "SGD(gradient_accumulation_steps=2)");
    check_refused(CLK_ERR_CONFIG, "momentum must be a number >= 0 and <= 1", "SGD(momentum=2)");
    check_refused(CLK_ERR_CONFIG, "learning_rate", "SGD(-0.1)");
    check_refused(CLK_ERR_CONFIG, "learning_rate takes no object such as CosineDecay",
        "SGD(CosineDecay(0.1, 1000))");
    check_refused(CLK_ERR_CONFIG, "unknown optimizer \"adamm\"; did you mean Adam?", "adamm");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("optimizers/sgd");
    TCase *t = tcase_create("sgd");
    tcase_add_test(t, configs);
    tcase_add_test(t, steps);
    tcase_add_test(t, slots);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
