/* SPDX-License-Identifier: MIT */
/* Functional models with operations: Keras' own files and predictions (tests/keras/make_operations.py), and what is
 * refused. */
#include "base/json.h"
#include "model/model.h"
#include "operations/operation.h"
#include "support/golden.h"
#include "support/replay.h"
#include "support/test.h"

#include <math.h>
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

/* -1 stays -1: Keras cannot call a Reshape that is to make None of an axis. */
START_TEST(shapes_are_saved_as_they_were)
{
    clk_model *model = NULL;
    json_t *root = NULL, *layer, *dim;
    size_t i, k, n_unknown = 0;
    check_ok(clk_model_load(&model, DIR "/shapes.keras"));
    check_ok(clk__model_to_json(&root, model));
    json_array_foreach(json_object_get(json_object_get(root, "config"), "layers"), i, layer)
    {
        json_t *shape = json_object_get(json_object_get(layer, "config"), "newshape");
        json_array_foreach(shape, k, dim)
        {
            ck_assert(json_is_integer(dim));
            n_unknown += json_integer_value(dim) == -1;
        }
    }
    ck_assert_uint_gt(n_unknown, 0);
    json_decref(root);
    clk_model_free(model);
}
END_TEST

/* Every class is found by its name, under its module. */
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

/* An operation, given as text, called on one tensor. */
static clk_status call_on(struct shape shape, const char *expression)
{
    struct object *o = NULL;
    struct graph g;
    clk__graph_init(&g, false, true);
    struct call c = {.graph = &g, .n_inputs = 1};
    c.inputs[0] = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, shape, false);
    clk_status status = clk__object_from_text(&o, &clk__operations, expression);
    if (status == CLK_OK)
        status = clk__layer_call((struct layer *)o, &c);
    clk__object_free(o);
    clk__graph_fini(&g);
    return status;
}

static clk_status call(const char *expression)
{
    return call_on(SHAPE(-1, 4, 6), expression);
}

