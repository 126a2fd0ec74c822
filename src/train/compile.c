/* SPDX-License-Identifier: MIT */
/* compile: optimizer, losses and metrics from call expressions. What a model takes of them, and how it is written,
 * is shared with compile_json.c, which reads a file's compile_config. */
#include "train/compile.h"

#include "model/session.h"
#include "train/options.h"

#include <stdlib.h>
#include <string.h>

void clk__compiled_fini(struct compiled *c)
{
    clk__object_free(c->optimizer);
    clk__object_free(c->scaler ? &c->scaler->object : NULL);
    for (int i = 0; i < MAX_IO; i++)
        clk__object_free(c->losses[i]);
    for (size_t i = 0; i < c->n_metrics; i++) {
        clk__object_free(&c->metrics[i].metric->object);
        free(c->metrics[i].name);
    }
    json_decref(c->config);
    *c = (struct compiled){0};
}

/* ---- what the model takes ---- */

static clk_status install_metrics(clk_model *m, struct compiled *c)
{
    struct model_metric *metrics = clk__alloc(c->n_metrics, sizeof *metrics);
    if (!metrics)
        return clk__fail_memory();
    memcpy(metrics, c->metrics, c->n_metrics * sizeof *metrics);
    for (size_t i = 0; i < m->n_metrics; i++) {
        clk__object_free(&m->metrics[i].metric->object);
        free(m->metrics[i].name);
    }
    free(m->metrics);
    m->metrics = metrics;
    m->n_metrics = c->n_metrics;
    c->n_metrics = 0;
    return CLK_OK;
}

static void install_losses(clk_model *m, struct compiled *c)
{
    m->has_loss = false;
    for (int i = 0; i < MAX_IO; i++) {
        clk__object_free(m->losses[i] ? &m->losses[i]->object : NULL);
        m->losses[i] = (struct loss *)c->losses[i];
        m->loss_weights[i] = c->weights[i];
        m->has_loss |= m->losses[i] != NULL;
        c->losses[i] = NULL;
    }
}

clk_status clk__compiled_install(clk_model *m, struct compiled *c, bool clip)
{
    bool keeps_optimizer = c->keeps_optimizer;
    if (!c->keeps_metrics)
        TRY(install_metrics(m, c));
    if (!c->keeps_loss)
        install_losses(m, c);
    if (!keeps_optimizer) {
        clk__object_free(m->optimizer ? &m->optimizer->object : NULL);
        clk__object_free(m->scaler ? &m->scaler->object : NULL);
        m->optimizer = (struct optimizer *)c->optimizer;
        m->scaler = c->scaler;
        c->optimizer = NULL;
        c->scaler = NULL;
    }
    json_decref(m->compile_config);
    m->compile_config = c->config;
    c->config = NULL;
    m->clip_probabilities = clip;
    m->compiled = true;
    /* Parameters and slots that training left on the device come back before its plans go. */
    TRY(clk__model_pull(m));
    if (m->session)
        clk__session_drop_plans(m->session);
    return keeps_optimizer ? CLK_OK : clk__model_reset_optimizer(m);
}

/* "accuracy", or "out_a_accuracy" where there are several outputs; "_1" behind one that is there already:
 * keras/src/trainers/compile_utils.py. */
static clk_status metric_name(
    char **out, const clk_model *m, const struct compiled *c, int output, const char *name)
{
    struct str s = {0};
    if (m->n_outputs > 1)
        clk__str_addf(&s, "%s_", clk__model_output_name(m, output));
    clk__str_add(&s, name);
    size_t len = s.len;
    for (int n = 1;; n++) {
        bool taken = false;
        for (size_t i = 0; i < c->n_metrics && !s.failed; i++)
            taken |= strcmp(c->metrics[i].name, s.data) == 0;
        if (!taken || s.failed)
            return clk__str_finish(out, &s);
        s.len = len;
        clk__str_addf(&s, "_%d", n);
    }
}

