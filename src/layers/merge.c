/* SPDX-License-Identifier: MIT */
/* What the merging layers have in common. */
#include "layers/merge.h"

#include "ops/ops.h"

clk_status clk__merge_count(const struct layer *self, const struct call *c, int least, int most)
{
    char layer[LAYER_TEXT];
    if (c->n_inputs >= least && c->n_inputs <= most)
        return CLK_OK;
    if (least == most)
        return clk__fail(CLK_ERR_SHAPE, "%s: %d inputs, it takes %d", clk__layer_text(layer, self),
            c->n_inputs, least);
    return clk__fail(CLK_ERR_SHAPE, "%s: %d inputs, it takes at least %d",
        clk__layer_text(layer, self), c->n_inputs, least);
}

/* x with `rank` axes, the new ones behind its batch. */
static struct value *expand(struct graph *g, struct value *x, int rank)
{
    struct shape shape = {.rank = rank, .dims = {x->shape.dims[0]}};
    int added = rank - x->shape.rank;
    for (int i = 1; i < rank; i++)
        shape.dims[i] = i <= added ? 1 : x->shape.dims[i - added];
    return added > 0 ? clk__reshape(g, x, shape) : x;
}

clk_status clk__merge_align(const struct layer *self, struct call *c)
{
    int rank = 0;
    for (int i = 0; i < c->n_inputs; i++)
        rank = c->inputs[i]->shape.rank > rank ? c->inputs[i]->shape.rank : rank;
    struct shape shape = {0};
    for (int i = 0; i < c->n_inputs; i++) {
        c->inputs[i] = expand(c->graph, c->inputs[i], rank);
        TRY(c->graph->status);
        struct shape before = shape;
        if (!clk__shape_broadcast(&shape, &before, &c->inputs[i]->shape)) {
            char layer[LAYER_TEXT], x[SHAPE_TEXT], y[SHAPE_TEXT];
            return clk__fail(CLK_ERR_SHAPE, "%s: inputs of shapes %s and %s do not broadcast",
                clk__layer_text(layer, self), clk__shape_text(x, &before),
                clk__shape_text(y, &c->inputs[i]->shape));
        }
    }
    return CLK_OK;
}

struct value *clk__merge_mask(struct call *c, int i)
{
    struct value *mask = c->masks[i];
    if (!mask)
        return NULL;
    struct shape shape = mask->shape;
    while (shape.rank < c->inputs[i]->shape.rank)
        shape.dims[shape.rank++] = 1;
    return clk__reshape(c->graph, mask, shape);
}

void clk__merge_masks(struct call *c)
{
    struct value *mask = c->masks[0];
    for (int i = 1; i < c->n_inputs && mask; i++)
        mask = c->masks[i] ? clk__binary(c->graph, "logical_or", mask, c->masks[i]) : NULL;
    c->output_masks[0] = mask;
    c->has_output_masks = true;
}

clk_status clk__merge_fold(struct layer *self, struct call *c, const char *name)
{
    TRY(clk__merge_count(self, c, 1, MAX_LAYER_INPUTS));
    TRY(clk__merge_align(self, c));
    struct value *y = c->inputs[0];
    for (int i = 1; i < c->n_inputs; i++)
        y = clk__binary(c->graph, name, y, c->inputs[i]);
    c->outputs[0] = y;
    c->n_outputs = 1;
    clk__merge_masks(c);
    return c->graph->status;
}

clk_status clk__merge_fold_masked(struct layer *self, struct call *c, const char *name)
{
    struct graph *g = c->graph;
    TRY(clk__merge_count(self, c, 1, MAX_LAYER_INPUTS));
    TRY(clk__merge_align(self, c));
    struct value *y = c->inputs[0], *y_mask = clk__merge_mask(c, 0);
    for (int i = 1; i < c->n_inputs; i++) {
        struct value *x = c->inputs[i], *mask = clk__merge_mask(c, i);
        if (mask)
            x = clk__select(g, mask, x, y);
        if (y_mask)
            y = clk__select(g, y_mask, y, x);
        y_mask = y_mask && mask ? clk__binary(g, "logical_or", y_mask, mask) : NULL;
        y = clk__binary(g, name, y, x);
    }
    c->outputs[0] = y;
    c->n_outputs = 1;
    clk__merge_masks(c);
    return g->status;
}
