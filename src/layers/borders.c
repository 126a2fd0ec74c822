/* SPDX-License-Identifier: MIT */
/* Padding and cropping layers. */
#include "layers/borders.h"

#include "ops/ops.h"

clk_status clk__layer_borders(struct layer *self, struct call *c, const struct borders *b)
{
    struct value *x = c->inputs[0];
    int64_t before[CLK_MAX_RANK] = {0}, after[CLK_MAX_RANK] = {0};
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    if (x->shape.rank != b->n + 2)
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s has rank %d, it takes %d",
            clk__layer_text(layer, self), clk__shape_text(shape, &x->shape), x->shape.rank,
            b->n + 2);
    for (int i = 0; i < b->n; i++) {
        int axis = b->first + i;
        int64_t len = x->shape.dims[axis];
        const int64_t *pair = &b->amounts->items[2 * (size_t)i];
        int64_t first = pair[0], last = pair[1];
        if (b->crop && len >= 0 && first + last >= len)
            return clk__fail(CLK_ERR_SHAPE,
                "%s: cropping (%lld, %lld) off axis %d of an input of shape %s leaves nothing",
                clk__layer_text(layer, self), (long long)first, (long long)last, axis,
                clk__shape_text(shape, &x->shape));
        before[axis] = b->crop ? -first : first;
        after[axis] = b->crop ? -last : last;
    }
    c->outputs[0] = clk__pad(c->graph, x, before, after, 0.0f);
    c->n_outputs = 1;
    return c->graph->status;
}
