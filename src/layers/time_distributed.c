/* SPDX-License-Identifier: MIT */
/* TimeDistributed: a layer on every time step: steps become rows of the batch and are steps again afterwards. Where rows
 * are not computed each for itself, as by batch statistics, the layer is called step by step instead. Follows
 * keras/src/layers/rnn/time_distributed.py. */
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

void clk__time_distributed_take(struct layer *self, struct layer *child)
{
    struct time_distributed *t = (struct time_distributed *)self;
    clk__object_free(t->inner);
    t->inner = &child->object;
    self->children[0].layer = child;
    if (!self->trainable)
        clk__layer_freeze(child, false);
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
    if (clk__layer_couples_rows(self->children[0].layer, true))
        s.dims[0] = inputs[0].dims[0];
    return clk__layer_build(self->children[0].layer, &s, 1);
}

/* Step t of v: (batch, ...). */
static struct value *step_of(struct graph *g, struct value *v, int64_t t)
{
    struct shape s = steps(&v->shape);
    s.dims[0] = v->shape.dims[0];
    return clk__reshape(g, clk__slice_axis(g, v, 1, t, 1), s);
}

/* A call a step, with random numbers of its own; what an earlier step has assigned counts for the later ones. */
static struct value *call_steps(const struct call *c, struct layer *child)
{
    struct graph *g = c->graph;
    struct value *x = c->inputs[0], *mask = c->masks[0];
    int64_t n = x->shape.dims[1];
    struct value **ys = clk__arena_alloc(&g->memory, (size_t)n, sizeof *ys);
    if (!ys)
        return clk__graph_fail(g, clk__fail_memory());
    for (int64_t t = 0; t < n; t++) {
        struct call at = *c, inner;
        at.call_index = (int)(c->call_index * n + t);
        struct value *of_step = mask ? step_of(g, mask, t) : NULL;
        /* Keras hands the mask of the rows on: batch statistics of vectors take it. */
        bool fits = of_step && (of_step->shape.rank > 1 || x->shape.rank == 3);
        struct value *y =
            clk__call_child(&inner, &at, child, step_of(g, x, t), fits ? of_step : NULL);
        if (!y)
            return NULL;
        struct shape s = {.rank = y->shape.rank + 1, .dims = {y->shape.dims[0], 1}};
        for (int i = 2; i < s.rank; i++)
            s.dims[i] = y->shape.dims[i - 1];
        ys[t] = clk__reshape(g, y, s);
    }
    return clk__concat(g, ys, (int)n, 1);
}

static clk_status call_child(struct layer *self, struct call *c)
{
    struct value *x = c->inputs[0], *mask = c->masks[0];
    struct layer *child = self->children[0].layer;
    struct call inner;
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    if (x->shape.rank < 3)
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s, expected (batch, time, ...)",
            clk__layer_text(layer, self), clk__shape_text(shape, &x->shape));
    c->n_outputs = 1;
    if (x->shape.dims[1] > 0 && clk__layer_couples_rows(child, c->graph->training)) {
        c->outputs[0] = call_steps(c, child);
        return c->graph->status;
    }
    /* A mask of the steps themselves is none for what is within a step. */
    if (mask)
        mask = mask->shape.rank > 2 ? clk__reshape(c->graph, mask, steps(&mask->shape)) : NULL;
    struct value *y =
        clk__call_child(&inner, c, child, clk__reshape(c->graph, x, steps(&x->shape)), mask);
    if (!y)
        return c->graph->status;
    struct shape out = {.rank = y->shape.rank + 1, .dims = {x->shape.dims[0], x->shape.dims[1]}};
    if (out.rank > CLK_MAX_RANK)
        return clk__fail(
            CLK_ERR_SHAPE, "%s: more than %d axes", clk__layer_text(layer, self), CLK_MAX_RANK);
    for (int i = 2; i < out.rank; i++)
        out.dims[i] = y->shape.dims[i - 1];
    c->outputs[0] = clk__reshape(c->graph, y, out);
    return c->graph->status;
}

/* Keras calls the layer within past its activity regularizer, which is that of the layer's own call. */
static clk_status call(struct layer *self, struct call *c)
{
    TRY(call_child(self, c));
    clk__graph_forget_penalties(c->graph, self->children[0].layer);
    return CLK_OK;
}

const struct layer_class clk__layer_time_distributed = {
    WRAPPER_CLASS("TimeDistributed", time_distributed, fields, check, clk__wrapper_fini),
    .build = build,
    .call = call,
    .masks = MASK_PASS,
};
