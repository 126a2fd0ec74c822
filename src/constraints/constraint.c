/* SPDX-License-Identifier: MIT */
/* What constraints share: norms over axes, and weights scaled to others. */
#include "constraints/constraint.h"

#include "ops/ops.h"

/* keras/src/backend/config.py epsilon */
#define EPSILON 1e-7f

struct value *clk__constrain(const struct object *constraint, struct graph *g, struct value *w)
{
    const struct constraint_class *c = (const struct constraint_class *)constraint->class;
    return w ? c->apply(constraint, g, w) : NULL;
}

struct value *clk__constraint_norms(
    const struct object *self, struct graph *g, struct value *w, const struct int_list *axes)
{
    unsigned mask = axes->n < 0 ? ~0u : 0;
    int rank = w->shape.rank;
    for (int i = 0; i < axes->n; i++) {
        int64_t axis = axes->items[i] < 0 ? axes->items[i] + rank : axes->items[i];
        if (axis < 0 || axis >= rank) {
            char text[SHAPE_TEXT];
            return clk__graph_fail(
                g, clk__fail(CLK_ERR_SHAPE, "%s: weights of shape %s have no axis %lld",
                       self->class->name, clk__shape_text(text, &w->shape),
                       (long long)axes->items[i]));
        }
        mask |= 1u << axis;
    }
    struct value *squares = clk__unary(g, "square", w);
    return clk__unary(g, "sqrt", clk__reduce(g, REDUCE_SUM, squares, mask, true));
}

struct value *clk__constraint_rescale(
    struct graph *g, struct value *w, struct value *wanted, struct value *norms)
{
    struct value *by = clk__div(g, wanted, clk__unary_p(g, "offset", norms, EPSILON, 0.0f));
    return clk__mul(g, w, by);
}
