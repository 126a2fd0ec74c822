/* SPDX-License-Identifier: MIT */
/* Functional models with operations: Keras' own files and predictions (tests/keras/make_operations.py), and what is
 * refused. */
#include "base/json.h"
#include "model/model.h"
#include "operations/operation.h"
#include "support/golden.h"
#include "support/replay.h"
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#define DIR "tests/keras/operations"

static json_t *table;

static void free_table(void)
{
    json_decref(table);
    table = NULL;
}

START_TEST(the_table_is_there)
{
    ck_assert_msg(table != NULL, DIR "/operations.json can't be read; run in the source folder");
}
END_TEST

START_TEST(keras_files)
{
    struct golden g = golden_at(table, (size_t)_i, DIR);
    char path[256], npz[256];
    snprintf(path, sizeof path, DIR "/%s.keras", g.name);
    snprintf(npz, sizeof npz, DIR "/%s.npz", g.name);
    clk_model *model = NULL;
    check_ok(clk_model_load(&model, path));
    check_ok(clk_model_set_device(model, test_device()));
    replay_check(model, npz, TOL_PREDICT);
    clk_model *copy = replay_copy(model, ".keras");
    check_ok(clk_model_set_device(copy, test_device()));
    replay_check(copy, npz, TOL_PREDICT);
    clk_model_free(copy);
    clk_model_free(model);
}
END_TEST

/* Every class is found by its name, under its module, and reads what it writes. */
/* Keras refuses a file that says how an operation was built: it is no layer. */
START_TEST(operations_are_saved_unbuilt)
{
    clk_model *model = NULL;
    json_t *root = NULL, *layer;
    size_t i, n_operations = 0;
    check_ok(clk_model_load(&model, DIR "/arithmetic.keras"));
    check_ok(clk__model_to_json(&root, model));
    json_array_foreach(json_object_get(json_object_get(root, "config"), "layers"), i, layer)
    {
        if (!clk__is_operation_module(json_string_value(json_object_get(layer, "module"))))
            continue;
        n_operations++;
        ck_assert_msg(!json_object_get(layer, "build_config"), "%s has a build_config",
            json_string_value(json_object_get(layer, "name")));
    }
    ck_assert_uint_gt(n_operations, 0);
    json_decref(root);
    clk_model_free(model);
}
END_TEST

START_TEST(names)
{
    for (size_t i = 0; i < clk__operations.n_classes; i++) {
        const struct object_class *c = clk__operations.classes[i];
        ck_assert_msg(
            clk__registry_find(&clk__operations, c->name) == c, "%s is not found", c->name);
        ck_assert(clk__is_operation_module(c->module));
    }
    ck_assert(!clk__is_operation_module("keras.layers"));
    ck_assert(!clk__is_operation_module(NULL));
}
END_TEST

/* An operation, given as text, called on one tensor of shape (None, 4, 6). */
static clk_status call(const char *expression)
{
    struct object *o = NULL;
    struct graph g;
    clk__graph_init(&g, false, true);
    struct call c = {.graph = &g, .n_inputs = 1};
    c.inputs[0] = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 4, 6), false);
    clk_status status = clk__object_from_text(&o, &clk__operations, expression);
    if (status == CLK_OK)
        status = clk__layer_call((struct layer *)o, &c);
    clk__object_free(o);
    clk__graph_fini(&g);
    return status;
}

START_TEST(refused)
{
    check_fails(CLK_ERR_UNSUPPORTED, "axis 0, the batch", call("Mean()"));
    check_fails(CLK_ERR_UNSUPPORTED, "axis 0, the batch", call("Sum(axis=(0, 1))"));
    check_fails(CLK_ERR_SHAPE, "axis 3, there are 3", call("Max(axis=3)"));
    check_fails(CLK_ERR_SHAPE, "axis -1099511627776", call("Max(axis=-1099511627776)"));
    check_fails(CLK_ERR_UNSUPPORTED, "axis 0", call("Transpose((2, 0, 1))"));
    check_fails(CLK_ERR_SHAPE, "sample by sample", call("Transpose((0, 1, 1))"));
    check_fails(CLK_ERR_SHAPE, "sample by sample", call("Reshape((-1, 5))"));
    check_fails(CLK_ERR_SHAPE, "sample by sample", call("Reshape((-1, -1, -1))"));
    check_fails(
        CLK_ERR_SHAPE, "sample by sample", call("Reshape((-1, 1099511627776, 1099511627776))"));
    check_fails(CLK_ERR_SHAPE, "sample by sample", call("Squeeze(1)"));
    check_fails(CLK_ERR_SHAPE, "cannot be split", call("Split(5, axis=-1)"));
    check_fails(CLK_ERR_SHAPE, "cannot be split", call("Split((3, 2), axis=-1)"));
    check_fails(CLK_ERR_SHAPE, "cannot be split", call("Split(1099511627776, axis=1)"));
    check_fails(CLK_ERR_CONFIG, "1 tensors or numbers, it takes 2", call("Add()"));
    check_fails(CLK_ERR_UNSUPPORTED, "there is no key", call("GetItem()"));
    check_ok(call("Reshape((-1, 24))"));
    check_ok(call("Squeeze()"));
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("operations/operations");
    table = golden_table(DIR "/operations.json", "files");
    TCase *tc = tcase_create("operations");
    tcase_add_unchecked_fixture(tc, NULL, free_table);
    tcase_add_test(tc, the_table_is_there);
    tcase_add_loop_test(tc, keras_files, 0, (int)json_array_size(table));
    tcase_add_test(tc, operations_are_saved_unbuilt);
    tcase_add_test(tc, names);
    tcase_add_test(tc, refused);
    suite_add_tcase(suite, tc);
    return suite;
}
