/* SPDX-License-Identifier: MIT */
/* What a model's summary is to say: its layers, shapes and counts. Follows keras/src/utils/summary_utils.py. */
#include "base/mem.h"
#include "model/model.h"
#include "model/summary_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_COLUMNS = 80,
    DEFAULT_ROWS = 32,
    OPTIMIZER_SCALARS = 2, /* Keras' iteration and learning_rate */
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
static clk_status shape_text(char **out, const struct shape *shape)
{
    struct str text = {0};
    clk__str_add(&text, "(");
    for (int i = 0; i < shape->rank; i++) {
        clk__str_add(&text, i > 0 ? ", " : "");
        if (shape->dims[i] < 0)
            clk__str_add(&text, "None");
        else
            clk__str_addf(&text, "%" PRId64, shape->dims[i]);
    }
    clk__str_add(&text, ")");
    return clk__str_finish(out, &text);
}

static void count_params(struct summary *s, struct summary_row *row, const struct layer *l)
{
    for (int i = 0; i < l->n_variables; i++) {
        const struct variable *v = &l->variables[i];
        row->n_params += (int64_t)v->len;
        if (v->trainable)
            s->n_trainable += (int64_t)v->len;
        else
            s->n_non_trainable += (int64_t)v->len;
    }
}

/* The shape of the layer's first output at its first call. */
static const struct shape *first_output(const clk_model *m, const struct layer *l)
{
    static const struct shape none;
    for (size_t i = 0; i < m->n_nodes; i++) {
        if (m->nodes[i].layer == l)
            return &m->nodes[i].shapes[0];
    }
    return &none;
}

/* Fills a row a layer but Input. @param shapes n_layers texts, owned by the caller */
static clk_status fill_rows(
    struct summary *s, struct summary_row *rows, char **shapes, const clk_model *m)
{
    for (size_t i = 0; i < m->n_layers; i++) {
        const struct layer *l = m->layers[i];
        if (clk__input_batch_shape(l))
            continue;
        struct summary_row *row = &rows[s->n_rows++];
        *row = (struct summary_row){
            .name = l->name ? l->name : "?", .class_name = l->object.class->name, .shape = "?"};
        if (m->built) {
            TRY(shape_text(&shapes[i], first_output(m, l)));
            row->shape = shapes[i];
            count_params(s, row, l);
        } else {
            row->unbuilt = !is_built_at_once(row->class_name);
        }
    }
    return CLK_OK;
}

/* Keras' optimizer has its variables from the first step on. */
static int64_t count_optimizer(const clk_model *m, int64_t n_trainable)
{
    if (!m->compiled || !m->optimizer || m->iterations == 0)
        return -1;
    return OPTIMIZER_SCALARS + m->n_slots * n_trainable;
}

static clk_status add_table(struct str *out, const clk_model *m, int columns)
{
    clk_status status = CLK_OK;
    struct summary_row *rows = clk__alloc(m->n_layers, sizeof(*rows));
    char **shapes = clk__alloc(m->n_layers, sizeof(*shapes));
    if (!rows || !shapes) {
        status = clk__fail_memory();
        goto done;
    }
    struct summary s = {.name = m->name, .rows = rows};
    TRY_DONE(fill_rows(&s, rows, shapes, m));
    s.n_optimizer = count_optimizer(m, s.n_trainable);
    TRY_DONE(clk__summary_text(out, &s, columns));
done:
    for (size_t i = 0; shapes && i < m->n_layers; i++)
        free(shapes[i]);
    free(shapes);
    free(rows);
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
    if (columns < MIN_SUMMARY_COLUMNS)
        return clk__fail(CLK_ERR_ARG, "summary: %d columns are too narrow; at least %d are needed",
            columns, MIN_SUMMARY_COLUMNS);
    TRY(clk__model_check(model));
    /* Keras has built a model as soon as its Input is known and it has a layer. */
    bool has_input = model->n_layers > 0 && clk__input_batch_shape(model->layers[0]);
    if (!model->built && has_input && model->n_layers > 1)
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
