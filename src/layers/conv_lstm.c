/* SPDX-License-Identifier: MIT */
/* ConvLSTM: gates i, f, c, o of convolutions. The input's part of them is computed for all steps at once, the state's step
 * by step; each step adds some twenty ops to the graph. Follows keras/src/layers/rnn/conv_lstm.py. */
#include "layers/conv_lstm.h"

#include "base/mem.h"

#include <string.h>

enum {
    GATES = 4,
    STATES = 2
};

/* ---- the cell, which has the weights ---- */

struct conv_lstm_cell {
    struct layer layer;
    const struct conv_lstm *owner;
};

/* Keras' ConvLSTMCell: in no table, as it stands in no file by itself. */
static const struct layer_class cell_class = {
    .object.name = "conv_lstm_cell",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct conv_lstm_cell),
    .object.common = clk__layer_fields,
    .object.fini = clk__layer_fini,
};

const struct conv_lstm *clk__conv_lstm_of(const struct layer *cell)
{
    return cell->object.class == &cell_class.object ? ((const struct conv_lstm_cell *)cell)->owner
                                                    : NULL;
}

static clk_status make_cell(struct conv_lstm *l)
{
    struct conv_lstm_cell *cell = clk__alloc(1, sizeof *cell);
    if (!cell)
        return clk__fail_memory();
    cell->layer.object.class = &cell_class.object;
    cell->layer.trainable = l->layer.trainable;
    cell->owner = l;
    cell->layer.dtype = l->layer.dtype ? clk__strdup(l->layer.dtype) : NULL;
    clk_status status = l->layer.dtype && !cell->layer.dtype
                            ? clk__fail_memory()
                            : clk__layer_check(&cell->layer.object);
    if (status != CLK_OK) {
        clk__object_free(&cell->layer.object);
        return status;
    }
    return clk__layer_add_child(&l->layer, "cell", &cell->layer);
}

clk_status clk__conv_lstm_check(struct object *o)
{
    struct conv_lstm *l = (struct conv_lstm *)o;
    char text[LAYER_TEXT];
    bool strides = false, dilates = false;
    clk__window_check(&l->window);
    TRY(clk__layer_check(o));
    for (int i = 0; i < l->window.size.n; i++) {
        strides |= l->window.strides.items[i] > 1;
        dilates |= l->window.dilation.items[i] > 1;
    }
    if (strides && dilates)
        return clk__fail(CLK_ERR_CONFIG,
            "%s: strides and dilation_rate can't both be above 1, one of them must be 1",
            clk__layer_text(text, &l->layer));
    if (l->window.data_format != CHANNELS_LAST)
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "%s: data_format=\"channels_first\" is not supported, a Permute before it would do",
            clk__layer_text(text, &l->layer));
    return make_cell(l);
}

/* ---- building ---- */

/* (batch, time, ...) without the time; with `rows`, steps as rows. */
static struct shape step_shape(const struct shape *x, bool rows)
{
    struct shape s = {.rank = x->rank - 1, .dims = {x->dims[0]}};
    if (rows)
        s.dims[0] = x->dims[0] < 0 || x->dims[1] < 0 ? -1 : x->dims[0] * x->dims[1];
    for (int i = 1; i < s.rank; i++)
        s.dims[i] = x->dims[i + 1];
    return s;
}

static clk_status check_input(const struct conv_lstm *l, const struct shape *x)
{
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    struct shape step, same;
    if (x->rank != l->window.size.n + 3)
        return clk__fail(CLK_ERR_SHAPE,
            "%s: input of shape %s has rank %d, it takes (batch, time, ..., channels) of rank %d",
            clk__layer_text(layer, &l->layer), clk__shape_text(shape, x), x->rank,
            l->window.size.n + 3);
    step = step_shape(x, false);
    TRY(clk__window_input(&same, &l->layer, &l->window, &step, false));
    for (int i = 1; i < step.rank; i++) {
        if (step.dims[i] < 0)
            return clk__fail(CLK_ERR_SHAPE,
                "%s: input of shape %s, all but the batch and the time must be known",
                clk__layer_text(layer, &l->layer), clk__shape_text(shape, x));
    }
    return CLK_OK;
}

static struct shape kernel_shape(const struct conv_lstm *l, int64_t in)
{
    struct shape s = {.rank = l->window.size.n + 2};
    for (int i = 0; i < l->window.size.n; i++)
        s.dims[i] = l->window.size.items[i];
    s.dims[s.rank - 2] = in;
    s.dims[s.rank - 1] = GATES * l->filters;
    return s;
}

