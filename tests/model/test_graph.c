/* SPDX-License-Identifier: MIT */
/* The graph of a functional model: the order of its layers, what its user can ask of it, its config as text. */
#include "model/model.h"
#include "operations/operation.h"
#include "support/test.h"

#include <stdio.h>
#include <string.h>

/* Names and order as Keras 3.15 has them in model.layers of this model. */
static const char *const keras_order[] = {"b", "a", "y", "x", "z", "out"};

/* x is made before y, but y comes first on the way from the output. */
static clk_model *make_model(void)
{
    clk_model *m = NULL;
    check_ok(clk_functional_create(&m, "two"));
    clk_tensor a = clk_input(m, "Input((8,), name='a')");
    clk_tensor b = clk_input(m, "Input((4,), name='b')");
    clk_tensor x = clk_call(m, "Dense(3, name='x')", &a, 1);
    clk_tensor y = clk_call(m, "Dense(3, name='y')", &b, 1);
    const clk_tensor yx[] = {y, x};
    clk_tensor z = clk_call(m, "Concatenate(name='z')", yx, 2);
    clk_tensor out = clk_call(m, "Dense(1, name='out')", &z, 1);
    check_ok(clk_model_outputs(m, &out, 1));
    check_ok(clk_model_build(m));
    return m;
}

START_TEST(test_order)
{
    clk_model *m = make_model();
    ck_assert_uint_eq(m->n_layers, 6);
    for (size_t i = 0; i < m->n_layers; i++)
        ck_assert_str_eq(m->layers[i]->name, keras_order[i]);
    clk_weight_info w;
    check_ok(clk_model_weight_info(&w, m, 0));
    ck_assert_str_eq(w.path, "y/kernel");
    clk_model_free(m);
}
END_TEST

/* A shared layer is as deep as its deepest call; a layer that leads nowhere comes last. */
START_TEST(test_order_shared)
{
    static const char *const names[] = {"a", "d", "e", "out", "idle"};
    clk_model *m = NULL;
    clk_layer *d = NULL;
    check_ok(clk_functional_create(&m, NULL));
    clk_tensor a = clk_input(m, "Input((4,), name='a')");
    (void)clk_call(m, "Dense(2, name='idle')", &a, 1);
    check_ok(clk_layer_create(&d, m, "Dense(4, name='d')"));
    clk_tensor u = clk_layer_call(m, d, &a, 1);
    clk_tensor e = clk_call(m, "ReLU(name='e')", &u, 1);
    clk_tensor v = clk_layer_call(m, d, &e, 1);
    const clk_tensor uv[] = {u, v};
    clk_tensor out = clk_call(m, "Add(name='out')", uv, 2);
    check_ok(clk_model_outputs(m, &out, 1));
    for (size_t i = 0; i < m->n_layers; i++)
        ck_assert_str_eq(m->layers[i]->name, names[i]);
    clk_model_free(m);
}
END_TEST

START_TEST(test_nodes)
{
    clk_model *m = make_model();
    clk_node_info info;
    clk_tensor t;
    clk_shape shape;
    ck_assert_str_eq(clk_model_input_name(m, 1), "b");
    ck_assert_str_eq(clk_model_output_name(m, 0), "out");
    ck_assert_ptr_null(clk_model_input_name(m, 2));
    ck_assert_ptr_null(clk_model_output_name(m, 1));
    ck_assert_uint_eq(clk_model_node_count(m), 6);
    check_ok(clk_model_node_info(&info, m, 4));
    ck_assert_str_eq(info.layer, "z");
    ck_assert_str_eq(info.class_name, "Concatenate");
    ck_assert_uint_eq(info.call, 0);
    ck_assert_uint_eq(info.n_inputs, 2);
    ck_assert_uint_eq(info.n_outputs, 1);
    check_ok(clk_model_node_input(&t, m, 4, 1));
    check_ok(clk_model_node_info(&info, m, (size_t)t.id));
    ck_assert_str_eq(info.layer, "x");
    check_ok(clk_model_node_shape(&shape, m, 4, 0));
    ck_assert_int_eq(shape.rank, 2);
    ck_assert_int_eq(shape.dims[0], -1);
    ck_assert_int_eq(shape.dims[1], 6);
    check_fails(CLK_ERR_ARG, "no node 6", clk_model_node_info(&info, m, 6));
    check_fails(CLK_ERR_ARG, "has 2 inputs", clk_model_node_input(&t, m, 4, 2));
    check_fails(CLK_ERR_ARG, "has 1 outputs", clk_model_node_shape(&shape, m, 4, 1));
    clk_model_free(m);
}
END_TEST

