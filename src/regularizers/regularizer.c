/* SPDX-License-Identifier: MIT */
/* What regularizers share: the penalty by factors. */
#include "regularizers/regularizer.h"

#include "ops/ops.h"

static const struct regularizer_class *class_of(const struct object *o)
{
    return (const struct regularizer_class *)o->class;
}

bool clk__penalty_factors(struct norm_factors *out, const struct object *regularizer)
{
    const struct regularizer_class *c = class_of(regularizer);
    *out = c->factors ? c->factors(regularizer) : (struct norm_factors){0};
    return c->factors != NULL;
}

/* l1 |x| + l2 x^2 by element, scaled before they are summed: one reduction does for both. */
static struct value *elements(struct graph *g, struct value *x, float l1, float l2)
{
    struct value *size = l1 > 0.0f ? clk__unary(g, "abs", x) : NULL;
    struct value *square = l2 > 0.0f ? clk__unary(g, "square", x) : NULL;
    if (size && square)
        return clk__pointwise(g, "mix", (struct value *[]){size, square}, 2, l1, l2);
    return size ? clk__scale(g, size, l1) : clk__scale(g, square, l2);
}

struct value *clk__penalty_of(struct graph *g, struct value *x, const struct norm_factors *f)
{
    float l1 = (float)f->l1, l2 = (float)f->l2;
    if (!(l1 > 0.0f || l2 > 0.0f))
        return NULL;
    return clk__reduce(g, REDUCE_SUM, elements(g, x, l1, l2), ~0u, false);
}

struct value *clk__penalty(const struct object *regularizer, struct graph *g, struct value *x)
{
    struct norm_factors f;
    if (!x)
        return NULL;
    if (!clk__penalty_factors(&f, regularizer))
        return class_of(regularizer)->penalty(regularizer, g, x);
    return clk__penalty_of(g, x, &f);
}
