/* SPDX-License-Identifier: MIT */
#include "initializers/sample.h"
#include "support/configs.h"

START_TEST(configs)
{
    static const char *const names[] = {"VarianceScaling", "GlorotNormal", "GlorotUniform",
        "HeNormal", "HeUniform", "LecunNormal", "LecunUniform"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        check_configs(&clk__initializers, "initializers", names[i]);
}
END_TEST

/* A uniform sample whose variance is scale / fan. */
static void check_uniform(const char *expression, struct shape shape, double variance)
{
    struct moments m = moments_of(expression, shape);
    double limit = sqrt(3 * variance);
    check_near(m.mean, 0, limit);
    check_near(m.stddev, sqrt(variance), limit);
    ck_assert_double_le(m.max, limit * (1 + 1e-6));
    ck_assert_double_ge(m.min, -limit * (1 + 1e-6));
    check_near(m.max, limit, limit);
}

/* A truncated normal one: cut at 2 deviations of the uncut, and the variance that was asked for. */
static void check_truncated(const char *expression, struct shape shape, double variance)
{
    struct moments m = moments_of(expression, shape);
    double cut = 2 * sqrt(variance) / 0.87962566103423978;
    check_near(m.mean, 0, cut);
    check_near(m.stddev, sqrt(variance), sqrt(variance));
    ck_assert_double_le(m.max, cut * (1 + 1e-6));
    check_near(m.max, cut, cut);
}

START_TEST(named_forms)
{
    struct shape s = SHAPE(300, 100);
    check_uniform("glorot_uniform", s, 2.0 / (300 + 100));
    check_uniform("he_uniform", s, 2.0 / 300);
    check_uniform("lecun_uniform", s, 1.0 / 300);
    check_truncated("glorot_normal", s, 2.0 / (300 + 100));
    check_truncated("he_normal", s, 2.0 / 300);
    check_truncated("lecun_normal", s, 1.0 / 300);
}
END_TEST

START_TEST(fans)
{
    /* A convolution's kernel (3, 3, 20, 60): the receptive field multiplies both. */
    check_uniform("lecun_uniform", SHAPE(3, 3, 20, 60), 1.0 / (9 * 20));
    check_uniform("VarianceScaling(mode='fan_out', distribution='uniform')", SHAPE(3, 3, 20, 60),
        1.0 / (9 * 60));
    check_uniform("glorot_uniform", SHAPE(3, 3, 20, 60), 2.0 / (9 * 20 + 9 * 60));
    /* A vector counts as both. */
    check_uniform("glorot_uniform", SHAPE(20000), 1.0 / 20000);
}
END_TEST

START_TEST(distributions)
{
    struct moments m =
        moments_of("VarianceScaling(4.0, distribution='untruncated_normal')", SHAPE(100, 1000));
    check_near(m.stddev, 0.2, 0.2);
    ck_assert_double_gt(m.max, 0.6);
    check_truncated("VarianceScaling(4.0, distribution='normal')", SHAPE(100, 1000), 0.04);
    struct object *o = NULL;
    check_fails(CLK_ERR_CONFIG, "scale must be a number > 0",
        clk__object_from_text(&o, &clk__initializers, "VarianceScaling(0)"));
}
END_TEST

START_TEST(streams)
{
    ck_assert(!sample_differs("he_normal", 1, 2));
    ck_assert(sample_differs("he_normal", 1, 3));
    ck_assert(sample_differs("he_normal", 2, 2));
    ck_assert(!sample_differs("HeNormal(seed=5)", 2, 3));
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("initializers/variance_scaling");
    TCase *t = tcase_create("variance_scaling");
    tcase_add_test(t, configs);
    tcase_add_test(t, named_forms);
    tcase_add_test(t, fans);
    tcase_add_test(t, distributions);
    tcase_add_test(t, streams);
    suite_add_tcase(s, t);
    return s;
}
