/* SPDX-License-Identifier: MIT */
/* Flatten: all axes but the batch as one; a view. Follows keras/src/layers/reshaping/flatten.py. */
#include "layers/layer.h"
#include "ops/ops.h"

enum data_format {
    CHANNELS_LAST,
    CHANNELS_FIRST
};
static const char *const data_formats[] = {"channels_last", "channels_first", NULL};

struct flatten {
    struct layer layer;
    int data_format;
};

static const struct field fields[] = {
    ARG_CHOICE(flatten, data_format, data_formats, DEFAULT("channels_last"), OR_NONE),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    struct flatten *f = (struct flatten *)o;
    char text[LAYER_TEXT];
    TRY(clk__layer_check(o));
    if (f->data_format == CHANNELS_FIRST)
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "%s: data_format \"channels_first\" is not supported, only \"channels_last\"",
            clk__layer_text(text, &f->layer));
    f->data_format = CHANNELS_LAST; /* None, too */
    return CLK_OK;
}

static clk_status call(struct layer *self, struct call *c)
{
    (void)self;
    struct value *x = c->inputs[0];
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
