/* SPDX-License-Identifier: MIT */
/* Objects from expressions and from the configs that several versions of Keras write. */
#include "support/test.h"
#include "toys.h"

#include <math.h>
#include <string.h>

static struct object *from_text(const struct registry *r, const char *text)
{
    struct object *o = NULL;
    check_ok(clk__object_from_text(&o, r, text));
    return o;
}

static clk_status read_json(struct object **out, const struct registry *r, const char *text)
{
    json_t *config = NULL;
    check_ok(clk__json_parse(&config, text, strlen(text), "test"));
    clk_status status = clk__object_from_json(out, r, config, false, "layers[2] \"fc1\"");
    json_decref(config);
    return status;
}

static struct object *from_json(const struct registry *r, const char *text)
{
    struct object *o = NULL;
    check_ok(read_json(&o, r, text));
    return o;
}

static void refuse_text(
    const struct registry *r, const char *text, clk_status code, const char *message)
{
    struct object *o = NULL;
    check_fails(code, message, clk__object_from_text(&o, r, text));
    ck_assert_ptr_null(o);
}

static void refuse_json(
    const struct registry *r, const char *text, clk_status code, const char *message)
{
    struct object *o = NULL;
    check_fails(code, message, read_json(&o, r, text));
    ck_assert_ptr_null(o);
}

START_TEST(reads_expressions)
{
    struct object *o = from_text(&toy_layers,
        "Dense(64, 'relu', kernel_initializer=RandomNormal(stddev=0.1), name='d', seed=7)");
    struct dense *d = (struct dense *)o;
    ck_assert_int_eq(d->units, 64);
    ck_assert_ptr_eq(d->activation->class, &relu);
    ck_assert(d->use_bias);
    ck_assert_ptr_eq(d->kernel_initializer->class, &normal);
    ck_assert(((struct normal *)d->kernel_initializer)->stddev == 0.1);
    ck_assert_str_eq(d->layer.name, "d");
    ck_assert_str_eq(d->layer.dtype, "float32");
    ck_assert(d->layer.trainable && d->has_seed && d->seed == 7);
    clk__object_free(o);

    o = from_text(&toy_layers, "Dense(64, activation=keras.activations.relu, use_bias=False)");
    d = (struct dense *)o;
    ck_assert_ptr_eq(d->activation->class, &relu);
    ck_assert(!d->use_bias && !d->has_seed);
    clk__object_free(o);
}
END_TEST

START_TEST(reads_shapes)
{
    struct object *o = from_text(&toy_layers, "Conv2D(8, 3, strides=(2, 1), padding='SAME')");
    struct conv *c = (struct conv *)o;
    ck_assert(
        c->kernel_size.n == 2 && c->kernel_size.items[0] == 3 && c->kernel_size.items[1] == 3);
    ck_assert(c->strides.n == 2 && c->strides.items[0] == 2 && c->strides.items[1] == 1);
    ck_assert_int_eq(c->padding, 1);
    clk__object_free(o);

    o = from_text(&toy_layers, "ZeroPadding2D(((1, 2), 3))");
    struct pad *p = (struct pad *)o;
    ck_assert(p->padding.n == 4 && p->padding.items[0] == 1 && p->padding.items[1] == 2);
    ck_assert(p->padding.items[2] == 3 && p->padding.items[3] == 3);
    clk__object_free(o);

    o = from_text(&toy_layers, "Input((None, 3), scale=[1, 0.5])");
    struct input *in = (struct input *)o;
    ck_assert(in->shape.n == 2 && in->shape.items[0] == -1 && in->shape.items[1] == 3);
    ck_assert(in->scale.n == 2 && in->scale.items[1] == 0.5);
    clk__object_free(o);

    o = from_text(&toy_layers, "Input(784)");
    in = (struct input *)o;
    ck_assert(in->shape.n == 1 && in->shape.items[0] == 784 && in->shape.scalar);
    ck_assert_int_eq(in->scale.n, -1);
    clk__object_free(o);
}
END_TEST

