/* SPDX-License-Identifier: MIT */
/* RNN, and what SimpleRNN, LSTM and GRU have in common with it. Follows keras/src/layers/rnn/rnn.py. */
#include "layers/rnn.h"

#include "base/str.h"

#include <stdlib.h>

const char *const clk__rnn_call_args[] = {"initial_state", NULL};

static struct layer *cell_of(const struct layer *l)
{
    return l->children[0].layer;
}

/* The config of the cell within: those of the layer's arguments that the cell has too. */
static clk_status cell_config(
    json_t **out, const struct layer *l, const struct object_class *cell_class)
{
    json_t *all = NULL;
    TRY(clk__object_config(&all, &l->object));
    json_t *config = json_object();
    for (const struct field *f = cell_class->fields; f->type != FIELD_END; f++) {
        json_t *value = json_object_get(all, f->name);
        if (value)
            json_object_set(config, f->name, value);
    }
    json_object_set_new(config, "trainable", json_boolean(l->trainable));
    json_object_set_new(config, "dtype", json_string(l->dtype ? l->dtype : "float32"));
    json_decref(all);
    *out = json_pack("{s: s, s: o}", "class_name", cell_class->name, "config", config);
    return *out ? CLK_OK : clk__fail_memory();
}

static const struct object_class *find_cell_class(const struct layer *l)
{
    struct str name = {0};
    char *text = NULL;
    clk__str_addf(&name, "%sCell", l->object.class->name);
    if (clk__str_finish(&text, &name) != CLK_OK)
        return NULL;
    const struct object_class *class = clk__registry_find(&clk__layers, text);
    free(text);
    return class;
}

clk_status clk__recurrent_layer_check(struct object *o)
{
    struct layer *l = (struct layer *)o;
    char text[LAYER_TEXT];
    json_t *config = NULL;
    struct object *cell = NULL;
    TRY(clk__layer_check(o));
    const struct object_class *class = find_cell_class(l);
    if (!class)
        return clk__fail_memory();
    TRY(cell_config(&config, l, class));
    clk_status status =
        clk__object_from_json(&cell, &clk__layers, config, false, clk__layer_text(text, l));
    json_decref(config);
    TRY(status);
    return clk__layer_add_child(l, "cell", (struct layer *)cell);
}

struct rnn *clk__rnn_of(struct layer *l)
{
    return clk__layer_class(l)->call == clk__rnn_call ? (struct rnn *)l : NULL;
}

bool clk__rnn_couples_rows(const struct layer *self, bool training)
{
    (void)training;
    return ((const struct rnn *)self)->stateful;
}

int clk__rnn_list_item(const struct layer *l, int i)
{
    struct layer *cell = cell_of(l);
    int n = clk__cell_parts(cell);
    int states = n == 1 ? 1 : clk__cell_states(&clk__cell_part(cell, i % n)->layer);
    return states > 1 ? states : 0;
}

clk_status clk__wrapper_adopt(struct layer *l, struct object **own, const char *key)
{
    struct layer *child = (struct layer *)*own;
    if (!l->trainable)
        clk__layer_freeze(child, false);
    clk_status status = clk__layer_add_child(l, key, child);
    if (status != CLK_OK)
        *own = NULL;
    return status;
}

void clk__wrapper_fini(struct object *o)
{
    struct layer *l = (struct layer *)o;
    for (int i = 0; i < l->n_children; i++)
        free(l->children[i].key);
    l->n_children = 0; /* the layers are freed as fields */
    clk__layer_fini(o);
}

/* stateful=True: the states of all rows of a batch, for the batch after it. */
static clk_status add_states(struct layer *self, int64_t batch)
{
    char text[LAYER_TEXT];
    if (batch < 0)
        return clk__fail(CLK_ERR_SHAPE,
            "%s: stateful=True needs the size of a batch: Input(..., batch_size=32)",
            clk__layer_text(text, self));
    int parts = clk__cell_parts(cell_of(self));
    for (int i = 0; i < parts; i++) {
        const struct cell *cell = clk__cell_part(cell_of(self), i);
        for (int k = clk__cell_states(&cell->layer); k > 0; k--)
            TRY(clk__layer_add_state(self, "rnn_state", SHAPE(batch, cell->args.units)));
    }
    return CLK_OK;
}

clk_status clk__rnn_build(struct layer *self, const struct shape *inputs, int n)
{
    (void)n;
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    if (inputs[0].rank != 3)
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s, expected (batch, time, features)",
            clk__layer_text(layer, self), clk__shape_text(shape, &inputs[0]));
    if (((const struct rnn *)self)->stateful)
        TRY(add_states(self, inputs[0].dims[0]));
    return clk__layer_build(cell_of(self), inputs, 1);
}

/* ---- calling ---- */

/* Zeros where the mask is, and no gradient, be it NaN; the sequence's steps are in the order of work. */
static struct value *zero_masked(
    struct graph *g, const struct rnn *r, struct value *y, struct value *mask)
{
    struct value *zero = clk__constant(g, 0.0f);
    int64_t batch = mask->shape.dims[0], time = mask->shape.dims[1];
    if (r->go_backwards && !r->in_place)
        mask = clk__reverse(g, mask, 1);
    if (y->shape.rank == 3)
        return clk__select(g, clk__reshape(g, mask, SHAPE(batch, time, 1)), y, zero);
    if (time < 0)
        return y; /* of a symbolic graph */
    int64_t last = r->go_backwards && r->in_place ? 0 : time - 1;
    return clk__select(g, clk__slice_axis(g, mask, 1, last, 1), y, zero);
}

