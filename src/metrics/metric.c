/* SPDX-License-Identifier: MIT */
/* Metrics by the names that compile takes, among them those that resolve by shapes. Follows
 * keras/src/trainers/compile_utils.py get_metric. */
#include "metrics/metric.h"

#include "base/mem.h"
#include "base/str.h"
#include "metrics/by_shape.h"
#include "metrics/of_objects.h"
#include "ops/ops.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

clk_status clk__metric_check(struct object *o)
{
    const struct metric *m = (const struct metric *)o;
    if (!m->dtype || strcmp(m->dtype, "float32") == 0)
        return CLK_OK;
    return clk__fail(CLK_ERR_UNSUPPORTED,
        "metric \"%s\": dtype \"%s\" is not supported, only \"float32\"", m->name, m->dtype);
}

struct value *clk__metric_fail(const struct metric *m, struct graph *g, const char *hint)
{
    return clk__graph_fail(g, clk__fail(CLK_ERR_SHAPE, "metric \"%s\": %s", m->name, hint));
}

clk_status clk__metric_rename(struct metric *m, const char *name)
{
    char *copy = clk__strdup(name);
    if (!copy)
        return clk__fail_memory();
    free(m->name);
    m->name = copy;
    return CLK_OK;
}

/* A name without arguments: the metric is shown under it, whatever its class calls itself. */
static clk_status from_name(struct metric **out, const char *name)
{
    struct object *o = NULL;
    clk_status status = CLK_OK;
    const struct metric_class *by_shape = clk__metric_by_shape(name);
    *out = NULL;
    if (by_shape)
        TRY_DONE(clk__object_create(&o, &by_shape->object));
    else
        TRY_DONE(clk__object_from_text(&o, &clk__metrics, name));
    TRY_DONE(clk__metric_rename((struct metric *)o, name));
done:
    if (status != CLK_OK) {
        clk__object_free(o);
        return status;
    }
    *out = (struct metric *)o;
    return CLK_OK;
}

#define LOSSES "keras.losses."

/* "Huber(delta=0.5)": a loss that no metric has the name of. */
static bool is_loss_only(const char *text)
{
    char name[48];
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(text, "("), text);
    return !clk__registry_find(&clk__metrics, name) && clk__registry_find(&clk__losses, name);
}

clk_status clk__metric_from_text(struct metric **out, const char *text)
{
    struct object *o = NULL;
    if (strncmp(text, LOSSES, sizeof LOSSES - 1) == 0)
        return clk__metric_of_loss_text(out, text);
    if (!strchr(text, '('))
        return from_name(out, text);
    if (is_loss_only(text))
        return clk__metric_of_loss_text(out, text);
    clk_status status = clk__object_from_text(&o, &clk__metrics, text);
    *out = (struct metric *)o;
    return status;
}

/* keras.metrics.MeanMetricWrapper: a function with a name to show. Keras 2 has the function as a mere name. */
static clk_status from_wrapper(struct metric **out, const json_t *config)
{
    const json_t *fn = json_object_get(config, "fn");
    const char *function =
                   json_string_value(json_is_object(fn) ? json_object_get(fn, "config") : fn),
               *name = json_string_value(json_object_get(config, "name"));
    *out = NULL;
    if (!function)
        return clk__fail(
            CLK_ERR_UNSUPPORTED, "metrics: MeanMetricWrapper of no function that has a name");
    return clk__metric_of_function(out, function, name ? name : function);
}

clk_status clk__metric_from_json(struct metric **out, const json_t *config)
{
    struct object *o = NULL;
    const char *module = json_string_value(json_object_get(config, "module")),
               *class = json_string_value(json_object_get(config, "class_name"));
    const json_t *inner = json_object_get(config, "config");
    if (json_is_string(config))
        return from_name(out, json_string_value(config));
    if (class && strcmp(class, "function") == 0 && json_is_string(inner))
        return clk__metric_of_function(out, json_string_value(inner), json_string_value(inner));
    if (class && strcmp(class, "MeanMetricWrapper") == 0)
        return from_wrapper(out, inner);
    if (class && ((module && strstr(module, "keras") == module && strstr(module, ".losses")) ||
                     is_loss_only(class)))
        return clk__metric_of_loss_json(out, config);
    clk_status status = clk__object_from_json(&o, &clk__metrics, config, false, "metrics");
    *out = (struct metric *)o;
    return status;
}

