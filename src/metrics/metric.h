/* SPDX-License-Identifier: MIT */
/* Metrics: one Keras name a file; each composes ops to values per sample, of which the mean is kept, or to sums over a
 * batch, from which the metric is reckoned when it is shown. A loss can be one. Follows keras/src/metrics/. The table is
 * made from meson.build. */
#pragma once

#include "losses/loss.h"

struct metric {
    struct object object;
    char *name; /* as shown: "accuracy"; owned */
    char *dtype;
};
/* A model's metrics at most. */
#define MAX_METRICS 64
/* Arrays, all of one shape, that a metric adds to with each batch. */
#define MAX_METRIC_SUMS 4
struct metric_sums {
    const double *values[MAX_METRIC_SUMS];
    struct shape shape;
    double rows; /* of all batches */
};
struct metric_class {
    struct object_class object;
    /* Values per sample (any shape whose mean is the metric). NULL: it is no mean. */
    struct value *(*call)(const struct metric *self, struct graph *g, struct value *y_true,
        struct value *y_pred, enum target_kind kind);
    /* Without call: what a batch adds to each of the sums. Their shape does not depend on the rows. Masks do not count,
     * as in Keras. @return how many there are */
    int (*sums)(struct value **out, const struct metric *self, struct graph *g,
        struct value *y_true, struct value *y_pred);
    /* And the metric: at most as many numbers as one array of sums has. @return how many */
    int64_t (*result)(double *out, const struct metric *self, const struct metric_sums *s);
};
extern const struct registry clk__metrics;

/* The `common` of a metric's class: { METRIC_FIELDS("mean_squared_error") }. */
#define METRIC_FIELDS(name_)                  \
    ARG_STRING(metric, name, DEFAULT(name_)), \
        ARG_DTYPE(metric, dtype, DEFAULT("float32"), OR_NONE), ARGS_END
/* The `check` of a metric's class. */
clk_status clk__metric_check(struct object *o) CLK_MUST_CHECK;
/* What all metric classes have in common; METRIC_FIELDS are in `common_`. */
#define METRIC_CLASS(name_, tag, common_, fields_) \
    METRIC_CLASS_CHECKED(name_, tag, common_, fields_, clk__metric_check)
/* The same with a `check` of its own, which calls that. */
#define METRIC_CLASS_CHECKED(name_, tag, common_, fields_, check_)                                \
    .object.name = (name_), .object.module = "keras.metrics", .object.bytes = sizeof(struct tag), \
    .object.common = (common_), .object.fields = (fields_), .object.check = (check_)
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
/* The same, but that their shapes must be equal. */
bool clk__metric_match_shapes(
    const struct metric *m, struct graph *g, struct value **y_true, struct value **y_pred);
/* `n` numbers as a value of shape (n). NULL: as clk__metric_call. */
struct value *clk__metric_numbers(struct graph *g, const double *numbers, int n);
/* True for a metric that has sums instead of a mean. */
bool clk__metric_has_sums(const struct metric *m);
/* Their number; 0 after an error that the graph latched. */
int clk__metric_sums(struct value *out[MAX_METRIC_SUMS], const struct metric *m, struct graph *g,
    struct value *y_true, struct value *y_pred);
/* a / b, and 0 where b is 0. */
double clk__metric_ratio(double a, double b);
/* NULL after an error that the graph latched, such as an accuracy that cannot take these targets. */
struct value *clk__metric_call(const struct metric *m, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind);
