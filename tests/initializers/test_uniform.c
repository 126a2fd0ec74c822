/* SPDX-License-Identifier: MIT */
#include "initializers/sample.h"
#include "support/configs.h"

START_TEST(configs)
{
    check_configs(&clk__initializers, "initializers", "RandomUniform");
}
END_TEST

START_TEST(uniform)
{
    struct moments m = moments_of("RandomUniform(1.0, 3.0)", SHAPE(400, 250));
    check_near(m.mean, 2.0, 1.0);
    check_near(m.stddev, 2.0 / sqrt(12.0), 1.0);
    ck_assert_double_ge(m.min, 1.0);
    ck_assert_double_le(m.max, 3.0);
    ck_assert_double_lt(m.min, 1.001);
    ck_assert_double_gt(m.max, 2.999);
    m = moments_of("uniform", SHAPE(400, 250));
    check_near(m.max, 0.05, 0.05);
    check_near(m.min, -0.05, 0.05);
}
END_TEST

START_TEST(streams)
{
    ck_assert(!sample_differs("RandomUniform()", 1, 2));
    ck_assert(sample_differs("RandomUniform()", 1, 3));
    ck_assert(!sample_differs("RandomUniform(seed=5)", 2, 3));
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("initializers/uniform");
    TCase *t = tcase_create("uniform");
    tcase_add_test(t, configs);
    tcase_add_test(t, uniform);
    tcase_add_test(t, streams);
    suite_add_tcase(s, t);
    return s;
}
