/* SPDX-License-Identifier: MIT */
/* Bidirectional: a recurrent layer and its copy that reads backwards, merged. Follows
 * keras/src/layers/rnn/bidirectional.py. */
#include "base/json.h"
#include "base/str.h"
#include "layers/rnn.h"

#include <stdlib.h>
#include <string.h>

enum merge_mode {
    MERGE_CONCAT,
    MERGE_SUM,
    MERGE_MUL,
    MERGE_AVE
};
#define MERGE_NONE (-1)

struct bidirectional {
    struct layer layer;
    struct object *forward;
    int merge_mode;
    struct object *backward;
};

static const char *const merge_modes[] = {"concat", "sum", "mul", "ave", NULL};
static const struct field fields[] = {
    ARG(FIELD_OBJECT, "layer", bidirectional, forward, REQUIRED, .registry = &clk__layers),
    ARG_CHOICE(bidirectional, merge_mode, merge_modes, DEFAULT("concat"), OR_NONE),
    ARG_UNSUPPORTED("weights", DEFAULT(null), HIDDEN),
    ARG(FIELD_OBJECT, "backward_layer", bidirectional, backward, DEFAULT(null), OR_NONE,
        .registry = &clk__layers),
    ARGS_END,
};

/* "forward_lstm", as Keras names the layers within. */
static clk_status name_layer(struct layer *l, const char *prefix)
{
    char *kind = NULL, *name = NULL;
    const char *old = l->name;
    size_t n = strlen(prefix);
    if (!old) {
        TRY(clk__snake_case(&kind, l->object.class->name));
        old = kind;
    }
    struct str s = {0};
    clk__str_addf(&s, "%s%s", prefix, strncmp(old, prefix, n) == 0 ? old + n : old);
    free(kind);
    TRY(clk__str_finish(&name, &s));
    free(l->name);
    l->name = name;
    return CLK_OK;
}

/* The copy that reads the other way. */
static clk_status make_backward(struct bidirectional *b)
{
    json_t *config = NULL;
    char text[LAYER_TEXT];
    struct rnn *forward = (struct rnn *)b->forward;
    TRY(clk__object_to_json(&config, &clk__layers, b->forward));
    json_object_set_new(
        json_object_get(config, "config"), "go_backwards", json_boolean(!forward->go_backwards));
    clk_status status = clk__object_from_json(
        &b->backward, &clk__layers, config, false, clk__layer_text(text, &b->layer));
    json_decref(config);
    return status;
}

static clk_status check_recurrent(const struct bidirectional *b, struct object *o)
{
    char text[LAYER_TEXT];
    if (clk__rnn_of((struct layer *)o))
        return CLK_OK;
    return clk__fail(CLK_ERR_CONFIG, "%s: layer is a %s, expected LSTM, GRU, SimpleRNN or RNN",
        clk__layer_text(text, &b->layer), o->class->name);
}

static clk_status check_pair(const struct bidirectional *b)
{
    char text[LAYER_TEXT];
    const struct rnn *f = (const struct rnn *)b->forward, *r = (const struct rnn *)b->backward;
    clk__layer_text(text, &b->layer);
    if (f->go_backwards == r->go_backwards)
        return clk__fail(CLK_ERR_CONFIG,
            "%s: layer and backward_layer both have go_backwards=%s, they must differ", text,
            f->go_backwards ? "True" : "False");
    if (f->return_sequences != r->return_sequences || f->return_state != r->return_state ||
        f->stateful != r->stateful)
        return clk__fail(CLK_ERR_CONFIG,
            "%s: layer and backward_layer must have the same return_sequences, return_state and "
            "stateful",
            text);
    return CLK_OK;
}

