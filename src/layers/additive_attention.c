/* SPDX-License-Identifier: MIT */
/* AdditiveAttention (Bahdanau's): tanh of the sums of queries and keys, scaled by feature and summed, weigh values.
 * Follows keras/src/layers/attention/additive_attention.py. */
#include "initializers/initializer.h"
#include "layers/attention_parts.h"
#include "ops/ops.h"

static const struct field fields[] = {
    ARG_BOOL(attention, use_scale, DEFAULT(true)),
    ARG_FLOAT(attention, dropout, DEFAULT(0.0), BETWEEN(0, 1)),
    ARG_INT_OR_NONE(attention, seed, DEFAULT(null), YOUNGER),
    ARGS_END,
};

static clk_status build(struct layer *self, const struct shape *inputs, int n)
{
    struct attention *a = (struct attention *)self;
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    TRY(clk__attention_check(self, inputs, n));
    if (!a->use_scale)
        return CLK_OK;
    if (inputs[0].dims[2] < 0)
        return clk__fail(CLK_ERR_SHAPE, "%s: query of shape %s has an unknown last dimension",
            clk__layer_text(layer, self), clk__shape_text(shape, &inputs[0]));
    if (!a->initializer)
        TRY(clk__object_from_text(&a->initializer, &clk__initializers, "glorot_uniform"));
    return clk__layer_add_variable(self, "scale", SHAPE(inputs[0].dims[2]), true, a->initializer);
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct attention *a = (const struct attention *)self;
    struct graph *g = c->graph;
    struct value *key = c->inputs[c->n_inputs > 2 ? 2 : 1];
    struct value *y = clk__unary(g, "tanh", clk__attention_sums(g, c->inputs[0], key));
    if (a->use_scale)
        y = clk__mul(g, y, clk__call_variable(c, &self->variables[0]));
    return clk__attention_apply(a, c, clk__reduce(g, REDUCE_SUM, y, 1u << 3, false));
}

const struct layer_class clk__layer_additive_attention = {
    .object.name = "AdditiveAttention",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct attention),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = clk__layer_check,
    .object.fini = clk__attention_fini,
    .build = build,
    .call = call,
    .masks = MASK_PASS,
    .list_input = true,
    .call_flags = clk__attention_flags,
};
