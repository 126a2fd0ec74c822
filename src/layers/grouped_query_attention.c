/* SPDX-License-Identifier: MIT */
/* GroupedQueryAttention: MultiHeadAttention whose heads of keys and values are each shared by several of queries. Follows
 * keras/src/layers/attention/grouped_query_attention.py. keras.layers has it as GroupQueryAttention; groups in files and
 * automatic names are those of the class. */
#include "initializers/initializer.h"
#include "layers/multi_head_attention.h"

static const struct field fields[] = {
    ARG(FIELD_INT, "head_dim", multi_head_attention, key_dim, REQUIRED, AT_LEAST(1)),
    ARG(FIELD_INT, "num_query_heads", multi_head_attention, num_heads, REQUIRED, AT_LEAST(1)),
    ARG_INT(multi_head_attention, num_key_value_heads, REQUIRED, AT_LEAST(1)),
    ARG_FLOAT(multi_head_attention, dropout, DEFAULT(0.0), BETWEEN(0, 1)),
    ARG_BOOL(multi_head_attention, use_bias, DEFAULT(true)),
    ARG_INT_OR_NONE(multi_head_attention, sliding_window, DEFAULT(null), AT_LEAST(1), YOUNGER),
    ARG_UNSUPPORTED("flash_attention", DEFAULT(null), HIDDEN),
    ARG_OBJECT(
        multi_head_attention, kernel_initializer, &clk__initializers, DEFAULT("glorot_uniform")),
    ARG_OBJECT(multi_head_attention, bias_initializer, &clk__initializers, DEFAULT("zeros")),
    ARG_REGULARIZER(multi_head_attention, kernel_regularizer),
    ARG_REGULARIZER(multi_head_attention, bias_regularizer),
    ARG_REGULARIZER(multi_head_attention, activity_regularizer),
    ARG_CONSTRAINT(multi_head_attention, kernel_constraint),
    ARG_CONSTRAINT(multi_head_attention, bias_constraint),
    ARG_BOOL(multi_head_attention, use_gate, DEFAULT(false), YOUNGER),
    ARG_INT_OR_NONE(multi_head_attention, seed, DEFAULT(null), YOUNGER),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    struct multi_head_attention *m = (struct multi_head_attention *)o;
    char layer[LAYER_TEXT];
    TRY(clk__layer_check(o));
    if (m->num_heads % m->num_key_value_heads != 0)
        return clk__fail(CLK_ERR_CONFIG,
            "%s: num_query_heads is %lld, it must be a multiple of num_key_value_heads, %lld",
            clk__layer_text(layer, &m->layer), (long long)m->num_heads,
            (long long)m->num_key_value_heads);
    m->value_dim = m->key_dim;
    m->has_value_dim = true;
    m->output_shape.n = -1;
    m->attention_axes.n = -1;
    return CLK_OK;
}

static clk_status call(struct layer *self, struct call *c)
{
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    if (c->n_inputs > 0 && c->inputs[0]->shape.rank != 3)
        return clk__fail(CLK_ERR_SHAPE, "%s: query %s: expected (batch, time, features)",
            clk__layer_text(layer, self), clk__shape_text(shape, &c->inputs[0]->shape));
    return clk__multi_head_attention_call(self, c);
}

static const char *const aliases[] = {"GroupQueryAttention", NULL};

const struct layer_class clk__layer_grouped_query_attention = {
    .object.name = "GroupedQueryAttention",
    .object.module = "keras.src.layers.attention.grouped_query_attention",
    .object.aliases = aliases,
    .object.bytes = sizeof(struct multi_head_attention),
    .object.fields = fields,
    .object.common = clk__layer_plain_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .call = call,
    .call_args = clk__multi_head_attention_args,
    .call_flags = clk__multi_head_attention_flags,
};