static clk_status call_images(const char *expression)
{
    return call_on(SHAPE(-1, 4, 4, 2), expression);
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
    check_fails(CLK_ERR_UNSUPPORTED, "axis 0, the batch", call("Swapaxes(0, 1)"));
    check_fails(CLK_ERR_UNSUPPORTED, "axis 0, the batch", call("Moveaxis(0, 1)"));
    check_fails(CLK_ERR_UNSUPPORTED, "named twice", call("Moveaxis((1, 1), (1, 2))"));
    check_fails(CLK_ERR_UNSUPPORTED, "axis 0, the batch", call("Logsumexp()"));
    check_fails(CLK_ERR_UNSUPPORTED, "axis 0, the batch", call("Tile((2, 1, 1))"));
    check_fails(CLK_ERR_UNSUPPORTED, "more repeats than axes", call("Tile((1, 1, 1, 1))"));
    check_fails(CLK_ERR_UNSUPPORTED, "one number", call("Repeat((1, 2), 1)"));
    check_fails(CLK_ERR_UNSUPPORTED, "samples would mix", call("Roll(1)"));
    check_fails(CLK_ERR_UNSUPPORTED, "axis 0, the batch", call("Pad(1)"));
    check_fails(CLK_ERR_UNSUPPORTED, "a pair for each axis", call("Pad(((0, 0), (1, 1)))"));
    check_fails(CLK_ERR_CONFIG, "mode must be", call("Pad(1, mode='wrap')"));
    check_fails(CLK_ERR_UNSUPPORTED, "more is added to an axis than it can mirror",
        call("Pad(((0, 0), (4, 0), (0, 0)), mode='reflect')"));
    check_fails(CLK_ERR_UNSUPPORTED, "k is larger than the last axis", call("TopK(7)"));
    check_fails(CLK_ERR_UNSUPPORTED, "axis 0, the batch", call("Sort(axis=0)"));
    check_fails(CLK_ERR_UNSUPPORTED, "axis 0, the batch", call("Median()"));
    check_fails(CLK_ERR_UNSUPPORTED, "axis 0, the batch", call("Argmax(axis=0)"));
    check_fails(CLK_ERR_UNSUPPORTED, "one axis is needed", call("Argmax()"));
    check_fails(CLK_ERR_UNSUPPORTED, "axis 0, the batch", call("Prod()"));
    check_fails(CLK_ERR_UNSUPPORTED, "axis 0, the batch", call("Moments((0, 1))"));
    check_fails(CLK_ERR_UNSUPPORTED, "axis 0, the batch", call("Rot90()"));
    check_fails(CLK_ERR_UNSUPPORTED, "axis 0, the batch", call("Diagonal()"));
    check_fails(CLK_ERR_UNSUPPORTED, "a diagonal of 1 and more",
        call("Diagonal(offset=6, axis1=1, axis2=2)"));
    check_fails(CLK_ERR_SHAPE, "has rank 3, it takes 4", call("Resize((4, 4))"));
    check_fails(CLK_ERR_UNSUPPORTED, "antialias=", call("Resize((4, 4), antialias=True)"));
    check_fails(CLK_ERR_UNSUPPORTED, "interpolation \"bicubic\"",
        call("Resize((4, 4), interpolation='bicubic')"));
    check_fails(
        CLK_ERR_SHAPE, "no whole blocks of 3, or an unknown size", call_images("DepthToSpace(3)"));
    check_fails(CLK_ERR_UNSUPPORTED, "nothing is left", call_images("CropImages(4, 0, 0, 0)"));
    check_fails(CLK_ERR_UNSUPPORTED, "two of both ends and the size", call_images("PadImages(4)"));
    check_fails(CLK_ERR_UNSUPPORTED, "of at most 4096 places",
        call_images("ExtractPatches((4096, 2), padding='same')"));
    check_fails(CLK_ERR_SHAPE, "3 numbers for the 2 axes", call_images("MaxPool((2, 2, 2))"));
    check_fails(CLK_ERR_SHAPE, "which spans 5", call_images("MaxPool(5)"));
    check_fails(CLK_ERR_UNSUPPORTED, "dtype \"complex64\"", call("Cast('complex64')"));
    check_fails(CLK_ERR_UNSUPPORTED, "ord must be", call("Norm(ord='nuc', axis=(1, 2))"));
    check_fails(CLK_ERR_CONFIG, "unknown operation \"Qr\"", call("Qr()"));
    check_fails(CLK_ERR_UNSUPPORTED, "nothing is left of the axis", call("Diff(n=4, axis=1)"));
    check_fails(CLK_ERR_UNSUPPORTED, "only 1 and 2 are supported", call("Normalize(order=3)"));
    check_fails(CLK_ERR_UNSUPPORTED, "dtype=", call("OneHot(4, dtype='int32')"));
    check_fails(CLK_ERR_CONFIG, "1 tensors or numbers, it takes 2", call("Add()"));
    check_fails(CLK_ERR_UNSUPPORTED, "there is no key", call("GetItem()"));
    check_ok(call("Reshape((-1, 24))"));
    check_ok(call("Squeeze()"));
    check_ok(call("ConvertToTensor()"));
}
END_TEST

/* softmax(2 - x * 3) and its halves, made in C. */
static clk_model *make_operations(void)
{
    clk_model *m = NULL;
    check_ok(clk_functional_create(&m, "made"));
    clk_tensor x = clk_input(m, "Input((4,), name='x')");
    clk_tensor y = clk_call(m, "ops.multiply", (clk_tensor[]){x, clk_number(3)}, 2);
    y = clk_call(m, "keras.ops.subtract", (clk_tensor[]){clk_number(2), y}, 2);
    y = clk_call(m, "ops.softmax(axis=-1)", &y, 1);
    clk_tensor parts = clk_call(m, "ops.split(2, axis=1)", &y, 1), second = parts;
    second.output = 1;
    check_ok(clk_model_outputs(m, (clk_tensor[]){y, second}, 2));
    check_ok(clk_model_set_device(m, test_device()));
    return m;
}

static void check_made(clk_model *m)
{
    const float x[2][4] = {{0.0f, 1.0f, -1.0f, 0.5f}, {2.0f, 0.25f, 0.0f, -0.5f}};
    clk_ndarray *out[2] = {NULL};
    double expected[2][4];
    for (int r = 0; r < 2; r++) {
        double sum = 0.0;
        for (int i = 0; i < 4; i++)
            sum += expected[r][i] = exp(2.0 - 3.0 * (double)x[r][i]);
        for (int i = 0; i < 4; i++)
            expected[r][i] /= sum;
    }
    check_ok(clk_model_predict_all(
        out, 2, m, clk_predict_opts(.x = clk_f32(&x[0][0], 2, 4), .verbose = CLK_VERBOSE_SILENT)));
    const float *all = clk_ndarray_view(out[0]).data, *half = clk_ndarray_view(out[1]).data;
    for (int r = 0; r < 2; r++) {
        for (int i = 0; i < 4; i++)
            ck_assert_double_eq_tol((double)all[4 * r + i], expected[r][i], 1e-6);
        for (int i = 0; i < 2; i++)
            ck_assert_double_eq_tol((double)half[2 * r + i], expected[r][2 + i], 1e-6);
    }
    clk_ndarray_free(out[0]);
    clk_ndarray_free(out[1]);
}

