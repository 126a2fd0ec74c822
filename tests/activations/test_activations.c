/* SPDX-License-Identifier: MIT */
#include "activations/activation.h"
#include "ops/op_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Every activation but glu, which halves it, keeps the shape and, being pointwise or a softmax, has a gradient rule. */
START_TEST(all)
{
    struct graph g;
    clk__graph_init(&g, true, true);
    struct value *x = clk__leaf(&g, REGION_PARAM, 0, CLK_FLOAT32, SHAPE(-1, 8), true);
    for (size_t i = 0; i < clk__activations.n_classes; i++) {
        struct object *o = NULL;
        check_ok(clk__object_create(&o, clk__activations.classes[i]));
        struct value *y = clk__activate(&g, o, x);
        check_ok(g.status);
        ck_assert_ptr_nonnull(y);
        bool halves = strcmp(clk__activations.classes[i]->name, "glu") == 0;
        const struct shape half = SHAPE(-1, 4);
        ck_assert(clk__shape_equal(&y->shape, halves ? &half : &x->shape));
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

/* activation=LeakyReLU(0.1), as Keras 2 wrote it, and with its default, which is not the function's. */
START_TEST(layer_for_function)
{
    const char *const configs[] = {
        "{\"class_name\": \"LeakyReLU\", \"config\": {\"name\": \"leaky_re_lu\", \"trainable\": "
        "true, "
        "\"dtype\": \"float32\", \"alpha\": 0.125}}",
        "{\"class_name\": \"LeakyReLU\", \"config\": {}}",
    };
    const double slopes[] = {0.125, 0.3};
    for (int i = 0; i < 2; i++) {
        struct object *o = NULL;
        float p0 = 0;
        json_t *json = json_loads(configs[i], 0, NULL), *written = NULL;
        check_ok(clk__object_from_json(&o, &clk__activations, json, false, "activation"));
        ck_assert_str_eq(clk__activation_pointwise(&p0, o), "leaky_relu");
        ck_assert_float_eq(p0, (float)slopes[i]);
        check_ok(clk__object_to_json(&written, &clk__activations, o));
        ck_assert_str_eq(json_string_value(json_object_get(written, "module")), "keras.layers");
        const json_t *slope = json_object_get(json_object_get(written, "config"), "negative_slope");
        ck_assert_double_eq(json_number_value(slope), slopes[i]);
        json_decref(written);
        json_decref(json);
        clk__object_free(o);
    }
}
END_TEST

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

/* ---- values and gradients against double precision ---- */

static double softplus(double x)
{
    return fmax(x, 0) + log1p(exp(-fabs(x)));
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double celu(double x)
{
    return x > 0 ? x : expm1(x);
}

static double hard_sigmoid(double x)
{
    return fmin(fmax(x + 3, 0), 6) / 6;
}

static double hard_silu(double x)
{
    return x * hard_sigmoid(x);
}

static double gelu(double x)
{
    return x * (1 + erf(x / sqrt(2))) / 2;
}

static double hard_shrink(double x)
{
    return fabs(x) > 0.5 ? x : 0;
}

static double hard_tanh(double x)
{
    return fmin(fmax(x, -1), 1);
}

static double soft_shrink(double x)
{
    return fabs(x) > 0.5 ? x - copysign(0.5, x) : 0;
}

static double sparse_plus(double x)
{
    return x >= 1 ? x : pow(fmax(x + 1, 0) / 2, 2);
}

static double sparse_sigmoid(double x)
{
    return fmin(fmax(x + 1, 0), 2) / 2;
}

static double squareplus(double x)
{
    return (x + sqrt(x * x + 4)) / 2;
}

static double leaky_relu(double x)
{
    return x > 0 ? x : 0.2 * x;
}

static double linear(double x)
{
    return x;
}

static double log_sigmoid(double x)
{
    return -softplus(-x);
}

static double mish(double x)
{
    return x * tanh(softplus(x));
}

static double relu(double x)
{
    return fmax(x, 0);
}

static double relu6(double x)
{
    return fmin(fmax(x, 0), 6);
}

static double selu(double x)
{
    return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * expm1(x));
}

static double silu(double x)
{
    return x * sigmoid(x);
}

static double softsign(double x)
{
    return x / (1 + fabs(x));
}

static double tanh_shrink(double x)
{
    return x - tanh(x);
}

static const struct {
    const char *name;
    double (*f)(double x);
} functions[] = {
    {"celu", celu},
    {"elu", celu}, /* the same at alpha 1 */
    {"exponential", exp},
    {"gelu", gelu},
    {"hard_shrink", hard_shrink},
    {"hard_sigmoid", hard_sigmoid},
    {"hard_silu", hard_silu},
    {"hard_tanh", hard_tanh},
    {"leaky_relu", leaky_relu},
    {"linear", linear},
    {"log_sigmoid", log_sigmoid},
    {"mish", mish},
    {"relu", relu},
    {"relu6", relu6},
    {"selu", selu},
    {"sigmoid", sigmoid},
    {"silu", silu},
    {"soft_shrink", soft_shrink},
    {"softplus", softplus},
    {"softsign", softsign},
    {"sparse_plus", sparse_plus},
    {"sparse_sigmoid", sparse_sigmoid},
    {"squareplus", squareplus},
    {"tanh", tanh},
    {"tanh_shrink", tanh_shrink},
};

static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    struct object *o = NULL;
    check_ok(clk__object_from_text(&o, &clk__activations, c->name));
    struct value *y = clk__activate(g, o, inputs[0]);
    clk__object_free(o);
    /* linear is its input, of which there is no gradient to ask for. */
    return y == inputs[0] ? clk__unary(g, "identity", y) : y;
}

static void reference_of(double *out, const double *const *inputs, const struct op_case *c)
{
    for (int i = 0; i < c->args[0]; i++)
        out[i] = functions[c->args[1]].f(inputs[0][i]);
}

static void check_function(int index, float low, float high)
{
    enum {
        N = 33
    };
    float *x = op_random(op_seed(), N, low, high);
    const struct op_case c = {
        .name = functions[index].name,
        .build = build,
        .reference = reference_of,
        .inputs = {{.shape = SHAPE(N), .data = x}},
        .n_inputs = 1,
        .args = {N, index},
    };
    op_check_grad(&c, 1e-5, 1e-4);
    free(x);
}

START_TEST(values)
{
    /* Between the corners that some have at -3, -1, -0.5, 0, 0.5, 1, 3 and 6. */
    static const float ranges[][2] = {{-8, -3.1f}, {-2.9f, -1.1f}, {-0.45f, -0.1f}, {0.1f, 0.45f},
        {0.55f, 0.95f}, {1.1f, 2.9f}, {6.1f, 8}};
    for (int i = 0; i < (int)(sizeof(functions) / sizeof(functions[0])); i++) {
        for (size_t k = 0; k < sizeof(ranges) / sizeof(ranges[0]); k++)
            check_function(i, ranges[k][0], ranges[k][1]);
    }
}
END_TEST

/* args: rows, columns, whether it is the logarithm. */
static void softmax_reference(double *out, const double *const *inputs, const struct op_case *c)
{
    int rows = c->args[0], cols = c->args[1];
    for (int i = 0; i < rows; i++) {
        double sum = 0;
        for (int j = 0; j < cols; j++)
            sum += exp(inputs[0][i * cols + j]);
        for (int j = 0; j < cols; j++) {
            double x = inputs[0][i * cols + j];
            out[i * cols + j] = c->args[2] ? x - log(sum) : exp(x) / sum;
        }
    }
}

START_TEST(softmaxes)
{
    static const char *const kinds[] = {"softmax", "log_softmax"};
    float *x = op_random(op_seed(), 5 * 7, -3, 3);
    for (int i = 0; i < 2; i++) {
        const struct op_case c = {
            .name = kinds[i],
            .build = build,
            .reference = softmax_reference,
            .inputs = {{.shape = SHAPE(5, 7), .data = x}},
            .n_inputs = 1,
            .args = {5, 7, i},
        };
        op_check_grad(&c, 1e-5, 1e-4);
    }
    free(x);
}
END_TEST

static void glu_reference(double *out, const double *const *inputs, const struct op_case *c)
{
    int half = c->args[1] / 2;
    for (int i = 0; i < c->args[0] * half; i++) {
        const double *row = inputs[0] + i / half * 2 * half;
        out[i] = row[i % half] * sigmoid(row[half + i % half]);
    }
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* By sorting, as keras/src/backend/jax/nn.py has it: all partial sums of the support are summed. */
static void sparsemax_reference(double *out, const double *const *inputs, const struct op_case *c)
{
    int rows = c->args[0], cols = c->args[1];
    for (int i = 0; i < rows; i++) {
        double sorted[8], sum = 0, sums = 0;
        int k = 0;
        memcpy(sorted, inputs[0] + i * cols, (size_t)cols * sizeof(double));
        qsort(sorted, (size_t)cols, sizeof(double), descending);
        for (int j = 0; j < cols; j++) {
            sum += sorted[j];
            bool support = 1 + (j + 1) * sorted[j] > sum;
            sums += support ? sum : 0;
            k += support;
        }
        for (int j = 0; j < cols; j++)
            out[i * cols + j] = fmax(inputs[0][i * cols + j] - (sums - 1) / k, 0);
    }
}

START_TEST(gated_and_sparse)
{
    /* The last row has equal ones, and nothing near the edge of the support or of 0. */
    static const float x[] = {0.3f, -0.2f, -0.9f, -1.5f, -0.5f, -0.4f, -0.6f, -0.45f, 1.5f, 0.2f,
        -1, 0, -0.3f, -0.3f, -0.3f, -2};
    struct op_case c = {
        .name = "sparsemax",
        .build = build,
        .reference = sparsemax_reference,
        .inputs = {{.shape = SHAPE(4, 4), .data = x}},
        .n_inputs = 1,
        .args = {4, 4},
    };
    op_check(&c, 1e-6, 1e-5);
    c.inputs[0].shape = SHAPE(3, 4);
    c.args[0] = 3;
    op_check_grad(&c, 1e-5, 1e-4);
    c = (struct op_case){
        .name = "glu",
        .build = build,
        .reference = glu_reference,
        .inputs = {{.shape = SHAPE(4, 4), .data = x}},
        .n_inputs = 1,
        .args = {4, 4},
    };
    op_check_grad(&c, 1e-5, 1e-4);
}
END_TEST

static void refused(const char *name, struct shape shape, const char *text)
{
    struct object *o = NULL;
    struct graph g;
    clk__graph_init(&g, false, true);
    check_ok(clk__object_from_text(&o, &clk__activations, name));
    ck_assert_ptr_null(
        clk__activate(&g, o, clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, shape, false)));
    check_fails(CLK_ERR_SHAPE, text, g.status);
    clk__object_free(o);
    clk__graph_fini(&g);
}

START_TEST(refused_shapes)
{
    refused("glu", SHAPE(-1, 7), "glu: shape (None, 7), the axis must have an even size");
    refused("sparsemax", (struct shape){.rank = CLK_MAX_RANK}, "sparsemax: ");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("activations");
    TCase *t = tcase_create("activations");
    tcase_add_test(t, gated_and_sparse);
    tcase_add_test(t, refused_shapes);
    tcase_add_test(t, all);
    tcase_add_test(t, names);
    tcase_add_test(t, layer_for_function);
    tcase_add_test(t, values);
    tcase_add_test(t, softmaxes);
    suite_add_tcase(s, t);
    return s;
}