clk_status clk__compiled_add_metric(
    struct compiled *c, const clk_model *m, int output, struct metric *metric)
{
    struct model_metric entry = {.metric = metric, .output = output};
    clk_status status = CLK_OK;
    if (c->n_metrics == MAX_METRICS)
        status = clk__fail(CLK_ERR_UNSUPPORTED, "metrics: at most %d are possible", MAX_METRICS);
    if (status == CLK_OK)
        status = metric_name(&entry.name, m, c, output, metric->name);
    if (status != CLK_OK) {
        clk__object_free(&metric->object);
        return status;
    }
    c->metrics[c->n_metrics++] = entry;
    return CLK_OK;
}

/* ---- from expressions ---- */

/* What was given as a bare name stays one in the config, as in Keras. */
static clk_status config_of(
    json_t **out, const struct registry *r, const struct object *o, const char *text)
{
    if (strchr(text, '('))
        return clk__object_to_json(out, r, o);
    *out = json_string(text);
    return *out ? CLK_OK : clk__fail_memory();
}

/* A model whose own policy is mixed_float16 has its loss scaled: keras/src/trainers/trainer.py compile. */
static clk_status make_optimizer(struct compiled *c, const clk_model *m, const char *text)
{
    json_t *config = NULL;
    TRY(clk__object_from_text(&c->optimizer, &clk__optimizers, text ? text : "rmsprop"));
    if (m->policy && strcmp(m->policy->name, "mixed_float16") == 0)
        TRY(clk__loss_scale_wrap(&c->optimizer));
    TRY(clk__object_to_json(&config, &clk__optimizers, c->optimizer));
    json_object_set_new(c->config, "optimizer", config);
    clk__loss_scale_unwrap(&c->scaler, &c->optimizer);
    return CLK_OK;
}

static clk_status make_loss(json_t **config, struct compiled *c, int output, const char *text)
{
    *config = json_null();
    c->weights[output] = 1.0;
    if (!text || strcmp(text, "None") == 0)
        return CLK_OK;
    TRY(clk__object_from_text(&c->losses[output], &clk__losses, text));
    return config_of(config, &clk__losses, c->losses[output], text);
}

static clk_status make_losses(struct compiled *c, const clk_model *m, const clk_compile_options *o)
{
    json_t *list = json_array();
    int n = 0;
    while (o->losses && o->losses[n])
        n++;
    clk_status status = CLK_OK;
    if (o->losses && n != m->n_outputs)
        status = clk__fail(
            CLK_ERR_ARG, "losses: %d given, model \"%s\" has %d outputs", n, m->name, m->n_outputs);
    if (status == CLK_OK && o->n_loss_weights > 0 && o->n_loss_weights != (size_t)m->n_outputs)
        status = clk__fail(CLK_ERR_ARG, "loss_weights: %zu given, model \"%s\" has %d outputs",
            o->n_loss_weights, m->name, m->n_outputs);
    for (int i = 0; status == CLK_OK && i < m->n_outputs; i++) {
        json_t *config = NULL;
        status = make_loss(&config, c, i, o->losses ? o->losses[i] : o->loss);
        json_array_append_new(list, config ? config : json_null());
        if (o->n_loss_weights > 0)
            c->weights[i] = o->loss_weights[i];
    }
    json_object_set(c->config, "loss", o->losses ? list : json_array_get(list, 0));
    json_decref(list);
    return status;
}

static json_t *weights_json(const clk_compile_options *o)
{
    json_t *list = json_array();
    if (o->n_loss_weights == 0) {
        json_decref(list);
        return json_null();
    }
    for (size_t i = 0; i < o->n_loss_weights; i++)
        json_array_append_new(list, json_real(o->loss_weights[i]));
    return list;
}

