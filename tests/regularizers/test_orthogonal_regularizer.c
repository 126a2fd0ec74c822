/* SPDX-License-Identifier: MIT */
#include "regularizers/penalty_check.h"

START_TEST(penalties)
{
    check_penalties("OrthogonalRegularizer");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "mode must be", "OrthogonalRegularizer(mode='row')");
}
END_TEST

START_TEST(other_ranks)
{
    struct object *o = NULL;
    struct graph g;
    clk__graph_init(&g, true, false);
    check_ok(clk__object_from_text(&o, &clk__regularizers, "OrthogonalRegularizer()"));
    ck_assert_ptr_null(
        clk__penalty(o, &g, clk__leaf(&g, REGION_PARAM, 0, CLK_FLOAT32, SHAPE(3), true)));
    check_fails(CLK_ERR_SHAPE, "takes weights of rank 2, not of shape (3,)", g.status);
    clk__graph_fini(&g);
    clk__object_free(o);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("regularizers/orthogonal_regularizer");
    TCase *t = tcase_create("orthogonal_regularizer");
    tcase_add_test(t, penalties);
    tcase_add_test(t, refused);
    tcase_add_test(t, other_ranks);
    suite_add_tcase(s, t);
    return s;
}
