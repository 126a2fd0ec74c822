/* SPDX-License-Identifier: MIT */
/* Grouping ops into clusters. */
#include "graph/fuse.h"

#include "ops/conv.h"
#include "ops/matmul.h"
#include "ops/reduce.h"

#include <assert.h>
#include <stdlib.h>

/* A chain of more ops than this is stored rather than computed twice. */
enum {
    MAX_INLINE_OPS = 6
};

void clk__fusion_fini(struct fusion *f)
{
    for (size_t i = 0; i < f->n_clusters; i++)
        free(f->clusters[i].members);
    free(f->clusters);
    free(f->values);
    *f = (struct fusion){0};
}

bool clk__fuse_leaf_like(const struct value *v)
{
    const struct pointwise *p = clk__pointwise_of(v);
    if (!p)
        return false;
    return p->kind == POINTWISE_GATHER || p->kind == POINTWISE_RANDOM ||
           p->kind == POINTWISE_INDEX || p->kind == POINTWISE_STEP ||
           (p->kind == POINTWISE_BROADCAST && v->op->inputs[0]->shape.rank == 0);
}

bool clk__fuse_inlined(const struct fusion *f, const struct value *v)
{
    if (clk__fuse_leaf_like(v))
        return v->region == REGION_ARENA;
    int c = f->values[v->id].cluster;
    return c >= 0 && v->region == REGION_ARENA && f->clusters[c].inlineable && clk__pointwise_of(v);
}

enum access clk__access_split(const struct shape *full, int split, const struct shape *s)
{
    if (s->rank == 0)
        return ACCESS_SCALAR;
    if (clk__shape_equal(full, s))
        return ACCESS_FULL;
    int skip = full->rank - s->rank; /* leading dimensions that s lacks, as if 1 */
    if (skip < 0 || split < 0)
        return clk__shape_len(s) == 1 ? ACCESS_SCALAR : ACCESS_STRIDED;
    bool head_one = true, head_same = true, tail_one = true, tail_same = true;
    for (int i = 0; i < full->rank; i++) {
        int64_t d = i < skip ? 1 : s->dims[i - skip];
        bool *one = i < split ? &head_one : &tail_one;
        bool *same = i < split ? &head_same : &tail_same;
        *one = *one && d == 1;
        *same = *same && d == full->dims[i];
    }
    if (skip == 0 && head_same && tail_one)
        return ACCESS_ROW;
    if (head_one && tail_same)
        return ACCESS_COL;
    if (head_same && tail_one)
        return ACCESS_ROW;
    return head_one && tail_one ? ACCESS_SCALAR : ACCESS_STRIDED;
}

enum access clk__access(const struct shape *full, struct space space, const struct shape *s)
{
    int64_t rows = 1;
    int split = rows == space.rows ? 0 : -1;
    for (int i = 0; i < full->rank; i++) {
        rows *= full->dims[i];
        if (rows == space.rows)
            split = i + 1;
    }
    return clk__access_split(full, clk__shape_len(full) == space.rows * space.cols ? split : -1, s);
}

static clk_status new_cluster(int *out, struct fusion *f, struct op *anchor, struct shape shape)
{
    TRY(clk__grow(&f->clusters, &f->clusters_capacity, f->n_clusters, sizeof *f->clusters));
    f->clusters[f->n_clusters] = (struct cluster){.anchor = anchor, .shape = shape};
    *out = (int)f->n_clusters++;
    return CLK_OK;
}

/* The cluster that must have run before v can be read; -1: none. */
static int available(const struct fusion *f, struct value *v)
{
    struct value *b = clk__value_base(v);
    while (clk__fuse_leaf_like(b) && f->values[b->id].cluster < 0)
        b = clk__value_base(
            b->op->inputs[0]); /* what a scalar's broadcast is of; data that is resident */
    return f->values[b->id].cluster;
}

