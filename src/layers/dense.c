/* SPDX-License-Identifier: MIT */
/* Dense: activation(x kernel + bias) over the last axis. Follows keras/src/layers/core/dense.py. */
#include "activations/activation.h"
#include "initializers/initializer.h"
#include "layers/layer.h"
#include "ops/ops.h"

struct dense {
    struct layer layer;
    int64_t units;
    struct object *activation;
    bool use_bias;
    struct object *kernel_initializer;
    struct object *bias_initializer;
    struct object *kernel_regularizer;
    struct object *bias_regularizer;
    struct object *kernel_constraint;
    struct object *bias_constraint;
};

static const struct field fields[] = {
    ARG_INT(dense, units, REQUIRED, AT_LEAST(1)),
    ARG_OBJECT(dense, activation, &clk__activations, DEFAULT("linear"), OR_NONE),
    ARG_BOOL(dense, use_bias, DEFAULT(true)),
    ARG_OBJECT(dense, kernel_initializer, &clk__initializers, DEFAULT("glorot_uniform")),
    ARG_OBJECT(dense, bias_initializer, &clk__initializers, DEFAULT("zeros")),
    ARG_REGULARIZER(dense, kernel_regularizer),
    ARG_REGULARIZER(dense, bias_regularizer),
    ARG_OBJECT(layer, activity_regularizer, &clk__regularizers, DEFAULT(null), YOUNGER),
    ARG_CONSTRAINT(dense, kernel_constraint),
    ARG_CONSTRAINT(dense, bias_constraint),
    /* These two are younger than Keras 3.0, which refuses a config that has them. */
    ARG_UNSUPPORTED("lora_rank", DEFAULT(null), HIDDEN),
    ARG_UNSUPPORTED("quantization_config", DEFAULT(null), HIDDEN),
    ARGS_END,
};

static clk_status build(struct layer *self, const struct shape *inputs, int n)
{
    struct dense *d = (struct dense *)self;
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    (void)n;
    if (inputs[0].rank < 2)
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s has rank %d, it takes 2 or more",
            clk__layer_text(layer, self), clk__shape_text(shape, &inputs[0]), inputs[0].rank);
    int64_t features = inputs[0].dims[inputs[0].rank - 1];
    if (features < 0)
        return clk__fail(CLK_ERR_SHAPE,
            "%s: input of shape %s has an unknown last dimension, which must be given",
            clk__layer_text(layer, self), clk__shape_text(shape, &inputs[0]));
    TRY(clk__layer_add_variable(
        self, "kernel", SHAPE(features, d->units), true, d->kernel_initializer));
    clk__layer_add_rules(self, d->kernel_regularizer, d->kernel_constraint);
    if (!d->use_bias)
        return CLK_OK;
    TRY(clk__layer_add_variable(self, "bias", SHAPE(d->units), true, d->bias_initializer));
    clk__layer_add_rules(self, d->bias_regularizer, d->bias_constraint);
    return CLK_OK;
}

static clk_status call(struct layer *self, struct call *c)
{
    struct dense *d = (struct dense *)self;
    struct value *x = c->inputs[0];
    const struct variable *kernel = &self->variables[0];
    int64_t features = x->shape.rank > 0 ? x->shape.dims[x->shape.rank - 1] : 0;
    if (x->shape.rank < 2 || features != kernel->shape.dims[0]) {
        char layer[LAYER_TEXT], shape[SHAPE_TEXT];
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s, weights take %lld features",
            clk__layer_text(layer, self), clk__shape_text(shape, &x->shape),
            (long long)kernel->shape.dims[0]);
    }
    const struct matmul_opts plain = {0};
    struct value *y = clk__matmul(c->graph, x, clk__call_variable(c, kernel), plain);
    if (d->use_bias)
        y = clk__add(c->graph, y, clk__call_variable(c, &self->variables[1]));
    c->outputs[0] = clk__activate(c->graph, d->activation, y);
    c->n_outputs = 1;
    return c->graph->status;
}

const struct layer_class clk__layer_dense = {
    LAYER_CLASS_OF("Dense", dense, fields, clk__layer_plain_fields),
    .build = build,
    .call = call,
    .masks = MASK_PASS,
};