static clk_status check(struct object *o)
{
    struct bidirectional *b = (struct bidirectional *)o;
    TRY(clk__layer_check(o));
    TRY(check_recurrent(b, b->forward));
    if (!b->backward) {
        TRY(make_backward(b));
        TRY(name_layer((struct layer *)b->backward, "backward_"));
    }
    TRY(check_recurrent(b, b->backward));
    TRY(name_layer((struct layer *)b->forward, "forward_"));
    TRY(check_pair(b));
    struct rnn *f = (struct rnn *)b->forward, *r = (struct rnn *)b->backward;
    f->zero_output_for_mask = f->return_sequences;
    r->zero_output_for_mask = r->return_sequences;
    r->in_place = r->go_backwards;
    TRY(clk__wrapper_adopt(&b->layer, &b->forward, "forward_layer"));
    return clk__wrapper_adopt(&b->layer, &b->backward, "backward_layer");
}

/* Those of both layers, one after the other: of a stack or not alike. */
static int list_item(const struct layer *l, int i)
{
    return clk__rnn_list_item(l->children[0].layer, i);
}

static clk_status build(struct layer *self, const struct shape *inputs, int n)
{
    (void)n;
    TRY(clk__layer_build(self->children[0].layer, inputs, 1));
    return clk__layer_build(self->children[1].layer, inputs, 1);
}

static struct value *merge(struct graph *g, int mode, struct value *y, struct value *reversed)
{
    struct value *both[] = {y, reversed};
    if (mode == MERGE_CONCAT)
        return clk__concat(g, both, 2, y->shape.rank - 1);
    if (mode == MERGE_MUL)
        return clk__mul(g, y, reversed);
    struct value *sum = clk__add(g, y, reversed);
    return mode == MERGE_AVE ? clk__scale(g, sum, 0.5f) : sum;
}

/* The sequence and a half of the initial states through a child. */
static clk_status run(struct call *inner, const struct call *c, struct layer *child, int first)
{
    *inner = (struct call){.graph = c->graph,
        .variables = c->variables,
        .inputs = {c->inputs[0]},
        .masks = {c->masks[0]},
        .n_inputs = 1,
        .call_index = c->call_index};
    int n = (c->n_inputs - 1) / 2;
    for (int i = 0; i < n; i++)
        inner->inputs[inner->n_inputs++] = c->inputs[first + i];
    return clk__layer_call(child, inner);
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct bidirectional *b = (const struct bidirectional *)self;
    struct call f, r;
    char text[LAYER_TEXT];
    if (c->n_inputs % 2 == 0)
        return clk__fail(CLK_ERR_SHAPE, "%s: %d initial states, it takes those of both layers",
            clk__layer_text(text, self), c->n_inputs - 1);
    TRY(run(&f, c, self->children[0].layer, 1));
    TRY(run(&r, c, self->children[1].layer, 1 + (c->n_inputs - 1) / 2));
    const struct rnn *backward = (const struct rnn *)b->backward;
    if (f.n_outputs + r.n_outputs > MAX_LAYER_INPUTS)
        return clk__fail(CLK_ERR_UNSUPPORTED, "%s: more than %d outputs and states",
            clk__layer_text(text, self), MAX_LAYER_INPUTS);
    struct value *reversed = r.outputs[0];
    if (backward->return_sequences && !backward->in_place)
        reversed = clk__reverse(c->graph, reversed, 1);
    c->n_outputs = 0;
    if (b->merge_mode == MERGE_NONE) {
        c->outputs[c->n_outputs++] = f.outputs[0];
        c->output_masks[c->n_outputs] = f.output_masks[0];
        c->outputs[c->n_outputs++] = reversed;
    } else {
        c->outputs[c->n_outputs++] = merge(c->graph, b->merge_mode, f.outputs[0], reversed);
    }
    c->output_masks[0] = f.output_masks[0];
    c->has_output_masks = true;
    for (int i = 1; i < f.n_outputs; i++)
        c->outputs[c->n_outputs++] = f.outputs[i];
    for (int i = 1; i < r.n_outputs; i++)
        c->outputs[c->n_outputs++] = r.outputs[i];
    return c->graph->status;
}

const struct layer_class clk__layer_bidirectional = {
    WRAPPER_CLASS("Bidirectional", bidirectional, fields, check, clk__wrapper_fini),
    .build = build,
    .call = call,
    .masks = MASK_PASS,
    .call_args = clk__rnn_call_args,
    .list_item = list_item,
};