START_TEST(reads_numbers_for_objects)
{
    struct object *o = from_text(&toy_optimizers, "sgd");
    struct sgd *s = (struct sgd *)o;
    ck_assert_ptr_eq(s->learning_rate->class, &constant);
    ck_assert(((struct constant_rate *)s->learning_rate)->rate == 0.01);
    ck_assert(!s->has_clipnorm);
    clk__object_free(o);

    o = from_text(&toy_optimizers, "SGD(CosineDecay(0.1, 1000), clipnorm=1)");
    s = (struct sgd *)o;
    ck_assert_ptr_eq(s->learning_rate->class, &decay);
    ck_assert_int_eq(((struct decay *)s->learning_rate)->decay_steps, 1000);
    ck_assert(s->has_clipnorm && s->clipnorm == 1.0);
    clk__object_free(o);

    o = from_json(&toy_optimizers,
        "{\"class_name\": \"Custom>SGD\", \"config\": {\"learning_rate\": 0.0010000000474974513, "
        "\"decay\": 0.0, \"is_legacy_optimizer\": true, \"clipnorm\": null}}");
    s = (struct sgd *)o;
    ck_assert(((struct constant_rate *)s->learning_rate)->rate == 0.0010000000474974513);
    clk__object_free(o);
}
END_TEST

START_TEST(reads_lists_of_objects)
{
    struct object *o =
        from_text(&toy_layers, "Stack([Dense(3), keras.layers.Conv2D(1, 2), Wrapper], flag=True)");
    struct stack *s = (struct stack *)o;
    ck_assert_uint_eq(s->layers.n, 3);
    ck_assert_ptr_eq(s->layers.items[0]->class, &dense);
    ck_assert_int_eq(((struct conv *)s->layers.items[1])->filters, 1);
    ck_assert_ptr_eq(s->layers.items[2]->class, &wrapper);
    ck_assert(s->flag);
    clk__object_free(o);

    o = from_text(&toy_layers,
        "Stack(layers=['Wrapper', Dense((4)), {'class_name': 'Dense', 'config': {'units': 5}}])");
    s = (struct stack *)o;
    ck_assert_uint_eq(s->layers.n, 3);
    ck_assert_int_eq(((struct dense *)s->layers.items[1])->units, 4);
    ck_assert_int_eq(((struct dense *)s->layers.items[2])->units, 5);
    clk__object_free(o);
}
END_TEST

START_TEST(reads_a_list_for_an_object)
{
    struct object *o = from_text(&toy_layers, "Wrapper((Dense(3), Dense(4)))");
    struct stack *s = (struct stack *)((struct wrapper *)o)->inner;
    ck_assert_ptr_eq(s->layer.object.class, &stack);
    ck_assert_uint_eq(s->layers.n, 2);
    ck_assert_int_eq(((struct dense *)s->layers.items[1])->units, 4);
    clk__object_free(o);

    o = from_text(&toy_layers, "Wrapper((Dense(3)))"); /* in parentheses, no tuple */
    ck_assert_ptr_eq(((struct wrapper *)o)->inner->class, &dense);
    clk__object_free(o);
    o = from_text(&toy_layers, "Wrapper([Dense(3)])");
    ck_assert_ptr_eq(((struct wrapper *)o)->inner->class, &stack);
    clk__object_free(o);
    o = from_json(
        &toy_layers, "{\"class_name\": \"Wrapper\", \"config\": {\"inner\": [\"Wrapper\"]}}");
    ck_assert_ptr_eq(((struct wrapper *)o)->inner->class, &stack);
    clk__object_free(o);
}
END_TEST

