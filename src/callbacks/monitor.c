/* SPDX-License-Identifier: MIT */
/* A monitored value: which direction is better, and whether it got better. Follows
 * keras/src/callbacks/monitor_callback.py. */
#include "callbacks/callback.h"

#include <math.h>
#include <string.h>

const char *const clk__monitor_modes[] = {"auto", "min", "max", NULL};

/* Metrics of which more is better: those whose _direction is "up" in Keras. The two in small letters are what they
 * are called before shapes say which they are. */
static bool is_better_greater(const char *class_name)
{
    static const char *const names[] = {"accuracy", "Accuracy", "AUC", "BinaryAccuracy",
        "BinaryIoU", "CategoricalAccuracy", "ConcordanceCorrelation", "CosineSimilarity", "F1Score",
        "FBetaScore", "IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU", "PearsonCorrelation",
        "Precision", "PrecisionAtRecall", "R2Score", "Recall", "RecallAtPrecision",
        "SensitivityAtSpecificity", "SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy",
        "SpecificityAtSensitivity", "TopKCategoricalAccuracy"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(class_name, names[i]) == 0)
            return true;
    }
    return false;
}

/* "loss", or that of one of several outputs, "out_a_loss". */
static bool is_loss(const char *name)
{
    size_t n = strlen(name);
    return strcmp(name, "loss") == 0 || (n > 5 && strcmp(name + n - 5, "_loss") == 0);
}

/* The metric of that name; a later one of the same name wins, as in Keras. */
static const struct metric *find_metric(const clk_model *model, const char *name)
{
    for (size_t i = model->n_metrics; i > 0; i--) {
        const struct model_metric *m = &model->metrics[i - 1];
        if (strcmp(m->name, name) == 0)
            return m->metric;
    }
    return NULL;
}

clk_status clk__monitor_resolve(struct monitor *m, const char *callback, const clk_model *model)
{
    if (m->resolved)
        return CLK_OK;
    const char *name = strncmp(m->name, "val_", 4) == 0 ? m->name + 4 : m->name;
    const struct metric *metric = m->mode == MONITOR_AUTO ? find_metric(model, name) : NULL;
    if (m->mode == MONITOR_MAX)
        m->greater = true;
    else if (metric)
        m->greater = is_better_greater(metric->object.class->name);
    else if (m->mode == MONITOR_AUTO && !is_loss(name))
        return clk__fail(CLK_ERR_CONFIG,
            "%s: whether more or less of monitor=\"%s\" is better is not known; say mode='max' or "
            "mode='min'",
            callback, m->name);
    m->resolved = true;
    return CLK_OK;
}

bool clk__monitor_is_better(const struct monitor *m, double value, double reference)
{
    double delta = fabs(m->min_delta);
    float moved = (float)(m->greater ? value - delta : value + delta);
    return m->greater ? moved > (float)reference : moved < (float)reference;
}

bool clk__monitor_improves(const struct monitor *m, double value)
{
    return !m->has_best || clk__monitor_is_better(m, value, m->best);
}

void clk__monitor_missing(const char *text, const clk_logs *logs)
{
    struct str names = {0};
    for (size_t i = 0; i < logs->n; i++)
        clk__str_addf(&names, "%s%s", i > 0 ? ", " : "", logs->names[i]);
    clk__log(CLK_LOG_WARNING, "%s; available: %s", text,
        names.failed || logs->n == 0 ? "none" : names.data);
    clk__str_fini(&names);
}
