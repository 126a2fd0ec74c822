/* SPDX-License-Identifier: MIT */
/* IoU, MeanIoU, BinaryIoU, OneHotIoU, OneHotMeanIoU: the intersection of a class's places in targets and predictions
 * over their union. Follows keras/src/metrics/iou_metrics.py. */
#include "metrics/metric.h"
#include "ops/ops.h"

#include <string.h>

struct iou {
    struct metric metric;
    int64_t num_classes;
    json_t *target_class_ids; /* NULL: all */
    bool has_ignore_class;
    int64_t ignore_class;
    bool sparse_y_true;
    bool sparse_y_pred;
    double threshold; /* of BinaryIoU */
};

#define EPSILON 1e-7

static bool is_binary(const struct iou *m)
{
    return strcmp(m->metric.object.class->name, "BinaryIoU") == 0;
}

/* Fractions of class numbers are cut off; where the dtype is an integer, before they are looked at. */
static bool is_int(const struct iou *m)
{
    return m->metric.dtype && strstr(m->metric.dtype, "int");
}

static struct value *numbers(struct graph *g, const struct iou *m, struct value *v, bool sparse)
{
    if (!sparse)
        v = clk__argmax(g, v);
    if (v && v->dtype != CLK_FLOAT32)
        v = clk__unary(g, "identity", v);
    if (is_int(m))
        v = clk__unary(g, "trunc", v);
    return v ? clk__reshape(g, v, SHAPE(clk__shape_len(&v->shape), 1)) : NULL;
}

/* 1 where v is a class's number at all. */
static struct value *within(struct graph *g, const struct iou *m, struct value *v)
{
    return clk__binary(g, "logical_and", clk__binary(g, "greater_equal", v, clk__constant(g, 0.0f)),
        clk__binary(g, "less", v, clk__constant(g, (float)m->num_classes)));
}

/* By class: places where both have it, where the targets have it, where the predictions have it. */
static int sums(struct value **out, const struct metric *self, struct graph *g,
    struct value *y_true, struct value *y_pred)
{
    const struct iou *m = (const struct iou *)self;
    if (is_binary(m))
        y_pred = clk__binary(g, "greater_equal", y_pred, clk__constant(g, (float)m->threshold));
    struct value *y = numbers(g, m, y_true, m->sparse_y_true);
    struct value *p = numbers(g, m, y_pred, m->sparse_y_pred);
    if (!clk__metric_match_shapes(self, g, &y, &p))
        return 0;
    struct value *counts = clk__binary(g, "logical_and", within(g, m, y), within(g, m, p));
    if (m->has_ignore_class)
        counts = clk__binary(g, "logical_and", counts,
            clk__binary(g, "not_equal", y, clk__constant(g, (float)m->ignore_class)));
    struct value *classes = clk__index(g, SHAPE(m->num_classes));
    struct value *due =
        clk__mul(g, clk__binary(g, "equal", clk__unary(g, "trunc", y), classes), counts);
    struct value *said =
        clk__mul(g, clk__binary(g, "equal", clk__unary(g, "trunc", p), classes), counts);
    out[0] = clk__reduce(g, REDUCE_SUM, clk__mul(g, due, said), 1, false);
    out[1] = clk__reduce(g, REDUCE_SUM, due, 1, false);
    out[2] = clk__reduce(g, REDUCE_SUM, said, 1, false);
    return 3;
}

/* The mean over those classes that occur. */
static int64_t result(double *out, const struct metric *self, const struct metric_sums *s)
{
    const struct iou *m = (const struct iou *)self;
    size_t n = m->target_class_ids ? json_array_size(m->target_class_ids) : (size_t)m->num_classes;
    double sum = 0, there = 0;
    for (size_t i = 0; i < n; i++) {
        size_t id = m->target_class_ids
                        ? (size_t)json_integer_value(json_array_get(m->target_class_ids, i))
                        : i;
        double both = s->values[0][id], either = s->values[1][id] + s->values[2][id] - both;
        if (either > 1e-9) {
            sum += both / (either + EPSILON);
            there++;
        }
    }
    *out = sum / (there + EPSILON);
    return 1;
}

