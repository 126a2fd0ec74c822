/* SPDX-License-Identifier: MIT */
#include "initializers/sample.h"
#include "support/configs.h"

START_TEST(configs)
{
    check_configs(&clk__initializers, "initializers", "RandomNormal");
    check_configs(&clk__initializers, "initializers", "TruncatedNormal");
}
END_TEST

START_TEST(normal)
{
    struct moments m = moments_of("RandomNormal(mean=1.0, stddev=2.0)", SHAPE(400, 250));
    check_near(m.mean, 1.0, 2.0);
    check_near(m.stddev, 2.0, 2.0);
    ck_assert_double_gt(m.max, 1.0 + 3 * 2.0);
    m = moments_of("normal", SHAPE(400, 250));
    check_near(m.stddev, 0.05, 0.05);
}
END_TEST

START_TEST(truncated)
{
    struct moments m = moments_of("truncated_normal", SHAPE(400, 250));
    check_near(m.mean, 0, 0.05);
    /* No correction: the deviation of what is left after the cut at 2. */
    check_near(m.stddev, 0.05 * 0.87962566, 0.05);
    ck_assert_double_le(m.max, 0.1 * (1 + 1e-6));
    ck_assert_double_ge(m.min, -0.1 * (1 + 1e-6));
    ck_assert_double_gt(m.max, 0.099);
}
END_TEST

START_TEST(streams)
{
    ck_assert(!sample_differs("RandomNormal()", 1, 2));
    ck_assert(sample_differs("RandomNormal()", 1, 3));
    ck_assert(sample_differs("RandomNormal()", 2, 2));
    /* The high half of a seed counts. */
    ck_assert(sample_differs("RandomNormal()", 1 + (1ull << 32), 2));
    ck_assert(!sample_differs("RandomNormal(seed=5)", 2, 3));
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("initializers/normal");
    TCase *t = tcase_create("normal");
    tcase_add_test(t, configs);
    tcase_add_test(t, normal);
    tcase_add_test(t, truncated);
    tcase_add_test(t, streams);
    suite_add_tcase(s, t);
    return s;
}
