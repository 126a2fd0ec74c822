/* SPDX-License-Identifier: MIT */
/* What the normalization layers share. Follows keras/src/layers/normalization/ and keras/src/ops/nn.py. */
#include "layers/norm.h"

#include "ops/ops.h"

clk_status clk__norm_axis(int *out, const struct layer *l, const struct shape *input, int64_t axis)
{
    int64_t from_zero = axis < 0 ? axis + input->rank : axis;
    *out = (int)from_zero;
    if (from_zero >= 0 && from_zero < input->rank)
        return CLK_OK;
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s has no axis %lld",
        clk__layer_text(layer, l), clk__shape_text(shape, input), (long long)axis);
}

clk_status clk__norm_axes(unsigned *axes, struct shape *dims, const struct layer *l,
    const struct shape *input, const struct int_list *list)
{
    *axes = 0;
    *dims = (struct shape){0};
    for (int i = 0; i < list->n; i++) {
        int axis = 0;
        TRY(clk__norm_axis(&axis, l, input, list->items[i]));
        *axes |= 1u << axis;
    }
    for (int i = 0; i < input->rank; i++) {
        if (!(*axes >> i & 1))
            continue;
        dims->dims[dims->rank++] = input->dims[i];
        if (input->dims[i] >= 0)
            continue;
        char layer[LAYER_TEXT], shape[SHAPE_TEXT];
        return clk__fail(CLK_ERR_SHAPE,
            "%s: input of shape %s: axis %d is unknown, it must be given",
            clk__layer_text(layer, l), clk__shape_text(shape, input), i);
    }
    return CLK_OK;
}

void clk__norm_sort_axes(struct int_list *axes)
{
    axes->scalar = false;
    for (int i = 1; i < axes->n; i++) {
        int64_t axis = axes->items[i];
        int k = i;
        for (; k > 0 && axes->items[k - 1] > axis; k--)
            axes->items[k] = axes->items[k - 1];
        axes->items[k] = axis;
    }
}

int clk__norm_trailing(unsigned axes, int rank)
{
    int n = 0;
    while (n < rank && axes >> (rank - 1 - n) & 1)
        n++;
    return axes == (1u << rank) - (1u << (rank - n)) ? n : 0;
}

struct value *clk__norm_spread(
    struct graph *g, struct value *v, const struct value *x, unsigned axes)
{
    if (!v || !x || clk__norm_trailing(axes, x->shape.rank) > 0)
        return v;
    struct shape spread = x->shape;
    for (int i = 0; i < spread.rank; i++) {
        if (!(axes >> i & 1))
            spread.dims[i] = 1;
    }
    return clk__reshape(g, v, spread);
}

struct value *clk__norm_apply(struct graph *g, struct value *x, const struct norm_terms *t)
{
    struct value *scale =
        clk__unary(g, "rsqrt", clk__unary_p(g, "offset", t->variance, t->epsilon, 0.0f));
    if (t->gamma)
        scale = clk__mul(g, scale, t->gamma);
    struct value *y = clk__mul(g, clk__sub(g, x, t->mean), scale);
    return t->beta ? clk__add(g, y, t->beta) : y;
}

void clk__norm_moments(struct norm_terms *t, struct graph *g, struct value *x, unsigned axes)
{
    t->mean = clk__reduce(g, REDUCE_MEAN, x, axes, true);
    struct value *squares = clk__unary(g, "square", clk__sub(g, x, t->mean));
    t->variance = clk__reduce(g, REDUCE_MEAN, squares, axes, true);
}

clk_status clk__norm_add_scale(struct layer *l, struct shape dims, struct object *gamma_initializer,
    struct object *beta_initializer, const struct norm_rules *rules)
{
    if (gamma_initializer) {
        TRY(clk__layer_add_variable(l, "gamma", dims, true, gamma_initializer));
        clk__layer_add_rules(l, rules->gamma_regularizer, rules->gamma_constraint);
    }
    if (beta_initializer) {
        TRY(clk__layer_add_variable(l, "beta", dims, true, beta_initializer));
        clk__layer_add_rules(l, rules->beta_regularizer, rules->beta_constraint);
    }
    return CLK_OK;
}
