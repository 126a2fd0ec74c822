/* SPDX-License-Identifier: MIT */
/* Losses in a compile's list of metrics. An object gives one number a batch, reduced as it says, and the metric is the mean
 * of these, however many rows a batch has; a function gives a number a sample. Follows
 * keras/src/metrics/reduction_metrics.py MeanMetricWrapper and keras/src/trainers/compile_utils.py get_metric. */
#include "metrics/of_objects.h"

#include "base/mem.h"
#include "base/str.h"
#include "losses/crossentropy.h"
#include "ops/ops.h"

#include <string.h>

struct loss_metric {
    struct metric metric;
    struct object *loss;
    bool by_sample; /* it is the function */
};

static struct value *call(const struct metric *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind)
{
    const struct loss_metric *m = (const struct loss_metric *)self;
    const struct loss *l = (const struct loss *)m->loss;
    struct value *losses = clk__metric_of_loss(self, l, g, y_true, y_pred);
    (void)kind;
    if (!losses || m->by_sample || l->reduction == LOSS_NONE)
        return losses;
    unsigned all = (1u << losses->shape.rank) - 1;
    return clk__reduce(g, l->reduction == LOSS_SUM ? REDUCE_SUM : REDUCE_MEAN, losses, all, false);
}

static const struct field fields[] = {
    ARG_OBJECT(loss_metric, loss, &clk__losses, REQUIRED),
    ARGS_END,
};
static const struct field common[] = {METRIC_FIELDS("loss")};

static const struct metric_class loss_class = {
    METRIC_CLASS("loss", loss_metric, common, fields),
    .call = call,
};

bool clk__metric_is_loss(const struct metric *m)
{
    return m->object.class == &loss_class.object;
}

/* Takes `loss`, even on failure. Shown under `name`; NULL: under the loss's own. */
static clk_status wrap(struct metric **out, struct object *loss, const char *name)
{
    struct loss_metric *m = clk__alloc(1, sizeof *m);
    *out = NULL;
    if (!m) {
        clk__object_free(loss);
        return clk__fail_memory();
    }
    m->metric.object.class = &loss_class.object;
    m->loss = loss;
    m->by_sample = name != NULL;
    m->metric.name = clk__strdup(name ? name : ((struct loss *)loss)->name);
    if (!m->metric.name) {
        clk__object_free(&m->metric.object);
        return clk__fail_memory();
    }
    *out = &m->metric;
    return CLK_OK;
}

clk_status clk__metric_of_loss_text(struct metric **out, const char *text)
{
    struct object *loss = NULL;
    const char *name = strrchr(text, '.');
    *out = NULL;
    if (!strchr(text, '('))
        return clk__metric_of_function(out, name ? name + 1 : text, name ? name + 1 : text);
    TRY(clk__object_from_text(&loss, &clk__losses, text));
    return wrap(out, loss, NULL);
}

clk_status clk__metric_of_loss_json(struct metric **out, const json_t *config)
{
    struct object *loss = NULL;
    *out = NULL;
    TRY(clk__object_from_json(&loss, &clk__losses, config, false, "metrics"));
    return wrap(out, loss, NULL);
}

clk_status clk__metric_of_function(struct metric **out, const char *name, const char *shown)
{
    struct object *o = NULL;
    const struct object_class *class = clk__registry_find(&clk__losses, name);
    *out = NULL;
    if (class) {
        TRY(clk__object_create(&o, class));
        return wrap(out, o, shown);
    }
    /* Functions of keras.metrics that are no losses: accuracies. */
    class = clk__registry_find(&clk__metrics, name);
    if (!class)
        return clk__registry_unknown(&clk__metrics, name);
    TRY(clk__object_create(&o, class));
    *out = (struct metric *)o;
    clk_status status = clk__metric_rename(*out, shown);
    if (status != CLK_OK) {
        clk__object_free(o);
        *out = NULL;
    }
    return status;
}

clk_status clk__metric_loss_json(json_t **out, const struct metric *m)
{
    const struct loss_metric *l = (const struct loss_metric *)m;
    if (!l->by_sample)
        return clk__object_to_json(out, &clk__losses, l->loss);
    *out = json_pack("{s:s, s:s, s:s, s:s}", "module", "builtins", "class_name", "function",
        "config", m->name, "registered_name", "function");
    return *out ? CLK_OK : clk__fail_memory();
}
