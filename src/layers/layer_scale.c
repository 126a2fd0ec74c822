/* SPDX-License-Identifier: MIT */
/* LayerScale: each channel times a number that is learned; a layer of the ConvNeXt models. Follows
 * keras/src/applications/convnext.py. */
#include "initializers/initializer.h"
#include "layers/layer.h"
#include "ops/ops.h"

#include <stdio.h>

struct layer_scale {
    struct layer layer;
    double init_values;
    int64_t projection_dim;
    struct object *constant; /* of init_values; owned */
};

static const struct field fields[] = {
    ARG_FLOAT(layer_scale, init_values, REQUIRED),
    ARG_INT(layer_scale, projection_dim, REQUIRED, AT_LEAST(1)),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    struct layer_scale *l = (struct layer_scale *)o;
    char text[48];
    TRY(clk__layer_check(o));
    (void)snprintf(text, sizeof text, "Constant(%.17g)", l->init_values);
    return clk__object_from_text(&l->constant, &clk__initializers, text);
}

static void fini(struct object *o)
{
    struct layer_scale *l = (struct layer_scale *)o;
    clk__object_free(l->constant);
    l->constant = NULL;
    clk__layer_fini(o);
}

static clk_status build(struct layer *self, const struct shape *inputs, int n)
{
    const struct layer_scale *l = (const struct layer_scale *)self;
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    int last = inputs[0].rank - 1;
    (void)n;
    if (last < 1 || inputs[0].dims[last] != l->projection_dim)
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s, projection_dim is %lld",
            clk__layer_text(layer, self), clk__shape_text(shape, &inputs[0]),
            (long long)l->projection_dim);
    return clk__layer_add_variable(self, "variable", SHAPE(l->projection_dim), true, l->constant);
}

static clk_status call(struct layer *self, struct call *c)
{
    struct value *gamma = clk__call_variable(c, &self->variables[0]);
    c->outputs[0] = clk__mul(c->graph, c->inputs[0], gamma);
    c->n_outputs = 1;
    return c->graph->status;
}

const struct layer_class clk__layer_layer_scale = {
    .object.name = "LayerScale",
    .object.module = "keras.src.applications.convnext",
    .object.bytes = sizeof(struct layer_scale),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = fini,
    .build = build,
    .call = call,
};
