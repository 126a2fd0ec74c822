/* SPDX-License-Identifier: MIT */
/* StackedRNNCells: cells, each on the output of the one before; RNN makes one of a list. Follows
 * keras/src/layers/rnn/stacked_rnn_cells.py. */
#include "base/str.h"
#include "layers/rnn.h"

#include <stdlib.h>
#include <string.h>

struct stacked {
    struct layer layer;
    struct object_list cells;
};

static const struct field fields[] = {
    ARG_OBJECTS(stacked, cells, &clk__layers, REQUIRED),
    ARGS_END,
};

static struct layer *cell_at(const struct stacked *s, size_t i)
{
    return (struct layer *)s->cells.items[i];
}

static clk_status check_cells(const struct stacked *s)
{
    char text[LAYER_TEXT];
    int states = 0;
    for (size_t i = 0; i < s->cells.n; i++) {
        struct layer *cell = cell_at(s, i);
        if (!clk__is_cell(cell) || cell->object.class == s->layer.object.class)
            return clk__fail(CLK_ERR_CONFIG,
                "%s: cells: number %zu is a %s, expected LSTMCell, GRUCell or SimpleRNNCell",
                clk__layer_text(text, &s->layer), i, cell->object.class->name);
        states += clk__cell_states(cell);
    }
    if (states == 0 || states > MAX_STATES)
        return clk__fail(CLK_ERR_CONFIG, "%s: %zu cells, expected 1 or more with at most %d states",
            clk__layer_text(text, &s->layer), s->cells.n, MAX_STATES);
    return CLK_OK;
}

static bool has_name(const struct stacked *s, const char *name)
{
    for (size_t i = 0; i < s->cells.n; i++) {
        const struct layer *cell = cell_at(s, i);
        if (cell->name && strcmp(cell->name, name) == 0)
            return true;
    }
    return false;
}

/* "lstm_cell", "lstm_cell_1": the paths of two cells' variables must not be the same. */
static clk_status name_cell(const struct stacked *s, struct layer *cell, const char *kind)
{
    struct str name = {0};
    if (cell->name)
        return CLK_OK;
    clk__str_add(&name, kind);
    for (int n = 1; !name.failed && has_name(s, name.data); n++) {
        clk__str_fini(&name);
        clk__str_addf(&name, "%s_%d", kind, n);
    }
    return clk__str_finish(&cell->name, &name);
}

/* Its group in a Keras file counts the cells of its class. */
static clk_status adopt(struct stacked *s, size_t i, const char *kind)
{
    struct str key = {0};
    size_t n = 0;
    for (size_t k = 0; k < i; k++)
        n += cell_at(s, k)->object.class == cell_at(s, i)->object.class;
    clk__str_addf(&key, "cells/%s", kind);
    if (n > 0)
        clk__str_addf(&key, "_%zu", n);
    clk_status status = key.failed ? clk__fail_memory()
                                   : clk__wrapper_adopt(&s->layer, &s->cells.items[i], key.data);
    clk__str_fini(&key);
    return status;
}

static clk_status check(struct object *o)
{
    struct stacked *s = (struct stacked *)o;
    TRY(clk__layer_check(o));
    TRY(check_cells(s));
    for (size_t i = 0; i < s->cells.n; i++) {
        char *kind = NULL;
        TRY(clk__snake_case(&kind, cell_at(s, i)->object.class->name));
        clk_status status = name_cell(s, cell_at(s, i), kind);
        if (status == CLK_OK)
            status = adopt(s, i, kind);
        free(kind);
        TRY(status);
    }
    return CLK_OK;
}

static clk_status build(struct layer *self, const struct shape *inputs, int n)
{
    struct shape x = inputs[0];
    (void)n;
    for (int i = 0; i < self->n_children; i++) {
        struct cell *cell = clk__cell_part(self, i);
        TRY(clk__layer_build(&cell->layer, &x, 1));
        x.dims[x.rank - 1] = cell->args.units; /* building has checked the rank */
    }
    return CLK_OK;
}

const struct layer_class clk__layer_stacked_rnn_cells = {
    WRAPPER_CLASS("StackedRNNCells", stacked, fields, check, clk__wrapper_fini),
    .build = build,
    .call = clk__cell_call,
};
