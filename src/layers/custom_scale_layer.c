/* SPDX-License-Identifier: MIT */
/* CustomScaleLayer: its first input and `scale` times its second; a layer of InceptionResNetV2. Follows
 * keras/src/applications/inception_resnet_v2.py. */
#include "layers/merge.h"
#include "ops/ops.h"

struct custom_scale_layer {
    struct layer layer;
    double scale;
};

static const struct field fields[] = {
    ARG_FLOAT(custom_scale_layer, scale, REQUIRED),
    ARGS_END,
};

static clk_status call(struct layer *self, struct call *c)
{
    const struct custom_scale_layer *l = (const struct custom_scale_layer *)self;
    TRY(clk__merge_count(self, c, 2, 2));
    struct value *scaled = clk__unary_p(c->graph, "affine", c->inputs[1], (float)l->scale, 0.0f);
    c->outputs[0] = clk__add(c->graph, c->inputs[0], scaled);
    c->n_outputs = 1;
    return c->graph->status;
}

const struct layer_class clk__layer_custom_scale_layer = {
    .object.name = "CustomScaleLayer",
    .object.module = "keras.src.applications.inception_resnet_v2",
    .object.bytes = sizeof(struct custom_scale_layer),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = clk__layer_check,
    .object.fini = clk__layer_fini,
    .call = call,
    .list_input = true,
};
