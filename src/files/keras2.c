/* SPDX-License-Identifier: MIT */
/* What Keras 2 meant. GRU had no reset_after before 2.2, which stands for False; in Keras 3 it is True by default. A call
 * with initial states has its steps masked.
 * hard_sigmoid, by default the gates' activation in recurrent layers of Keras 2, was x / 5 + 1 / 2 between 0 and 1; in
 * Keras 3 it is x / 6 + 1 / 2: the same for gates whose weights are 6 / 5 as large. */
#include "files/keras2.h"

#include "layers/rnn.h"

#include <stdlib.h>
#include <string.h>

bool clk__keras2_wrote(const struct container *c)
{
    const char *version = json_string_value(json_object_get(c->metadata, "keras_version"));
    char *text = NULL;
    if (!version && c->weights && clk__store_text(&text, c->weights, "", "keras_version") == CLK_OK)
        version = text;
    bool old = version && (version[0] == '1' || version[0] == '2') && version[1] == '.';
    free(text);
    return old;
}

static bool has_class(const json_t *entry, const char *const *names)
{
    const char *class = json_string_value(json_object_get(entry, "class_name"));
    while (class && *names && strcmp(class, *names) != 0)
        names++;
    return class && *names;
}

static clk_status complete_entry(json_t *entry)
{
    static const char *const recurrent[] = {
        "LSTM", "GRU", "SimpleRNN", "RNN", "CuDNNLSTM", "CuDNNGRU", NULL};
    static const char *const resets[] = {"GRU", "GRUCell", NULL};
    json_t *config = json_object_get(entry, "config");
    bool set = true;
    if (!json_is_object(config))
        return CLK_OK;
    if (has_class(entry, resets) && !json_object_get(config, "reset_after"))
        set = json_object_set_new(config, "reset_after", json_false()) == 0;
    if (has_class(entry, recurrent))
        set &= json_object_set_new(config, "masks_initial_state", json_true()) == 0;
    return set ? CLK_OK : clk__fail_memory();
}

/* Entries stand within entries: wrappers, models. */
clk_status clk__keras2_complete(json_t *config)
{
    json_t *waiting = json_pack("[O]", config), *item;
    const char *key;
    size_t k;
    clk_status status = waiting ? CLK_OK : clk__fail_memory();
    for (size_t i = 0; status == CLK_OK && i < json_array_size(waiting); i++) {
        json_t *at = json_array_get(waiting, i);
        bool grown = true;
        status = complete_entry(at);
        json_array_foreach(at, k, item) grown &= json_array_append(waiting, item) == 0;
        json_object_foreach(at, key, item) grown &= json_array_append(waiting, item) == 0;
        if (status == CLK_OK && !grown)
            status = clk__fail_memory();
    }
    json_decref(waiting);
    return status;
}

/* Whether gate i has the activation of gates: i, f, o of an LSTM, z and r of a GRU. */
static bool is_gate(const struct layer *cell, int64_t i)
{
    bool lstm = strcmp(cell->object.class->name, "LSTMCell") == 0;
    return lstm ? i != 2 : i < 2;
}

static bool has_hard_gates(const struct layer *l)
{
    const char *name = l->object.class->name;
    if (strcmp(name, "LSTMCell") != 0 && strcmp(name, "GRUCell") != 0)
        return false;
    const struct object *activation = ((const struct cell *)l)->args.recurrent_activation;
    return activation && strcmp(activation->class->name, "hard_sigmoid") == 0;
}

void clk__keras2_rescale(float *data, const struct variable *v)
{
    char text[LAYER_TEXT];
    if (!has_hard_gates(v->layer))
        return;
    size_t units = (size_t)((const struct cell *)v->layer)->args.units;
    size_t cols = (size_t)v->shape.dims[v->shape.rank - 1];
    if (v == &v->layer->variables[0])
        clk__log(CLK_LOG_WARNING,
            "%s: the weights of its gates are 1.2 times the file's: hard_sigmoid was steeper in "
            "Keras 2",
            clk__layer_text(text, v->layer));
    for (size_t i = 0; i < v->len; i++) {
        if (is_gate(v->layer, (int64_t)(i % cols / units)))
            data[i] *= 1.2f;
    }
}