clk_status clk__conv_lstm_build(struct layer *self, const struct shape *inputs, int n)
{
    struct conv_lstm *l = (struct conv_lstm *)self;
    struct layer *cell = self->children[0].layer;
    (void)n;
    TRY(check_input(l, &inputs[0]));
    struct shape kernel = kernel_shape(l, inputs[0].dims[inputs[0].rank - 1]);
    TRY(clk__layer_add_variable(cell, "kernel", kernel, true, l->kernel_initializer));
    clk__layer_add_rules(cell, l->kernel_regularizer, l->kernel_constraint);
    kernel = kernel_shape(l, l->filters);
    TRY(clk__layer_add_variable(cell, "recurrent_kernel", kernel, true, l->recurrent_initializer));
    clk__layer_add_rules(cell, l->recurrent_regularizer, l->recurrent_constraint);
    if (!l->use_bias)
        return CLK_OK;
    struct object *initializer = l->unit_forget_bias
                                     ? clk__forget_bias(&l->forget_bias, l->bias_initializer)
                                     : l->bias_initializer;
    TRY(clk__layer_add_variable(cell, "bias", SHAPE(GATES * l->filters), true, initializer));
    clk__layer_add_rules(cell, l->bias_regularizer, l->bias_constraint);
    return CLK_OK;
}

/* ---- calling ---- */

/* A call at work. Images are (batch, ..., channels). */
struct run {
    struct conv_lstm *layer;
    struct call *call;
    struct graph *graph;
    struct value *recurrent_kernel;
    struct value *gates; /* the input's part: (batch, time, ..., 4 filters) */
    struct value *mask;  /* (batch, time); NULL: none */
    struct value
        *keep; /* what recurrent dropout leaves of h, gate by gate: (batch, ..., 4 filters); NULL */
    struct value *h, *c; /* NULL: zeros */
};

static bool drops(const struct graph *g, double rate)
{
    return g->training && rate > 0 && rate < 1;
}

/* x with each element dropped or not by random numbers of `shape`. */
static struct value *drop(
    const struct run *r, struct value *x, double rate, struct shape shape, uint32_t k)
{
    const struct layer *cell = r->layer->layer.children[0].layer;
    uint32_t stream = clk__call_stream(r->call, cell, k);
    struct value *inputs[] = {x, clk__random_uniform(r->graph, shape, stream)};
    return clk__pointwise(r->graph, "dropout", inputs, 2, (float)rate, (float)(1 / (1 - rate)));
}

static struct value *gate_of(const struct run *r, struct value *v, int i)
{
    int64_t n = r->layer->filters;
    return v ? clk__slice_axis(r->graph, v, v->shape.rank - 1, i * n, n) : NULL;
}

/* Each gate is a convolution of its own where each has dropped its input anew. */
static struct value *by_gate(const struct run *r, struct value *const x[GATES],
    struct value *kernel, const struct conv_opts *opts)
{
    struct value *parts[GATES];
    for (int i = 0; i < GATES; i++)
        parts[i] = clk__conv(r->graph, x[i], gate_of(r, kernel, i), opts);
    return parts[0] ? clk__concat(r->graph, parts, GATES, parts[0]->shape.rank - 1) : NULL;
}

/* The input's convolutions, of all steps at once: (batch, time, ..., 4 filters). */
static struct value *input_gates(const struct run *r)
{
    const struct conv_lstm *l = r->layer;
    struct layer *cell = r->layer->layer.children[0].layer;
    struct value *x = r->call->inputs[0];
    struct shape shape = x->shape, rows = step_shape(&shape, true), once = shape;
    struct value *kernel = clk__call_variable(r->call, &cell->variables[0]), *y = NULL;
    const struct conv_opts opts = clk__window_conv_opts(&l->window, &rows);
    once.dims[1] = 1;
    if (drops(r->graph, l->dropout)) {
        struct value *xs[GATES];
        for (int i = 0; i < GATES; i++)
            xs[i] = clk__reshape(r->graph, drop(r, x, l->dropout, once, (uint32_t)i), rows);
        y = by_gate(r, xs, kernel, &opts);
    } else {
        y = clk__conv(r->graph, clk__reshape(r->graph, x, rows), kernel, &opts);
    }
    if (l->use_bias)
        y = clk__add(r->graph, y, clk__call_variable(r->call, &cell->variables[2]));
    if (!y)
        return NULL;
    struct shape out = {.rank = shape.rank, .dims = {shape.dims[0], shape.dims[1]}};
    for (int i = 2; i < out.rank; i++)
        out.dims[i] = y->shape.dims[i - 1];
    return clk__reshape(r->graph, y, out);
}

/* The state's convolutions: they keep its size. */
static struct value *state_gates(const struct run *r)
{
    struct window same = {.size = r->layer->window.size, .padding = PADDING_SAME};
    same.strides = same.size;
    for (int i = 0; i < same.size.n; i++)
        same.strides.items[i] = 1;
    const struct conv_opts opts = clk__window_conv_opts(&same, &r->h->shape);
    struct value *hs[GATES];
    if (!r->keep)
        return clk__conv(r->graph, r->h, r->recurrent_kernel, &opts);
    for (int i = 0; i < GATES; i++)
        hs[i] = clk__mul(r->graph, r->h, gate_of(r, r->keep, i));
    return by_gate(r, hs, r->recurrent_kernel, &opts);
}

