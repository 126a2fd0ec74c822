/* SPDX-License-Identifier: MIT */
/* compile from a file: compile_config of Keras 3, training_config of Keras 2. Losses and metrics stand there for all
 * outputs at once, in a list by output, or in a dict by output name. */
#include "train/compile.h"

#include <string.h>

/* The entry for output i; NULL: none. */
static const json_t *entry_of(const json_t *v, const clk_model *m, int i)
{
    if (json_is_array(v))
        return json_array_get(v, (size_t)i);
    bool by_name = json_is_object(v) && !json_object_get(v, "class_name");
    return by_name ? json_object_get(v, clk__model_output_name(m, i)) : v;
}

static clk_status read_losses(struct compiled *c, const clk_model *m, const json_t *config)
{
    const json_t *losses = json_object_get(config, "loss"),
                 *weights = json_object_get(config, "loss_weights");
    for (int i = 0; i < m->n_outputs; i++) {
        const json_t *loss = entry_of(losses, m, i), *weight = entry_of(weights, m, i);
        c->weights[i] = json_is_number(weight) ? json_number_value(weight) : 1.0;
        if (loss && !json_is_null(loss))
            TRY(clk__object_from_json(
                &c->losses[i], &clk__losses, loss, false, "compile_config: loss"));
    }
    return CLK_OK;
}

static clk_status read_metric(
    struct compiled *c, const clk_model *m, int output, const json_t *config)
{
    struct metric *metric = NULL;
    if (!config || json_is_null(config))
        return CLK_OK;
    TRY(clk__metric_from_json(&metric, config));
    return clk__compiled_add_metric(c, m, output, metric);
}

/* One metric, or a list of them. */
static clk_status read_metrics_of(
    struct compiled *c, const clk_model *m, int output, const json_t *v)
{
    size_t k;
    json_t *inner;
    if (!json_is_array(v))
        return read_metric(c, m, output, v);
    json_array_foreach(v, k, inner) TRY(read_metric(c, m, output, inner));
    return CLK_OK;
}

static clk_status read_metrics(struct compiled *c, const clk_model *m, const json_t *metrics)
{
    size_t i;
    json_t *v;
    if (json_is_object(metrics) && !json_object_get(metrics, "class_name")) {
        for (int k = 0; k < m->n_outputs; k++)
            TRY(read_metrics_of(c, m, k, entry_of(metrics, m, k)));
        return CLK_OK;
    }
    /* A flat list holds for every output; a list of lists goes by output. */
    json_array_foreach(metrics, i, v)
    {
        if (json_is_array(v) && (int)i < m->n_outputs) {
            TRY(read_metrics_of(c, m, (int)i, v));
            continue;
        }
        for (int k = 0; k < m->n_outputs; k++)
            TRY(read_metric(c, m, k, v));
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

static clk_status read(struct compiled *c, const clk_model *m, const json_t *config)
{
    TRY(check_absent(config, "weighted_metrics"));
    /* Keras leaves it out of what it saves after a legacy file, and compiles with its default then. */
    const json_t *optimizer = json_object_get(config, "optimizer");
    if (!optimizer || json_is_null(optimizer))
        TRY(clk__object_from_text(&c->optimizer, &clk__optimizers, "rmsprop"));
    else
        TRY(clk__object_from_json(
            &c->optimizer, &clk__optimizers, optimizer, false, "compile_config: optimizer"));
    clk__loss_scale_unwrap(&c->scaler, &c->optimizer);
    TRY(read_losses(c, m, config));
    TRY(read_metrics(c, m, json_object_get(config, "metrics")));
    c->config = json_deep_copy(config);
    return c->config ? CLK_OK : clk__fail_memory();
}

clk_status clk__model_compile_json(clk_model *m, const json_t *config)
{
    struct compiled c = {0};
    TRY(clk_model_build(m));
    clk_status status = read(&c, m, config);
    if (status == CLK_OK)
        status = clk__compiled_install(m, &c, false);
    clk__compiled_fini(&c);
    return status;
}
