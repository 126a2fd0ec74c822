/* SPDX-License-Identifier: MIT */
/* The arrays are, for each threshold, the positives among the predictions above it and all predictions above it; before
 * the first threshold stand those of all predictions. */
#include "metrics/confusion.h"

#include "ops/ops.h"

#define EPSILON   1e-7
#define BELOW_ALL (-1e10) /* Keras' NEG_INF */

bool clk__confusion_is_even(const double *thresholds, int n)
{
    for (int i = 0; i < n; i++) {
        double even = (double)i / (n - 1);
        if (n < 3 || fabs(thresholds[i] - even) > EPSILON + 1e-5 * even)
            return false;
    }
    return n >= 3;
}

static bool check_last_axis(
    const struct metric *m, struct graph *g, const struct value *y_pred, int64_t at_least)
{
    const struct shape *s = &y_pred->shape;
    char p[SHAPE_TEXT];
    if (s->rank >= 2 && s->dims[s->rank - 1] >= at_least)
        return true;
    clk__graph_fail(
        g, clk__fail(CLK_ERR_SHAPE,
               "metric \"%s\": predictions have shape %s, class_id or top_k asks for a last axis "
               "of at least %lld",
               m->name, clk__shape_text(p, s), (long long)at_least));
    return false;
}

/* An element is among the k largest of the last axis if fewer than k come before it: larger ones, and equal ones to
 * the left. */
static struct value *keep_top_k(struct graph *g, struct value *p, int64_t k)
{
    int64_t n = p->shape.dims[p->shape.rank - 1], rows = clk__shape_len(&p->shape) / n;
    struct value *own = clk__reshape(g, p, SHAPE(rows, n, 1));
    struct value *other = clk__reshape(g, p, SHAPE(rows, 1, n));
    struct value *left =
        clk__binary(g, "less", clk__index(g, SHAPE(n)), clk__index(g, SHAPE(n, 1)));
    struct value *before = clk__binary(g, "logical_or", clk__binary(g, "greater", other, own),
        clk__binary(g, "logical_and", clk__binary(g, "equal", other, own), left));
    struct value *place = clk__reduce(g, REDUCE_SUM, before, 1u << 2, false);
    if (!place)
        return NULL;
    struct value *is_top =
        clk__binary(g, "less", clk__reshape(g, place, p->shape), clk__constant(g, (float)k));
    return clk__select(g, is_top, p, clk__constant(g, (float)BELOW_ALL));
}

/* (n, 1, labels), or with one label (all elements, 1, 1). */
static struct value *by_label(struct graph *g, struct value *v, int64_t labels)
{
    return v ? clk__reshape(g, v, SHAPE(clk__shape_len(&v->shape) / labels, 1, labels)) : NULL;
}

/* 1 for each prediction (n, 1, labels) and threshold (n + 1, 1) that it is above. */
static struct value *above(struct graph *g, const struct confusion *c, struct value *p)
{
    struct value *rows = clk__index(g, SHAPE(c->n + 1, 1));
    if (c->even) {
        p = clk__scale(g, clk__unary_p(g, "clip", p, 0.0f, 1.0f), (float)(c->n - 1));
        return clk__binary(g, "greater", p, clk__unary_p(g, "offset", rows, -1.0f, 0.0f));
    }
    struct value *all = clk__binary(g, "equal", rows, clk__constant(g, 0.0f));
    struct value *list = clk__metric_numbers(g, c->thresholds, c->n);
    const int64_t before = 1, after = 0;
    list = clk__reshape(g, clk__pad(g, list, &before, &after, 0.0f), SHAPE(c->n + 1, 1));
    return clk__binary(g, "logical_or", clk__binary(g, "greater", p, list), all);
}

static struct value *weighted(
    struct graph *g, const struct confusion *c, const struct metric *m, struct value *p)
{
    if (!c->label_weights || c->by_label)
        return NULL;
    if (p->shape.dims[p->shape.rank - 1] != c->n_label_weights)
        return clk__metric_fail(
            m, g, "label_weights must be as many as the predictions' last axis has places");
    struct value *w = clk__metric_numbers(g, c->label_weights, c->n_label_weights);
    return clk__broadcast(g, w, p->shape);
}

