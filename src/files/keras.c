/* SPDX-License-Identifier: MIT */
/* Models saved and loaded: config, compile state and numbers of a clk_model as one file. Follows
 * keras/src/saving/saving_lib.py and keras/src/legacy/saving/saving_utils.py. */
#include "files/container.h"
#include "files/state.h"
#include "files/training.h"
#include "model/model.h"
#include "train/train.h"

#include <string.h>

/* What Keras has no place for, under a key of metadata.json, which Keras does not look at. */
static const char own_key[] = "clkeras";

/* ---- saving ---- */

static clk_status check_call(const clk_model *m, const char *path, const char *function)
{
    if (!m || !path)
        return clk__fail(CLK_ERR_ARG, "%s: %s is NULL", function, m ? "path" : "model");
    return CLK_OK;
}

/* The config of the model as it is now: a learning rate changed in training is saved, as in Keras. */
static clk_status current_config(json_t **out, clk_model *m)
{
    json_t *root = NULL, *optimizer = NULL;
    clk_status status = CLK_OK;
    TRY(clk__model_to_json(&root, m));
    if (m->compiled) {
        json_t *compile_config = json_copy(m->compile_config);
        status = clk__loss_scale_to_json(&optimizer, m->scaler, m->optimizer);
        if (status == CLK_OK && (json_object_set_new(compile_config, "optimizer", optimizer) != 0 ||
                                    json_object_set(root, "compile_config", compile_config) != 0))
            status = clk__fail_memory();
        json_decref(compile_config);
    }
    if (status != CLK_OK) {
        json_decref(root);
        return status;
    }
    *out = root;
    return CLK_OK;
}

/* Random numbers depend on seed and step; the seed's bits, as a signed number. */
static clk_status own_metadata(json_t **out, const clk_model *m)
{
    *out = json_pack("{s: {s: I, s: I, s: b}}", own_key, "seed", (json_int_t)m->seed, "step_number",
        (json_int_t)m->step_number, "clip_probabilities", m->clip_probabilities);
    return *out ? CLK_OK : clk__fail_memory();
}

/* What a legacy file says of the model: its config, and what it was compiled with under the keys of Keras 2. */
static clk_status add_texts(struct weight_list *list, const json_t *root)
{
    char *text = NULL;
    const json_t *compiled = json_object_get(root, "compile_config");
    json_t *config = json_pack("{s: O, s: O}", "class_name", json_object_get(root, "class_name"),
        "config", json_object_get(root, "config"));
    json_t *training = compiled ? json_deep_copy(compiled) : NULL;
    clk_status status = config && (training || !compiled) ? CLK_OK : clk__fail_memory();
    json_object_set(training, "optimizer_config", json_object_get(training, "optimizer"));
    json_object_del(training, "optimizer");
    if (status == CLK_OK)
        status = clk__json_text(&text, config);
    if (status == CLK_OK)
        status = clk__weight_list_attribute(list, "model_config", text);
    if (status == CLK_OK && training)
        status = clk__json_text(&text, training);
    if (status == CLK_OK && training)
        status = clk__weight_list_attribute(list, "training_config", text);
    json_decref(config);
    json_decref(training);
    return status;
}

/* Keras takes its name from what follows the last dot. */
static bool is_legacy_name(const char *path)
{
    static const char *const ends[] = {".h5", ".hdf5"};
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        size_t n = strlen(path), m = strlen(ends[i]);
        if (n >= m && strcmp(path + n - m, ends[i]) == 0)
            return true;
    }
    return false;
}

static clk_status save_legacy(clk_model *m, const char *path)
{
    json_t *config = NULL;
    struct weight_list weights = {0};
    struct state_scalars scalars;
    clk_status status = CLK_OK;
    TRY_DONE(current_config(&config, m));
    TRY_DONE(clk__state_list_legacy(&weights, &scalars, m));
    TRY_DONE(add_texts(&weights, config));
    status = clk__container_write_legacy(path, &weights);
done:
    clk__weight_list_fini(&weights);
    json_decref(config);
    return status;
}

