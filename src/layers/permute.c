/* SPDX-License-Identifier: MIT */
/* Permute: the axes behind the batch in another order. Follows keras/src/layers/reshaping/permute.py. */
#include "layers/layer.h"
#include "ops/ops.h"

struct permute {
    struct layer layer;
    struct int_list dims; /* from 1 on */
};

static const struct field fields[] = {
    ARG_SHAPE(permute, dims, REQUIRED, AT_LEAST(1)),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    const struct permute *p = (const struct permute *)o;
    unsigned seen = 0;
    TRY(clk__layer_check(o));
    for (int i = 0; i < p->dims.n; i++) {
        if (p->dims.items[i] <= p->dims.n)
            seen |= 1u << p->dims.items[i];
    }
    char text[LAYER_TEXT];
    if (p->dims.n >= CLK_MAX_RANK || seen != (1u << (p->dims.n + 1)) - 2)
        return clk__fail(CLK_ERR_CONFIG, "%s: dims must be the numbers 1 to %d, in any order",
            clk__layer_text(text, &p->layer),
            p->dims.n < CLK_MAX_RANK ? p->dims.n : CLK_MAX_RANK - 1);
    return CLK_OK;
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct int_list *dims = &((const struct permute *)self)->dims;
    struct value *x = c->inputs[0];
    int perm[CLK_MAX_RANK] = {0};
    if (x->shape.rank != dims->n + 1) {
        char layer[LAYER_TEXT], shape[SHAPE_TEXT];
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s has rank %d, dims takes %d",
            clk__layer_text(layer, self), clk__shape_text(shape, &x->shape), x->shape.rank,
            dims->n + 1);
    }
    for (int i = 0; i < dims->n; i++)
        perm[1 + i] = (int)dims->items[i];
    c->outputs[0] = clk__transpose(c->graph, x, perm);
    c->n_outputs = 1;
    return c->graph->status;
}

const struct layer_class clk__layer_permute = {
    .object.name = "Permute",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct permute),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .call = call,
};
