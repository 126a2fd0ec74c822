/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("stacked_rnn_cells");
}
END_TEST

/* Paths of variables and groups of files: cells that have no name get one each. */
START_TEST(cell_names)
{
    struct layer *l = make_layer(
        "RNN([LSTMCell(3), GRUCell(2), LSTMCell(4), LSTMCell(5, name='lstm_cell_1'), "
        "LSTMCell(1)])");
    static const char *const names[] = {
        "lstm_cell", "gru_cell", "lstm_cell_2", "lstm_cell_1", "lstm_cell_3"};
    static const char *const keys[] = {"cells/lstm_cell", "cells/gru_cell", "cells/lstm_cell_1",
        "cells/lstm_cell_2", "cells/lstm_cell_3"};
    const struct layer *stack = l->children[0].layer;
    ck_assert_str_eq(l->children[0].key, "cell");
    ck_assert_str_eq(stack->object.class->name, "StackedRNNCells");
    ck_assert_int_eq(stack->n_children, 5);
    for (int i = 0; i < 5; i++) {
        ck_assert_str_eq(stack->children[i].layer->name, names[i]);
        ck_assert_str_eq(stack->children[i].key, keys[i]);
    }
    clk__object_free(&l->object);
}
END_TEST

START_TEST(frozen)
{
    struct layer *l = make_layer("RNN([LSTMCell(3), GRUCell(2)], trainable=False)");
    ck_assert(!l->children[0].layer->children[1].layer->trainable);
    clk__object_free(&l->object);
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "cells: number 1 is a Dense, expected LSTMCell",
        "RNN([LSTMCell(3), Dense(3)])");
    check_refused(CLK_ERR_CONFIG, "number 0 is a StackedRNNCells",
        "StackedRNNCells([StackedRNNCells([LSTMCell(3)])])");
    check_refused(CLK_ERR_CONFIG, "0 cells, expected 1 or more", "RNN([])");
    check_refused(CLK_ERR_CONFIG, "cells must be a list of layers", "StackedRNNCells(LSTMCell(3))");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("stacked_rnn_cells");
    TCase *t = tcase_create("stacked_rnn_cells");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, cell_names);
    tcase_add_test(t, frozen);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
