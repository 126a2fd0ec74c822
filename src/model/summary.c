/* SPDX-License-Identifier: MIT */
/* What a model's summary is to say: its layers, shapes and counts. Follows keras/src/utils/summary_utils.py. */
#include "base/mem.h"
#include "model/model.h"
#include "model/order.h"
#include "model/summary_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_COLUMNS = 80,
    DEFAULT_ROWS = 32,
};

/* Layers that Keras counts as built before they have seen a shape. */
static bool is_built_at_once(const char *class_name)
{
    static const char *const names[] = {"Activation", "ActivityRegularization", "AlphaDropout",
        "Dropout", "ELU", "GaussianDropout", "GaussianNoise", "Identity", "LeakyReLU", "Masking",
        "ReLU", "Softmax", "UnitNormalization"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(class_name, names[i]) == 0)
            return true;
    }
    return false;
}

/* "(None, 10)", and without a comma where there is one dimension: not as Python writes tuples. */
static void add_shape(struct str *text, const struct shape *shape)
{
    clk__str_add(text, "(");
    for (int i = 0; i < shape->rank; i++) {
        clk__str_add(text, i > 0 ? ", " : "");
        if (shape->dims[i] < 0)
            clk__str_add(text, "None");
        else
            clk__str_addf(text, "%" PRId64, shape->dims[i]);
    }
    clk__str_add(text, ")");
}

/* The shapes that the layer's last call gives: "(None, 4)", or a list of several. */
static clk_status shape_text(char **out, const clk_model *m, const struct layer *l)
{
    const struct node *last = NULL;
    for (size_t i = 0; i < m->n_nodes; i++)
        last = m->nodes[i].layer == l ? &m->nodes[i] : last;
    struct str text = {0};
    if (!last) {
        clk__str_add(&text, "?");
    } else {
        bool list = last->n_outputs != 1;
        clk__str_add(&text, list ? "[" : "");
        for (int k = 0; k < last->n_outputs; k++) {
            clk__str_add(&text, k > 0 ? ", " : "");
            add_shape(&text, &last->shapes[k]);
        }
        clk__str_add(&text, list ? "]" : "");
    }
    return clk__str_finish(out, &text);
}

/* What the layer's calls are on, "a[0][0], b[0][0]": layer, its call, its output. */
static clk_status connections_text(
    char **out, const clk_model *m, const struct layer *l, const struct graph_order *order)
{
    struct str text = {0};
    for (size_t i = 0; i < m->n_nodes; i++) {
        const struct node *n = &m->nodes[i];
        if (n->layer != l || order->node_depths[i] < 0)
            continue;
        for (int k = 0; k < n->n_inputs; k++) {
            if (n->inputs[k].node < 0)
                continue;
            const struct node *from = &m->nodes[n->inputs[k].node];
            clk__str_addf(&text, "%s%s[%d][%d]", text.len > 0 ? ", " : "", from->layer->name,
                from->call_index, n->inputs[k].output);
        }
    }
    clk__str_add(&text, text.len > 0 ? "" : "-");
    return clk__str_finish(out, &text);
}

static int count_tensors(const struct node *n)
{
    int count = 0;
    for (int k = 0; k < n->n_inputs; k++)
        count += n->inputs[k].node >= 0;
    return count;
}

/* Is the model no plain chain: a call on several tensors, two calls of one depth or of one layer? */
static bool is_connected(const clk_model *m, const struct graph_order *order)
{
    for (size_t i = 0; i < m->n_nodes; i++) {
        if (order->node_depths[i] < 0)
            continue;
        if (count_tensors(&m->nodes[i]) > 1)
            return true;
        for (size_t k = 0; k < i; k++) {
            if (order->node_depths[k] == order->node_depths[i] ||
                (order->node_depths[k] >= 0 && m->nodes[k].layer == m->nodes[i].layer))
                return true;
        }
    }
    return false;
}

/* Parameters of the layer and those within it. */
static int64_t count_params(const clk_model *m, size_t layer)
{
    int64_t n = 0;
    for (size_t i = 0; i < m->n_variables; i++)
        n += m->variables[i]->top == (int)layer ? (int64_t)m->variables[i]->len : 0;
    return n;
}

static void count_all(struct summary *s, const clk_model *m)
{
    for (size_t i = 0; m->built && i < m->n_variables; i++) {
        const struct variable *v = m->variables[i];
        int64_t n = (int64_t)v->len;
        int64_t more = n * ((int64_t)clk__precision_bytes(v->precision) - (int64_t)sizeof(float));
        s->n_trainable += v->trainable ? n : 0;
        s->more_trainable += v->trainable ? more : 0;
        s->n_non_trainable += v->trainable ? 0 : n;
        s->more_non_trainable += v->trainable ? 0 : more;
    }
}

/* Texts of a row, owned. */
struct row_texts {
    char *shape;
    char *connections;
};

/* Fills a row a layer; a Sequential model does not show its Input.
 * @param texts n_layers of them, owned by the caller; order: NULL if the model is not built */
