/* SPDX-License-Identifier: MIT */
/* UpSampling3D: volumes whole numbers of times as deep, high and wide, by repeating. Follows
 * keras/src/layers/reshaping/up_sampling3d.py. */
#include "layers/data_format.h"
#include "ops/ops.h"

struct up_sampling3d {
    struct layer layer;
    struct int_list size;
    int data_format;
};

static const struct field fields[] = {
    ARG_SHAPE(up_sampling3d, size, DEFAULT([ 2, 2, 2 ]), RANK(3), ALLOW_INT, AT_LEAST(1)),
    ARG_CHOICE(up_sampling3d, data_format, clk__data_formats, DEFAULT("channels_last"), OR_NONE),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    TRY(clk__layer_check(o));
    clk__data_format_default(&((struct up_sampling3d *)o)->data_format);
    return CLK_OK;
}

/* The product; -1, unknown, if one of them is. */
static int64_t times(int64_t a, int64_t b)
{
    return a < 0 || b < 0 ? -1 : a * b;
}

/* Two images' resizings: of planes that are rows, then of all planes' rows, one below the other. */
static struct value *repeat(struct graph *g, struct value *x, const int64_t *size)
{
    int64_t batch = x->shape.dims[0], depth = x->shape.dims[1], height = x->shape.dims[2],
            width = x->shape.dims[3], channels = x->shape.dims[4];
    int64_t planes = times(depth, size[0]), rows = times(planes, height);
    x = clk__reshape(g, x, SHAPE(batch, depth, 1, times(times(height, width), channels)));
    x = clk__resize(g, RESIZE_NEAREST, x, planes, 1);
    x = clk__reshape(g, x, SHAPE(batch, rows, width, channels));
    x = clk__resize(g, RESIZE_NEAREST, x, times(rows, size[1]), times(width, size[2]));
    return clk__reshape(
        g, x, SHAPE(batch, planes, times(height, size[1]), times(width, size[2]), channels));
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct up_sampling3d *u = (const struct up_sampling3d *)self;
    struct value *x = c->inputs[0];
    if (x->shape.rank != 5) {
        char layer[LAYER_TEXT], shape[SHAPE_TEXT];
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s has rank %d, it takes 5",
            clk__layer_text(layer, self), clk__shape_text(shape, &x->shape), x->shape.rank);
    }
    x = clk__to_channels_last(c->graph, x, u->data_format);
    TRY(c->graph->status);
    x = repeat(c->graph, x, u->size.items);
    c->outputs[0] = clk__from_channels_last(c->graph, x, u->data_format);
    c->n_outputs = 1;
    return c->graph->status;
}

const struct layer_class clk__layer_up_sampling3d = {
    .object.name = "UpSampling3D",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct up_sampling3d),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .call = call,
};
