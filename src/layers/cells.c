/* SPDX-License-Identifier: MIT */
/* The recurrent cells: variables, dropout, and a sequence through the op of the cell. Follows
 * keras/src/layers/rnn/{simple_rnn,lstm,gru,dropout_rnn_cell}.py. */
#include "layers/rnn.h"

extern const struct layer_class clk__layer_simple_rnn_cell;
extern const struct layer_class clk__layer_lstm_cell;
extern const struct layer_class clk__layer_gru_cell;
extern const struct layer_class clk__layer_stacked_rnn_cells;

enum {
    MAX_GATES = 4
};

struct kind {
    const struct layer_class *class;
    int gates;
    int states;
    struct value *(*op)(struct graph *g, const struct recurrent_inputs *in,
        const struct recurrent_opts *opts, struct value **states);
};
static const struct kind kinds[] = {
    {&clk__layer_simple_rnn_cell, 1, 1, clk__simple_rnn},
    {&clk__layer_lstm_cell, 4, 2, clk__lstm},
    {&clk__layer_gru_cell, 3, 1, clk__gru},
};

static const struct kind *kind_of(const struct layer *l)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (l->object.class == &kinds[i].class->object)
            return &kinds[i];
    }
    return NULL;
}

static bool is_stack(const struct layer *l)
{
    return l->object.class == &clk__layer_stacked_rnn_cells.object;
}

bool clk__is_cell(const struct layer *l)
{
    return kind_of(l) || is_stack(l);
}

int clk__cell_parts(const struct layer *l)
{
    return is_stack(l) ? l->n_children : 1;
}

struct cell *clk__cell_part(struct layer *l, int i)
{
    return (struct cell *)(is_stack(l) ? l->children[i].layer : l);
}

int clk__cell_states(const struct layer *l)
{
    int n = 0;
    if (!is_stack(l))
        return kind_of(l)->states;
    for (int i = 0; i < l->n_children; i++)
        n += kind_of(l->children[i].layer)->states;
    return n;
}

/* ---- variables ---- */

/* As Keras makes them: the others' values are drawn for a part of the bias each. */
static clk_status fill_forget_bias(const struct initializer *self, float *out,
    const struct shape *shape, uint64_t seed, uint32_t stream)
{
    const struct object *other = ((const struct forget_bias *)self)->other;
    size_t units = (size_t)shape->dims[0] / 4;
    struct shape first = SHAPE((int64_t)units), rest = SHAPE(2 * (int64_t)units);
    TRY(clk__initializer_fill(other, out, &first, seed, stream));
    for (size_t i = units; i < 2 * units; i++)
        out[i] = 1.0f;
    return clk__initializer_fill(other, out + 2 * units, &rest, seed, stream);
}

static const struct initializer_class forget_bias_class = {
    .object.name = "forget_bias",
    .fill = fill_forget_bias,
};

struct object *clk__forget_bias(struct forget_bias *b, const struct object *other)
{
    *b =
        (struct forget_bias){.initializer.object.class = &forget_bias_class.object, .other = other};
    return &b->initializer.object;
}

/* GRU with reset_after has a bias each for the input and the state. */
static bool has_two_biases(const struct cell *cell)
{
    return kind_of(&cell->layer)->op == clk__gru && cell->args.reset_after;
}