static clk_status fill_rows(struct summary *s, struct summary_row *rows, struct row_texts *texts,
    const clk_model *m, const struct graph_order *order)
{
    for (size_t i = 0; i < m->n_layers; i++) {
        const struct layer *l = m->layers[i];
        if (!m->functional && clk__input_batch_shape(l))
            continue;
        if (m->functional && order && order->layers[i].depth < 0)
            continue; /* no output needs it: to Keras it is not in the model */
        struct summary_row *row = &rows[s->n_rows++];
        *row = (struct summary_row){
            .name = l->name ? l->name : "?", .class_name = l->object.class->name, .shape = "?"};
        if (m->built) {
            TRY(shape_text(&texts[i].shape, m, l));
            row->shape = texts[i].shape;
            row->n_params = count_params(m, i);
        } else {
            row->unbuilt = !is_built_at_once(row->class_name);
        }
        if (s->connected) {
            TRY(connections_text(&texts[i].connections, m, l, order));
            row->connections = texts[i].connections;
        }
    }
    return CLK_OK;
}

/* Keras' optimizer has its variables from the first step on. */
static int64_t count_optimizer(const clk_model *m, int64_t n_trainable)
{
    if (!m->compiled || !m->optimizer || m->iterations == 0)
        return -1;
    size_t n_scaler = m->scaler ? 4 : 0; /* iteration, learning rate, steps, scale */
    return (int64_t)(n_scaler + clk__optimizer_n_scalars(m->optimizer)) + m->n_slots * n_trainable;
}

static clk_status check_columns(int columns, int least)
{
    if (columns >= least)
        return CLK_OK;
    return clk__fail(
        CLK_ERR_ARG, "summary: %d columns are too narrow; at least %d are needed", columns, least);
}

static clk_status add_table(struct str *out, const clk_model *m, int columns)
{
    clk_status status = CLK_OK;
    struct graph_order order = {0};
    struct summary s = {.name = m->name};
    struct summary_row *rows = clk__alloc(m->n_layers, sizeof(*rows));
    struct row_texts *texts = clk__alloc(m->n_layers, sizeof(*texts));
    if (!rows || !texts) {
        status = clk__fail_memory();
        goto done;
    }
    s.rows = rows;
    bool ordered = m->functional && m->built;
    if (ordered) {
        TRY_DONE(clk__graph_order(&order, m));
        s.connected = is_connected(m, &order);
    }
    TRY_DONE(check_columns(columns, s.connected ? MIN_CONNECTED_COLUMNS : MIN_SUMMARY_COLUMNS));
    TRY_DONE(fill_rows(&s, rows, texts, m, ordered ? &order : NULL));
    count_all(&s, m);
    s.n_optimizer = count_optimizer(m, s.n_trainable);
    s.more_optimizer = s.n_optimizer < 0 ? 0 : m->n_slots * s.more_trainable;
    TRY_DONE(clk__summary_text(out, &s, columns));
done:
    for (size_t i = 0; texts && i < m->n_layers; i++) {
        free(texts[i].shape);
        free(texts[i].connections);
    }
    free(texts);
    free(rows);
    clk__graph_order_fini(&order);
    return status;
}

static clk_status add_plan(struct str *out, clk_model *m, int64_t rows)
{
    if (!m->compiled)
        return clk__fail(CLK_ERR_STATE, "summary: there is no training plan before compile");
    if (rows < 0)
        return clk__fail(CLK_ERR_ARG,
            "summary: batch_size is %" PRId64 "; it must be 1 or more, or 0 for %d", rows,
            DEFAULT_ROWS);
    char *plan = NULL;
    TRY(clk__session_plan_text(&plan, m, rows > 0 ? rows : DEFAULT_ROWS));
    clk__str_add(out, "\n");
    clk__str_add(out, plan);
    free(plan);
    return CLK_OK;
}

clk_status clk_model_summary(char **out, clk_model *model, const clk_summary_options *options)
{
    if (!out || !model)
        return clk__fail(CLK_ERR_ARG, "clk_model_summary: out or model is NULL");
    *out = NULL;
    if (options && options->size == 0)
        return clk__fail(
            CLK_ERR_ARG, "clk_model_summary: options.size is not set: use clk_summary_opts()");
    static const clk_summary_options defaults = {0};
    const clk_summary_options *o = options ? options : &defaults;
    int columns = o->columns != 0 ? o->columns : DEFAULT_COLUMNS;
    TRY(clk__model_check(model));
    /* Keras has built a model as soon as its Input is known and it has a layer. */
    bool complete = model->functional
                        ? model->n_outputs > 0
                        : model->n_layers > 1 && clk__input_batch_shape(model->layers[0]);
    if (!model->built && complete)
        TRY(clk_model_build(model));
    struct str text = {0};
    clk_status status = add_table(&text, model, columns);
    if (status == CLK_OK && o->plan)
        status = add_plan(&text, model, o->batch_size);
    if (status == CLK_OK)
        return clk__str_finish(out, &text);
    clk__str_fini(&text);
    return status;
}