/* Can op, pointwise, be computed within cluster c, in domain *domain (-1: not known yet)? */
static bool fits(const struct fusion *f, const struct op *op, int c, int *domain)
{
    const struct cluster *cluster = &f->clusters[c];
    *domain = cluster->anchor ? -1 : 0;
    for (int i = 0; i < op->n_inputs; i++) {
        struct value *v = op->inputs[i];
        const struct value_plan *p = &f->values[v->id];
        if (available(f, v) > c)
            return false;
        if (v->base && available(f, v) == c)
            return false; /* a view of something that this kernel has not finished */
        if (available(f, v) != c)
            continue;
        if (p->domain < 0 || (*domain >= 0 && p->domain != *domain))
            return false; /* the anchor's plain output, or another of its outputs */
        if (!clk__shape_equal(&v->shape, &op->outputs[0]->shape))
            return false; /* broadcasting from within */
        *domain = p->domain;
    }
    return *domain >= 0;
}

static bool share_input(const struct cluster *c, const struct op *op)
{
    for (size_t m = 0; m < c->n_members; m++) {
        for (int i = 0; i < c->members[m]->n_inputs; i++) {
            for (int k = 0; k < op->n_inputs; k++) {
                const struct value *v = op->inputs[k];
                if (v == c->members[m]->inputs[i] &&
                    clk__shape_equal(&v->shape, &op->outputs[0]->shape))
                    return true;
            }
        }
    }
    return false;
}

/* The latest cluster that op may join; -1: none. */
static int find_cluster(const struct fusion *f, const struct op *op, int *domain)
{
    int best = -1;
    for (int i = 0; i < op->n_inputs; i++) {
        int c = f->values[op->inputs[i]->id].cluster;
        int d = -1;
        if (c > best && clk__shape_equal(&op->inputs[i]->shape, &op->outputs[0]->shape) &&
            fits(f, op, c, &d)) {
            best = c;
            *domain = d;
        }
    }
    /* Siblings that read the same memory share a kernel too: the slots of an optimizer. */
    for (int c = (int)f->n_clusters - 1; c >= 0 && best < 0; c--) {
        const struct cluster *k = &f->clusters[c];
        int d = 0;
        if (!k->anchor && clk__shape_equal(&k->shape, &op->outputs[0]->shape) &&
            share_input(k, op) && fits(f, op, c, &d)) {
            best = c;
            *domain = d;
        }
    }
    return best;
}

static clk_status add_member(struct fusion *f, int c, int domain, struct op *op)
{
    struct cluster *k = &f->clusters[c];
    TRY(clk__grow(&k->members, &k->members_capacity, k->n_members, sizeof *k->members));
    k->members[k->n_members++] = op;
    f->values[op->outputs[0]->id].cluster = c;
    f->values[op->outputs[0]->id].domain = domain;
    return CLK_OK;
}

static clk_status place_pointwise(struct fusion *f, struct op *op)
{
    struct value *out = op->outputs[0];
    bool alone = clk__fuse_leaf_like(out);
    if (alone && out->region == REGION_ARENA)
        return CLK_OK; /* inlined in every reader; materialised on demand, see place_leaf_like */
    int domain = 0;
    int c = find_cluster(f, op, &domain);
    if (c < 0)
        TRY(new_cluster(&c, f, NULL, out->shape));
    return add_member(f, c, domain, op);
}

/* A leaf-like value that an anchor must find in memory gets a cluster before that anchor. */
static clk_status place_leaf_like(struct fusion *f, struct value *v)
{
    struct value *b = clk__value_base(v);
    if (!clk__fuse_leaf_like(b) || f->values[b->id].cluster >= 0)
        return CLK_OK;
    int c = 0;
    TRY(new_cluster(&c, f, NULL, b->shape));
    return add_member(f, c, 0, b->op);
}

static clk_status place_anchor(struct fusion *f, struct op *op)
{
    for (int i = 0; i < op->n_inputs; i++) {
        if (op->inputs[i]->base || !(op->class->prologue & 1u << i))
            TRY(place_leaf_like(f, op->inputs[i]));
    }
    if (!op->class->lower && op->n_outputs > 0 && op->outputs[0]->base)
        return CLK_OK; /* a view */
    int c = 0;
    TRY(new_cluster(&c, f, op, (struct shape){0}));
    for (int i = 0; i < op->n_outputs; i++) {
        if (!op->outputs[i])
            continue;
        f->values[op->outputs[i]->id].cluster = c;
        f->values[op->outputs[i]->id].domain = op->class->epilogue & 1u << i ? i : -1;
    }
    return CLK_OK;
}

