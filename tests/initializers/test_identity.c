/* SPDX-License-Identifier: MIT */
#include "initializers/sample.h"
#include "support/configs.h"

START_TEST(configs)
{
    check_configs(&clk__initializers, "initializers", "Identity");
}
END_TEST

START_TEST(diagonal)
{
    float *x = sample_of("Identity(gain=3.0)", SHAPE(2, 3), 0, 0);
    const float expected[] = {3, 0, 0, 0, 3, 0};
    test_check_close("Identity", x, expected, 6, 0, 0);
    free(x);
}
END_TEST

START_TEST(rank)
{
    struct object *o = NULL;
    float out[8];
    check_ok(clk__object_from_text(&o, &clk__initializers, "identity"));
    check_fails(CLK_ERR_SHAPE, "(8,) has rank 1, it takes 2",
        clk__initializer_fill(o, out, &SHAPE(8), 0, 0));
    clk__object_free(o);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("initializers/identity");
    TCase *t = tcase_create("identity");
    tcase_add_test(t, configs);
    tcase_add_test(t, diagonal);
    tcase_add_test(t, rank);
    suite_add_tcase(s, t);
    return s;
}
