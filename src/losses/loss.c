/* SPDX-License-Identifier: MIT */
/* What losses share: common arguments, the shape of targets, reductions of the last axis. Follows
 * keras/src/losses/loss.py (squeeze_or_expand_to_same_rank). */
#include "losses/loss.h"

#include "ops/ops.h"

const char *const clk__loss_reductions[] = {
    "sum_over_batch_size", "sum", "mean", "none", "auto", NULL};

clk_status clk__loss_check(struct object *o)
{
    struct loss *l = (struct loss *)o;
    if (l->reduction < 0)
        l->reduction = LOSS_NONE;
    if (l->reduction == LOSS_AUTO)
        l->reduction = LOSS_SUM_OVER_BATCH_SIZE;
    return CLK_OK;
}

static struct shape shape_of(const clk_array *a)
{
    struct shape s = {.rank = a->rank};
    for (int i = 0; i < a->rank; i++)
        s.dims[i] = a->shape[i];
    return s;
}

clk_status clk__loss_wrong_targets(
    const struct loss *l, const clk_array *y, const struct shape *pred, const char *hint)
{
    char targets[SHAPE_TEXT], predictions[SHAPE_TEXT];
    struct shape shape = shape_of(y);
    return clk__fail(CLK_ERR_SHAPE, "%s: y has shape %s, predictions have %s; %s", l->name,
        clk__shape_text(targets, &shape), clk__shape_text(predictions, pred), hint);
}

/* The rule of clk__loss_same_rank(), of shapes. */
static void same_rank(struct shape *a, struct shape *b)
{
    struct shape *longer = a->rank > b->rank ? a : b, *shorter = longer == a ? b : a;
    if (longer->rank != shorter->rank + 1 || longer->dims[longer->rank - 1] != 1)
        return;
    if (shorter->rank == 1)
        shorter->dims[shorter->rank++] = 1;
    else
        longer->rank--;
}

void clk__loss_same_rank(struct graph *g, struct value **y_true, struct value **y_pred)
{
    if (!*y_true || !*y_pred)
        return;
    struct shape y = (*y_true)->shape, p = (*y_pred)->shape;
    same_rank(&y, &p);
    *y_true = clk__reshape(g, *y_true, y);
    *y_pred = clk__reshape(g, *y_pred, p);
}

/* Predictions may have an unknown number of rows yet. */
static bool same_shape(const struct shape *y, const struct shape *p)
{
    bool same = y->rank == p->rank;
    for (int i = 0; same && i < y->rank; i++)
        same = y->dims[i] == p->dims[i] || p->dims[i] < 0;
    return same;
}

clk_status clk__loss_dense_targets(
    const struct loss *l, struct target *out, const clk_array *y, const struct shape *pred)
{
    struct shape shape = shape_of(y), p = *pred;
    *out = (struct target){.kind = TARGET_DENSE, .shape = shape};
    same_rank(&shape, &p);
    if (same_shape(&shape, &p))
        return CLK_OK;
    return clk__loss_wrong_targets(l, y, pred, "they must be the same");
}

/* Rows are never repeated: (n) against (n, n) is no pair of NumPy's rule here. */
static clk_status broadcast_targets(
    const struct loss *l, struct target *out, const clk_array *y, const struct shape *pred)
{
    struct shape shape = shape_of(y), p = *pred, both;
    *out = (struct target){.kind = TARGET_DENSE, .shape = shape};
    same_rank(&shape, &p);
    if (same_shape(&shape, &p) || (shape.rank == p.rank && clk__shape_broadcast(&both, &shape, &p)))
        return CLK_OK;
    return clk__loss_wrong_targets(
        l, y, pred, "they must be the same, or axes of 1 where they are not");
}

bool clk__loss_is_of_batches(const struct loss *l)
{
    return ((const struct loss_class *)l->object.class)->of_batches;
}

clk_status clk__loss_targets(
    const struct loss *l, struct target *out, const clk_array *y, const struct shape *pred)
{
    const struct loss_class *c = (const struct loss_class *)l->object.class;
    return c->targets ? c->targets(l, out, y, pred) : broadcast_targets(l, out, y, pred);
}

struct value *clk__loss_call(const struct loss *l, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind, bool clip)
{
    const struct loss_class *c = (const struct loss_class *)l->object.class;
    if (!y_true || !y_pred)
        return NULL;
    if (kind == TARGET_DENSE)
        clk__loss_same_rank(g, &y_true, &y_pred);
    if (!y_true || !y_pred)
        return NULL;
    return c->call(l, g, y_true, y_pred, kind, clip);
}

static struct value *reduce_last(struct graph *g, enum reduce_kind kind, struct value *a)
{
    if (!a)
        return NULL;
    return a->shape.rank > 0 ? clk__reduce(g, kind, a, 1u << (a->shape.rank - 1), false) : a;
}

struct value *clk__loss_mean(struct graph *g, struct value *a)
{
    return reduce_last(g, REDUCE_MEAN, a);
}

struct value *clk__loss_sum(struct graph *g, struct value *a)
{
    return reduce_last(g, REDUCE_SUM, a);
}