clk_status clk__metric_to_json(json_t **out, const struct metric *m, const char *text)
{
    if (clk__metric_is_loss(m))
        return clk__metric_loss_json(out, m);
    if (strchr(text, '('))
        return clk__object_to_json(out, &clk__metrics, &m->object);
    *out = json_string(text);
    return *out ? CLK_OK : clk__fail_memory();
}

/* ---- calling ---- */

static clk_array array_of(const struct value *v)
{
    clk_array a = {.dtype = v->dtype, .rank = v->shape.rank};
    memcpy(a.shape, v->shape.dims, sizeof a.shape);
    return a;
}

struct value *clk__metric_of_loss(const struct metric *m, const struct loss *l, struct graph *g,
    struct value *y_true, struct value *y_pred)
{
    char name[64];
    struct target t;
    struct loss shown = *l;
    if (!y_true || !y_pred)
        return NULL;
    (void)snprintf(name, sizeof name, "metric \"%.40s\"", m->name);
    shown.name = name;
    const clk_array y = array_of(y_true);
    clk_status status = clk__loss_targets(&shown, &t, &y, &y_pred->shape);
    if (status != CLK_OK)
        return clk__graph_fail(g, status);
    return clk__loss_call(l, g, y_true, y_pred, t.kind, false);
}

static bool fail_shapes(
    const struct metric *m, struct graph *g, const struct value *y_true, const struct value *y_pred)
{
    char y[SHAPE_TEXT], p[SHAPE_TEXT];
    clk__graph_fail(
        g, clk__fail(CLK_ERR_SHAPE, "metric \"%s\": y has shape %s, predictions have %s", m->name,
               clk__shape_text(y, &y_true->shape), clk__shape_text(p, &y_pred->shape)));
    return false;
}

bool clk__metric_match(
    const struct metric *m, struct graph *g, struct value **y_true, struct value **y_pred)
{
    struct shape both;
    clk__loss_same_rank(g, y_true, y_pred);
    if (!*y_true || !*y_pred)
        return false;
    if ((*y_true)->shape.rank == (*y_pred)->shape.rank &&
        clk__shape_broadcast(&both, &(*y_true)->shape, &(*y_pred)->shape))
        return true;
    return fail_shapes(m, g, *y_true, *y_pred);
}

bool clk__metric_match_shapes(
    const struct metric *m, struct graph *g, struct value **y_true, struct value **y_pred)
{
    clk__loss_same_rank(g, y_true, y_pred);
    if (!*y_true || !*y_pred)
        return false;
    return clk__shape_equal(&(*y_true)->shape, &(*y_pred)->shape) ||
           fail_shapes(m, g, *y_true, *y_pred);
}

struct value *clk__metric_numbers(struct graph *g, const double *numbers, int n)
{
    struct value **values = clk__arena_alloc(&g->memory, (size_t)n, sizeof *values);
    if (!values)
        return clk__graph_fail(g, clk__fail_memory());
    for (int i = 0; i < n; i++)
        values[i] = clk__broadcast(g, clk__constant(g, (float)numbers[i]), SHAPE(1));
    return clk__concat(g, values, n, 0);
}

double clk__metric_ratio(double a, double b)
{
    return b != 0 ? a / b : 0;
}

struct value *clk__metric_call(const struct metric *m, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind)
{
    const struct metric_class *c = (const struct metric_class *)m->object.class;
    if (!y_true || !y_pred)
        return NULL;
    return c->call(m, g, y_true, y_pred, kind);
}

bool clk__metric_has_sums(const struct metric *m)
{
    return ((const struct metric_class *)m->object.class)->sums;
}

int clk__metric_sums(struct value *out[MAX_METRIC_SUMS], const struct metric *m, struct graph *g,
    struct value *y_true, struct value *y_pred)
{
    const struct metric_class *c = (const struct metric_class *)m->object.class;
    if (!y_true || !y_pred)
        return 0;
    int n = c->sums(out, m, g, y_true, y_pred);
    return g->status == CLK_OK ? n : 0;
}
