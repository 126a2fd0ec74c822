/* SPDX-License-Identifier: MIT */
/* Metrics by the names that compile takes, among them those that resolve by shapes. Follows
 * keras/src/trainers/compile_utils.py get_metric. */
#include "metrics/metric.h"

#include "base/mem.h"
#include "base/str.h"
#include "metrics/by_shape.h"

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

static clk_status rename_metric(struct metric *m, const char *name)
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
    TRY_DONE(rename_metric((struct metric *)o, name));
done:
    if (status != CLK_OK) {
        clk__object_free(o);
        return status;
    }
    *out = (struct metric *)o;
    return CLK_OK;
}

clk_status clk__metric_from_text(struct metric **out, const char *text)
{
    struct object *o = NULL;
    if (!strchr(text, '('))
        return from_name(out, text);
    clk_status status = clk__object_from_text(&o, &clk__metrics, text);
    *out = (struct metric *)o;
    return status;
}

clk_status clk__metric_from_json(struct metric **out, const json_t *config)
{
    struct object *o = NULL;
    if (json_is_string(config))
        return from_name(out, json_string_value(config));
    clk_status status = clk__object_from_json(&o, &clk__metrics, config, false, "metrics");
    *out = (struct metric *)o;
    return status;
}

struct value *clk__metric_call(const struct metric *m, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind)
{
    const struct metric_class *c = (const struct metric_class *)m->object.class;
    if (!y_true || !y_pred)
        return NULL;
    return c->call(m, g, y_true, y_pred, kind);
}
