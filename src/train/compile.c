/* SPDX-License-Identifier: MIT */
/* compile: optimizer, loss and metrics from call expressions, or from a file's compile_config. */
#include "model/session.h"
#include "train/train.h"

#include <stdlib.h>
#include <string.h>

/* What compile makes, before the model takes it: all or nothing. */
struct compiled {
    struct object *optimizer;
    struct object *loss;
    struct metric *metrics[MAX_TERMS - 1];
    size_t n_metrics;
    json_t *config;
    bool keeps_optimizer, keeps_loss, keeps_metrics; /* the model's own stay, and are not above */
};

static void compiled_fini(struct compiled *c)
{
    clk__object_free(c->optimizer);
    clk__object_free(c->loss);
    for (size_t i = 0; i < c->n_metrics; i++)
        clk__object_free(&c->metrics[i]->object);
    json_decref(c->config);
    *c = (struct compiled){0};
}

static void free_metrics(clk_model *m)
{
    for (size_t i = 0; i < m->n_metrics; i++)
        clk__object_free(&m->metrics[i]->object);
    free(m->metrics);
}

/* The model takes what was made. */
static clk_status install(clk_model *m, struct compiled *c, bool clip)
{
    bool keeps_optimizer = c->keeps_optimizer;
    if (!c->keeps_metrics) {
        struct metric **metrics = clk__alloc(c->n_metrics, sizeof(struct metric *));
        if (!metrics)
            return clk__fail_memory();
        for (size_t i = 0; i < c->n_metrics; i++)
            metrics[i] = c->metrics[i];
        free_metrics(m);
        m->metrics = metrics;
        m->n_metrics = c->n_metrics;
    }
    if (!keeps_optimizer) {
        clk__object_free(m->optimizer ? &m->optimizer->object : NULL);
        m->optimizer = (struct optimizer *)c->optimizer;
    }
    if (!c->keeps_loss) {
        clk__object_free(m->loss ? &m->loss->object : NULL);
        m->loss = (struct loss *)c->loss;
    }
    json_decref(m->compile_config);
    m->compile_config = c->config;
    m->clip_probabilities = clip;
    m->compiled = true;
    *c = (struct compiled){0};
    /* Parameters and slots that training left on the device come back before its plans go. */
    TRY(clk__model_pull(m));
    if (m->session)
        clk__session_drop_plans(m->session);
    return keeps_optimizer ? CLK_OK : clk__model_reset_optimizer(m);
}

/* ---- from expressions ---- */

static clk_status room_for_metric(const struct compiled *c)
{
    if (c->n_metrics < MAX_TERMS - 1)
        return CLK_OK;
    return clk__fail(CLK_ERR_UNSUPPORTED, "metrics: at most %d are possible", MAX_TERMS - 1);
}

/* What was given as a bare name stays one in the config, as in Keras. */
static clk_status config_of(
    json_t **out, const struct registry *r, const struct object *o, const char *text)
{
    if (strchr(text, '('))
        return clk__object_to_json(out, r, o);
    *out = json_string(text);
    return *out ? CLK_OK : clk__fail_memory();
}

static clk_status add_metric(struct compiled *c, json_t *list, const char *text)
{
    json_t *config = NULL;
    TRY(room_for_metric(c));
    TRY(clk__metric_from_text(&c->metrics[c->n_metrics], text));
    c->n_metrics++;
    TRY(config_of(&config, &clk__metrics, &c->metrics[c->n_metrics - 1]->object, text));
    json_array_append_new(list, config);
    return CLK_OK;
}

static clk_status make_optimizer(struct compiled *c, const char *text)
{
    json_t *config = NULL;
    TRY(clk__object_from_text(&c->optimizer, &clk__optimizers, text ? text : "rmsprop"));
    TRY(clk__object_to_json(&config, &clk__optimizers, c->optimizer));
    json_object_set_new(c->config, "optimizer", config);
    return CLK_OK;
}

static clk_status make_loss(struct compiled *c, const char *text)
{
    json_t *config = json_null();
    if (text) {
        TRY(clk__object_from_text(&c->loss, &clk__losses, text));
        TRY(config_of(&config, &clk__losses, c->loss, text));
    }
    json_object_set_new(c->config, "loss", config);
    return CLK_OK;
}