START_TEST(refuses_lists)
{
    const struct registry *r = &toy_layers;
    refuse_text(
        r, "Stack(Dense(3))", CLK_ERR_CONFIG, "column 7: Stack: layers must be a list of layers");
    refuse_text(r, "Stack('Dense')", CLK_ERR_CONFIG, "layers must be a list of layers");
    refuse_text(r, "Stack()", CLK_ERR_CONFIG, "layers is missing");
    refuse_text(r, "Stack([Dense(3), 4])", CLK_ERR_CONFIG,
        "column 18: Stack: layers: expected a layer, its name or its config, not 4");
    refuse_text(r, "Stack([Dense(3), Dens(4)])", CLK_ERR_CONFIG,
        "column 18: Stack: layers: unknown layer \"Dens\"; did you mean Dense?");
    refuse_text(
        r, "Stack([Dense(3), Dense(0)])", CLK_ERR_CONFIG, "column 24: Dense: units must be");
    refuse_text(r, "Stack([[Dense(3)], 1])", CLK_ERR_SYNTAX, "column 9: Dense inside a list");
    refuse_text(r, "Stack([{'a': relu}])", CLK_ERR_SYNTAX, "column 14: relu inside a list or dict");
    refuse_text(r, "Dense([1, relu])", CLK_ERR_CONFIG, "units takes no object such as relu");
    refuse_text(r, "Dense(1, [relu, leaky_relu])", CLK_ERR_CONFIG,
        "activation: expected an activation, its name or its config, not a list");
    refuse_text(
        r, "Dense(1, kernel_regularizer=[relu])", CLK_ERR_CONFIG, "takes no object such as");
}
END_TEST

START_TEST(refuses_expressions)
{
    const struct registry *r = &toy_layers;
    refuse_text(r, "Dense(-3)", CLK_ERR_CONFIG,
        "column 7: Dense: units must be an integer >= 1, not -3, in Dense(-3)");
    refuse_text(
        r, "Dense(3.0)", CLK_ERR_CONFIG, "column 7: Dense: units must be an integer >= 1, not 3.0");
    refuse_text(r, "Dense(True)", CLK_ERR_CONFIG, "units must be an integer >= 1, not True");
    refuse_text(r, "Dense('64')", CLK_ERR_CONFIG, "units must be an integer >= 1, not \"64\"");
    refuse_text(r, "Dense(None)", CLK_ERR_CONFIG, "units must be an integer >= 1, not None");
    refuse_text(
        r, "Dense(relu)", CLK_ERR_CONFIG, "column 7: Dense: units takes no object such as relu");
    refuse_text(r, "Dense()", CLK_ERR_CONFIG, "column 1: Dense: units is missing");
    refuse_text(r, "Dense", CLK_ERR_CONFIG, "column 1: Dense: units is missing");
    refuse_text(r, "Dense(3, units=4)", CLK_ERR_CONFIG, "column 10: Dense: units is given twice");
    refuse_text(r, "Dense(1, None, True, 'zeros', 1, 2)", CLK_ERR_CONFIG,
        "column 34: Dense: at most 5 arguments by position");
    refuse_text(r, "Dense(3, activaton='relu')", CLK_ERR_CONFIG,
        "column 10: Dense: no argument activaton; did you mean activation? accepted: activation, ");
    refuse_text(r, "Dense(3, 'rleu')", CLK_ERR_CONFIG,
        "column 10: Dense: activation: unknown activation \"rleu\"; did you mean relu?");
    refuse_text(r, "Dense(3, activation=3)", CLK_ERR_CONFIG,
        "column 10: Dense: activation: expected an activation, its name or its config, not 3");
    refuse_text(r, "Dense(3, kernel_initializer=None)", CLK_ERR_CONFIG,
        "kernel_initializer: expected an initializer");
    refuse_text(r, "Dense(3, kernel_initializer=RandomNormal(stddev=0))", CLK_ERR_CONFIG,
        "column 42: RandomNormal: stddev must be a number > 0, not 0");
    refuse_text(r, "Dense(3, kernel_regularizer='l2')", CLK_ERR_UNSUPPORTED,
        "kernel_regularizer=\"l2\" is not supported, only None");
    refuse_text(
        r, "Dense(13, use_bias=False)", CLK_ERR_CONFIG, "column 1: Dense: units=13 needs use_bias");
    refuse_text(
        r, "Dens(3)", CLK_ERR_CONFIG, "column 1: unknown layer \"Dens\"; did you mean Dense?");
    refuse_text(r, "Conv2D(1, (1, 2, 3))", CLK_ERR_CONFIG,
        "kernel_size must be a tuple of 2 integers >= 1 or an integer, not [1, 2, 3]");
    refuse_text(r, "Conv2D(1, (1, None))", CLK_ERR_CONFIG, "kernel_size must be");
    refuse_text(r, "Conv2D(1, 1, padding='sam')", CLK_ERR_CONFIG,
        "padding must be one of \"valid\", \"same\", not \"sam\"");
    refuse_text(
        r, "Conv2D(1, 1, rate=1)", CLK_ERR_CONFIG, "rate must be a number >= 0 and < 1, not 1");
    refuse_text(r, "Conv2D(1, 1, padding=same)", CLK_ERR_CONFIG,
        "padding takes no object such as same; a string needs quotes");
    refuse_text(r, "Input((1, 1, 1, 1, 1, 1, 1, 1, 1))", CLK_ERR_CONFIG, "at most 8 integers");
    refuse_text(r, "Input(1, ['a'])", CLK_ERR_CONFIG, "scale must be a list of numbers or None");
    refuse_text(&toy_initializers, "zeros(1)", CLK_ERR_CONFIG,
        "column 7: Zeros: no argument by position is accepted");
    refuse_text(&toy_initializers, "zeros(a=1)", CLK_ERR_CONFIG, "no argument a; accepted: none");
    refuse_text(&toy_optimizers, "SGD(-1)", CLK_ERR_CONFIG, "rate must be a number >= 0, not -1");
}
END_TEST

