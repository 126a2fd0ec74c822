/* SPDX-License-Identifier: MIT */
/* The table of activations; a pointwise one is its name in ops/pointwise_table.c and its parameter.
 * Follows keras/src/activations/activations.py with its defaults (leaky_relu: 0.2, gelu: exact). */
#include "activations/activation.h"
#include "ops/ops.h"

struct value *clk__activate(struct graph *g, const struct object *activation, struct value *x)
{
    if (!activation)
        return x;
    return ((const struct activation_class *)activation->class)->apply(g, x);
}

const char *clk__activation_pointwise(float *p0, const struct object *activation)
{
    *p0 = 0.0f;
    if (!activation)
        return "identity";
    const struct activation_class *class = (const struct activation_class *)activation->class;
    *p0 = class->p0;
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
ACTIVATION(linear, NULL, "identity", 0.0f);
ACTIVATION(log_softmax, NULL, NULL, 0.0f);
ACTIVATION(softmax, NULL, NULL, 0.0f);
POINTWISE(celu, 1.0f, NULL);
POINTWISE(elu, 1.0f, NULL);
POINTWISE(gelu, 0.0f, NULL);
POINTWISE(hard_sigmoid, 0.0f, NULL);
POINTWISE(hard_silu, 0.0f, hard_swish_names);
POINTWISE(leaky_relu, 0.2f, NULL);
POINTWISE(log_sigmoid, 0.0f, NULL);
POINTWISE(mish, 0.0f, NULL);
POINTWISE(relu, 0.0f, NULL);
POINTWISE(relu6, 0.0f, NULL);
POINTWISE(selu, 0.0f, NULL);
POINTWISE(sigmoid, 0.0f, NULL);
POINTWISE(silu, 0.0f, swish_names);
POINTWISE(softplus, 0.0f, NULL);
POINTWISE(softsign, 0.0f, NULL);
POINTWISE(tanh, 0.0f, NULL);
POINTWISE(tanh_shrink, 0.0f, NULL);

static const struct object_class *const classes[] = {
    &celu_class.object,
    &elu_class.object,
    &exponential_class.object,
    &gelu_class.object,
    &hard_sigmoid_class.object,
    &hard_silu_class.object,
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
    &softmax_class.object,
    &softplus_class.object,
    &softsign_class.object,
    &tanh_class.object,
    &tanh_shrink_class.object,
};

const struct registry clk__activations = {
    .kind = "activation",
    .classes = classes,
    .n_classes = sizeof(classes) / sizeof(classes[0]),
    .as_string = true,
};
