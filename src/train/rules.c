/* SPDX-License-Identifier: MIT */
/* Penalties in the loss, constraints after the update. Follows keras/src/layers/layer.py losses and
 * keras/src/optimizers/base_optimizer.py apply. */
#include "train/rules.h"

#include "ops/ops.h"

/* ---- penalties ---- */

static void add(struct penalties *p, struct graph *g, struct value *penalty)
{
    if (penalty)
        p->total = p->total ? clk__add(g, p->total, penalty) : penalty;
}

/* Those with the model's L2 factor lie at the start of the layout, with a gap behind: one reduction over one buffer, and
 * a gradient that the optimizer's own loop adds. The bound lies in the middle of the gap, as float32 rounds the numbers
 * of elements beyond the 16,777,216th. Between the variables there is nothing but zeros, or NaN where an optimizer
 * without epsilon divides them by their root. */
static struct value *shared_penalty(struct value *weights, struct graph *g, const clk_model *m)
{
    size_t bound = (m->shared_bytes + VARIABLE_ALIGN / 2) / sizeof(float);
    struct value *counts = clk__binary(g, "equal", weights, weights);
    if (m->shared_bytes + VARIABLE_ALIGN < m->trainable_bytes) {
        struct value *index = clk__index(g, weights->shape);
        struct value *end = clk__constant(g, (float)bound);
        counts = clk__mul(g, counts, clk__binary(g, "less", index, end));
    }
    struct value *w = clk__select(g, counts, weights, clk__constant(g, 0.0f));
    struct value *sum = clk__reduce(g, REDUCE_SUM, clk__unary(g, "square", w), ~0u, false);
    return clk__scale(g, sum, m->shared_l2);
}

clk_status clk__penalties(
    struct penalties *out, const clk_model *m, struct graph *g, struct value **variables, bool each)
{
    struct call c = {.graph = g, .variables = variables};
    bool shared = m->shared_bytes > 0 && !each;
    *out = (struct penalties){0};
    for (size_t i = 0; i < g->n_penalties; i++)
        add(out, g, g->penalties[i].value);
    for (size_t i = 0; i < m->n_variables; i++) {
        const struct variable *v = m->variables[i];
        if (v->trainable && v->regularizer && !(shared && v->offset < m->shared_bytes))
            add(out, g, clk__penalty(v->regularizer, g, clk__call_leaf(&c, v)));
    }
    if (shared) {
        int64_t len = (int64_t)(m->trainable_bytes / sizeof(float));
        out->weights = clk__leaf(g, REGION_PARAM, 0, CLK_FLOAT32, SHAPE(len), true);
        add(out, g, out->weights ? shared_penalty(out->weights, g, m) : NULL);
    }
    return g->status;
}

/* ---- dtypes ---- */

/* The first trainable variable of the layout, or that after `before`; NULL: there is none. */
static const struct variable *next_variable(const clk_model *m, const struct variable *before)
{
    const struct variable *found = NULL;
    for (size_t i = 0; i < m->n_variables; i++) {
        const struct variable *v = m->variables[i];
        bool behind = v->trainable && v->len > 0 && (!before || v->offset > before->offset);
        if (behind && (!found || v->offset < found->offset))
            found = v;
    }
    return found;
}

static bool is_narrow(const clk_model *m)
{
    bool narrow = false;
    for (size_t i = 0; i < m->n_variables; i++) {
        const struct variable *v = m->variables[i];
        narrow |= v->trainable &&
                  (v->precision == PRECISION_FLOAT16 || v->precision == PRECISION_BFLOAT16);
    }
    return narrow;
}

/* Each run of variables of one dtype as a whole: in most models one run is all. */
struct value *clk__round_trainable(const clk_model *m, struct graph *g, struct value *flat)
{
    size_t first = 0;
    int n = 0;
    if (!is_narrow(m))
        return flat;
    struct value **runs = clk__arena_alloc(&g->memory, m->n_variables, sizeof *runs);
    if (!runs)
        return clk__graph_fail(g, clk__fail_memory());
    for (const struct variable *v = next_variable(m, NULL), *next; v; v = next) {
        for (next = next_variable(m, v); next && next->precision == v->precision;)
            next = next_variable(m, next);
        size_t end = next ? next->offset : m->trainable_bytes;
        struct value *run = clk__slice_axis(
            g, flat, 0, (int64_t)(first / sizeof(float)), (int64_t)((end - first) / sizeof(float)));
        runs[n++] = clk__rounded(g, run, v->precision);
        first = end;
    }
    return clk__concat(g, runs, n, 0);
}

/* ---- constraints ---- */

clk_status clk__constrain_weights(const clk_model *m, struct graph *g, struct value *weights)
{
    for (size_t i = 0; i < m->n_variables; i++) {
        const struct variable *v = m->variables[i];
        if (!v->trainable || !v->constraint)
            continue;
        int64_t at = (int64_t)(v->offset / sizeof(float));
        struct value *w = clk__slice_axis(g, weights, 0, at, (int64_t)v->len);
        w = clk__constrain(v->constraint, g, clk__reshape(g, w, v->shape));
        w = clk__rounded(g, w, v->precision);
        clk__assign(g, clk__leaf(g, REGION_PARAM, v->offset, CLK_FLOAT32, v->shape, false), w);
        TRY(g->status);
    }
    return g->status;
}