START_TEST(reads_configs)
{
    struct object *o = from_json(&toy_layers,
        "{\"module\": \"keras.layers\", \"class_name\": \"Dense\", \"config\": {\"name\": \"d\", "
        "\"trainable\": true, \"dtype\": {\"module\": \"keras\", \"class_name\": \"DTypePolicy\", "
        "\"config\": {\"name\": \"float16\"}, \"registered_name\": null}, \"units\": 3.0, "
        "\"activation\": {\"module\": \"builtins\", \"class_name\": \"function\", "
        "\"config\": \"relu\", \"registered_name\": \"function\"}, \"use_bias\": true, "
        "\"kernel_initializer\": {\"class_name\": \"RandomNormal\", \"config\": {\"mean\": 1, "
        "\"stddev\": 0.5, \"seed\": null}}, \"kernel_regularizer\": null, "
        "\"quantization_config\": null, \"lora_rank\": 4, \"renorm\": false, \"other\": {}}, "
        "\"registered_name\": null, \"build_config\": {\"input_shape\": [null, 3]}}");
    struct dense *d = (struct dense *)o;
    ck_assert_int_eq(d->units, 3);
    ck_assert_str_eq(d->layer.dtype, "float16");
    ck_assert_ptr_eq(d->activation->class, &relu);
    ck_assert(((struct normal *)d->kernel_initializer)->mean == 1.0);
    clk__object_free(o);

    o = from_json(&toy_layers,
        "{\"class_name\": \"Dense\", \"config\": {\"units\": 3, \"activation\": "
        "{\"class_name\": \"LeakyReLU\", \"config\": {\"name\": \"l\", \"trainable\": true, "
        "\"dtype\": \"float32\", \"alpha\": 0.3}}}}");
    d = (struct dense *)o;
    ck_assert_ptr_eq(d->activation->class, &leaky);
    ck_assert(((struct leaky *)d->activation)->negative_slope == 0.3);
    clk__object_free(o);

    o = from_json(&toy_layers,
        "{\"class_name\": \"Input\", \"config\": {\"shape\": {\"class_name\": \"__tuple__\", "
        "\"items\": [null, 4]}}}");
    ck_assert_int_eq(((struct input *)o)->shape.items[0], -1);
    clk__object_free(o);

    o = from_json(&toy_layers, "{\"class_name\": \"Wrapper\"}");
    ck_assert_ptr_null(((struct wrapper *)o)->inner);
    clk__object_free(o);
}
END_TEST

