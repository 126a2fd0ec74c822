/* SPDX-License-Identifier: MIT */
#include "activations/activation.h"
#include "ops/ops.h"
#include "support/test.h"

#include <stdlib.h>

/* Every activation keeps the shape and, being pointwise or a softmax, has a gradient rule. */
START_TEST(all)
{
    struct graph g;
    clk__graph_init(&g, true, true);
    struct value *x = clk__leaf(&g, REGION_PARAM, 0, CLK_FLOAT32, SHAPE(-1, 7), true);
    for (size_t i = 0; i < clk__activations.n_classes; i++) {
        struct object *o = NULL;
        check_ok(clk__object_create(&o, clk__activations.classes[i]));
        struct value *y = clk__activate(&g, o, x);
        check_ok(g.status);
        ck_assert_ptr_nonnull(y);
        ck_assert(clk__shape_equal(&y->shape, &x->shape));
        ck_assert(y == x || y->op->class->grad);
        clk__object_free(o);
    }
    ck_assert_ptr_eq(clk__activate(&g, NULL, x), x);
    clk__graph_fini(&g);
}
END_TEST

static void check_name(const char *written, const char *read)
{
    struct object *o = NULL;
    json_t *config = NULL;
    check_ok(clk__object_from_text(&o, &clk__activations, read));
    check_ok(clk__object_to_json(&config, &clk__activations, o));
    ck_assert_str_eq(json_string_value(config), written);
    json_decref(config);
    clk__object_free(o);
}

START_TEST(names)
{
    check_name("relu", "relu");
    check_name("relu", "ReLU");
    check_name("silu", "swish");
    check_name("hard_silu", "hard_swish");
    check_name("tanh", "keras.activations.tanh");
    struct object *o = NULL;
    check_fails(CLK_ERR_CONFIG, "unknown activation \"softmx\"; did you mean softmax?",
        clk__object_from_text(&o, &clk__activations, "softmx"));
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("activations");
    TCase *t = tcase_create("activations");
    tcase_add_test(t, all);
    tcase_add_test(t, names);
    suite_add_tcase(s, t);
    return s;
}
