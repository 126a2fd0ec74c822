/* SPDX-License-Identifier: MIT */
/* Offsets in the arena: pieces whose lifetimes meet do not overlap. Largest first, each at the lowest offset
 * that is free during its whole life (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net
 * Inference", MLSys 2020, section 5.2). */
#include "graph/lower.h"

#include <stdlib.h>

static int by_size(const void *a, const void *b)
{
    const struct piece *x = *(const struct piece *const *)a;
    const struct piece *y = *(const struct piece *const *)b;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return x < y ? -1 : x > y; /* a fixed order: plans are equal from run to run */
}

static size_t round_up(size_t n, size_t align)
{
    return (n + align - 1) / align * align;
}

/* Moves *offset past the first placed piece that it collides with; false: there is none. */
static bool move_past(
    size_t *offset, const struct piece *p, struct piece *const *placed, size_t n, size_t align)
{
    for (size_t i = 0; i < n; i++) {
        const struct piece *q = placed[i];
        bool meet = p->first <= q->last && q->first <= p->last;
        if (meet && *offset < q->offset + q->bytes && q->offset < *offset + p->bytes) {
            *offset = round_up(q->offset + q->bytes, align);
            return true;
        }
    }
    return false;
}

/* The lowest offset from which p fits, between placed pieces sorted in no order. */
static size_t lowest(
    const struct piece *p, struct piece *const *placed, size_t n, size_t align, uint64_t max_alloc)
{
    size_t offset = 0;
    for (bool moved = true; moved;) {
        moved = move_past(&offset, p, placed, n, align);
        uint64_t chunk = offset / max_alloc;
        if (!moved && (offset + p->bytes - 1) / max_alloc != chunk) {
            offset = (size_t)((chunk + 1) * max_alloc); /* the next buffer of the arena */
            moved = true;
        }
    }
    return offset;
}

clk_status clk__layout(
    size_t *bytes_out, struct piece *pieces, size_t n, size_t align, uint64_t max_alloc)
{
    *bytes_out = 0;
    max_alloc = max_alloc / align * align;
    struct piece **order = clk__alloc(n, sizeof(struct piece *));
    if (!order)
        return clk__fail_memory();
    for (size_t i = 0; i < n; i++)
        order[i] = &pieces[i];
    qsort(order, n, sizeof(struct piece *), by_size);
    clk_status status = CLK_OK;
    for (size_t i = 0; i < n && status == CLK_OK; i++) {
        struct piece *p = order[i];
        if (p->bytes > max_alloc) {
            status = clk__fail(CLK_ERR_DEVICE_MEMORY,
                "an intermediate result needs %zu bytes in one piece, the device allocates at most "
                "%llu: "
                "use a smaller batch size",
                p->bytes, (unsigned long long)max_alloc);
            break;
        }
        p->offset = lowest(p, order, i, align, max_alloc);
        if (p->offset + p->bytes > *bytes_out)
            *bytes_out = p->offset + p->bytes;
    }
    free(order);
    return status;
}