static clk_status check_dtype(const struct iou *m)
{
    static const char *const dtypes[] = {
        "int", "int32", "int64", "int16", "int8", "uint8", "float32", "float64"};
    const struct metric *base = &m->metric;
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++) {
        if (!base->dtype || strcmp(base->dtype, dtypes[i]) == 0)
            return CLK_OK;
    }
    return clk__fail(CLK_ERR_UNSUPPORTED,
        "metric \"%s\": dtype \"%s\" is not supported, \"int32\" and \"float32\" are", base->name,
        base->dtype);
}

static clk_status check(struct object *o)
{
    struct iou *m = (struct iou *)o;
    const json_t *id;
    size_t i;
    if (is_binary(m)) {
        m->num_classes = 2;
        m->sparse_y_true = m->sparse_y_pred = true;
    }
    TRY(check_dtype(m));
    if (m->target_class_ids && !json_is_array(m->target_class_ids))
        return clk__fail(CLK_ERR_CONFIG, "%s: target_class_ids must be a list", o->class->name);
    json_array_foreach(m->target_class_ids, i, id)
    {
        if (!json_is_integer(id) || json_integer_value(id) < 0 ||
            json_integer_value(id) >= m->num_classes)
            return clk__fail(CLK_ERR_CONFIG,
                "%s: target_class_ids must be integers from 0 to %lld, as num_classes says",
                o->class->name, (long long)m->num_classes - 1);
    }
    return CLK_OK;
}

#define IOU_COMMON(name_)                                                 \
    {                                                                     \
        ARG_STRING(metric, name, DEFAULT(name_)),                         \
            ARG_DTYPE(metric, dtype, DEFAULT("int32"), OR_NONE), ARGS_END \
    }
#define CLASSES     ARG_INT(iou, num_classes, REQUIRED, BETWEEN(1, 1000000))
#define TARGETS     ARG_ANY(iou, target_class_ids, REQUIRED)
#define IGNORE      ARG_INT_OR_NONE(iou, ignore_class, DEFAULT(null))
#define SPARSE_TRUE ARG_BOOL(iou, sparse_y_true, DEFAULT(true))
#define AXIS        ARG_UNSUPPORTED("axis", DEFAULT(-1))

static const struct field iou_common[] = IOU_COMMON("io_u");
static const struct field mean_common[] = IOU_COMMON("mean_io_u");
static const struct field binary_common[] = IOU_COMMON("binary_io_u");
static const struct field one_hot_common[] = IOU_COMMON("one_hot_io_u");
static const struct field one_hot_mean_common[] = IOU_COMMON("one_hot_mean_io_u");

static const struct field iou_fields[] = {CLASSES, TARGETS, IGNORE, SPARSE_TRUE,
    ARG_BOOL(iou, sparse_y_pred, DEFAULT(true)), AXIS, ARGS_END};
static const struct field mean_fields[] = {
    CLASSES, IGNORE, SPARSE_TRUE, ARG_BOOL(iou, sparse_y_pred, DEFAULT(true)), AXIS, ARGS_END};
static const struct field binary_fields[] = {ARG_ANY(iou, target_class_ids, DEFAULT([ 0, 1 ])),
    ARG_FLOAT(iou, threshold, DEFAULT(0.5)), ARGS_END};
static const struct field one_hot_fields[] = {
    CLASSES, TARGETS, IGNORE, ARG_BOOL(iou, sparse_y_pred, DEFAULT(false)), AXIS, ARGS_END};
static const struct field one_hot_mean_fields[] = {
    CLASSES, IGNORE, ARG_BOOL(iou, sparse_y_pred, DEFAULT(false)), AXIS, ARGS_END};

#define IOU(tag, class_name_, common_, fields_)                          \
    const struct metric_class clk__metric_##tag = {                      \
        METRIC_CLASS_CHECKED(class_name_, iou, common_, fields_, check), \
        .sums = sums,                                                    \
        .result = result,                                                \
    }

IOU(iou, "IoU", iou_common, iou_fields);
IOU(mean_iou, "MeanIoU", mean_common, mean_fields);
IOU(binary_iou, "BinaryIoU", binary_common, binary_fields);
IOU(one_hot_iou, "OneHotIoU", one_hot_common, one_hot_fields);
IOU(one_hot_mean_iou, "OneHotMeanIoU", one_hot_mean_common, one_hot_mean_fields);
