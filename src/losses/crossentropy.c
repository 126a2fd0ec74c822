/* SPDX-License-Identifier: MIT */
/* What the cross-entropies share. Follows keras/src/backend/jax/nn.py. */
#include "losses/crossentropy.h"

#include "ops/ops.h"

bool clk__has_class_shape(const clk_array *y, const struct shape *pred)
{
    bool fits = y->rank == pred->rank - 1 ||
                (y->rank == pred->rank && pred->rank > 0 && y->shape[y->rank - 1] == 1);
    for (int i = 0; fits && i < pred->rank - 1; i++)
        fits = y->shape[i] == pred->dims[i];
    return fits;
}

struct target clk__class_targets(const clk_array *y, const struct shape *pred)
{
    struct target t = {.kind = TARGET_CLASSES, .classes = pred->dims[pred->rank - 1]};
    t.shape.rank = y->rank;
    for (int i = 0; i < y->rank; i++)
        t.shape.dims[i] = y->shape[i];
    return t;
}

struct value *clk__class_numbers(struct graph *g, struct value *y_true, const struct value *y_pred)
{
    struct shape shape = y_pred->shape;
    shape.rank--;
    return clk__reshape(g, y_true, shape);
}

struct value *clk__complement(struct graph *g, struct value *a)
{
    return clk__unary_p(g, "affine", a, -1.0f, 1.0f);
}

struct value *clk__clipped(struct graph *g, struct value *p)
{
    return clk__unary_p(g, "clip", p, CLIP_EPSILON, 1.0f - CLIP_EPSILON);
}

struct value *clk__clipped_shares(struct graph *g, struct value *p)
{
    if (!p)
        return NULL;
    struct value *sum = clk__reduce(g, REDUCE_SUM, p, 1u << (p->shape.rank - 1), true);
    return clk__clipped(g, clk__div(g, p, sum));
}

struct value *clk__binary_crossentropy(struct graph *g, struct value *y, struct value *p)
{
    p = clk__clipped(g, p);
    struct value *one = clk__mul(g, y, clk__unary(g, "log", p));
    struct value *zero =
        clk__mul(g, clk__complement(g, y), clk__unary(g, "log", clk__complement(g, p)));
    return clk__unary(g, "neg", clk__add(g, one, zero));
}

/* -log_p[class]. softmax_xent() of any x is logsumexp(x) - x[class]: what is left to take off is the log of
 * the sum of the clipped probabilities, which is not quite 1. */
static struct value *pick_class(struct graph *g, struct value *log_p, struct value *classes)
{
    struct value *sum = clk__loss_sum(g, clk__unary(g, "exp", log_p));
    struct value *picked = clk__softmax_xent(g, log_p, classes, false);
    return clk__sub(g, picked, clk__unary(g, "log", sum));
}

static struct value *minus_sum(struct graph *g, struct value *a)
{
    return clk__unary(g, "neg", clk__loss_sum(g, a));
}

struct value *clk__categorical_crossentropy(const struct crossentropy *self, struct graph *g,
    struct value *y_true, struct value *y_pred, enum target_kind kind, bool clip)
{
    float smoothing = (float)self->label_smoothing;
    float uniform = smoothing / (float)y_pred->shape.dims[y_pred->shape.rank - 1];
    struct value *logits = self->from_logits ? y_pred : clip ? NULL : clk__softmax_input(y_pred);
    struct value *log_p = logits ? NULL : clk__unary(g, "log", clk__clipped_shares(g, y_pred));
    if (kind == TARGET_CLASSES)
        y_true = clk__class_numbers(g, y_true, y_pred);
    if (kind == TARGET_DENSE) {
        struct value *y = y_true;
        if (smoothing > 0)
            y = clk__unary_p(g, "affine", y, 1.0f - smoothing, uniform);
        return logits ? clk__softmax_xent(g, logits, y, true) : minus_sum(g, clk__mul(g, y, log_p));
    }
    struct value *loss =
        logits ? clk__softmax_xent(g, logits, y_true, false) : pick_class(g, log_p, y_true);
    if (!(smoothing > 0))
        return loss;
    struct value *every = minus_sum(g, logits ? clk__log_softmax(g, logits) : log_p);
    return clk__add(g, clk__scale(g, loss, 1.0f - smoothing), clk__scale(g, every, uniform));
}