START_TEST(made_in_c)
{
    clk_model *m = make_operations();
    check_made(m);
    clk_model *copy = replay_copy(m, ".keras");
    check_ok(clk_model_set_device(copy, test_device()));
    check_made(copy);
    clk_model_free(copy);
    clk_model_free(m);
}
END_TEST

/* An axis is taken apart into as many tensors as a call may give. */
static clk_status unstack(const char *input)
{
    clk_model *m = NULL;
    check_ok(clk_functional_create(&m, NULL));
    clk_tensor x = clk_input(m, input);
    clk_tensor first = clk_call(m, "ops.unstack(axis=1)", &x, 1);
    clk_status status = clk_model_outputs(m, &first, 1);
    if (status == CLK_OK)
        status = clk_model_build(m);
    clk_model_free(m);
    return status;
}

START_TEST(many_parts)
{
    check_ok(unstack("Input((64, 2))"));
    check_fails(CLK_ERR_UNSUPPORTED, "an axis of 1 to 64", unstack("Input((65, 2))"));
}
END_TEST

/* What Keras on JAX fails to call: a convolution's transpose, and norms of an axis. */
START_TEST(beyond_keras)
{
    const float kernel[] = {1.0f, 10.0f}, x[] = {3.0f, -4.0f};
    const float transposed[] = {3, 30, -4, -40}, norms[] = {5, 7};
    clk_model *m = NULL;
    clk_ndarray *y[3] = {NULL};
    check_ok(clk_functional_create(&m, NULL));
    clk_tensor in = clk_input(m, "Input((2, 1))");
    clk_tensor k = clk_constant(m, clk_f32(kernel, 2, 1, 1));
    const clk_tensor outputs[] = {
        clk_call(m, "ops.conv_transpose(strides=2)", (clk_tensor[]){in, k}, 2),
        clk_call(m, "ops.norm(axis=1)", &in, 1),
        clk_call(m, "ops.linalg.norm(ord=1, axis=[1])", &in, 1),
    };
    check_ok(clk_model_outputs(m, outputs, 3));
    check_ok(clk_model_set_device(m, test_device()));
    check_ok(clk_model_predict_all(
        y, 3, m, clk_predict_opts(.x = clk_f32(x, 1, 2, 1), .verbose = CLK_VERBOSE_SILENT)));
    test_check_close("transposed", clk_ndarray_view(y[0]).data, transposed, 4, 0, 0);
    for (int i = 1; i < 3; i++)
        test_check_close("norm", clk_ndarray_view(y[i]).data, &norms[i - 1], 1, 1e-6, 0);
    for (int i = 0; i < 3; i++)
        clk_ndarray_free(y[i]);
    clk_model_free(m);
}
END_TEST

START_TEST(numbers_are_for_operations)
{
    clk_model *m = NULL;
    check_ok(clk_functional_create(&m, NULL));
    clk_tensor x = clk_input(m, "Input((4,))");
    clk_tensor bad = clk_call(m, "Add()", (clk_tensor[]){x, clk_number(3)}, 2);
    check_fails(CLK_ERR_ARG, "an input is 3, layers take tensors", clk_model_outputs(m, &bad, 1));
    clk_model_free(m);
    check_ok(clk_functional_create(&m, NULL));
    x = clk_input(m, "Input((4,))");
    bad = clk_call(m, "ops.add", (clk_tensor[]){x, clk_number(INFINITY)}, 2);
    check_fails(CLK_ERR_ARG, "numbers are finite", clk_model_outputs(m, &bad, 1));
    clk_model_free(m);
    check_ok(clk_functional_create(&m, NULL));
    x = clk_input(m, "Input((4,))");
    bad = clk_call(m, "ops.dense", &x, 1);
    check_fails(CLK_ERR_CONFIG, "unknown operation", clk_model_outputs(m, &bad, 1));
    clk_model_free(m);
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
    tcase_add_test(tc, shapes_are_saved_as_they_were);
    tcase_add_test(tc, names);
    tcase_add_test(tc, refused);
    tcase_add_test(tc, made_in_c);
    tcase_add_test(tc, beyond_keras);
    tcase_add_test(tc, many_parts);
    tcase_add_test(tc, numbers_are_for_operations);
    suite_add_tcase(suite, tc);
    return suite;
}