clk_status clk_model_save(clk_model *m, const char *path)
{
    json_t *config = NULL, *metadata = NULL;
    struct weight_list weights = {0};
    struct state_scalars scalars;
    clk_status status = CLK_OK;
    TRY(check_call(m, path, "clk_model_save"));
    TRY(clk_model_build(m));
    TRY(clk__model_pull(m));
    if (is_legacy_name(path))
        return save_legacy(m, path);
    TRY_DONE(current_config(&config, m));
    TRY_DONE(own_metadata(&metadata, m));
    TRY_DONE(clk__state_list(&weights, &scalars, m));
    status = clk__container_write_keras(path, config, metadata, &weights);
done:
    clk__weight_list_fini(&weights);
    json_decref(metadata);
    json_decref(config);
    return status;
}

clk_status clk_model_save_weights(clk_model *m, const char *path)
{
    struct weight_list weights = {0};
    struct state_scalars scalars;
    TRY(check_call(m, path, "clk_model_save_weights"));
    TRY(clk_model_build(m));
    TRY(clk__model_pull(m));
    clk_status status = clk__state_list(&weights, &scalars, m);
    if (status == CLK_OK)
        status = clk__container_write_weights(path, &weights);
    clk__weight_list_fini(&weights);
    return status;
}

/* ---- loading: what the model was compiled with ---- */

/* An entry of a legacy training_config as Keras 3 wants it: names stay names. */
static clk_status modern_entry(
    json_t **out, const json_t *entry, const struct registry *r, const struct object *o)
{
    if (!json_is_object(entry)) {
        *out = entry ? json_deep_copy(entry) : json_null();
        return *out ? CLK_OK : clk__fail_memory();
    }
    return clk__object_to_json(out, r, o);
}

/* The entries of `metrics`, which may stand in lists within the list, in order. */
static const json_t *metric_entry(const json_t *metrics, size_t index)
{
    for (size_t i = 0; i < json_array_size(metrics); i++) {
        const json_t *entry = json_array_get(metrics, i);
        size_t n = json_is_array(entry) ? json_array_size(entry) : 1;
        if (index < n)
            return json_is_array(entry) ? json_array_get(entry, index) : entry;
        index -= n;
    }
    return NULL;
}

/* A legacy training_config has other keys and entries than a compile_config: the model's own becomes what
 * Keras 3 reads when the model is saved. The optimizer is written anew by every save. */
static clk_status modernize(clk_model *m)
{
    json_t *loss = NULL, *metrics = json_array();
    const json_t *old = m->compile_config;
    clk_status status = modern_entry(&loss, json_object_get(old, "loss"), &clk__losses,
        m->losses[0] ? &m->losses[0]->object : NULL);
    for (size_t i = 0; status == CLK_OK && i < m->n_metrics; i++) {
        json_t *metric = NULL;
        status = modern_entry(&metric, metric_entry(json_object_get(old, "metrics"), i),
            &clk__metrics, &m->metrics[i].metric->object);
        if (status == CLK_OK)
            json_array_append_new(metrics, metric);
    }
    json_t *config = NULL;
    if (status == CLK_OK) {
        config = json_pack("{s: O, s: O, s: n, s: O, s: n, s: b, s: i, s: b}", "optimizer",
            json_object_get(old, "optimizer"), "loss", loss, "loss_weights", "metrics", metrics,
            "weighted_metrics", "run_eagerly", 0, "steps_per_execution", 1, "jit_compile", 0);
        status = config ? CLK_OK : clk__fail_memory();
    }
    json_decref(loss);
    json_decref(metrics);
    if (status == CLK_OK) {
        json_decref(m->compile_config);
        m->compile_config = config;
    }
    return status;
}

/* Keras puts the optimizer of a mixed_float16 model into a LossScaleOptimizer and keeps silent of it in a .keras file: its
 * state tells, or the model's policy where there is none yet. */
