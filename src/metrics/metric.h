/* SPDX-License-Identifier: MIT */
/* Metrics: one Keras name a file; each composes ops to values per sample, of which the mean is kept. A loss can be one.
 * Follows keras/src/metrics/. The table is made from meson.build. */
#pragma once

#include "losses/loss.h"

struct metric {
    struct object object;
    char *name; /* as shown: "accuracy"; owned */
    char *dtype;
};
struct metric_class {
    struct object_class object;
    /* Values per sample (any shape whose mean is the metric). */
    struct value *(*call)(const struct metric *self, struct graph *g, struct value *y_true,
        struct value *y_pred, enum target_kind kind);
};
extern const struct registry clk__metrics;

/* The `common` of a metric's class: { METRIC_FIELDS("mean_squared_error") }. */
#define METRIC_FIELDS(name_)                  \
    ARG_STRING(metric, name, DEFAULT(name_)), \
        ARG_DTYPE(metric, dtype, DEFAULT("float32"), OR_NONE), ARGS_END
/* The `check` of a metric's class. */
clk_status clk__metric_check(struct object *o) CLK_MUST_CHECK;
/* What all metric classes have in common; METRIC_FIELDS are in `common_`. */
#define METRIC_CLASS(name_, tag, common_, fields_)                                                \
    .object.name = (name_), .object.module = "keras.metrics", .object.bytes = sizeof(struct tag), \
    .object.common = (common_), .object.fields = (fields_), .object.check = clk__metric_check
/* Latches 'metric "mse": HINT' and returns NULL. */
struct value *clk__metric_fail(const struct metric *m, struct graph *g, const char *hint);

/* A metric as compile's list names it: an expression, a name ("mse"), "accuracy" / "acc" / "crossentropy" / "ce", which
 * resolve by shapes when called (keras/src/trainers/compile_utils.py), or a loss of keras.losses (of_objects.c). */
clk_status clk__metric_from_text(struct metric **out, const char *text) CLK_MUST_CHECK;
clk_status clk__metric_rename(struct metric *m, const char *name) CLK_MUST_CHECK;
/* Its entry in a compile_config; `text` is what it was made from. */
clk_status clk__metric_to_json(
    json_t **out, const struct metric *m, const char *text) CLK_MUST_CHECK;
clk_status clk__metric_from_json(struct metric **out, const json_t *config) CLK_MUST_CHECK;
/* The values of a loss, for targets that it takes in their shape; else an error that names the metric. */
struct value *clk__metric_of_loss(const struct metric *m, const struct loss *l, struct graph *g,
    struct value *y_true, struct value *y_pred);
/* Targets and predictions that are to be compared one by one, with the same rank; false: an error that the graph latched,
 * as they do not fit. */
bool clk__metric_match(
    const struct metric *m, struct graph *g, struct value **y_true, struct value **y_pred);
/* NULL after an error that the graph latched, such as an accuracy that cannot take these targets. */
struct value *clk__metric_call(const struct metric *m, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind);
