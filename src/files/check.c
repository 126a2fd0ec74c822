/* SPDX-License-Identifier: MIT */
/* What of a model's file is supported: every layer, loss, metric and the optimizer is made from its config on its own,
 * so that one problem does not hide the next; then the model as a whole, without memory for its weights. */
#include "base/str.h"
#include "files/training.h"
#include "losses/loss.h"
#include "metrics/metric.h"
#include "model/model.h"
#include "optimizers/optimizer.h"

#include <clkeras/model.h>

#include <stdlib.h>
#include <string.h>

/* Models within models, and metrics in lists by output. */
#define MAX_DEPTH 16

struct part {
    clk_check_kind kind;
    char *path;
    char *class_name;
    char *problem; /* NULL: none */
    char *note;    /* likewise */
};

struct clk_check {
    struct part *parts;
    size_t n, capacity;
    bool problems;
    enum container_kind container;
    char *version; /* NULL: not known */
};

/* ---- parts ---- */

static void fini_part(struct part *p)
{
    free(p->path);
    free(p->class_name);
    free(p->problem);
    free(p->note);
}

/* `status` is what making the part came to; its text is the problem. Running out of memory is no fault of the file. */
static clk_status add_part(
    clk_check *c, clk_check_kind kind, const char *path, const char *class, clk_status status)
{
    if (status == CLK_ERR_MEMORY && kind != CLK_CHECK_MODEL)
        return status;
    struct part p = {.kind = kind,
        .path = clk__strdup(path),
        .class_name = clk__strdup(class ? class : "?"),
        .problem = status != CLK_OK ? clk__strdup(clk_last_error()) : NULL};
    clk_status grown = clk__grow(&c->parts, &c->capacity, c->n, sizeof(*c->parts));
    if (grown == CLK_OK && (!p.path || !p.class_name || (status != CLK_OK && !p.problem)))
        grown = clk__fail_memory();
    if (grown != CLK_OK) {
        fini_part(&p);
        return grown;
    }
    c->parts[c->n++] = p;
    c->problems |= status != CLK_OK;
    return CLK_OK;
}

/* "Adam" of "adam" and of {"class_name": "Adam"}. */
static const char *class_of(const json_t *v)
{
    const json_t *function = json_object_get(v, "config");
    const char *class = json_string_value(json_object_get(v, "class_name"));
    if (json_is_string(v))
        return json_string_value(v);
    return class && json_is_string(function) ? json_string_value(function) : class;
}

/* ---- layers ---- */

/* A list of layers being gone through. */
struct level {
    const json_t *layers;
    size_t next;
    char *path; /* owned: of the model that has them, "" at the root */
};

static clk_status join(char **out, const char *path, const json_t *layer)
{
    const char *name = json_string_value(json_object_get(json_object_get(layer, "config"), "name"));
    struct str s = {0};
    if (!name)
        name = json_string_value(json_object_get(layer, "name"));
    clk__str_addf(&s, "%s%s%s", path, *path ? "/" : "", name ? name : "?");
    return clk__str_finish(out, &s);
}

static const json_t *layers_of(const json_t *model)
{
    const json_t *config = json_object_get(model, "config");
    return json_is_array(config) ? config : json_object_get(config, "layers");
}

/* @param note what is to be said of a layer that is supported; NULL: nothing */
static clk_status make_layer(const char **note, const json_t *entry, size_t i)
{
    json_t *operation = NULL;
    struct layer *l = NULL;
    char text[LAYER_TEXT];
    clk_status status = clk__config_tf_operation(&operation, entry);
    if (status == CLK_OK)
        status = clk__config_read_layer(&l, operation ? operation : entry, i);
    json_decref(operation);
    if (status != CLK_OK)
        return status;
    const char *untrainable = clk__layer_class(l)->untrainable;
    *note = clk__layer_policy(l)->compute == PRECISION_FLOAT64 ? "float64 is computed in float32"
                                                               : NULL;
    if (untrainable)
        status = clk__fail(CLK_ERR_UNSUPPORTED, "%s: %s", clk__layer_text(text, l), untrainable);
    clk__object_free(&l->object);
    return status;
}

