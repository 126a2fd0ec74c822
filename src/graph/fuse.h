/* SPDX-License-Identifier: MIT */
/* Fusion: groups a graph's ops into clusters, each of which becomes one kernel.
 *
 * A cluster is an anchor (an op with a kernel of its own: a product, a reduction, ...) with the pointwise ops
 * fused onto its outputs, or pointwise ops alone. Clusters are numbered in an order in which they can
 * run. A pointwise op joins the latest cluster that computes one of its inputs in its own shape, provided
 * that its other inputs come from no later cluster. What is cheap is computed anew in each reader
 * ("inlined") instead of being stored: a gather, a random number, a short chain of arithmetic. */
#pragma once

#include "ops/pointwise.h"

struct cluster {
    struct op *anchor;   /* NULL: pointwise ops alone */
    struct op **members; /* pointwise ops, in order */
    size_t n_members, members_capacity;
    struct shape shape; /* of a cluster without an anchor */
    bool inlineable;    /* no anchor, and cheap enough to be computed by its readers */
    bool live;          /* something it computes is stored or has an effect */
};

/* What the planner knows of a value. */
struct value_plan {
    int cluster; /* that computes it; -1: a leaf, or a pointwise leaf (gather, random, ...) */
    int domain; /* which of the anchor's outputs it is fused onto (0 without an anchor); -1: not fused */
    bool needed; /* something that is stored or has an effect depends on it within its cluster */
    bool stored; /* it is written to memory */
    int first;   /* clusters between which its memory is in use */
    int last;
};

struct fusion {
    struct graph *graph;
    struct cluster *clusters;
    size_t n_clusters, clusters_capacity;
    struct value_plan *values; /* by value id */
};

/* After liveness: assignments take effect at the end of the step, so one whose target is read later than its value is
 * ready becomes a copy. If any does, liveness must be decided again. */
clk_status clk__fuse_defer(bool *changed, struct fusion *f) CLK_MUST_CHECK;
/* Decides what is stored and from when to when (liveness.c). */
clk_status clk__fuse_liveness(struct fusion *f) CLK_MUST_CHECK;
/* Groups the ops; binds assigned values to their targets. Fails only for lack of memory. */
clk_status clk__fuse(struct fusion *f, struct graph *g) CLK_MUST_CHECK;
void clk__fusion_fini(struct fusion *f);

/* The value whose bytes v is a view of; v itself if it is none. */
static inline struct value *clk__value_base(struct value *v)
{
    return v->base ? v->base : v;
}
static inline bool clk__is_output_region(int region)
{
    return region >= REGION_OUTPUT && region < REGION_DATA;
}
/* True if a reader in another cluster computes v itself instead of loading it. */
bool clk__fuse_inlined(const struct fusion *f, const struct value *v);
/* True if v is pointwise and never belongs to a cluster: gather, random, index, step scalar, broadcast scalar. */
bool clk__fuse_leaf_like(const struct value *v);

/* How a value of shape `s` is indexed from a space (rows, cols) over shape `full`. */
enum access {
    ACCESS_FULL,    /* row * cols + col */
    ACCESS_ROW,     /* row */
    ACCESS_COL,     /* col */
    ACCESS_SCALAR,  /* 0 */
    ACCESS_STRIDED, /* general broadcast */
};
/* Decided by ranks before lengths, so that a batch of one row gives the same code as any other. */
enum access clk__access(const struct shape *full, struct space space, const struct shape *s);
/* The same where the columns begin at dimension `split` of `full`. */
enum access clk__access_split(const struct shape *full, int split, const struct shape *s);
