/* SPDX-License-Identifier: MIT */
/* What Keras 2 meant. GRU had no reset_after before 2.2, which stands for False; in Keras 3 it is True by default. A call
 * with initial states has its steps masked.
 * hard_sigmoid, by default the gates' activation in recurrent layers of Keras 2, was x / 5 + 1 / 2 between 0 and 1; in
 * Keras 3 it is x / 6 + 1 / 2: the same for gates whose weights are 6 / 5 as large. */
#include "files/keras2.h"

#include "layers/conv_lstm.h"

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

/* What the gates of a cell are: of an LSTM, also one of convolutions, i, f, c, o, of a GRU z, r, h. */
struct gates {
    const struct object *activation; /* NULL: it is no such cell */
    int64_t width;
    bool lstm;
};

static struct gates gates_of(const struct layer *l)
{
    const char *name = l->object.class->name;
    const struct conv_lstm *conv = clk__conv_lstm_of(l);
    bool lstm = strcmp(name, "LSTMCell") == 0;
    if (conv)
        return (struct gates){conv->recurrent_activation, conv->filters, true};
    if (!lstm && strcmp(name, "GRUCell") != 0)
        return (struct gates){NULL, 0, false};
    const struct cell_args *a = &((const struct cell *)l)->args;
    return (struct gates){a->recurrent_activation, a->units, lstm};
}

void clk__keras2_rescale(float *data, const struct variable *v)
{
    char text[LAYER_TEXT];
    const struct gates g = gates_of(v->layer);
    if (!g.activation || strcmp(g.activation->class->name, "hard_sigmoid") != 0)
        return;
    int64_t cols = v->shape.dims[v->shape.rank - 1];
    if (v == &v->layer->variables[0])
        clk__log(CLK_LOG_WARNING,
            "%s: the weights of its gates are 1.2 times the file's: hard_sigmoid was steeper in "
            "Keras 2",
            clk__layer_text(text, v->layer));
    for (size_t i = 0; i < v->len; i++) {
        int64_t gate = (int64_t)i % cols / g.width;
        if (g.lstm ? gate != 2 : gate < 2)
            data[i] *= 1.2f;
    }
}
