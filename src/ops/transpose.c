/* SPDX-License-Identifier: MIT */
/* Axes in another order. What comes down to matrices with their sides swapped has a kernel of its own,
 * cl/ops/transpose.cl; other permutations go through cl/ops/strided.cl. Keras: keras/src/ops/numpy.py
 * transpose. */
#include "device/device.h"
#include "ops/ops.h"
#include "ops/rows.h"
#include "ops/strided.h"

#include <assert.h>

#define TILE 32 /* TRANSPOSE_TILE of transpose.cl */

struct transpose {
    struct strided map; /* whose axes are merged: also says if sides are swapped */
    int perm[CLK_MAX_RANK];
};

/* (batch, m, n) to (batch, n, m), batch perhaps missing. */
static bool swaps_sides(const struct strided *s)
{
    return (s->rank == 2 && s->axes[0].source > s->axes[1].source) ||
           (s->rank == 3 && s->axes[0].source < s->axes[2].source &&
               s->axes[2].source < s->axes[1].source);
}

static clk_status transpose_lower(struct lowering *l, const struct op *op)
{
    const struct transpose *t = op->attrs;
    const struct geometry *geometry = clk__lower_geometry(l);
    if (!swaps_sides(&t->map))
        return clk__strided_lower(l, op);
    const struct strided_axis *side = &t->map.axes[t->map.rank - 2];
    int64_t n = side[0].len, m = side[1].len, batch = t->map.in.rows / m;
    int64_t tiles = batch * ((m + TILE - 1) / TILE) * ((n + TILE - 1) / TILE);
    struct launch launch = {
        .file = "ops/transpose.cl",
        .kernel = "transpose",
        .args = {ARG_I(batch), ARG_I(m), ARG_I(n)},
        .n_args = 3,
        .fused = true,
    };
    clk__rows_sizes(&launch, l, tiles, geometry->wg, (int64_t)TILE * TILE);
    return clk__lower_launch(l, &launch);
}

static void transpose_grad(
    struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    const struct transpose *t = op->attrs;
    int inverse[CLK_MAX_RANK] = {0};
    for (int i = 0; i < op->inputs[0]->shape.rank; i++)
        inverse[t->perm[i]] = i;
    dx[0] = clk__transpose(g, dy[0], inverse);
}

static const struct op_class transpose_class = {
    .name = "transpose",
    .prologue = 1,
    .epilogue = 1,
    .input_space = clk__strided_input_space,
    .output_space = clk__strided_output_space,
    .grad = transpose_grad,
    .lower = transpose_lower,
};

/* True if only axes of length 1 change their places: the same bytes. */
static bool is_view(const struct shape *s, const int *perm)
{
    int last = -1;
    for (int i = 0; i < s->rank; i++) {
        if (s->dims[perm[i]] == 1)
            continue;
        if (perm[i] < last)
            return false;
        last = perm[i];
    }
    return true;
}

struct value *clk__transpose(struct graph *g, struct value *a, const int *perm)
{
    if (!a)
        return NULL;
    struct transpose t = {.perm = {0}};
    struct strided_axis axes[CLK_MAX_RANK];
    struct shape out = {.rank = a->shape.rank};
    unsigned seen = 0;
    for (int i = 0; i < out.rank; i++) {
        assert(perm[i] >= 0 && perm[i] < out.rank);
        seen |= 1u << perm[i];
        t.perm[i] = perm[i];
        out.dims[i] = a->shape.dims[perm[i]];
        axes[i] = clk__strided_whole(perm[i], out.dims[i]);
    }
    assert(seen == (1u << out.rank) - 1);
    if (is_view(&a->shape, perm))
        return clk__reshape(g, a, out);
    clk__strided_init(&t.map, &a->shape, axes, 0.0f);
    struct op *op = clk__op_add(g, &transpose_class, &a, 1, &t, sizeof t);
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, out) : NULL;
}
