/* SPDX-License-Identifier: MIT */
/* The table of activations; a pointwise one is its name in ops/pointwise_table.c and its parameter.
 * Follows keras/src/activations/activations.py with its defaults (leaky_relu: 0.2, gelu: exact). */
#include "activations/activation.h"
#include "ops/ops.h"

/* The layer in the place of a function, activation=LeakyReLU(0.1): Keras keeps the layer's config there. */
struct leaky_layer {
    struct object object;
    double negative_slope;
};

static const struct field leaky_layer_fields[] = {
    ARG_FLOAT(leaky_layer, negative_slope, DEFAULT(0.3), AT_LEAST(0), ALIAS("alpha")),
    ARGS_END,
};

/* Has it written as a layer even with its default, as Keras has no function of its name. */
static clk_status write_leaky_layer(const struct object *o, json_t *entry)
{
    (void)o, (void)entry;
    return CLK_OK;
}

static const struct activation_class leaky_layer_class = {
    .object.name = "LeakyReLU",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct leaky_layer),
    .object.fields = leaky_layer_fields,
    .object.entry_write = write_leaky_layer,
    .pointwise = "leaky_relu",
};

static float parameter_of(const struct object *activation)
{
    return activation->class == &leaky_layer_class.object
               ? (float)((const struct leaky_layer *)activation)->negative_slope
               : ((const struct activation_class *)activation->class)->p0;
}

struct value *clk__activate(struct graph *g, const struct object *activation, struct value *x)
{
    if (!activation)
        return x;
    if (activation->class == &leaky_layer_class.object)
        return clk__unary_p(g, "leaky_relu", x, parameter_of(activation), 0.0f);
    return ((const struct activation_class *)activation->class)->apply(g, x);
}

const char *clk__activation_pointwise(float *p0, const struct object *activation)
{
    *p0 = 0.0f;
    if (!activation)
        return "identity";
    const struct activation_class *class = (const struct activation_class *)activation->class;
    *p0 = parameter_of(activation);
    return class->pointwise;
}

static struct value *apply_linear(struct graph *g, struct value *x)
{
    (void)g;
    return x;
}

static struct value *apply_softmax(struct graph *g, struct value *x)
{
    return clk__softmax(g, x);
}

static struct value *apply_log_softmax(struct graph *g, struct value *x)
{
    return clk__log_softmax(g, x);
}

struct value *clk__glu(struct graph *g, struct value *x)
{
    char shape[SHAPE_TEXT];
    if (!x)
        return NULL;
    int last = x->shape.rank - 1;
    int64_t n = last >= 0 ? x->shape.dims[last] : 0;
    if (n < 2 || n % 2 != 0)
        return clk__graph_fail(
            g, clk__fail(CLK_ERR_SHAPE, "glu: shape %s, the axis must have an even size",
                   clk__shape_text(shape, &x->shape)));
    struct value *gate = clk__slice_axis(g, x, last, n / 2, n / 2);
    return clk__mul(g, clk__slice_axis(g, x, last, 0, n / 2), clk__unary(g, "sigmoid", gate));
}

/* max(x - tau, 0). Keras takes for tau the sum over the support of all partial sums of the sorted x, less 1, by the size k
 * of the support: the i-th largest counts k - i + 1 times there. It is not the projection of Martins and Astudillo
 * (2016), which has each once, but what Keras 3.15 has. */
struct value *clk__sparsemax(struct graph *g, struct value *x)
{
    if (!x || x->shape.rank < 1 || x->shape.rank == CLK_MAX_RANK)
        return clk__graph_fail(
            g, x ? clk__fail(CLK_ERR_SHAPE, "sparsemax: %d axes, 1 to %d are possible",
                       x->shape.rank, CLK_MAX_RANK - 1)
                 : g->status);
    struct shape one = x->shape, other = x->shape;
    unsigned last = 1u << x->shape.rank, within = last >> 1;
    one.dims[one.rank++] = 1;
    other.dims[other.rank] = other.dims[other.rank - 1];
    other.dims[other.rank++ - 1] = 1;
    struct value *i = clk__reshape(g, x, one), *j = clk__reshape(g, x, other);
    struct value *not_less = clk__binary(g, "greater_equal", j, i);
    struct value *n = clk__reduce(g, REDUCE_SUM, not_less, last, false);
    struct value *sum = clk__reduce(g, REDUCE_SUM, clk__mul(g, not_less, j), last, false);
    struct value *limit = clk__unary_p(g, "offset", clk__mul(g, n, x), 1.0f, 0.0f);
    struct value *support = clk__binary(g, "greater", limit, sum);
    struct value *k = clk__reduce(g, REDUCE_SUM, support, within, true);
    /* Places in the sorted row; of equal elements the first one's is the first, which the gradients show. */
    struct value *place = clk__argsort(g, clk__argsort(g, x, true), false);
    struct value *times = clk__sub(g, k, place);
    struct value *sums = clk__mul(g, clk__mul(g, support, x), times);
    struct value *total = clk__reduce(g, REDUCE_SUM, sums, within, true);
    struct value *tau = clk__div(g, clk__unary_p(g, "offset", total, -1.0f, 0.0f), k);
    return clk__unary(g, "relu", clk__sub(g, x, tau));
}