static clk_status make_metrics(struct compiled *c, const char *const *text)
{
    json_t *list = text && *text ? json_array() : json_null();
    json_object_set_new(c->config, "metrics", list);
    for (; text && *text; text++)
        TRY(add_metric(c, list, *text));
    return CLK_OK;
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
    c->keeps_loss = keep && !o->loss;
    c->keeps_metrics = keep && !o->metrics;
    c->config = json_object();
    if (!c->config)
        return clk__fail_memory();
    if (c->keeps_optimizer)
        keep_config(c, "optimizer", m);
    else
        TRY(make_optimizer(c, o->optimizer));
    if (c->keeps_loss)
        keep_config(c, "loss", m);
    else
        TRY(make_loss(c, o->loss));
    json_object_set_new(c->config, "loss_weights", json_null());
    if (c->keeps_metrics)
        keep_config(c, "metrics", m);
    else
        TRY(make_metrics(c, o->metrics));
    json_object_set_new(c->config, "weighted_metrics", json_null());
    json_object_set_new(c->config, "run_eagerly", json_false());
    json_object_set_new(c->config, "steps_per_execution", json_integer(1));
    json_object_set_new(c->config, "jit_compile", json_false());
    return CLK_OK;
}

clk_status clk_model_compile(clk_model *m, const clk_compile_options *options)
{
    const clk_compile_options none = {.size = sizeof none};
    const clk_compile_options *o = options ? options : &none;
    struct compiled c = {0};
    if (!m || o->size < sizeof *o)
        return clk__fail(CLK_ERR_ARG, "clk_model_compile: %s",
            m ? "options.size is not set: use clk_compile_opts()" : "model is NULL");
    TRY(clk_model_build(m));
    bool clip = o->clip_probabilities || (o->keep && m->clip_probabilities);
    clk_status status = make(&c, m, o);
    if (status == CLK_OK)
        status = install(m, &c, clip);
    compiled_fini(&c);
    return status;
}

/* ---- from a file ---- */

static clk_status read_metric(struct compiled *c, const json_t *config)
{
    TRY(room_for_metric(c));
    TRY(clk__metric_from_json(&c->metrics[c->n_metrics], config));
    c->n_metrics++;
    return CLK_OK;
}

/* A list, or for one output a list of its metrics within the list. */
static clk_status read_metrics(struct compiled *c, const json_t *metrics)
{
    size_t i, k;
    json_t *config, *inner;
    json_array_foreach(metrics, i, config)
    {
        if (!json_is_array(config)) {
            TRY(read_metric(c, config));
            continue;
        }
        json_array_foreach(config, k, inner) TRY(read_metric(c, inner));
    }
    return CLK_OK;
}

/* What would have the model trained otherwise must not pass unseen. */
static clk_status check_absent(const json_t *config, const char *key)
{
    const json_t *value = json_object_get(config, key);
    if (!value || json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0))
        return CLK_OK;
    return clk__fail(CLK_ERR_UNSUPPORTED, "compile_config: %s is not supported", key);
}

static clk_status read(struct compiled *c, const json_t *config)
{
    TRY(check_absent(config, "loss_weights"));
    TRY(check_absent(config, "weighted_metrics"));
    const json_t *optimizer = json_object_get(config, "optimizer");
    const json_t *loss = json_object_get(config, "loss");
    if (!optimizer || json_is_null(optimizer))
        return clk__fail(CLK_ERR_FORMAT, "compile_config: optimizer is missing");
    TRY(clk__object_from_json(
        &c->optimizer, &clk__optimizers, optimizer, false, "compile_config: optimizer"));
    if (loss && !json_is_null(loss))
        TRY(clk__object_from_json(&c->loss, &clk__losses, loss, false, "compile_config: loss"));
    TRY(read_metrics(c, json_object_get(config, "metrics")));
    c->config = json_deep_copy(config);
    return c->config ? CLK_OK : clk__fail_memory();
}

clk_status clk__model_compile_json(clk_model *m, const json_t *config)
{
    struct compiled c = {0};
    TRY(clk_model_build(m));
    clk_status status = read(&c, config);
    if (status == CLK_OK)
        status = install(m, &c, false);
    compiled_fini(&c);
    return status;
}
