/* SPDX-License-Identifier: MIT */
/* Attention: dot products of queries and keys, or tanh of their sums, weigh values. Follows
 * keras/src/layers/attention/attention.py. */
#include "initializers/initializer.h"
#include "layers/attention_parts.h"
#include "ops/ops.h"

enum score_mode {
    DOT,
    CONCAT
};
static const char *const score_modes[] = {[DOT] = "dot", [CONCAT] = "concat", NULL};

static const struct field fields[] = {
    ARG_BOOL(attention, use_scale, DEFAULT(false)),
    ARG_CHOICE(attention, score_mode, score_modes, DEFAULT("dot")),
    ARG_FLOAT(attention, dropout, DEFAULT(0.0), BETWEEN(0, 1)),
    ARG_INT_OR_NONE(attention, seed, DEFAULT(null), YOUNGER),
    ARGS_END,
};

static clk_status build(struct layer *self, const struct shape *inputs, int n)
{
    struct attention *a = (struct attention *)self;
    const struct shape scalar = {.rank = 0};
    TRY(clk__attention_check(self, inputs, n));
    if (!a->initializer)
        TRY(clk__object_from_text(&a->initializer, &clk__initializers, "ones"));
    if (a->use_scale)
        TRY(clk__layer_add_variable(self, "scale", scalar, true, a->initializer));
    if (a->score_mode == CONCAT)
        TRY(clk__layer_add_variable(self, "concat_score_weight", scalar, true, a->initializer));
    return CLK_OK;
}

static struct value *scores_of(
    struct call *c, const struct attention *a, struct value *query, struct value *key)
{
    struct graph *g = c->graph;
    const struct variable *variables = a->layer.variables;
    struct value *scale = a->use_scale ? clk__call_variable(c, &variables[0]) : NULL;
    if (a->score_mode == DOT) {
        struct value *y = clk__matmul(g, query, key, (struct matmul_opts){.transpose_b = true});
        return scale ? clk__mul(g, y, scale) : y;
    }
    struct value *sums = clk__attention_sums(g, query, key);
    if (scale)
        sums = clk__mul(g, sums, scale);
    struct value *y = clk__reduce(g, REDUCE_SUM, clk__unary(g, "tanh", sums), 1u << 3, false);
    return clk__mul(g, y, clk__call_variable(c, &variables[a->use_scale ? 1 : 0]));
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct attention *a = (const struct attention *)self;
    struct value *key = c->inputs[c->n_inputs > 2 ? 2 : 1];
    return clk__attention_apply(a, c, scores_of(c, a, c->inputs[0], key));
}

const struct layer_class clk__layer_attention = {
    .object.name = "Attention",
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
