/* SPDX-License-Identifier: MIT */
/* AUC: the area under the curve of recall over the rate of false positives (ROC), of precision over recall (PR), or of
 * their gains (PRGAIN), as thresholds go down. Follows keras/src/metrics/confusion_metrics.py AUC. */
#include "base/mem.h"
#include "metrics/confusion.h"
#include "ops/ops.h"

#include <math.h>
#include <stdlib.h>

enum curve {
    CURVE_ROC,
    CURVE_PR,
    CURVE_PRGAIN,
    N_CURVES
};
enum summation {
    INTERPOLATION,
    MINORING,
    MAJORING,
    N_SUMMATIONS
};
/* Each a second time as it may be spelled, but is not written. */
static const char *const curves[] = {"ROC", "PR", "PRGAIN", "roc", "pr", "prgain", NULL};
static const char *const summations[] = {
    "interpolation", "minoring", "majoring", "Interpolation", "Minoring", "Majoring", NULL};

struct auc {
    struct metric metric;
    int64_t num_thresholds;
    int curve;
    int summation_method;
    struct float_list thresholds; /* as given, sorted: without the two at the ends */
    bool multi_label;
    bool has_num_labels;
    int64_t num_labels;
    json_t *label_weights;
    bool from_logits;
    double *ends;    /* thresholds with those; NULL: even ones */
    double *weights; /* NULL: none */
    int n_weights;
};

#define EPSILON        1e-7
#define MAX_THRESHOLDS 100000

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static clk_status check_thresholds(struct auc *a)
{
    int n = a->thresholds.n;
    if (n < 0)
        return CLK_OK;
    a->num_thresholds = n + 2;
    double *ends = clk__alloc((size_t)n + 2, sizeof *ends);
    if (!ends)
        return clk__fail_memory();
    if (n > 0)
        qsort(a->thresholds.items, (size_t)n, sizeof *a->thresholds.items, compare);
    for (int i = 0; i < n; i++)
        ends[i + 1] = a->thresholds.items[i];
    ends[n + 1] = 1.0;
    if (clk__confusion_is_even(ends, n + 2)) {
        free(ends);
        return CLK_OK;
    }
    ends[0] -= EPSILON;
    ends[n + 1] += EPSILON;
    a->ends = ends;
    return CLK_OK;
}

/* A list. Keras writes it as {"class_name": "__tensor__", "config": {"value": ...}}, which it then cannot read itself. */
static clk_status check_weights(struct auc *a)
{
    json_t *list = a->label_weights;
    if (!list)
        return CLK_OK;
    if (json_is_object(list)) {
        list = json_incref(json_object_get(json_object_get(list, "config"), "value"));
        json_decref(a->label_weights);
        a->label_weights = list;
    }
    size_t n = json_array_size(list);
    bool numbers = n > 0 && n <= MAX_THRESHOLDS;
    a->weights = clk__alloc(n, sizeof *a->weights);
    if (!a->weights)
        return clk__fail_memory();
    for (size_t i = 0; i < n; i++)
        numbers &= clk__json_number(&a->weights[i], json_array_get(list, i));
    if (!numbers)
        return clk__fail(CLK_ERR_CONFIG, "AUC: label_weights must be a list of numbers");
    a->n_weights = (int)n;
    return CLK_OK;
}

static clk_status check(struct object *o)
{
    struct auc *a = (struct auc *)o;
    a->curve %= N_CURVES;
    a->summation_method %= N_SUMMATIONS;
    TRY(clk__metric_check(o));
    TRY(check_thresholds(a));
    if (a->has_num_labels && !a->multi_label)
        return clk__fail(CLK_ERR_CONFIG, "AUC: num_labels is for multi_label=True alone");
    return check_weights(a);
}

static void fini(struct object *o)
{
    struct auc *a = (struct auc *)o;
    free(a->ends);
    free(a->weights);
}

static struct confusion confusion_of(const struct auc *a)
{
    return (struct confusion){.thresholds = a->ends,
        .n = (int)a->num_thresholds,
        .even = !a->ends,
        .open = true,
        .by_label = a->multi_label,
        .label_weights = a->weights,
        .n_label_weights = a->n_weights};
}

