/* SPDX-License-Identifier: MIT */
/* Work sizes of the kernels that are written over cl/lib/row.clh. */
#include "ops/rows.h"

#include "device/device.h"

/* What a work-item of a CPU device should at least have to do, in elements: less is done sooner than a thread is
 * woken. */
#define MIN_ITEM_COST 1024

struct space clk__rows_space(const struct value *v)
{
    if (v->shape.rank == 0)
        return (struct space){1, 1};
    int64_t cols = v->shape.dims[v->shape.rank - 1];
    return (struct space){clk__shape_len(&v->shape) / cols, cols};
}

int clk__rows_lanes(const struct lowering *l, int64_t cols)
{
    int wg = clk__lower_geometry(l)->wg, lanes = 1;
    while (lanes < wg && lanes < (cols + 3) / 4)
        lanes *= 2;
    return lanes;
}

void clk__rows_sizes(
    struct launch *launch, const struct lowering *l, int64_t rows, int lanes, int64_t row_cost)
{
    const struct geometry *geometry = clk__lower_geometry(l);
    launch->dims = 1;
    launch->local[0] = (size_t)geometry->wg;
    if (geometry->wg > 1) {
        int64_t rows_a_group = geometry->wg / lanes;
        launch->global[0] = (size_t)((rows + rows_a_group - 1) / rows_a_group * geometry->wg);
        return;
    }
    int64_t items = rows * row_cost / MIN_ITEM_COST;
    if (items > geometry->items)
        items = geometry->items;
    if (items > rows)
        items = rows;
    launch->global[0] = (size_t)(items > 0 ? items : 1);
}

void clk__columns_sizes(struct launch *launch, int64_t *parts, int64_t *span,
    const struct lowering *l, struct space out)
{
    const struct geometry *geometry = clk__lower_geometry(l);
    *parts = 1;
    *span = out.cols;
    if (geometry->wg > 1) {
        clk__rows_sizes(launch, l, out.rows * out.cols, 1, 1);
        return;
    }
    if (out.rows < geometry->items && out.cols >= (int64_t)2 * MIN_ITEM_COST) {
        *parts = out.cols / MIN_ITEM_COST;
        if (*parts > geometry->items)
            *parts = geometry->items;
        *span = (out.cols + *parts - 1) / *parts;
        *parts = (out.cols + *span - 1) / *span;
    }
    clk__rows_sizes(launch, l, out.rows * *parts, 1, *span);
}