START_TEST(test_json)
{
    clk_model *m = make_model(), *copy = NULL;
    char *text = NULL, *again = NULL;
    check_ok(clk_model_to_json(&text, m));
    check_ok(clk_model_from_json(&copy, text));
    check_ok(clk_model_to_json(&again, copy));
    ck_assert_str_eq(text, again);
    ck_assert_uint_eq(clk_model_weight_count(copy), clk_model_weight_count(m));
    clk_free(again);
    clk_free(text);
    clk_model_free(copy);
    clk_model_free(m);
    check_fails(CLK_ERR_FORMAT, "line 1", clk_model_from_json(&copy, "{\"class_name\""));
    check_fails(CLK_ERR_FORMAT, "class_name", clk_model_from_json(&copy, "{}"));
    check_fails(CLK_ERR_ARG, "text is NULL", clk_model_from_json(&copy, NULL));
    ck_assert_ptr_null(copy);
}
END_TEST

/* A Reshape as Keras 3 writes it to HDF5, which keeps no module. */
static clk_model *reshaped(const char *config)
{
    clk_model *m = NULL;
    char text[1024];
    (void)snprintf(text, sizeof text,
        "{'class_name': 'Functional', 'config': {'name': 'm', 'layers': ["
        "{'class_name': 'InputLayer', 'name': 'x', 'config': {'batch_shape': [null, 2, 3], 'name': "
        "'x'},"
        " 'inbound_nodes': []},"
        "{'class_name': 'Reshape', 'name': 'r', 'config': {'name': 'r', %s}, 'inbound_nodes': "
        "[{'args':"
        " [{'class_name': '__keras_tensor__', 'config': {'shape': [null, 2, 3], 'dtype': 'float32',"
        " 'keras_history': ['x', 0, 0]}}], 'kwargs': {}}]}],"
        "'input_layers': ['x', 0, 0], 'output_layers': ['r', 0, 0]}}",
        config);
    for (char *c = text; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    check_ok(clk_model_from_json(&m, text));
    return m;
}

/* The layer and the operation of one name are told apart by what they say of themselves. */
START_TEST(test_without_modules)
{
    static const char *const configs[] = {"'newshape': [-1, 6]",
        "'trainable': true, 'dtype': 'float32', 'target_shape': [6]", "'target_shape': [6]"};
    for (int i = 0; i < 3; i++) {
        clk_model *m = reshaped(configs[i]);
        check_ok(clk_model_build(m));
        ck_assert(clk__shape_equal(&m->output_shapes[0], &SHAPE(-1, 6)));
        ck_assert(clk__is_operation(m->layers[1]) == (i == 0));
        clk_model_free(m);
    }
}
END_TEST

/* From C and from a config. */
START_TEST(test_called_on_nothing)
{
    clk_model *m = NULL;
    check_ok(clk_functional_create(&m, NULL));
    clk_tensor out = clk_call(m, "MaxPooling1D(name='p')", NULL, 0);
    check_fails(CLK_ERR_SHAPE, "max_pooling1d \"p\": it is called on no tensor",
        clk_model_outputs(m, &out, 1));
    clk_model_free(m);
    m = NULL;
    check_fails(CLK_ERR_SHAPE, "dense \"d\": it is called on no tensor",
        clk_model_from_json(&m,
            "{\"class_name\": \"Functional\", \"config\": {\"name\": \"m\", \"layers\": ["
            "{\"class_name\": \"Dense\", \"name\": \"d\", \"config\": {\"units\": 2, \"name\": "
            "\"d\"},"
            " \"inbound_nodes\": [{\"kwargs\": {}}]}],"
            "\"input_layers\": [], \"output_layers\": [\"d\", 0, 0]}}"));
}
END_TEST

#define TENSOR(layer, output)                                                               \
    "{'class_name': '__keras_tensor__', 'config': {'shape': [null, 3], 'dtype': 'float32'," \
    " 'keras_history': ['" layer "', 0, " output "]}}"
#define INPUT(name)                                          \
    "{'class_name': 'InputLayer', 'name': '" name            \
    "', 'config': {'batch_shape': [null, 3], 'name': '" name \
    "'},"                                                    \
    " 'inbound_nodes': []},"
#define DENSE(name, units, args)                                                                \
    "{'class_name': 'Dense', 'name': '" name "', 'config': {'units': " units ", 'name': '" name \
    "'},"                                                                                       \
    " 'inbound_nodes': [{'args': [" args "], 'kwargs': {}}]}"

/* A model of dicts, called on a dict: as Keras 3 writes Model({"k": a, "b": b}, {"z": u, "y": v}). */
static const char dicts[] =
    "{'class_name': 'Functional', 'config': {'name': 'outer', 'layers': [" INPUT("i") INPUT("j")
    "{'class_name': 'Functional', 'name': 'inner', 'config': {'name': 'inner', 'layers': [" INPUT("a") INPUT("b")
    DENSE("u", "2", TENSOR("a", "0")) "," DENSE("v", "5", TENSOR("b", "0"))
    "], 'input_layers': {'k': ['a', 0, 0], 'b': ['b', 0, 0]},"
    " 'output_layers': {'z': ['u', 0, 0], 'y': ['v', 0, 0]}},"
    " 'inbound_nodes': [{'args': [{'k': " TENSOR("i", "0") ", 'b': " TENSOR("j", "0") "}],"
    " 'kwargs': {'mask': {'k': null, 'b': null}}}]}],"
    "'input_layers': [['i', 0, 0], ['j', 0, 0]],"
    "'output_layers': {'second': ['inner', 0, 1], 'first': ['inner', 0, 0]}}}";

/* What is in dicts is ordered by its keys, as Keras orders it, and stays in dicts. */
START_TEST(test_dicts)
{
    char text[sizeof dicts], *out = NULL;
    clk_model *m = NULL, *copy = NULL;
    for (size_t i = 0; i < sizeof dicts; i++)
        text[i] = dicts[i] == '\'' ? '"' : dicts[i];
    check_ok(clk_model_from_json(&m, text));
    check_ok(clk_model_to_json(&out, m));
    check_ok(clk_model_from_json(&copy, out));
    ck_assert_ptr_nonnull(strstr(out, "\"first\""));
    ck_assert_ptr_nonnull(strstr(out, "\"k\""));
    clk_model *both[] = {m, copy};
    for (int i = 0; i < 2; i++) {
        check_ok(clk_model_build(both[i]));
        ck_assert_str_eq(clk_model_output_name(both[i], 0), "first");
        ck_assert_str_eq(clk_model_output_name(both[i], 1), "second");
        ck_assert(clk__shape_equal(&both[i]->output_shapes[0], &SHAPE(-1, 5)));
        ck_assert(clk__shape_equal(&both[i]->output_shapes[1], &SHAPE(-1, 2)));
        const struct node *n = &both[i]->nodes[2];
        ck_assert_str_eq(both[i]->nodes[n->inputs[0].node].layer->name, "j");
        clk_model_free(both[i]);
    }
    clk_free(out);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("graph");
    TCase *tests = tcase_create("graph");
    tcase_add_test(tests, test_order);
    tcase_add_test(tests, test_order_shared);
    tcase_add_test(tests, test_nodes);
    tcase_add_test(tests, test_json);
    tcase_add_test(tests, test_without_modules);
    tcase_add_test(tests, test_called_on_nothing);
    tcase_add_test(tests, test_dicts);
    suite_add_tcase(suite, tests);
    return suite;
}