clk_status clk__cell_build(struct layer *self, const struct shape *inputs, int n)
{
    struct cell *cell = (struct cell *)self;
    const struct cell_args *a = &cell->args;
    const struct shape *x = &inputs[0];
    int64_t features = x->rank > 0 ? x->dims[x->rank - 1] : -1;
    int64_t cols = kind_of(self)->gates * a->units;
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    (void)n;
    if (x->rank < 2 || features < 0)
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s, its last dimension must be known",
            clk__layer_text(layer, self), clk__shape_text(shape, x));
    TRY(clk__layer_add_variable(
        self, "kernel", SHAPE(features, cols), true, a->kernel_initializer));
    clk__layer_add_rules(self, a->kernel_regularizer, a->kernel_constraint);
    TRY(clk__layer_add_variable(
        self, "recurrent_kernel", SHAPE(a->units, cols), true, a->recurrent_initializer));
    clk__layer_add_rules(self, a->recurrent_regularizer, a->recurrent_constraint);
    if (!a->use_bias)
        return CLK_OK;
    struct object *initializer = a->bias_initializer;
    if (a->unit_forget_bias && kind_of(self)->op == clk__lstm)
        initializer = clk__forget_bias(&cell->forget_bias, initializer);
    struct shape bias = has_two_biases(cell) ? SHAPE(2, cols) : SHAPE(cols);
    TRY(clk__layer_add_variable(self, "bias", bias, true, initializer));
    clk__layer_add_rules(self, a->bias_regularizer, a->bias_constraint);
    return CLK_OK;
}

/* ---- dropout: the same for all steps ---- */

/* x, or zeros and x / (1 - rate), by random numbers of `shape`. */
static struct value *drop(const struct cell *cell, const struct cell_run *r, struct value *x,
    double rate, struct shape shape, uint32_t k)
{
    struct graph *g = r->call->graph;
    uint32_t stream = clk__call_stream(r->call, &cell->layer, k);
    float scale = rate < 1 ? (float)(1 / (1 - rate)) : 0.0f;
    struct value *inputs[] = {x, clk__random_uniform(g, shape, stream)};
    return clk__pointwise(g, "dropout", inputs, 2, (float)rate, scale);
}

/* A rate of 1 drops all in SimpleRNN, and nothing in the others. */
static bool drops(const struct cell *cell, const struct cell_run *r, double rate)
{
    bool less = rate < 1 || kind_of(&cell->layer)->op == clk__simple_rnn;
    return r->call->graph->training && rate > 0 && less;
}

static struct value *weight(const struct cell *cell, const struct cell_run *r, int i)
{
    return clk__call_variable(r->call, &cell->layer.variables[i]);
}

/* Row `i` of the two biases; the only one there is. */
static struct value *bias(const struct cell *cell, const struct cell_run *r, int i)
{
    struct value *b = weight(cell, r, 2);
    if (!has_two_biases(cell))
        return b;
    return clk__reshape(r->call->graph, clk__slice_axis(r->call->graph, b, 0, i, 1), SHAPE(-1));
}

/* x W + b for all steps. With recurrent dropout Keras computes gate by gate, and drops inputs for each anew. */
static struct value *input_gates(const struct cell *cell, const struct cell_run *r)
{
    struct graph *g = r->call->graph;
    const struct cell_args *a = &cell->args;
    const struct matmul_opts plain = {0};
    struct shape once = r->x->shape;
    once.dims[1] = 1;
    int gates = kind_of(&cell->layer)->gates;
    struct value *x = r->x, *kernel = weight(cell, r, 0), *y = NULL;
    if (drops(cell, r, a->dropout) && a->recurrent_dropout != 0 && gates > 1) {
        struct value *parts[MAX_GATES];
        for (int i = 0; i < gates; i++) {
            struct value *part = clk__slice_axis(g, kernel, 1, i * a->units, a->units);
            struct value *dropped = drop(cell, r, x, a->dropout, once, (uint32_t)i);
            parts[i] = clk__matmul(g, dropped, part, plain);
        }
        y = clk__concat(g, parts, gates, 2);
    } else {
        if (drops(cell, r, a->dropout))
            x = drop(cell, r, x, a->dropout, once, 0);
        y = clk__matmul(g, x, kernel, plain);
    }
    return a->use_bias ? clk__add(g, y, bias(cell, r, 0)) : y;
}

/* ---- running ---- */