START_TEST(refuses_configs)
{
    const struct registry *r = &toy_layers;
    refuse_json(r, "{\"class_name\": \"Dense\", \"config\": {}}", CLK_ERR_CONFIG,
        "layers[2] \"fc1\": Dense: units is missing");
    refuse_json(r, "{\"class_name\": \"Dense\", \"config\": {\"units\": 3, \"extra\": [1]}}",
        CLK_ERR_UNSUPPORTED, "layers[2] \"fc1\": Dense: extra=[1] is not supported");
    refuse_json(r, "{\"class_name\": \"Dense\", \"config\": {\"units\": 2.5}}", CLK_ERR_CONFIG,
        "units must be an integer >= 1, not 2.5");
    refuse_json(r, "{\"class_name\": \"Dense\", \"config\": {\"units\": 1e300}}", CLK_ERR_CONFIG,
        "units must be an integer");
    refuse_json(r,
        "{\"class_name\": \"Dense\", \"config\": {\"units\": 1, \"kernel_initializer\": "
        "{\"class_name\": \"RandomNormal\", \"config\": {\"stddev\": NaN}}}}",
        CLK_ERR_CONFIG,
        "layers[2] \"fc1\": Dense: kernel_initializer: RandomNormal: stddev must be a number > 0");
    refuse_json(r, "{\"class_name\": \"Dens\", \"config\": {}}", CLK_ERR_CONFIG,
        "layers[2] \"fc1\": unknown layer \"Dens\"; did you mean Dense?");
    refuse_json(r, "null", CLK_ERR_CONFIG, "expected a layer, its name or its config, not null");
    refuse_json(r, "[]", CLK_ERR_CONFIG, "expected a layer, its name or its config, not []");
    refuse_json(r, "{\"class_name\": 3}", CLK_ERR_CONFIG, "expected a layer");
    refuse_json(
        r, "{\"class_name\": \"Dense\", \"config\": [1]}", CLK_ERR_CONFIG, "expected a layer");
    refuse_json(r, "3", CLK_ERR_CONFIG, "expected a layer");
    refuse_json(&toy_initializers, "{\"class_name\": \"RandomNormal\", \"config\": {\"seed\": 1}}",
        CLK_ERR_UNSUPPORTED, "seed=1 is not supported, only null");
    refuse_json(&toy_optimizers, "{\"class_name\": \"SGD\", \"config\": {\"decay\": 0.1}}",
        CLK_ERR_UNSUPPORTED, "decay=0.1 is not supported");
}
END_TEST

START_TEST(reads_deep_configs)
{
    enum {
        DEPTH = 60
    };
    char text[DEPTH * 64] = "";
    for (int i = 0; i < DEPTH; i++)
        strcat(text, "{\"class_name\": \"Wrapper\", \"config\": {\"inner\": ");
    strcat(text, "null");
    for (int i = 0; i < DEPTH; i++)
        strcat(text, "}}");
    clk__object_free(from_json(&toy_layers, text));
}
END_TEST

START_TEST(creates_defaults)
{
    struct object *o = NULL;
    check_ok(clk__object_create(&o, &sgd));
    ck_assert(((struct constant_rate *)((struct sgd *)o)->learning_rate)->rate == 0.01);
    clk__object_free(o);
    check_fails(CLK_ERR_CONFIG, "Dense: units is missing", clk__object_create(&o, &dense));
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("config/read");
    TCase *t = tcase_create("read");
    tcase_add_test(t, reads_expressions);
    tcase_add_test(t, reads_shapes);
    tcase_add_test(t, reads_numbers_for_objects);
    tcase_add_test(t, reads_lists_of_objects);
    tcase_add_test(t, reads_a_list_for_an_object);
    tcase_add_test(t, refuses_lists);
    tcase_add_test(t, refuses_expressions);
    tcase_add_test(t, reads_configs);
    tcase_add_test(t, refuses_configs);
    tcase_add_test(t, reads_deep_configs);
    tcase_add_test(t, creates_defaults);
    suite_add_tcase(s, t);
    return s;
}
