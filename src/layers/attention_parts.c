/* SPDX-License-Identifier: MIT */
/* What attention layers share. */
#include "layers/attention_parts.h"

#include "layers/noise.h"
#include "ops/ops.h"

struct value *clk__causal_mask(struct graph *g, int64_t rows, int64_t cols)
{
    struct value *row = clk__index(g, SHAPE(rows, 1)), *col = clk__index(g, SHAPE(cols));
    return clk__binary(g, "greater_equal", row, col);
}

struct value *clk__window_mask(struct graph *g, int64_t rows, int64_t cols, int64_t window)
{
    struct value *row = clk__index(g, SHAPE(rows, 1)), *col = clk__index(g, SHAPE(cols));
    struct value *distance = clk__unary(g, "abs", clk__sub(g, row, col));
    return clk__binary(g, "less", distance, clk__constant(g, (float)window));
}

struct value *clk__mask_and(struct graph *g, struct value *a, struct value *b)
{
    if (!a || !b)
        return a ? a : b;
    return clk__binary(g, "logical_and", a, b);
}

struct value *clk__expand_dims(struct graph *g, struct value *v, int axis)
{
    if (!v)
        return NULL;
    struct shape s = {.rank = v->shape.rank + 1};
    if (s.rank > CLK_MAX_RANK)
        return clk__graph_fail(
            g, clk__fail(CLK_ERR_SHAPE, "more than %d axes are not possible", CLK_MAX_RANK));
    axis = axis < 0 ? axis + s.rank : axis;
    for (int i = 0; i < s.rank; i++)
        s.dims[i] = i == axis ? 1 : v->shape.dims[i < axis ? i : i - 1];
    return clk__reshape(g, v, s);
}

struct value *clk__attention_dropout(
    struct call *c, const struct layer *l, struct value *weights, double rate)
{
    if (!weights || !c->graph->training || !(rate > 0))
        return weights;
    return clk__noise_dropout(c, l, weights, weights->shape, rate);
}

bool clk__call_flag(const struct call *c, const char *name)
{
    return json_is_true(json_object_get(c->kwargs, name));
}

/* ---- Attention and AdditiveAttention ---- */

const char *const clk__attention_flags[] = {"use_causal_mask", "return_attention_scores", NULL};

clk_status clk__attention_check(const struct layer *l, const struct shape *inputs, int n)
{
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    if (n < 2 || n > 3)
        return clk__fail(CLK_ERR_SHAPE,
            "%s: %d inputs, it takes [query, value] or [query, value, key]",
            clk__layer_text(layer, l), n);
    for (int i = 0; i < n; i++) {
        if (inputs[i].rank != 3)
            return clk__fail(CLK_ERR_SHAPE,
                "%s: input of shape %s, expected (batch, time, features)",
                clk__layer_text(layer, l), clk__shape_text(shape, &inputs[i]));
    }
    return CLK_OK;
}

struct value *clk__attention_sums(struct graph *g, struct value *query, struct value *key)
{
    return clk__add(g, clk__expand_dims(g, query, -2), clk__expand_dims(g, key, -3));
}

void clk__attention_fini(struct object *o)
{
    struct attention *a = (struct attention *)o;
    clk__object_free(a->initializer);
    a->initializer = NULL;
    clk__layer_fini(o);
}

/* Scores that count have a difference of 1e9 to the others, as in Keras. */
static struct value *hide(struct graph *g, struct value *scores, struct value *mask)
{
    struct value *hidden = clk__unary_p(g, "offset", scores, -1e9f, 0.0f);
    return mask ? clk__select(g, mask, scores, hidden) : scores;
}

clk_status clk__attention_apply(const struct attention *a, struct call *c, struct value *scores)
{
    struct graph *g = c->graph;
    if (!scores)
        return g->status;
    struct value *mask = clk__expand_dims(g, c->masks[1], -2);
    if (clk__call_flag(c, "use_causal_mask"))
        mask = clk__mask_and(
            g, mask, clk__causal_mask(g, scores->shape.dims[1], scores->shape.dims[2]));
    struct value *weights = clk__softmax(g, hide(g, scores, mask));
    struct value *kept = clk__attention_dropout(c, &a->layer, weights, a->dropout);
    struct value *y = clk__matmul(g, kept, c->inputs[1], (struct matmul_opts){0});
    if (c->masks[0])
        y = clk__select(g, clk__expand_dims(g, c->masks[0], -1), y, clk__constant(g, 0.0f));
    c->outputs[0] = y;
    c->outputs[1] = weights;
    c->n_outputs = clk__call_flag(c, "return_attention_scores") ? 2 : 1;
    return g->status;
}