static clk_status scale_loss(json_t *config, const clk_model *m, const struct container *c)
{
    json_t *optimizer = json_object_get(config, "optimizer");
    const char *class = json_string_value(json_object_get(optimizer, "class_name"));
    bool scaled = clk__store_has_group(c->weights, "optimizer/inner_optimizer");
    if (!scaled && m->policy && strcmp(m->policy->name, "mixed_float16") == 0) {
        size_t n = 0;
        TRY(clk__store_count(&n, c->weights, "optimizer/vars"));
        scaled = n <= 2 && c->kind == CONTAINER_KERAS;
    }
    if (!scaled || !optimizer || (class && strncmp(class, "LossScale", 9) == 0))
        return CLK_OK;
    json_t *wrapper = json_pack("{s: s, s: {s: O}}", "class_name", "LossScaleOptimizer", "config",
        "inner_optimizer", optimizer);
    return json_object_set_new(config, "optimizer", wrapper) == 0 ? CLK_OK : clk__fail_memory();
}

/* What only training needs must not keep a model from predicting. */
static clk_status compile(clk_model *m, const struct container *c)
{
    json_t *config = NULL;
    TRY(clk__training_config(&config, c));
    if (!config)
        return CLK_OK;
    clk_status status = scale_loss(config, m, c);
    if (status == CLK_OK)
        status = clk__model_compile_json(m, config);
    json_decref(config);
    if (status == CLK_OK && c->kind == CONTAINER_LEGACY)
        status = modernize(m);
    if (status != CLK_ERR_CONFIG && status != CLK_ERR_UNSUPPORTED && status != CLK_ERR_FORMAT)
        return status;
    clk__log(CLK_LOG_WARNING, "\"%s\": loaded uncompiled, to predict or to compile anew: %s",
        clk__store_name(c->weights), clk_last_error());
    return CLK_OK;
}

/* ---- loading ---- */

static clk_status restore_own(clk_model *m, const struct container *c)
{
    const json_t *own = json_object_get(c->metadata, own_key);
    const json_t *seed = json_object_get(own, "seed");
    const json_t *step = json_object_get(own, "step_number");
    if (!own)
        return CLK_OK;
    if (!json_is_integer(seed) || !json_is_integer(step) || json_integer_value(step) < 0 ||
        json_integer_value(step) > UINT32_MAX)
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\": metadata.json: %s: seed must be an integer, step_number one from 0 to %u",
            clk__store_name(c->weights), own_key, UINT32_MAX);
    m->seed = (uint64_t)json_integer_value(seed);
    m->step_number = (uint32_t)json_integer_value(step);
    m->clip_probabilities = json_is_true(json_object_get(own, "clip_probabilities"));
    return CLK_OK;
}

static clk_status make_model(clk_model **out, const struct container *c)
{
    const char *name = clk__store_name(c->weights);
    if (!c->config)
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\" is %s, which has no config: build the model and use clk_model_load_weights",
            name, clk__container_kind_name(c->kind));
    clk_status status = clk__model_from_json(out, c->config);
    return status == CLK_OK ? status : clk__fail_in(status, "\"%s\"", name);
}

clk_status clk_model_load(clk_model **out, const char *path)
{
    struct container c;
    clk_model *m = NULL;
    if (!out)
        return clk__fail(CLK_ERR_ARG, "clk_model_load: out is NULL");
    *out = NULL;
    TRY(clk__container_open(&c, path));
    clk_status status = CLK_OK;
    TRY_DONE(make_model(&m, &c));
    /* Before any memory is taken for what the config says. */
    TRY_DONE(clk__state_check(m, &c));
    TRY_DONE(clk__model_build_blank(m));
    TRY_DONE(compile(m, &c));
    TRY_DONE(clk__state_load(m, &c, NULL));
    TRY_DONE(restore_own(m, &c));
    *out = m;
    m = NULL;
done:
    clk_model_free(m);
    clk__container_close(&c);
    return status;
}

clk_status clk_model_load_weights(clk_model *m, const char *path)
{
    return clk_model_load_weights_with(m, path, NULL);
}

clk_status clk_model_load_weights_with(
    clk_model *m, const char *path, const clk_load_weights_options *options)
{
    struct container c;
    TRY(check_call(m, path, "clk_model_load_weights"));
    TRY(clk_model_build(m));
    TRY(clk__container_open(&c, path));
    clk_status status = clk__state_load(m, &c, options);
    clk__container_close(&c);
    return status;
}
