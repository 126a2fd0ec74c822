/* SPDX-License-Identifier: MIT */
#include "constraints/constraint_check.h"

START_TEST(constrained)
{
    check_constrained("NonNeg");
}
END_TEST

/* As Keras 2 wrote it; and its name. */
START_TEST(names)
{
    static const char text[] = "{\"class_name\": \"NonNeg\", \"config\": {}}";
    struct object *of_name = NULL, *of_config = NULL;
    json_t *config = NULL;
    check_ok(clk__object_from_text(&of_name, &clk__constraints, "non_neg"));
    check_ok(clk__json_parse(&config, text, strlen(text), "config"));
    check_ok(clk__object_from_json(&of_config, &clk__constraints, config, false, "constraint"));
    ck_assert_ptr_eq(of_name->class, of_config->class);
    clk__object_free(of_name);
    clk__object_free(of_config);
    json_decref(config);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("constraints/non_neg");
    TCase *t = tcase_create("non_neg");
    tcase_add_test(t, constrained);
    tcase_add_test(t, names);
    suite_add_tcase(s, t);
    return s;
}
