/* SPDX-License-Identifier: MIT */
/* The operation dot_product_attention: query (batch, queries, heads, d), key and value (batch, keys, heads, d), of which several
 * heads of the query may share one. Follows keras/src/ops/nn.py, and jax.nn.dot_product_attention. */
#include "base/json.h"
#include "layers/attention_parts.h"
#include "operations/operation.h"
#include "ops/ops.h"

#include <float.h>
#include <math.h>

struct dot_product_attention {
    struct layer layer;
    bool is_causal;
};

static const struct field fields[] = {
    ARG_BOOL(dot_product_attention, is_causal, DEFAULT(false)),
    ARG_UNSUPPORTED("flash_attention", DEFAULT(null)),
    ARG_UNSUPPORTED("attn_logits_soft_cap", DEFAULT(null)),
    ARGS_END,
};

static clk_status check_shapes(const struct layer *self, const struct call *c)
{
    char text[LAYER_TEXT], q[SHAPE_TEXT], k[SHAPE_TEXT], v[SHAPE_TEXT];
    bool fits = c->n_inputs >= 3;
    for (int i = 0; fits && i < 3; i++)
        fits = c->inputs[i]->shape.rank == 4 && c->inputs[i]->shape.dims[2] > 0;
    const int64_t *query = fits ? c->inputs[0]->shape.dims : NULL;
    const int64_t *key = fits ? c->inputs[1]->shape.dims : NULL;
    const int64_t *value = fits ? c->inputs[2]->shape.dims : NULL;
    if (fits && query[3] == key[3] && key[1] == value[1] && key[2] == value[2] &&
        query[2] % key[2] == 0)
        return CLK_OK;
    if (c->n_inputs < 3)
        return clk__fail(CLK_ERR_CONFIG, "%s: %d inputs, it takes query, key and value",
            clk__layer_text(text, self), c->n_inputs);
    return clk__fail(CLK_ERR_SHAPE,
        "%s: query %s, key %s, value %s: expected (batch, time, heads, features), key and value "
        "alike and the query's heads a multiple of theirs",
        clk__layer_text(text, self), clk__shape_text(q, &c->inputs[0]->shape),
        clk__shape_text(k, &c->inputs[1]->shape), clk__shape_text(v, &c->inputs[2]->shape));
}

/* (batch, time, heads, d) to (batch, heads * times, time, d). */
static struct value *by_head(struct graph *g, struct value *x, int64_t times)
{
    static const int perm[] = {0, 2, 1, 3};
    x = clk__transpose(g, clk__operation_float(g, x), perm);
    if (!x || times == 1)
        return x;
    const int64_t *d = x->shape.dims;
    struct shape one = SHAPE(d[0], d[1], 1, d[2], d[3]), wide = one;
    struct shape out = SHAPE(d[0], d[1] * times, d[2], d[3]);
    wide.dims[2] = times;
    x = clk__broadcast(g, clk__reshape(g, x, one), wide);
    return clk__reshape(g, clk__unary(g, "identity", x), out);
}

/* 1 / sqrt(d) unless the call says otherwise. */
static clk_status scale_of(double *out, const struct layer *self, const struct call *c)
{
    char text[LAYER_TEXT];
    const json_t *scale = json_object_get(c->kwargs, "scale");
    *out = 1.0 / sqrt((double)c->inputs[0]->shape.dims[3]);
    if (!scale || json_is_null(scale) || clk__json_number(out, scale))
        return CLK_OK;
    return clk__fail(
        CLK_ERR_UNSUPPORTED, "%s: scale must be a number", clk__layer_text(text, self));
}

static clk_status call(struct layer *self, struct call *c)
{
    static const int perm[] = {0, 2, 1, 3};
    const struct matmul_opts plain = {0}, transposed = {.transpose_b = true};
    struct graph *g = c->graph;
    double scale = 0.0;
    TRY(check_shapes(self, c));
    TRY(scale_of(&scale, self, c));
    const int64_t *q = c->inputs[0]->shape.dims, *k = c->inputs[1]->shape.dims;
    int64_t times = q[2] / k[2];
    struct value *bias = clk__operation_named(c, "bias", 3);
    struct value *mask = clk__operation_named(c, "mask", 4);
    struct value *key = by_head(g, c->inputs[1], times), *value = by_head(g, c->inputs[2], times);
    struct value *scores = clk__matmul(g, by_head(g, c->inputs[0], 1), key, transposed);
    scores = clk__scale(g, scores, (float)scale);
    scores = bias ? clk__add(g, scores, bias) : scores;
    if (((struct dot_product_attention *)self)->is_causal)
        mask = clk__mask_and(g, mask, clk__causal_mask(g, q[1], k[1]));
    if (mask)
        scores = clk__select(g, mask, scores, clk__constant(g, -0.7f * FLT_MAX));
    struct value *y = clk__matmul(g, clk__softmax(g, scores), value, plain);
    return clk__operation_done(c, y ? clk__transpose(g, y, perm) : NULL);
}

static const char *const call_args[] = {"key", "value", "bias", "mask", NULL};

const struct layer_class clk__operation_dot_product_attention = {
    OPERATION_CLASS("DotProductAttention", "nn", dot_product_attention, fields),
    .call = call,
    .call_args = call_args,
};
