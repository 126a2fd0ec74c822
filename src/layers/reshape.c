/* SPDX-License-Identifier: MIT */
/* Reshape: another shape behind the batch; a view. Follows keras/src/layers/reshaping/reshape.py. */
#include "layers/layer.h"
#include "ops/ops.h"

struct reshape {
    struct layer layer;
    struct int_list target_shape; /* -1: what is left over */
};

static const struct field fields[] = {
    ARG_SHAPE(reshape, target_shape, REQUIRED, AT_LEAST(-1)),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    const struct reshape *r = (const struct reshape *)o;
    char text[LAYER_TEXT];
    int n_unknown = 0;
    TRY(clk__layer_check(o));
    for (int i = 0; i < r->target_shape.n; i++) {
        n_unknown += r->target_shape.items[i] == -1;
        if (r->target_shape.items[i] == 0)
            return clk__fail(CLK_ERR_CONFIG, "%s: target_shape holds 0: no elements are left",
                clk__layer_text(text, &r->layer));
    }
    if (n_unknown > 1 || r->target_shape.n >= CLK_MAX_RANK)
        return clk__fail(CLK_ERR_CONFIG,
            "%s: target_shape may have one -1 and at most %d dimensions",
            clk__layer_text(text, &r->layer), CLK_MAX_RANK - 1);
    return CLK_OK;
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct int_list *target = &((const struct reshape *)self)->target_shape;
    struct value *x = c->inputs[0];
    struct shape sample = x->shape, out = {.rank = target->n + 1, .dims = {x->shape.dims[0]}};
    sample.dims[0] = 1;
    int64_t len = clk__shape_len(&sample), known = 1;
    int unknown = 0;
    for (int i = 0; i < target->n; i++) {
        out.dims[1 + i] = target->items[i];
        if (target->items[i] < 0)
            unknown = 1 + i;
        else
            known *= target->items[i];
    }
    if (len >= 0 && (unknown ? len % known != 0 : len != known)) {
        char layer[LAYER_TEXT], from[SHAPE_TEXT], to[SHAPE_TEXT];
        return clk__fail(CLK_ERR_SHAPE,
            "%s: input of shape %s does not fit %s: another number of elements",
            clk__layer_text(layer, self), clk__shape_text(from, &x->shape),
            clk__shape_text(to, &out));
    }
    if (len >= 0 && unknown)
        out.dims[unknown] = len / known;
    c->outputs[0] = clk__reshape(c->graph, x, out);
    c->n_outputs = 1;
    return c->graph->status;
}

const struct layer_class clk__layer_reshape = {
    .object.name = "Reshape",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct reshape),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .call = call,
};
