/* SPDX-License-Identifier: MIT */
/* Metrics on given predictions and targets: the mean of their values per sample, from the device. */
#pragma once

#include "metrics/metric.h"
#include "ops/op_check.h"
#include "support/configs.h"

#include <math.h>
#include <stdlib.h>

struct metric_case {
    const char *text;
    struct shape pred_shape;
    const float *pred;
    enum target_kind kind;
    const void *targets; /* int32 class numbers, or floats of pred's shape */
};

/* `y_shape`: of the targets, NULL for what follows from their kind. */
static inline struct value *metric_values(
    struct rig *r, const struct metric_case *c, const struct shape *y_shape)
{
    struct metric *m = NULL;
    check_ok(clk__metric_from_text(&m, c->text));
    struct shape shape = c->pred_shape;
    shape.rank -= c->kind == TARGET_CLASSES;
    if (y_shape)
        shape = *y_shape;
    struct value *p = rig_input(r, CLK_FLOAT32, c->pred_shape, c->pred, false);
    clk_dtype dtype = c->kind == TARGET_CLASSES ? CLK_INT32 : CLK_FLOAT32;
    struct value *y = rig_input(r, dtype, shape, c->targets, false);
    struct value *v = clk__metric_call(m, &r->graph, y, p, c->kind);
    clk__object_free(&m->object);
    return v;
}

static inline void check_metric_shaped(
    const struct metric_case *c, const struct shape *y_shape, double expected)
{
    struct rig r;
    rig_init(&r);
    struct value *v = metric_values(&r, c, y_shape);
    ck_assert_msg(v != NULL, "%s: %s", c->text, clk_last_error());
    int64_t n = clk__shape_len(&v->shape);
    int out = rig_output(&r, v);
    rig_run(&r, 1);
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += rig_read(&r, out)[i];
    ck_assert_msg(fabs(sum / (double)n - expected) < 1e-6, "%s: %g, not %g", c->text,
        sum / (double)n, expected);
    rig_fini(&r);
}

static inline void check_metric(const struct metric_case *c, double expected)
{
    check_metric_shaped(c, NULL, expected);
}

/* Expects a graph that latches CLK_ERR_SHAPE with that text. */
static inline void check_metric_shaped_fails(
    const struct metric_case *c, const struct shape *y_shape, const char *text)
{
    struct rig r;
    rig_init(&r);
    ck_assert_ptr_null(metric_values(&r, c, y_shape));
    check_fails(CLK_ERR_SHAPE, text, r.graph.status);
    rig_fini(&r);
}

static inline void check_metric_fails(const struct metric_case *c, const char *text)
{
    check_metric_shaped_fails(c, NULL, text);
}

/* The same for a metric that has sums. */
static inline void check_sums_fail(
    const struct metric_case *c, const struct shape *y_shape, const char *text)
{
    struct rig r;
    struct metric *m = NULL;
    struct value *sums[MAX_METRIC_SUMS];
    rig_init(&r);
    check_ok(clk__metric_from_text(&m, c->text));
    struct value *p = rig_input(&r, CLK_FLOAT32, c->pred_shape, c->pred, false);
    struct value *y =
        rig_input(&r, CLK_FLOAT32, y_shape ? *y_shape : c->pred_shape, c->targets, false);
    ck_assert_int_eq(clk__metric_sums(sums, m, &r.graph, y, p), 0);
    check_fails(CLK_ERR_SHAPE, text, r.graph.status);
    clk__object_free(&m->object);
    rig_fini(&r);
}

/* An expression that makes no metric, with `text` in the error. */
static inline void check_refused(const char *expression, const char *text)
{
    struct metric *m = NULL;
    clk_status status = clk__metric_from_text(&m, expression);
    ck_assert_msg(status != CLK_OK && strstr(clk_last_error(), text), "%s: %s", expression,
        status == CLK_OK ? "accepted" : clk_last_error());
    ck_assert_ptr_null(m);
}