/* A view read by a pointwise op: what it looks at must be in memory. */
static clk_status place_viewed(struct fusion *f, struct op *op)
{
    for (int i = 0; i < op->n_inputs; i++) {
        if (op->inputs[i]->base)
            TRY(place_leaf_like(f, op->inputs[i]));
    }
    return CLK_OK;
}

/* Ops that a reader computes when it inlines cluster c, those that c inlines itself included; more than
 * MAX_INLINE_OPS: it is stored. `costs` is by cluster, of the ones before c. */
static int inline_cost(const struct fusion *f, const struct cluster *c, const int *costs)
{
    int cost = (int)c->n_members;
    for (size_t m = 0; m < c->n_members && cost <= MAX_INLINE_OPS; m++) {
        const struct op *op = c->members[m];
        const struct pointwise *p = op->attrs;
        if (p->kind == POINTWISE_GATHER || (p->fn && p->fn->heavy) ||
            op->outputs[0]->region != REGION_ARENA)
            return MAX_INLINE_OPS + 1;
        for (int i = 0; i < op->n_inputs; i++) {
            int from = f->values[op->inputs[i]->id].cluster;
            bool other = from >= 0 && &f->clusters[from] != c && !op->inputs[i]->base;
            cost += other && f->clusters[from].inlineable ? costs[from] : 0;
        }
    }
    return cost;
}

static clk_status mark_inlineable(struct fusion *f)
{
    int *costs = clk__alloc(f->n_clusters, sizeof *costs);
    if (!costs)
        return clk__fail_memory();
    for (size_t i = 0; i < f->n_clusters; i++) {
        struct cluster *c = &f->clusters[i];
        costs[i] = c->anchor ? 0 : inline_cost(f, c, costs);
        c->inlineable = !c->anchor && costs[i] <= MAX_INLINE_OPS;
    }
    free(costs);
    return CLK_OK;
}

/* True if an op between positions `from` and `to`, other than a view, reads v or a view of it. */
static bool read_between(const struct graph *g, const struct value *v, size_t from, size_t to)
{
    for (size_t i = from + 1; i <= to; i++) {
        const struct op *op = g->ops[i];
        bool view = op->n_outputs > 0 && op->outputs[0]->base;
        for (int k = 0; k < op->n_inputs && !view; k++) {
            if (clk__value_base(op->inputs[k]) == v)
                return true;
        }
    }
    return false;
}

static bool can_colsum(const struct op *op)
{
    return clk__matmul_can_colsum(op) || clk__conv_can_colsum(op);
}

/* True if `sum` adds up the columns of dZ as the product X' dZ has it, and not of another view of it. */
static bool same_columns(const struct op *sum, const struct op *product)
{
    const struct shape *dz = &product->inputs[1]->shape;
    return clk__value_base(product->inputs[1]) == clk__value_base(sum->inputs[0]) &&
           clk__shape_len(&sum->outputs[0]->shape) == dz->dims[dz->rank - 1];
}

/* The product X' dZ that can give the column sums `sum` of dZ beside; NULL: none. */
static struct op *find_product(const struct graph *g, size_t i)
{
    const struct op *sum = g->ops[i];
    for (size_t k = i + 1; k < g->n_ops; k++) {
        struct op *product = g->ops[k];
        if (can_colsum(product) && product->n_outputs < 2 && same_columns(sum, product))
            return read_between(g, sum->outputs[0], i, k) ? NULL : product;
    }
    return NULL;
}

/* The peephole of dense and convolution layers: the bias gradient, a column sum of dZ, comes out of the product
 * X' dZ. */
static void fuse_column_sums(struct graph *g)
{
    for (size_t i = 0; i < g->n_ops; i++) {
        struct op *sum = g->ops[i];
        struct op *product = clk__reduce_is_colsum(sum) ? find_product(g, i) : NULL;
        if (!product)
            continue;
        if (clk__conv_can_colsum(product))
            clk__conv_add_colsum(g, product, sum->outputs[0]);
        else
            clk__matmul_add_colsum(g, product, sum->outputs[0]);
        sum->n_outputs = 0; /* an op without inputs and outputs is skipped */
        sum->n_inputs = 0;
    }
}

