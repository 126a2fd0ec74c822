/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/configs.h"

START_TEST(configs)
{
    check_configs(&clk__layers, "layers", "Dropout");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Dropout(0.5)", SHAPE(-1, 3, 4), "(None, 3, 4)");
    check_shape("Dropout(0)", SHAPE(-1, 3), "(None, 3)");
    check_shape("Dropout(1.0)", SHAPE(-1, 3), "(None, 3)");
    check_shape("Dropout(0.2, noise_shape=(None, 1, 1, 1))", SHAPE(-1, 5, 6, 7), "(None, 5, 6, 7)");
}
END_TEST

/* Not a single op at inference, nor for rate 0. */
START_TEST(identity)
{
    for (int training = 0; training < 2; training++) {
        struct layer *l = make_layer(training ? "Dropout(0)" : "Dropout(0.5)");
        struct graph g;
        clk__graph_init(&g, training == 1, true);
        struct call c = {.graph = &g, .n_inputs = 1};
        c.inputs[0] = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 3), false);
        check_ok(clk__layer_class(l)->call(l, &c));
        ck_assert_ptr_eq(c.outputs[0], c.inputs[0]);
        ck_assert_uint_eq(g.n_ops, 0);
        clk__graph_fini(&g);
        clk__object_free(&l->object);
    }
}
END_TEST

START_TEST(refused)
{
    char text[SHAPE_TEXT];
    check_refused(CLK_ERR_CONFIG, "rate must be a number >= 0 and <= 1", "Dropout(1.5)");
    struct layer *l = make_layer("Dropout(0.5, noise_shape=(None, 2), name='drop')");
    check_fails(CLK_ERR_SHAPE,
        "dropout \"drop\": noise_shape (None, 2) does not broadcast to the input's (None, 3)",
        call_layer(text, l, SHAPE(-1, 3), false));
    check_fails(CLK_ERR_SHAPE, "does not broadcast", call_layer(text, l, SHAPE(-1, 3, 2), true));
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/dropout");
    TCase *t = tcase_create("dropout");
    tcase_add_test(t, configs);
    tcase_add_test(t, shapes);
    tcase_add_test(t, identity);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