#define ACTIVATION(tag, aliases_, pointwise_, p0_)       \
    static const struct activation_class tag##_class = { \
        .object.name = #tag,                             \
        .object.module = "keras.activations",            \
        .object.bytes = sizeof(struct object),           \
        .object.aliases = (aliases_),                    \
        .apply = apply_##tag,                            \
        .pointwise = (pointwise_),                       \
        .p0 = (p0_),                                     \
    }
/* The pointwise function of the same name with its parameter, 0 for none. */
#define POINTWISE(tag, p0, aliases_)                                   \
    static struct value *apply_##tag(struct graph *g, struct value *x) \
    {                                                                  \
        return clk__unary_p(g, #tag, x, (p0), 0.0f);                   \
    }                                                                  \
    ACTIVATION(tag, aliases_, #tag, p0)

static const char *const swish_names[] = {"swish", NULL};
static const char *const hard_swish_names[] = {"hard_swish", NULL};
/* The pointwise table spells it "exp". */
static struct value *apply_exponential(struct graph *g, struct value *x)
{
    return clk__unary(g, "exp", x);
}

ACTIVATION(exponential, NULL, "exp", 0.0f);
static struct value *apply_glu(struct graph *g, struct value *x)
{
    return clk__glu(g, x);
}

static struct value *apply_sparsemax(struct graph *g, struct value *x)
{
    return clk__sparsemax(g, x);
}

ACTIVATION(glu, NULL, NULL, 0.0f);
ACTIVATION(linear, NULL, "identity", 0.0f);
ACTIVATION(log_softmax, NULL, NULL, 0.0f);
ACTIVATION(softmax, NULL, NULL, 0.0f);
ACTIVATION(sparsemax, NULL, NULL, 0.0f);
POINTWISE(celu, 1.0f, NULL);
POINTWISE(elu, 1.0f, NULL);
POINTWISE(gelu, 0.0f, NULL);
POINTWISE(hard_shrink, 0.5f, NULL);
POINTWISE(hard_sigmoid, 0.0f, NULL);
POINTWISE(hard_silu, 0.0f, hard_swish_names);
POINTWISE(hard_tanh, 0.0f, NULL);
POINTWISE(leaky_relu, 0.2f, NULL);
POINTWISE(log_sigmoid, 0.0f, NULL);
POINTWISE(mish, 0.0f, NULL);
POINTWISE(relu, 0.0f, NULL);
POINTWISE(relu6, 0.0f, NULL);
POINTWISE(selu, 0.0f, NULL);
POINTWISE(sigmoid, 0.0f, NULL);
POINTWISE(silu, 0.0f, swish_names);
POINTWISE(soft_shrink, 0.5f, NULL);
POINTWISE(softplus, 0.0f, NULL);
POINTWISE(softsign, 0.0f, NULL);
POINTWISE(sparse_plus, 0.0f, NULL);
POINTWISE(sparse_sigmoid, 0.0f, NULL);
POINTWISE(squareplus, 4.0f, NULL);
POINTWISE(tanh, 0.0f, NULL);
POINTWISE(tanh_shrink, 0.0f, NULL);

static const struct object_class *const classes[] = {
    &celu_class.object,
    &elu_class.object,
    &exponential_class.object,
    &gelu_class.object,
    &glu_class.object,
    &hard_shrink_class.object,
    &hard_sigmoid_class.object,
    &hard_silu_class.object,
    &hard_tanh_class.object,
    &leaky_layer_class.object,
    &leaky_relu_class.object,
    &linear_class.object,
    &log_sigmoid_class.object,
    &log_softmax_class.object,
    &mish_class.object,
    &relu_class.object,
    &relu6_class.object,
    &selu_class.object,
    &sigmoid_class.object,
    &silu_class.object,
    &soft_shrink_class.object,
    &softmax_class.object,
    &softplus_class.object,
    &softsign_class.object,
    &sparse_plus_class.object,
    &sparse_sigmoid_class.object,
    &sparsemax_class.object,
    &squareplus_class.object,
    &tanh_class.object,
    &tanh_shrink_class.object,
};

const struct registry clk__activations = {
    .kind = "activation",
    .classes = classes,
    .n_classes = sizeof(classes) / sizeof(classes[0]),
    .as_string = true,
};
