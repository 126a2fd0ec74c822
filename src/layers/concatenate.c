/* SPDX-License-Identifier: MIT */
/* Concatenate: its inputs one after another along an axis. Follows
 * keras/src/layers/merging/concatenate.py. */
#include "layers/merge.h"
#include "ops/ops.h"

struct concatenate {
    struct layer layer;
    int64_t axis;
};

static const struct field fields[] = {
    ARG_INT(concatenate, axis, DEFAULT(-1)),
    ARGS_END,
};

/* Along the steps of a sequence masks are concatenated too, else a step counts where any input has it; an
 * input without a mask has all of its steps. */
static void concatenate_masks(struct call *c, int axis)
{
    struct graph *g = c->graph;
    struct value *masks[MAX_LAYER_INPUTS];
    bool some = false;
    for (int i = 0; i < c->n_inputs; i++) {
        const struct shape *s = &c->inputs[i]->shape;
        some |= c->masks[i] != NULL;
        masks[i] = c->masks[i];
        if (!masks[i])
            masks[i] = clk__broadcast(g, clk__constant(g, 1.0f), SHAPE(s->dims[0], s->dims[1]));
    }
    c->has_output_masks = true;
    if (!some)
        return;
    struct value *mask = axis == 1 ? clk__concat(g, masks, c->n_inputs, 1) : masks[0];
    for (int i = 1; i < c->n_inputs && axis != 1; i++)
        mask = clk__binary(g, "logical_or", mask, masks[i]);
    c->output_masks[0] = mask;
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct concatenate *k = (const struct concatenate *)self;
    TRY(clk__merge_count(self, c, 1, MAX_LAYER_INPUTS));
    const struct shape *first = &c->inputs[0]->shape;
    int axis = (int)(k->axis < 0 ? k->axis + first->rank : k->axis);
    char layer[LAYER_TEXT], a[SHAPE_TEXT], b[SHAPE_TEXT];
    if (axis < 1 || axis >= first->rank)
        return clk__fail(CLK_ERR_SHAPE, "%s: axis %lld of an input of shape %s: expected 1 to %d",
            clk__layer_text(layer, self), (long long)k->axis, clk__shape_text(a, first),
            first->rank - 1);
    for (int i = 1; i < c->n_inputs; i++) {
        struct shape s = c->inputs[i]->shape;
        bool fits = s.rank == first->rank;
        for (int d = 0; fits && d < s.rank; d++)
            fits = d == axis || s.dims[d] == first->dims[d] || s.dims[d] < 0 || first->dims[d] < 0;
        if (!fits)
            return clk__fail(CLK_ERR_SHAPE,
                "%s: inputs of shapes %s and %s differ in more than axis %d",
                clk__layer_text(layer, self), clk__shape_text(a, first), clk__shape_text(b, &s),
                axis);
    }
    c->outputs[0] = clk__concat(c->graph, c->inputs, c->n_inputs, axis);
    c->n_outputs = 1;
    if (first->rank > 2)
        concatenate_masks(c, axis);
    return c->graph->status;
}

const struct layer_class clk__layer_concatenate = {
    LAYER_CLASS("Concatenate", concatenate, fields),
    .call = call,
    .list_input = true,
};
