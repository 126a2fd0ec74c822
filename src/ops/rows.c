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
