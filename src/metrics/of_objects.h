/* SPDX-License-Identifier: MIT */
/* Losses in a compile's list of metrics: as objects, keras.losses.Huber(), and as functions, keras.losses.huber. */
#pragma once

#include "metrics/metric.h"

/* The loss of an expression as a metric. A name without parentheses is its function. */
clk_status clk__metric_of_loss_text(struct metric **out, const char *text) CLK_MUST_CHECK;
/* The loss of a config, {"module": "keras.losses", "class_name", "config"}. */
clk_status clk__metric_of_loss_json(struct metric **out, const json_t *config) CLK_MUST_CHECK;
/* The metric of a function by its name, of keras.losses or keras.metrics; `shown` is its own name. */
clk_status clk__metric_of_function(
    struct metric **out, const char *name, const char *shown) CLK_MUST_CHECK;
/* True if m is one of these; then its entry in a compile_config is *config. */
bool clk__metric_is_loss(const struct metric *m);
clk_status clk__metric_loss_json(json_t **out, const struct metric *m) CLK_MUST_CHECK;