static clk_status options(struct recurrent_opts *o, const struct cell *cell)
{
    const struct cell_args *a = &cell->args;
    const struct object *objects[2] = {a->activation, a->recurrent_activation};
    const char **names[2] = {&o->activation, &o->recurrent_activation};
    float *numbers[2] = {&o->activation_p, &o->recurrent_p};
    char text[LAYER_TEXT];
    int n = kind_of(&cell->layer)->gates > 1 ? 2 : 1;
    for (int i = 0; i < n; i++) {
        *names[i] = clk__activation_pointwise(numbers[i], objects[i]);
        if (!*names[i])
            return clk__fail(CLK_ERR_UNSUPPORTED,
                "%s: activation \"%s\" is not one of single elements, such as tanh or relu",
                clk__layer_text(text, &cell->layer), objects[i]->class->name);
    }
    o->reset_before = !a->reset_after;
    return CLK_OK;
}

static clk_status check_input(const struct cell *cell, const struct cell_run *r)
{
    const struct shape *x = &r->x->shape;
    int64_t features = cell->layer.variables[0].shape.dims[0];
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    if (x->rank == 3 && x->dims[2] == features)
        return CLK_OK;
    return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s, expected (batch, time, %lld)",
        clk__layer_text(layer, &cell->layer), clk__shape_text(shape, x), (long long)features);
}

static clk_status run_part(const struct cell *cell, struct cell_run *r)
{
    const struct kind *kind = kind_of(&cell->layer);
    struct graph *g = r->call->graph;
    struct recurrent_opts opts = {.backwards = r->backwards, .in_place = r->in_place};
    struct value *states[2] = {NULL};
    TRY(check_input(cell, r));
    TRY(options(&opts, cell));
    struct recurrent_inputs in = {.x = input_gates(cell, r),
        .kernel = weight(cell, r, 1),
        .h0 = r->states[0],
        .c0 = kind->states > 1 ? r->states[1] : NULL,
        .mask = r->mask};
    if (has_two_biases(cell) && cell->args.use_bias)
        in.bias = bias(cell, r, 1);
    if (drops(cell, r, cell->args.recurrent_dropout)) {
        struct shape shape = SHAPE(r->x->shape.dims[0], kind->gates * cell->args.units);
        in.keep =
            drop(cell, r, clk__constant(g, 1.0f), cell->args.recurrent_dropout, shape, MAX_GATES);
    }
    r->x = kind->op(g, &in, &opts, states);
    for (int i = 0; i < kind->states; i++)
        r->states[i] = states[i];
    return g->status;
}

/* The sequences between cells stay in the input's order, in which the mask is. */
clk_status clk__cell_run(struct layer *l, struct cell_run *r)
{
    struct cell_run part = *r;
    int n = clk__cell_parts(l);
    for (int i = 0; i < n; i++) {
        struct cell *cell = clk__cell_part(l, i);
        part.in_place = r->in_place || i + 1 < n;
        TRY(run_part(cell, &part));
        part.states += kind_of(&cell->layer)->states;
    }
    r->x = part.x;
    return CLK_OK;
}

clk_status clk__cell_call(struct layer *self, struct call *c)
{
    struct value *states[MAX_STATES];
    int n = clk__cell_states(self);
    char text[LAYER_TEXT];
    if (c->n_inputs != 1 + n || c->inputs[0]->shape.rank != 2)
        return clk__fail(CLK_ERR_SHAPE,
            "%s: %d inputs, it takes a step's (batch, features) and %d states: put it into an RNN "
            "for sequences",
            clk__layer_text(text, self), c->n_inputs, n);
    const struct shape *x = &c->inputs[0]->shape;
    struct cell_run r = {.call = c,
        .x = clk__reshape(c->graph, c->inputs[0], SHAPE(x->dims[0], 1, x->dims[1])),
        .states = states};
    for (int i = 0; i < n; i++)
        states[i] = c->inputs[1 + i];
    TRY(c->graph->status);
    TRY(clk__cell_run(self, &r));
    c->outputs[0] = clk__reshape(c->graph, r.x, SHAPE(x->dims[0], r.x->shape.dims[2]));
    for (int i = 0; i < n; i++)
        c->outputs[1 + i] = states[i];
    c->n_outputs = 1 + n;
    return c->graph->status;
}
