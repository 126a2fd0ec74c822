/* SPDX-License-Identifier: MIT */
/* Flatten: all axes but the batch as one; a view, if channels are last. Follows keras/src/layers/reshaping/flatten.py. */
#include "layers/data_format.h"
#include "ops/ops.h"

struct flatten {
    struct layer layer;
    int data_format;
};

static const struct field fields[] = {
    ARG_CHOICE(flatten, data_format, clk__data_formats, DEFAULT("channels_last"), OR_NONE),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    TRY(clk__layer_check(o));
    clk__data_format_default(&((struct flatten *)o)->data_format);
    return CLK_OK;
}

/* Channels that come first become the last before. */
static clk_status call(struct layer *self, struct call *c)
{
    struct value *x =
        clk__to_channels_last(c->graph, c->inputs[0], ((const struct flatten *)self)->data_format);
    TRY(c->graph->status);
    int64_t features = 1;
    for (int i = 1; i < x->shape.rank; i++) {
        int64_t n = x->shape.dims[i];
        features = features < 0 || n < 0 ? -1 : features * n;
    }
    c->outputs[0] = clk__reshape(c->graph, x, SHAPE(x->shape.dims[0], features));
    c->n_outputs = 1;
    return c->graph->status;
}

const struct layer_class clk__layer_flatten = {
    .object.name = "Flatten",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct flatten),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .call = call,
};
