/* SPDX-License-Identifier: MIT */
#include "initializers/initializer.h"
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("lstm");
}
END_TEST

START_TEST(shapes)
{
    check_shape("LSTM(4)", SHAPE(-1, 7, 3), "(None, 4)");
    check_shape("LSTM(4, return_sequences=True, dropout=0.5)", SHAPE(-1, -1, 3), "(None, None, 4)");
    check_shape("LSTM(4, dropout=0.5, recurrent_dropout=0.5)", SHAPE(-1, 7, 3), "(None, 4)");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "units must be an integer >= 1", "LSTM(0)");
    struct layer *l = make_layer("LSTM(4, name='l')");
    check_fails(CLK_ERR_SHAPE, "lstm \"l\": input of shape (None, 3), expected (batch, time",
        build_layer(l, SHAPE(-1, 3)));
    clk__object_free(&l->object);
    char text[SHAPE_TEXT];
    l = make_layer("LSTM(4, activation='softmax')");
    check_ok(build_layer(l, SHAPE(-1, 2, 3)));
    check_fails(CLK_ERR_UNSUPPORTED, "activation \"softmax\" is not one of single elements",
        call_layer(text, l, SHAPE(-1, 2, 3), false));
    clk__object_free(&l->object);
}
END_TEST

/* The forget gate's bias begins with ones. */
START_TEST(bias)
{
    struct layer *l = make_layer("LSTM(2, bias_initializer='zeros')");
    check_ok(build_layer(l, SHAPE(-1, 2, 3)));
    const struct variable *b = &l->children[0].layer->variables[2];
    float got[8];
    static const float expected[8] = {0, 0, 1, 1, 0, 0, 0, 0};
    check_ok(clk__initializer_fill(b->initializer, got, &b->shape, 1, 1));
    test_check_close("bias", got, expected, 8, 0, 0);
    clk__object_free(&l->object);
}
END_TEST

/* The output of one call in training. */
static void run(float *out, const char *expression)
{
    struct rig r;
    float *x = op_random(9, 2 * 5 * 3, -1, 1);
    struct value *leaves[MAX_VARIABLES] = {NULL};
    struct layer *l = make_layer(expression);
    rig_init(&r);
    check_ok(build_layer(l, SHAPE(2, 5, 3)));
    struct layer *cell = l->children[0].layer;
    for (int i = 0; i < cell->n_variables; i++) {
        float *data = op_random((uint64_t)i, cell->variables[i].len, -1, 1);
        cell->variables[i].index = i;
        leaves[i] = rig_input(&r, CLK_FLOAT32, cell->variables[i].shape, data, true);
        free(data);
    }
    struct call c = {.graph = &r.graph, .variables = leaves, .n_inputs = 1};
    c.inputs[0] = rig_input(&r, CLK_FLOAT32, SHAPE(2, 5, 3), x, false);
    check_ok(clk__layer_call(l, &c));
    int y = rig_output(&r, c.outputs[0]);
    rig_run(&r, 1);
    memcpy(out, rig_read(&r, y), 8 * sizeof *out);
    rig_fini(&r);
    clk__object_free(&l->object);
    free(x);
}

/* Dropout changes what comes out, and draws the same again. */
START_TEST(dropout)
{
    float plain[8], dropped[8], again[8], gates[8];
    run(plain, "LSTM(4)");
    run(dropped, "LSTM(4, dropout=0.5)");
    run(again, "LSTM(4, dropout=0.5)");
    run(gates, "LSTM(4, dropout=0.5, recurrent_dropout=0.5)");
    ck_assert_mem_eq(dropped, again, sizeof dropped);
    ck_assert_mem_ne(dropped, plain, sizeof dropped);
    ck_assert_mem_ne(dropped, gates, sizeof dropped);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("lstm");
    TCase *t = tcase_create("lstm");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    tcase_add_test(t, bias);
    tcase_add_test(t, dropout);
    suite_add_tcase(s, t);
    return s;
}
