/* SPDX-License-Identifier: MIT */
/* TimeDistributed: a layer on every time step: steps become rows of the batch and are steps again afterwards. Follows
 * keras/src/layers/rnn/time_distributed.py, except that a layer which uses the batch's statistics sees all steps at once. */
#include "layers/rnn.h"

struct time_distributed {
    struct layer layer;
    struct object *inner;
};

static const struct field fields[] = {
    ARG(FIELD_OBJECT, "layer", time_distributed, inner, REQUIRED, .registry = &clk__layers),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    struct time_distributed *t = (struct time_distributed *)o;
    TRY(clk__layer_check(o));
    return clk__wrapper_adopt(&t->layer, &t->inner, "layer");
}

/* (batch, time, ...) as (batch * time, ...). */
static struct shape steps(const struct shape *x)
{
    struct shape s = {.rank = x->rank - 1};
    s.dims[0] = x->dims[0] < 0 || x->dims[1] < 0 ? -1 : x->dims[0] * x->dims[1];
    for (int i = 1; i < s.rank; i++)
        s.dims[i] = x->dims[i + 1];
    return s;
}

static clk_status build(struct layer *self, const struct shape *inputs, int n)
{
    (void)n;
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    if (inputs[0].rank < 3)
        return clk__fail(CLK_ERR_SHAPE,
            "%s: input of shape %s, expected (batch, time, ...) with 3 axes or more",
            clk__layer_text(layer, self), clk__shape_text(shape, &inputs[0]));
    struct shape s = steps(&inputs[0]);
    return clk__layer_build(self->children[0].layer, &s, 1);
}

static clk_status call(struct layer *self, struct call *c)
{
    struct value *x = c->inputs[0], *mask = c->masks[0];
    struct call inner;
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    if (x->shape.rank < 3)
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s, expected (batch, time, ...)",
            clk__layer_text(layer, self), clk__shape_text(shape, &x->shape));
    /* A mask of the steps themselves is none for what is within a step. */
    if (mask)
        mask = mask->shape.rank > 2 ? clk__reshape(c->graph, mask, steps(&mask->shape)) : NULL;
    struct value *y = clk__call_child(
        &inner, c, self->children[0].layer, clk__reshape(c->graph, x, steps(&x->shape)), mask);
    if (!y)
        return c->graph->status;
    struct shape out = {.rank = y->shape.rank + 1, .dims = {x->shape.dims[0], x->shape.dims[1]}};
    if (out.rank > CLK_MAX_RANK)
        return clk__fail(
            CLK_ERR_SHAPE, "%s: more than %d axes", clk__layer_text(layer, self), CLK_MAX_RANK);
    for (int i = 2; i < out.rank; i++)
        out.dims[i] = y->shape.dims[i - 1];
    c->outputs[0] = clk__reshape(c->graph, y, out);
    c->n_outputs = 1;
    return c->graph->status;
}

const struct layer_class clk__layer_time_distributed = {
    WRAPPER_CLASS("TimeDistributed", time_distributed, fields, check, clk__wrapper_fini),
    .build = build,
    .call = call,
    .masks = MASK_PASS,
};