static int sums(struct value **out, const struct metric *self, struct graph *g,
    struct value *y_true, struct value *y_pred)
{
    const struct auc *a = (const struct auc *)self;
    const struct confusion c = confusion_of(a);
    if (a->has_num_labels && y_pred->shape.dims[y_pred->shape.rank - 1] != a->num_labels) {
        clk__metric_fail(self, g, "num_labels is not the number of labels of the predictions");
        return 0;
    }
    if (a->multi_label && a->weights && y_pred->shape.dims[1] != a->n_weights) {
        clk__metric_fail(self, g, "label_weights are not as many as the predictions have labels");
        return 0;
    }
    if (a->from_logits)
        y_pred = clk__unary(g, "sigmoid", y_pred);
    return clk__confusion_sums(out, &c, self, g, y_true, y_pred);
}

/* One threshold's place on the curve. */
struct point {
    double x;
    double y;
};

/* Without a true positive the gains are 0 and 1; a recall gain below 0 is 0. */
static struct point gains(struct confusion_counts c)
{
    double scale = clk__metric_ratio(c.tp + c.fn, c.tn + c.fp);
    if (c.tp == 0)
        return (struct point){0, 1};
    return (struct point){fmax(1 - scale * c.fn / c.tp, 0), 1 - scale * c.fp / c.tp};
}

static struct point point_of(const struct auc *a, struct confusion_counts c)
{
    if (a->curve == CURVE_ROC)
        return (struct point){clk__metric_ratio(c.fp, c.fp + c.tn), clk__confusion_recall(c)};
    if (a->curve == CURVE_PR)
        return (struct point){clk__confusion_recall(c), clk__confusion_precision(c)};
    return gains(c);
}

/* Between two thresholds true positives are a straight line over all positives: Davis and Goadrich 2006, section 4. */
static double interpolated(struct confusion_counts c, struct confusion_counts next)
{
    double p = c.tp + c.fp, next_p = next.tp + next.fp, gained = c.tp - next.tp;
    double slope = clk__metric_ratio(gained, fmax(p - next_p, 0));
    double intercept = next.tp - slope * next_p;
    double ratio = p > 0 && next_p > 0 ? p / next_p : 1;
    return clk__metric_ratio(slope * (gained + intercept * log(ratio)), fmax(next.tp + next.fn, 0));
}

/* The part of the area between two thresholds that follow each other. */
static double part(const struct auc *a, struct confusion_counts c, struct confusion_counts next)
{
    if (a->curve == CURVE_PR && a->summation_method == INTERPOLATION)
        return interpolated(c, next);
    struct point here = point_of(a, c), there = point_of(a, next);
    double height = a->summation_method == INTERPOLATION ? (here.y + there.y) / 2
                    : a->summation_method == MINORING    ? fmin(here.y, there.y)
                                                         : fmax(here.y, there.y);
    return (here.x - there.x) * height;
}

/* The weighted mean over the labels. */
static int64_t result(double *out, const struct metric *self, const struct metric_sums *s)
{
    const struct auc *a = (const struct auc *)self;
    const struct confusion c = confusion_of(a);
    double weights = 0;
    *out = 0;
    for (int64_t label = 0; label < s->shape.dims[1]; label++) {
        double weight = a->multi_label && a->weights ? a->weights[label] : 1, area = 0;
        for (int i = 0; i + 1 < c.n; i++)
            area +=
                part(a, clk__confusion_at(&c, s, i, label), clk__confusion_at(&c, s, i + 1, label));
        *out += weight * area;
        weights += weight;
    }
    *out = clk__metric_ratio(*out, weights);
    return 1;
}

static const struct field common[] = {METRIC_FIELDS("auc")};
static const struct field fields[] = {
    ARG_INT(auc, num_thresholds, DEFAULT(200), BETWEEN(2, MAX_THRESHOLDS)),
    ARG_CHOICE(auc, curve, curves, DEFAULT("ROC")),
    ARG_CHOICE(auc, summation_method, summations, DEFAULT("interpolation"), LAST_POSITIONAL),
    ARG_FLOATS(auc, thresholds, DEFAULT(null), BETWEEN(0, 1), YOUNGER),
    ARG_BOOL(auc, multi_label, DEFAULT(false)),
    ARG_INT_OR_NONE(auc, num_labels, DEFAULT(null), AT_LEAST(1)),
    ARG_ANY(auc, label_weights, DEFAULT(null)),
    ARG_BOOL(auc, from_logits, DEFAULT(false)),
    ARGS_END,
};

const struct metric_class clk__metric_auc = {
    METRIC_CLASS_CHECKED("AUC", auc, common, fields, check),
    .object.fini = fini,
    .sums = sums,
    .result = result,
};
