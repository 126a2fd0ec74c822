/* SPDX-License-Identifier: MIT */
/* Which values are stored, and between which clusters their memory is in use. Clusters are visited from the
 * last to the first, so that all readers of a value are known when its cluster is reached. */
#include "graph/fuse.h"

#include <stdlib.h>

/* Values still to be looked at as read by one cluster. */
struct reads {
    struct fusion *f;
    int cluster;
    struct value **pending;
    size_t n, capacity;
};

static clk_status push(struct reads *r, struct value *v)
{
    TRY(clk__grow(&r->pending, &r->capacity, r->n, sizeof(struct value *)));
    r->pending[r->n++] = v;
    return CLK_OK;
}

static void mark_stored(struct fusion *f, struct value *v, int cluster)
{
    struct value_plan *p = &f->values[clk__value_base(v)->id];
    p->stored = true;
    if (cluster > p->last)
        p->last = cluster;
}

/* Marks what reading v from r->cluster needs in memory: v itself, or what v is computed from anew. */
static clk_status mark_read(struct reads *r, struct value *v)
{
    TRY(push(r, v));
    while (r->n > 0) {
        struct value *u = r->pending[--r->n];
        if (u->base || !clk__fuse_inlined(r->f, u)) {
            mark_stored(r->f, u, r->cluster);
            continue;
        }
        for (int i = 0; i < u->op->n_inputs; i++)
            TRY(push(r, u->op->inputs[i]));
    }
    return CLK_OK;
}

static bool within(const struct fusion *f, const struct value *v, int cluster)
{
    return !v->base && f->values[v->id].cluster == cluster;
}

/* Which members a live cluster must compute; marks what they read from outside. */
static clk_status visit_members(struct reads *r)
{
    struct fusion *f = r->f;
    struct cluster *c = &f->clusters[r->cluster];
    for (size_t m = c->n_members; m-- > 0;) {
        struct op *op = c->members[m];
        struct value_plan *out = &f->values[op->outputs[0]->id];
        out->needed |= out->stored;
        if (!out->needed)
            continue;
        for (int i = 0; i < op->n_inputs; i++) {
            if (within(f, op->inputs[i], r->cluster))
                f->values[op->inputs[i]->id].needed = true;
            else
                TRY(mark_read(r, op->inputs[i]));
        }
    }
    return CLK_OK;
}

static clk_status visit_anchor(struct reads *r)
{
    struct op *op = r->f->clusters[r->cluster].anchor;
    for (int i = 0; i < op->n_outputs; i++) {
        if (op->outputs[i])
            r->f->values[op->outputs[i]->id].needed |= r->f->values[op->outputs[i]->id].stored;
    }
    for (int i = 0; i < op->n_inputs; i++) {
        if (op->class->prologue & 1u << i)
            TRY(mark_read(r, op->inputs[i]));
        else
            mark_stored(r->f, op->inputs[i], r->cluster);
    }
    return CLK_OK;
}

static bool stores_something(const struct fusion *f, const struct cluster *c)
{
    for (size_t m = 0; m < c->n_members; m++) {
        if (f->values[c->members[m]->outputs[0]->id].stored)
            return true;
    }
    for (int i = 0; c->anchor && i < c->anchor->n_outputs; i++) {
        if (c->anchor->outputs[i] && f->values[c->anchor->outputs[i]->id].stored)
            return true;
    }
    return c->anchor && c->anchor->n_outputs == 0; /* it is there for its effect */
}

clk_status clk__fuse_liveness(struct fusion *f)
{
    struct reads r = {.f = f};
    clk_status status = CLK_OK;
    for (size_t i = 0; i < f->graph->n_values; i++) {
        struct value *v = f->graph->values[i];
        f->values[i].first = f->values[i].cluster;
        f->values[i].last = -1;
        f->values[i].needed = false;
        /* What has a place of its own is written whether read or not. */
        f->values[i].stored = v->op && !v->base && v->region != REGION_ARENA;
    }
    for (int c = (int)f->n_clusters - 1; c >= 0 && status == CLK_OK; c--) {
        r.cluster = c;
        f->clusters[c].live = stores_something(f, &f->clusters[c]);
        if (!f->clusters[c].live)
            continue;
        status = visit_members(&r);
        if (status == CLK_OK && f->clusters[c].anchor)
            status = visit_anchor(&r);
    }
    free(r.pending);
    return status;
}