static clk_status check_layer(clk_check *c, struct level *levels, int *depth)
{
    struct level *at = &levels[*depth - 1];
    const json_t *entry = json_array_get(at->layers, at->next++);
    const char *class = json_string_value(json_object_get(entry, "class_name"));
    const char *note = NULL;
    char *path = NULL;
    TRY(join(&path, at->path, entry));
    if (class && clk__config_is_model(class) && json_is_array(layers_of(entry)) &&
        *depth < MAX_DEPTH) {
        levels[(*depth)++] = (struct level){.layers = layers_of(entry), .path = path};
        return CLK_OK;
    }
    clk_status status = make_layer(&note, entry, at->next - 1);
    bool supported = status == CLK_OK;
    status = add_part(c, CLK_CHECK_LAYER, path, class, status);
    free(path);
    if (status != CLK_OK || !supported || !note)
        return status;
    c->parts[c->n - 1].note = clk__strdup(note);
    return c->parts[c->n - 1].note ? CLK_OK : clk__fail_memory();
}

static clk_status check_layers(clk_check *c, const json_t *model)
{
    struct level levels[MAX_DEPTH] = {{.layers = layers_of(model), .path = clk__strdup("")}};
    int depth = 1;
    clk_status status = levels[0].path ? CLK_OK : clk__fail_memory();
    while (status == CLK_OK && depth > 0) {
        struct level *at = &levels[depth - 1];
        if (at->next < json_array_size(at->layers)) {
            status = check_layer(c, levels, &depth);
        } else {
            free(at->path);
            depth--;
        }
    }
    while (depth > 0)
        free(levels[--depth].path);
    return status;
}

static clk_status check_model(clk_check *c, const json_t *config)
{
    clk_model *m = NULL;
    clk_status status = clk__model_from_json(&m, config);
    const char *class = json_string_value(json_object_get(config, "class_name"));
    clk_model_free(m);
    return add_part(c, CLK_CHECK_MODEL, "model", class, status);
}

/* ---- what it was compiled with ---- */

static clk_status check_loss(clk_check *c, const json_t *v)
{
    struct object *o = NULL;
    clk_status status = clk__object_from_json(&o, &clk__losses, v, false, "loss");
    clk__object_free(o);
    return add_part(c, CLK_CHECK_LOSS, "loss", class_of(v), status);
}

static clk_status check_metric(clk_check *c, const json_t *v)
{
    struct metric *metric = NULL;
    clk_status status = clk__metric_from_json(&metric, v);
    if (status == CLK_OK)
        clk__object_free(&metric->object);
    return add_part(c, CLK_CHECK_METRIC, "metric", class_of(v), status);
}

/* Calls `check` for each object in v: one, a list by output, lists in it, or a dict by output. */
static clk_status check_each(
    clk_check *c, const json_t *v, clk_status (*check)(clk_check *c, const json_t *v))
{
    json_t *waiting = json_array();
    clk_status status = waiting ? CLK_OK : clk__fail_memory();
    json_array_append(waiting, (json_t *)(uintptr_t)v);
    for (size_t i = 0; status == CLK_OK && i < json_array_size(waiting); i++) {
        json_t *at = json_array_get(waiting, i), *item;
        const char *key;
        size_t k;
        if (json_is_object(at) && !json_object_get(at, "class_name")) {
            json_object_foreach(at, key, item) json_array_append(waiting, item);
        } else if (json_is_array(at)) {
            json_array_foreach(at, k, item) json_array_append(waiting, item);
        } else if (at && !json_is_null(at)) {
            status = check(c, at);
        }
    }
    json_decref(waiting);
    return status;
}

