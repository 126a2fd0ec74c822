/* SPDX-License-Identifier: MIT */
/* The state of lowering one cluster after another into a plan. */
#pragma once

#include "graph/codegen_load.h"
#include "graph/plan.h"

/* Text of a kernel that is in the program already, so that equal kernels are built once. */
struct unit {
    uint64_t hash;
    char *text; /* owned by the plan's memory */
};

/* Scratch memory of one cluster, or a stored value: a piece of the arena with a lifetime. */
struct piece {
    size_t bytes;
    size_t offset;
    int first, last; /* clusters */
};

struct lowering {
    struct plan *plan;
    struct fusion *fusion;
    int cluster;
    struct code code; /* of the cluster at hand */
    struct unit *units;
    size_t n_units, units_capacity;
    struct str source;
    struct piece *pieces; /* values first (by piece_of_value), then scratch */
    size_t n_pieces, pieces_capacity;
    int *piece_of_value; /* by value id; -1: not in the arena */
};

/* Gives every piece its offset, largest first, lowest free one, none across a multiple of
 * max_alloc bytes. Returns the bytes of the arena.
 * @return CLK_OK; CLK_ERR_DEVICE_MEMORY: a piece is larger than max_alloc; CLK_ERR_MEMORY */
clk_status clk__layout(size_t *bytes_out, struct piece *pieces, size_t n, size_t align,
    uint64_t max_alloc) CLK_MUST_CHECK;

/* Lowers the cluster l->cluster. */
clk_status clk__lower_cluster(struct lowering *l) CLK_MUST_CHECK;