/* "out_a: accuracy": the output and the rest; -1: of all outputs. A colon within parentheses is none of ours. */
static clk_status metric_output(int *output, const char **text, const clk_model *m)
{
    size_t n = strcspn(*text, ":(");
    *output = -1;
    if ((*text)[n] != ':')
        return CLK_OK;
    for (int i = 0; i < m->n_outputs; i++) {
        const char *name = clk__model_output_name(m, i);
        if (strlen(name) == n && strncmp(name, *text, n) == 0)
            *output = i;
    }
    if (*output < 0)
        return clk__fail(CLK_ERR_CONFIG, "metrics: \"%s\": model \"%s\" has no output of that name",
            *text, m->name);
    *text += n + 1;
    *text += strspn(*text, " ");
    return CLK_OK;
}

static clk_status make_metric(
    struct compiled *c, json_t *lists, const clk_model *m, const char *text)
{
    int only = -1;
    TRY(metric_output(&only, &text, m));
    for (int i = 0; i < m->n_outputs; i++) {
        struct metric *metric = NULL;
        json_t *config = NULL;
        if (only >= 0 && only != i)
            continue;
        TRY(clk__metric_from_text(&metric, text));
        TRY(clk__compiled_add_metric(c, m, i, metric));
        TRY(clk__metric_to_json(&config, metric, text));
        json_array_append_new(json_array_get(lists, (size_t)i), config);
    }
    return CLK_OK;
}

/* For one output a list, for several a list of lists. */
static clk_status make_metrics(struct compiled *c, const clk_model *m, const char *const *text)
{
    json_t *lists = json_array();
    clk_status status = CLK_OK;
    for (int i = 0; i < m->n_outputs; i++)
        json_array_append_new(lists, json_array());
    json_t *config = !text || !*text
                         ? json_null()
                         : json_incref(m->n_outputs == 1 ? json_array_get(lists, 0) : lists);
    for (; status == CLK_OK && text && *text; text++)
        status = make_metric(c, lists, m, *text);
    json_object_set_new(c->config, "metrics", config);
    json_decref(lists);
    return status;
}

static void keep_config(struct compiled *c, const char *key, const clk_model *m)
{
    json_object_set(c->config, key, json_object_get(m->compile_config, key));
}

/* In the order in which Keras writes the config. */
static clk_status make(struct compiled *c, const clk_model *m, const clk_compile_options *o)
{
    bool keep = o->keep && m->compiled;
    c->keeps_optimizer = keep && !o->optimizer;
    c->keeps_loss = keep && !o->loss && !o->losses;
    c->keeps_metrics = keep && !o->metrics;
    c->config = json_object();
    if (!c->config)
        return clk__fail_memory();
    if (c->keeps_optimizer)
        keep_config(c, "optimizer", m);
    else
        TRY(make_optimizer(c, m, o->optimizer));
    if (c->keeps_loss) {
        keep_config(c, "loss", m);
        keep_config(c, "loss_weights", m);
    } else {
        TRY(make_losses(c, m, o));
        json_object_set_new(c->config, "loss_weights", weights_json(o));
    }
    if (c->keeps_metrics)
        keep_config(c, "metrics", m);
    else
        TRY(make_metrics(c, m, o->metrics));
    json_object_set_new(c->config, "weighted_metrics", json_null());
    json_object_set_new(c->config, "run_eagerly", json_false());
    json_object_set_new(c->config, "steps_per_execution", json_integer(1));
    json_object_set_new(c->config, "jit_compile", json_false());
    return CLK_OK;
}

clk_status clk_model_compile(clk_model *m, const clk_compile_options *options)
{
    clk_compile_options o = {.size = sizeof o};
    struct compiled c = {0};
    if (!m)
        return clk__fail(CLK_ERR_ARG, "clk_model_compile: model is NULL");
    if (options)
        TRY(clk__options_copy(
            &o, sizeof o, options, options->size, "clk_model_compile", "clk_compile_opts"));
    TRY(clk_model_build(m));
    bool clip = o.clip_probabilities || (o.keep && m->clip_probabilities);
    clk_status status = make(&c, m, &o);
    if (status == CLK_OK)
        status = clk__compiled_install(m, &c, clip);
    clk__compiled_fini(&c);
    return status;
}