/* A masked step leaves state and output as they are. */
static struct value *unless_masked(
    const struct run *r, struct value *mask, struct value *next, struct value *old)
{
    if (!mask)
        return next;
    return clk__select(r->graph, mask, next, old ? old : clk__constant(r->graph, 0.0f));
}

static void step(struct run *r, int64_t t)
{
    struct graph *g = r->graph;
    const struct conv_lstm *l = r->layer;
    struct value *gates = clk__slice_axis(g, r->gates, 1, t, 1), *mask = NULL;
    if (!gates)
        return;
    gates = clk__reshape(g, gates, step_shape(&r->gates->shape, false));
    if (r->h)
        gates = clk__add(g, gates, state_gates(r));
    struct value *in = clk__activate(g, l->recurrent_activation, gate_of(r, gates, 0));
    struct value *next = clk__activate(g, l->activation, gate_of(r, gates, 2));
    struct value *out = clk__activate(g, l->recurrent_activation, gate_of(r, gates, 3));
    struct value *c = clk__mul(g, in, next);
    if (r->c) {
        struct value *forget = clk__activate(g, l->recurrent_activation, gate_of(r, gates, 1));
        c = clk__add(g, clk__mul(g, forget, r->c), c);
    }
    struct value *h = clk__mul(g, out, clk__activate(g, l->activation, c));
    if (r->mask) {
        struct shape column = {.rank = r->gates->shape.rank - 1, .dims = {r->mask->shape.dims[0]}};
        for (int i = 1; i < column.rank; i++)
            column.dims[i] = 1;
        mask = clk__reshape(g, clk__slice_axis(g, r->mask, 1, t, 1), column);
    }
    r->h = unless_masked(r, mask, h, r->h);
    r->c = unless_masked(r, mask, c, r->c);
}

/* All steps; the sequence of their outputs, in the order of work. */
static struct value *run_steps(struct run *r)
{
    struct graph *g = r->graph;
    int64_t time = r->gates->shape.dims[1];
    if (time < 0) { /* of a symbolic graph: only shapes are asked for */
        step(r, 0);
        return gate_of(r, r->gates, 0);
    }
    struct value **ys = clk__arena_alloc(&g->memory, (size_t)time, sizeof *ys);
    if (!ys)
        return clk__graph_fail(g, clk__fail_memory());
    for (int64_t k = 0; k < time; k++) {
        step(r, r->layer->go_backwards ? time - 1 - k : k);
        if (!r->h)
            return NULL;
        struct shape s = {.rank = r->h->shape.rank + 1, .dims = {r->h->shape.dims[0], 1}};
        for (int i = 2; i < s.rank; i++)
            s.dims[i] = r->h->shape.dims[i - 1];
        ys[k] = clk__reshape(g, r->h, s);
    }
    return clk__concat(g, ys, (int)time, 1);
}

static clk_status start(struct run *r, struct conv_lstm *l, struct call *c)
{
    char text[LAYER_TEXT];
    *r = (struct run){.layer = l, .call = c, .graph = c->graph};
    TRY(check_input(l, &c->inputs[0]->shape));
    if (c->n_inputs != 1 && c->n_inputs != 1 + STATES)
        return clk__fail(CLK_ERR_SHAPE, "%s: %d inputs, it takes a sequence, or one and %d states",
            clk__layer_text(text, &l->layer), c->n_inputs, STATES);
    r->gates = input_gates(r);
    TRY(c->graph->status);
    r->recurrent_kernel = clk__call_variable(c, &l->layer.children[0].layer->variables[1]);
    if (c->n_inputs > 1) { /* whose steps are not masked: see clk__rnn_call */
        r->h = c->inputs[1];
        r->c = c->inputs[2];
    } else {
        r->mask = c->masks[0];
    }
    if (drops(c->graph, l->recurrent_dropout)) {
        struct shape shape = step_shape(&r->gates->shape, false);
        r->keep = drop(r, clk__constant(c->graph, 1.0f), l->recurrent_dropout, shape, GATES);
    }
    return c->graph->status;
}

clk_status clk__conv_lstm_call(struct layer *self, struct call *c)
{
    struct conv_lstm *l = (struct conv_lstm *)self;
    struct run r;
    TRY(start(&r, l, c));
    struct value *sequence = run_steps(&r);
    TRY(c->graph->status);
    c->outputs[0] = l->return_sequences ? sequence : r.h;
    c->n_outputs = 1;
    if (l->return_state) {
        c->outputs[1] = r.h;
        c->outputs[2] = r.c;
        c->n_outputs = 1 + STATES;
    }
    c->output_masks[0] = l->return_sequences ? c->masks[0] : NULL;
    c->has_output_masks = true;
    return CLK_OK;
}
