/* SPDX-License-Identifier: MIT */
/* Reverse-mode differentiation: walks the ops backwards and asks each class for its gradient rule. */
#include "graph/autodiff.h"

#include <stdlib.h>

/* Gradients by value id, of the values that were there before; those made here have larger ids. */
struct tape {
    struct value **grads;
    size_t n;
};

static struct value *gradient_of(const struct tape *t, const struct value *v)
{
    return v && (size_t)v->id < t->n ? t->grads[v->id] : NULL;
}

static void accumulate(struct graph *g, struct tape *t, const struct value *v, struct value *d)
{
    struct value *before = gradient_of(t, v);
    if (d)
        t->grads[v->id] = before ? clk__add(g, before, d) : d;
}

static void differentiate(struct graph *g, struct tape *t, struct op *op)
{
    struct value *dy[MAX_OUTPUTS] = {NULL};
    struct value *dx[MAX_INPUTS] = {NULL};
    bool flows = false;
    bool wanted = false;
    for (int i = 0; i < op->n_outputs; i++) {
        dy[i] = gradient_of(t, op->outputs[i]);
        flows |= dy[i] != NULL;
    }
    for (int i = 0; i < op->n_inputs; i++)
        wanted |= op->inputs[i]->needs_grad;
    if (!flows || !wanted || !op->class->grad)
        return;
    op->class->grad(g, op, dy, dx);
    for (int i = 0; i < op->n_inputs; i++) {
        if (op->inputs[i]->needs_grad)
            accumulate(g, t, op->inputs[i], dx[i]);
    }
}

clk_status clk__autodiff(struct graph *g, struct value *const *outputs, struct value *const *seeds,
    int n, struct value *const *wrt, struct value **grads_out, int n_wrt)
{
    TRY(g->status);
    struct tape t = {.grads = clk__alloc(g->n_values, sizeof *t.grads), .n = g->n_values};
    if (!t.grads)
        return clk__fail_memory();
    for (int i = 0; i < n; i++)
        accumulate(g, &t, outputs[i], seeds[i]);
    for (size_t i = g->n_ops; i-- > 0 && g->status == CLK_OK;)
        differentiate(g, &t, g->ops[i]);
    for (int i = 0; i < n_wrt; i++)
        grads_out[i] = gradient_of(&t, wrt[i]);
    free(t.grads);
    return g->status;
}