/* Which of the states is the last output: h of the last cell. */
static int last_h(struct layer *cell)
{
    const struct cell *last = clk__cell_part(cell, clk__cell_parts(cell) - 1);
    return clk__cell_states(cell) - clk__cell_states(&last->layer);
}

/* The states that the batch before has left, where the call brings none. */
static clk_status kept_states(struct value **states, struct layer *self, struct call *c)
{
    char text[LAYER_TEXT];
    int64_t rows = c->inputs[0]->shape.dims[0];
    int64_t batch = self->n_states > 0 ? self->states[0].shape.dims[0] : rows;
    if (rows >= 0 && rows != batch)
        return clk__fail(CLK_ERR_SHAPE,
            "%s: stateful=True keeps the states of %lld rows, this batch has %lld: the batch size "
            "must be %lld and divide the number of samples",
            clk__layer_text(text, self), (long long)batch, (long long)rows, (long long)batch);
    for (int i = 0; i < self->n_states && c->n_inputs == 1; i++)
        states[i] = clk__call_variable(c, &self->states[i]);
    return CLK_OK;
}

/* Keras 3 finds a mask only where the sequence is the call's one tensor (Layer.__call__, step 6): with initial states the
 * steps are not masked, though the mask goes on with the output. In Keras 2 they are. */
static struct value *mask_of(const struct layer *self, const struct call *c)
{
    char text[LAYER_TEXT];
    if (c->n_inputs == 1 || !c->masks[0])
        return c->masks[0];
    if (!((const struct rnn *)self)->masks_initial_state)
        return NULL;
    if (c->graph->symbolic)
        clk__log(CLK_LOG_WARNING,
            "%s: masks the steps after initial states, as Keras 2 does; a file that is saved "
            "will not say so, as Keras 3 does not mask them",
            clk__layer_text(text, self));
    return c->masks[0];
}

clk_status clk__rnn_call(struct layer *self, struct call *c)
{
    const struct rnn *r = (const struct rnn *)self;
    struct layer *cell = cell_of(self);
    struct value *states[MAX_STATES] = {NULL};
    int n = clk__cell_states(cell);
    char text[LAYER_TEXT];
    if (c->n_inputs != 1 && c->n_inputs != 1 + n)
        return clk__fail(CLK_ERR_SHAPE, "%s: %d inputs, it takes a sequence, or one and %d %s",
            clk__layer_text(text, self), c->n_inputs, n, n == 1 ? "state" : "states");
    if (r->return_state && 1 + n > MAX_LAYER_INPUTS)
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "%s: return_state=True with %d states, at most %d can be returned",
            clk__layer_text(text, self), n, MAX_LAYER_INPUTS - 1);
    struct value *mask = mask_of(self, c);
    struct cell_run run = {.call = c,
        .x = c->inputs[0],
        .mask = mask,
        .states = states,
        .backwards = r->go_backwards,
        .in_place = r->in_place};
    for (int i = 0; i + 1 < c->n_inputs; i++)
        states[i] = c->inputs[i + 1];
    TRY(kept_states(states, self, c));
    TRY(clk__cell_run(cell, &run));
    for (int i = 0; i < self->n_states; i++)
        clk__call_assign(c, &self->states[i], states[i]);
    struct value *y = r->return_sequences ? run.x : states[last_h(cell)];
    if (r->zero_output_for_mask && mask)
        y = zero_masked(c->graph, r, y, mask);
    c->outputs[0] = y;
    c->n_outputs = 1;
    for (int i = 0; i < n && r->return_state; i++)
        c->outputs[c->n_outputs++] = states[i];
    c->output_masks[0] = r->return_sequences ? c->masks[0] : NULL;
    c->has_output_masks = true;
    return c->graph->status;
}

/* ---- RNN itself ---- */

struct rnn_layer {
    struct rnn rnn;
    struct object *cell;
};

extern const struct layer_class clk__layer_stacked_rnn_cells;

static const struct field fields[] = {
    ARG_OBJECT(
        rnn_layer, cell, &clk__layers, REQUIRED, .of_list = &clk__layer_stacked_rnn_cells.object),
    RNN_ARGS(rnn_layer),
    RNN_ARG(zero_output_for_mask, rnn_layer),
    RNN_OF_KERAS_2(rnn_layer),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    struct rnn_layer *l = (struct rnn_layer *)o;
    char text[LAYER_TEXT];
    TRY(clk__layer_check(o));
    struct layer *cell = (struct layer *)l->cell;
    if (!clk__is_cell(cell))
        return clk__fail(CLK_ERR_CONFIG,
            "%s: cell is a %s, expected LSTMCell, GRUCell, SimpleRNNCell or a list of them",
            clk__layer_text(text, &l->rnn.layer), cell->object.class->name);
    return clk__wrapper_adopt(&l->rnn.layer, &l->cell, "cell");
}

const struct layer_class clk__layer_rnn = {
    WRAPPER_CLASS("RNN", rnn_layer, fields, check, clk__wrapper_fini),
    .build = clk__rnn_build,
    .call = clk__rnn_call,
    .couples_rows = clk__rnn_couples_rows,
    .masks = MASK_PASS,
    .call_args = clk__rnn_call_args,
    .list_item = clk__rnn_list_item,
};
