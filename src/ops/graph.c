/* SPDX-License-Identifier: MIT */
/* The graph itself: memory of values and ops, leaves, assignments. */
#include "ops/op.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void clk__graph_init(struct graph *g, bool training, bool symbolic)
{
    *g = (struct graph){.training = training, .symbolic = symbolic};
}

void clk__graph_fini(struct graph *g)
{
    free(g->ops);
    free(g->values);
    free(g->assign_targets);
    free(g->assign_sources);
    free(g->penalties);
    clk__arena_fini(&g->memory);
    *g = (struct graph){0};
}

struct value *clk__graph_fail(struct graph *g, clk_status status)
{
    assert(status != CLK_OK);
    if (g->status == CLK_OK)
        g->status = status;
    return NULL;
}

static bool is_bounded(const struct shape *s)
{
    int64_t n = 1;
    for (int i = 0; i < s->rank; i++) {
        int64_t dim = s->dims[i] > 0 ? s->dims[i] : 1;
        if (dim > MAX_ELEMENTS / n)
            return false;
        n *= dim;
    }
    return true;
}

static struct value *new_value(struct graph *g, clk_dtype dtype, struct shape shape)
{
    if (!is_bounded(&shape)) {
        char text[SHAPE_TEXT];
        return clk__graph_fail(
            g, clk__fail(CLK_ERR_SHAPE, "a tensor of shape %s has too many elements",
                   clk__shape_text(text, &shape)));
    }
    clk_status status =
        clk__grow(&g->values, &g->values_capacity, g->n_values, sizeof(struct value *));
    if (status != CLK_OK)
        return clk__graph_fail(g, status);
    struct value *v = clk__arena_alloc(&g->memory, 1, sizeof *v);
    if (!v)
        return clk__graph_fail(g, clk__fail_memory());
    v->shape = shape;
    v->dtype = dtype;
    v->id = (int)g->n_values;
    g->values[g->n_values++] = v;
    return v;
}

struct value *clk__leaf(struct graph *g, enum region region, size_t offset, clk_dtype dtype,
    struct shape shape, bool needs_grad)
{
    struct value *v = new_value(g, dtype, shape);
    if (!v)
        return NULL;
    v->region = (int)region;
    v->offset = offset;
    v->needs_grad = needs_grad;
    return v;
}

struct value *clk__constant(struct graph *g, float c)
{
    struct value *v = new_value(g, CLK_FLOAT32, (struct shape){0});
    if (!v)
        return NULL;
    v->region = REGION_CONSTANT;
    v->constant = c;
    return v;
}

struct op *clk__op_add(struct graph *g, const struct op_class *class, struct value *const *inputs,
    int n, const void *attrs, size_t attrs_bytes)
{
    assert(n <= MAX_INPUTS);
    for (int i = 0; i < n; i++) {
        if (!inputs[i])
            return NULL;
    }
    clk_status status = clk__grow(&g->ops, &g->ops_capacity, g->n_ops, sizeof(struct op *));
    struct op *op = status == CLK_OK ? clk__arena_alloc(&g->memory, 1, sizeof *op) : NULL;
    void *copy = op ? clk__arena_alloc(&g->memory, 1, attrs_bytes ? attrs_bytes : 1) : NULL;
    if (!copy) {
        clk__graph_fail(g, status != CLK_OK ? status : clk__fail_memory());
        return NULL;
    }
    if (attrs_bytes)
        memcpy(copy, attrs, attrs_bytes);
    op->class = class;
    op->attrs = copy;
    op->n_inputs = n;
    for (int i = 0; i < n; i++)
        op->inputs[i] = inputs[i];
    op->position = (int)g->n_ops;
    g->ops[g->n_ops++] = op;
    return op;
}

struct value *clk__op_output(
    struct graph *g, struct op *op, int i, clk_dtype dtype, struct shape shape)
{
    assert(i < MAX_OUTPUTS);
    struct value *v = new_value(g, dtype, shape);
    if (!v)
        return NULL;
    v->op = op;
    v->output = i;
    for (int k = 0; k < op->n_inputs; k++)
        v->needs_grad |= op->inputs[k]->needs_grad;
    op->outputs[i] = v;
    if (op->n_outputs <= i)
        op->n_outputs = i + 1;
    return v;
}

void clk__assign(struct graph *g, struct value *target, struct value *source)
{
    if (!target || !source)
        return;
    assert(clk__shape_len(&target->shape) == clk__shape_len(&source->shape));
    for (size_t i = 0; i < g->n_assigns; i++) {
        if (target->op && g->assign_sources[i] == target) {
            g->assign_sources[i] = source;
            return;
        }
    }
    size_t capacity = g->assigns_capacity;
    clk_status status =
        clk__grow(&g->assign_targets, &capacity, g->n_assigns, sizeof(struct value *));
    if (status == CLK_OK)
        status = clk__grow(
            &g->assign_sources, &g->assigns_capacity, g->n_assigns, sizeof(struct value *));
    if (status != CLK_OK) {
        clk__graph_fail(g, status);
        return;
    }
    g->assign_targets[g->n_assigns] = target;
    g->assign_sources[g->n_assigns++] = source;
}

void clk__graph_penalize(struct graph *g, struct value *penalty, const void *owner)
{
    if (!penalty)
        return;
    assert(penalty->shape.rank == 0);
    clk_status status =
        clk__grow(&g->penalties, &g->penalties_capacity, g->n_penalties, sizeof(struct penalty));
    if (status != CLK_OK)
        clk__graph_fail(g, status);
    else
        g->penalties[g->n_penalties++] = (struct penalty){penalty, owner};
}

void clk__graph_forget_penalties(struct graph *g, const void *owner)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n_penalties; i++) {
        if (g->penalties[i].owner != owner)
            g->penalties[n++] = g->penalties[i];
    }
    g->n_penalties = n;
}
