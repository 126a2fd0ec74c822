/* SPDX-License-Identifier: MIT */
/* What layers share: the regularizers and constraints of their weights and outputs. */
#include "layers/layer_check.h"
#include "support/configs.h"

#include <stdlib.h>

/* The room "rules" of configs.json, both ways. */
START_TEST(configs)
{
    json_t *all = json_load_file("tests/support/configs.json", 0, NULL);
    json_t *rules = json_object_get(all, "rules"), *expected;
    const char *expression;
    ck_assert_uint_gt(json_object_size(rules), 20);
    json_object_foreach(rules, expression, expected)
        check_config(&clk__layers, expected, expression);
    json_decref(all);
}
END_TEST

/* Which variable has which: the layer's own and those of layers within. */
static void check_rules(const struct layer *l, const char *const *expected)
{
    for (int i = 0; i < l->n_variables; i++) {
        const struct variable *v = &l->variables[i];
        ck_assert_str_eq(v->name, *expected++);
        ck_assert_str_eq(v->regularizer ? v->regularizer->class->name : "-", *expected++);
        ck_assert_str_eq(v->constraint ? v->constraint->class->name : "-", *expected++);
    }
    ck_assert_ptr_null(*expected);
}

static void check_built(const char *expression, struct shape input, const char *const *expected)
{
    struct layer *l = make_layer(expression);
    check_ok(build_layer(l, input));
    check_rules(l->n_children > 0 ? l->children[0].layer : l, expected);
    clk__object_free(&l->object);
}
#define RULES(...) ((const char *const[]){__VA_ARGS__, NULL})

START_TEST(variables)
{
    check_built("Dense(3, kernel_regularizer='l1', bias_constraint='non_neg')", SHAPE(-1, 4),
        RULES("kernel", "L1", "-", "bias", "-", "NonNeg"));
    check_built("Dense(3, bias_regularizer='l2', kernel_constraint='unit_norm')", SHAPE(-1, 4),
        RULES("kernel", "-", "UnitNorm", "bias", "L2", "-"));
    check_built(
        "SeparableConv1D(3, 2, depthwise_regularizer='l1', pointwise_regularizer='l2', "
        "depthwise_constraint='non_neg', pointwise_constraint='max_norm', "
        "bias_regularizer=L1L2())",
        SHAPE(-1, 4, 2),
        RULES("depthwise_kernel", "L1", "NonNeg", "pointwise_kernel", "L2", "MaxNorm", "bias",
            "L1L2", "-"));
    check_built("LayerNormalization(beta_regularizer='l1', gamma_constraint='non_neg')",
        SHAPE(-1, 4), RULES("gamma", "-", "NonNeg", "beta", "L1", "-"));
    check_built(
        "BatchNormalization(scale=False, beta_regularizer='l1', gamma_constraint='non_neg')",
        SHAPE(-1, 4),
        RULES("beta", "L1", "-", "moving_mean", "-", "-", "moving_variance", "-", "-"));
    check_built("GRU(3, recurrent_regularizer='l1', bias_constraint='non_neg')", SHAPE(-1, 5, 4),
        RULES("kernel", "-", "-", "recurrent_kernel", "L1", "-", "bias", "-", "NonNeg"));
}
END_TEST

/* No layer but these adds to the loss, and none does where nobody asks. */
static size_t n_penalties(const char *expression, struct shape input, bool penalized)
{
    struct layer *l = make_layer(expression);
    struct graph g;
    clk__graph_init(&g, true, false);
    g.penalized = penalized;
    struct call c = {.graph = &g, .n_inputs = 1};
    c.inputs[0] = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, input, false);
    check_ok(clk__layer_call(l, &c));
    size_t n = g.n_penalties;
    clk__graph_fini(&g);
    clk__object_free(&l->object);
    return n;
}

START_TEST(activities)
{
    ck_assert_uint_eq(n_penalties("Dense(3)", SHAPE(2, 4), true), 0);
    ck_assert_uint_eq(n_penalties("Dense(3, activity_regularizer='l2')", SHAPE(2, 4), true), 1);
    ck_assert_uint_eq(n_penalties("Dense(3, activity_regularizer='l2')", SHAPE(2, 4), false), 0);
    ck_assert_uint_eq(n_penalties("Dense(3, activity_regularizer=L2(0))", SHAPE(2, 4), true), 0);
    ck_assert_uint_eq(n_penalties("ActivityRegularization(l1=1)", SHAPE(2, 4), true), 1);
    ck_assert_uint_eq(n_penalties("ActivityRegularization()", SHAPE(2, 4), true), 0);
    ck_assert_uint_eq(n_penalties("ActivityRegularization(l1=1)", SHAPE(2, 4), false), 0);
    ck_assert_uint_eq(
        n_penalties("TimeDistributed(ActivityRegularization(l1=1))", SHAPE(2, 3, 4), true), 0);
    /* Each output: the sequence and two states. */
    ck_assert_uint_eq(
        n_penalties("LSTM(3, return_state=True, activity_regularizer='l2')", SHAPE(2, 5, 4), true),
        3);
}
END_TEST

/* As in Keras, where a shared layer has no loss but that of its last call. */
START_TEST(shared)
{
    struct layer *l = make_layer("ActivityRegularization(l1=1)"),
                 *other = make_layer("Dense(3, activity_regularizer='l2')");
    struct graph g;
    clk__graph_init(&g, true, false);
    g.penalized = true;
    struct value *x = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(2, 4), false);
    const struct value *first = NULL;
    for (int i = 0; i < 3; i++) {
        struct call c = {.graph = &g, .n_inputs = 1, .inputs = {x}, .call_index = i / 2};
        check_ok(clk__layer_call(i == 1 ? other : l, &c));
        first = first ? first : g.penalties[0].value;
    }
    ck_assert_uint_eq(g.n_penalties, 2);
    ck_assert_ptr_eq(g.penalties[0].owner, other);
    ck_assert_ptr_eq(g.penalties[1].owner, l);
    ck_assert_ptr_ne(g.penalties[1].value, first);
    clk__graph_fini(&g);
    clk__object_free(&l->object);
    clk__object_free(&other->object);
}
END_TEST

/* Those that leave steps where they are hand masks on, as Keras' supports_masking says. */
START_TEST(masks)
{
    static const char *const pass[] = {"Rescaling(2)", "UnitNormalization()", "Identity()",
        "Dropout(0.1)", "LayerNormalization()", "BatchNormalization()", "ReLU()", "PReLU()"};
    for (size_t i = 0; i < sizeof pass / sizeof *pass; i++) {
        struct layer *l = make_layer(pass[i]);
        ck_assert_msg(clk__layer_class(l)->masks == MASK_PASS, "%s", pass[i]);
        clk__object_free(&l->object);
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/layer");
    TCase *t = tcase_create("layer");
    tcase_add_test(t, configs);
    tcase_add_test(t, variables);
    tcase_add_test(t, activities);
    tcase_add_test(t, shared);
    tcase_add_test(t, masks);
    suite_add_tcase(s, t);
    return s;
}