int clk__confusion_sums(struct value **out, const struct confusion *c, const struct metric *m,
    struct graph *g, struct value *y_true, struct value *y_pred)
{
    if (!clk__metric_match_shapes(m, g, &y_true, &y_pred))
        return 0;
    int last = y_pred->shape.rank - 1;
    if (c->by_label && last != 1) {
        clk__metric_fail(m, g, "multi_label takes predictions of shape (samples, labels)");
        return 0;
    }
    if (c->has_top_k && !check_last_axis(m, g, y_pred, c->top_k))
        return 0;
    if (c->has_class_id && !check_last_axis(m, g, y_pred, c->class_id + 1))
        return 0;
    if (c->has_top_k)
        y_pred = keep_top_k(g, y_pred, c->top_k);
    if (c->has_class_id) {
        y_true = clk__slice_axis(g, y_true, last, c->class_id, 1);
        y_pred = clk__slice_axis(g, y_pred, last, c->class_id, 1);
    }
    if (!y_true || !y_pred)
        return 0;
    int64_t labels = c->by_label ? y_pred->shape.dims[1] : 1;
    struct value *weight = by_label(g, weighted(g, c, m, y_pred), labels);
    struct value *is_above = above(g, c, by_label(g, y_pred, labels));
    struct value *positive =
        clk__binary(g, "not_equal", by_label(g, y_true, labels), clk__constant(g, 0.0f));
    if (weight)
        is_above = clk__mul(g, is_above, weight);
    out[0] = clk__reduce(g, REDUCE_SUM, clk__mul(g, is_above, positive), 1, false);
    out[1] = clk__reduce(g, REDUCE_SUM, is_above, 1, false);
    return 2;
}

struct confusion_counts clk__confusion_at(
    const struct confusion *c, const struct metric_sums *s, int64_t i, int64_t label)
{
    int64_t labels = s->shape.dims[1], row = c->open && c->even && i == 0 ? 0 : i + 1;
    const double *positive = s->values[0] + label, *all = s->values[1] + label;
    double tp = positive[row * labels], fp = all[row * labels] - tp;
    return (struct confusion_counts){
        .tp = tp, .fp = fp, .fn = positive[0] - tp, .tn = all[0] - positive[0] - fp};
}

double clk__confusion_precision(struct confusion_counts c)
{
    return clk__metric_ratio(c.tp, c.tp + c.fp);
}

double clk__confusion_recall(struct confusion_counts c)
{
    return clk__metric_ratio(c.tp, c.tp + c.fn);
}

double clk__confusion_specificity(struct confusion_counts c)
{
    return clk__metric_ratio(c.tn, c.tn + c.fp);
}

/* ---- metrics with thresholds of their own ---- */

static const double half[] = {0.5}, below_all[] = {BELOW_ALL};

static struct confusion confusion_of(const struct thresholded *t)
{
    struct confusion c = {.thresholds = t->thresholds.items,
        .n = t->thresholds.n,
        .has_top_k = t->has_top_k,
        .top_k = t->top_k,
        .has_class_id = t->has_class_id,
        .class_id = t->class_id};
    if (c.n <= 0) {
        c.thresholds = t->has_top_k ? below_all : half;
        c.n = 1;
    }
    c.even = clk__confusion_is_even(c.thresholds, c.n);
    return c;
}

int clk__thresholded_sums(struct value **out, const struct metric *self, struct graph *g,
    struct value *y_true, struct value *y_pred)
{
    const struct confusion c = confusion_of((const struct thresholded *)self);
    return clk__confusion_sums(out, &c, self, g, y_true, y_pred);
}

int64_t clk__thresholded_result(double *out, const struct metric *self, const struct metric_sums *s,
    double (*of)(struct confusion_counts))
{
    const struct confusion c = confusion_of((const struct thresholded *)self);
    for (int i = 0; i < c.n; i++)
        out[i] = of(clk__confusion_at(&c, s, i, 0));
    return c.n;
}