/* Gives every assigned value the place of its target; what cannot be moved there is copied. */
static clk_status bind_assigned(struct graph *g)
{
    for (size_t i = 0; i < g->n_assigns; i++) {
        struct value *source = g->assign_sources[i];
        if (!source->op || source->base || source->region != REGION_ARENA ||
            clk__fuse_leaf_like(source))
            source = clk__unary(g, "identity", source);
        if (!source)
            return g->status;
        source->region = g->assign_targets[i]->region;
        source->offset = g->assign_targets[i]->offset;
        g->assign_sources[i] = source;
    }
    return CLK_OK;
}

clk_status clk__fuse(struct fusion *f, struct graph *g)
{
    *f = (struct fusion){.graph = g};
    TRY(bind_assigned(g));
    fuse_column_sums(g);
    f->values = clk__alloc(g->n_values, sizeof *f->values);
    if (!f->values)
        return clk__fail_memory();
    for (size_t i = 0; i < g->n_values; i++)
        f->values[i] = (struct value_plan){.cluster = -1, .domain = -1, .first = -1, .last = -1};
    for (size_t i = 0; i < g->n_ops; i++) {
        struct op *op = g->ops[i];
        if (op->class == &clk__pointwise_class) {
            TRY(place_viewed(f, op));
            TRY(place_pointwise(f, op));
        } else if (op->n_outputs > 0 ||
                   op->n_inputs > 0) { /* else a column sum that was fused away */
            TRY(place_anchor(f, op));
        }
    }
    return mark_inlineable(f);
}

/* ---- assignments whose target is still read ---- */

static size_t bytes_of(const struct value *v)
{
    return (size_t)clk__shape_len(&v->shape) * clk_dtype_bytes(v->dtype);
}

static bool overlap(const struct value *a, const struct value *b)
{
    return a->region == b->region && a->offset < b->offset + bytes_of(b) &&
           b->offset < a->offset + bytes_of(a);
}

/* True if cluster c reads `leaf` element by element, as it writes `source`. */
static bool in_step(const struct cluster *c, const struct value *leaf, const struct value *source)
{
    for (int i = 0; c->anchor && i < c->anchor->n_inputs; i++) {
        if (clk__value_base(c->anchor->inputs[i]) == leaf)
            return false;
    }
    return leaf->offset == source->offset && clk__shape_equal(&leaf->shape, &source->shape);
}

/* True if something reads what is in the target's place after `source` was written there, or while it is. */
static bool too_early(const struct fusion *f, const struct value *source)
{
    int written = f->values[source->id].cluster;
    for (size_t i = 0; i < f->graph->n_values; i++) {
        const struct value *leaf = f->graph->values[i];
        int last = f->values[i].last;
        if (leaf->op || last < written || !overlap(leaf, source))
            continue;
        if (last > written || !in_step(&f->clusters[written], leaf, source))
            return true;
    }
    return false;
}

static clk_status grow_values(struct fusion *f, size_t before)
{
    struct value_plan *grown = clk__alloc(f->graph->n_values, sizeof *grown);
    if (!grown)
        return clk__fail_memory();
    for (size_t i = 0; i < f->graph->n_values; i++)
        grown[i] = i < before ? f->values[i] : (struct value_plan){.cluster = -1, .domain = -1};
    free(f->values);
    f->values = grown;
    return CLK_OK;
}

/* The value stays in the arena, and a copy in a cluster after all others takes it to its place. */
static clk_status defer(struct fusion *f, struct value **source)
{
    struct value *v = *source;
    size_t before = f->graph->n_values;
    int c = 0;
    struct value *copy = clk__unary(f->graph, "identity", v);
    if (!copy)
        return f->graph->status;
    TRY(grow_values(f, before));
    copy->region = v->region;
    copy->offset = v->offset;
    v->region = REGION_ARENA;
    v->offset = 0;
    f->clusters[f->values[v->id].cluster].inlineable = false;
    TRY(new_cluster(&c, f, NULL, copy->shape));
    *source = copy;
    return add_member(f, c, 0, copy->op);
}

clk_status clk__fuse_defer(bool *changed, struct fusion *f)
{
    struct graph *g = f->graph;
    *changed = false;
    for (size_t i = 0; i < g->n_assigns; i++) {
        if (!too_early(f, g->assign_sources[i]))
            continue;
        *changed = true;
        TRY(defer(f, &g->assign_sources[i]));
    }
    return CLK_OK;
}