static clk_status check_compiled(clk_check *c, const json_t *config)
{
    const json_t *optimizer = json_object_get(config, "optimizer");
    struct object *o = NULL;
    if (optimizer) {
        clk_status status =
            clk__object_from_json(&o, &clk__optimizers, optimizer, false, "optimizer");
        clk__object_free(o);
        TRY(add_part(c, CLK_CHECK_OPTIMIZER, "optimizer", class_of(optimizer), status));
    }
    TRY(check_each(c, json_object_get(config, "loss"), check_loss));
    TRY(check_each(c, json_object_get(config, "metrics"), check_metric));
    const json_t *weighted = json_object_get(config, "weighted_metrics");
    if (json_array_size(weighted) == 0)
        return CLK_OK;
    return add_part(c, CLK_CHECK_METRIC, "weighted_metrics", "list",
        clk__fail(CLK_ERR_UNSUPPORTED, "compile_config: weighted_metrics is not supported"));
}

/* ---- the file ---- */

static clk_status read_version(clk_check *c, const struct container *from)
{
    const char *version = json_string_value(json_object_get(from->metadata, "keras_version"));
    if (from->kind != CONTAINER_KERAS)
        return clk__store_text(&c->version, from->weights, "", "keras_version");
    if (!version)
        return CLK_OK;
    c->version = clk__strdup(version);
    return c->version ? CLK_OK : clk__fail_memory();
}

static clk_status check_container(clk_check *c, const struct container *from, const char *path)
{
    c->container = from->kind;
    if (!from->config)
        return clk__fail(CLK_ERR_FORMAT, "\"%s\" is %s, which has no config to check", path,
            clk__container_kind_name(from->kind));
    TRY(read_version(c, from));
    if (!json_is_array(layers_of(from->config)))
        return check_model(c, from->config);
    TRY(check_layers(c, from->config));
    if (!c->problems)
        TRY(check_model(c, from->config));
    json_t *training = NULL;
    TRY(clk__training_config(&training, from));
    clk_status status = check_compiled(c, training);
    json_decref(training);
    return status;
}

clk_status clk_check_file(clk_check **out, const char *path)
{
    struct container from;
    if (!out)
        return clk__fail(CLK_ERR_ARG, "clk_check_file: out is NULL");
    *out = NULL;
    TRY(clk__container_open_config(&from, path));
    clk_check *c = clk__alloc(1, sizeof(*c));
    clk_status status = c ? check_container(c, &from, path) : clk__fail_memory();
    clk__container_close(&from);
    if (status != CLK_OK) {
        clk_check_free(c);
        return status;
    }
    *out = c;
    return CLK_OK;
}

void clk_check_free(clk_check *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n; i++)
        fini_part(&c->parts[i]);
    free(c->parts);
    free(c->version);
    free(c);
}

bool clk_check_supported(const clk_check *c)
{
    return !c->problems;
}

size_t clk_check_count(const clk_check *c)
{
    return c->n;
}

clk_status clk_check_get(clk_check_part *out, const clk_check *c, size_t index)
{
    if (!out || !c || index >= c->n)
        return clk__fail(
            CLK_ERR_ARG, "clk_check_get: part %zu, there are %zu", index, c ? c->n : 0);
    const struct part *p = &c->parts[index];
    *out = (clk_check_part){.kind = p->kind,
        .path = p->path,
        .class_name = p->class_name,
        .problem = p->problem,
        .note = p->note};
    return CLK_OK;
}

const char *clk_check_kind_name(clk_check_kind kind)
{
    static const char *const names[] = {"layer", "model", "optimizer", "loss", "metric"};
    return kind >= CLK_CHECK_LAYER && kind <= CLK_CHECK_METRIC ? names[kind - 1] : "?";
}

const char *clk_check_container(const clk_check *c)
{
    return clk__container_kind_name(c->container);
}

const char *clk_check_keras_version(const clk_check *c)
{
    return c->version;
}
