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

/* Equal, or equal but for a last axis of 1 that one of them has. */
static bool same_but_one(const struct shape *a, const struct shape *b)
{
    const struct shape *longer = a->rank > b->rank ? a : b;
    struct shape cut = *longer;
    if (a->rank == b->rank)
        return clk__shape_equal(a, b);
    cut.rank--;
    return longer->dims[cut.rank] == 1 && clk__shape_equal(&cut, longer == a ? b : a);
}

clk_status clk__loss_dense_targets(
    const struct loss *l, struct target *out, const clk_array *y, const struct shape *pred)
{
    struct shape shape = shape_of(y);
    *out = (struct target){.kind = TARGET_DENSE, .shape = *pred};
    if (same_but_one(&shape, pred))
        return CLK_OK;
    return clk__loss_wrong_targets(l, y, pred, "they must be the same");
}

clk_status clk__loss_targets(
    const struct loss *l, struct target *out, const clk_array *y, const struct shape *pred)
{
    const struct loss_class *c = (const struct loss_class *)l->object.class;
    return c->targets ? c->targets(l, out, y, pred) : clk__loss_dense_targets(l, out, y, pred);
}

struct value *clk__loss_call(const struct loss *l, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind, bool clip)
{
    const struct loss_class *c = (const struct loss_class *)l->object.class;
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
