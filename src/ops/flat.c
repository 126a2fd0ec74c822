/* SPDX-License-Identifier: MIT */
/* The flat gradient: binds each variable's gradient to its place in REGION_GRAD, so that clipping and the
 * optimizer are one loop over one buffer. */
#include "ops/ops.h"

static const struct op_class flat_class = {
    .name = "flat_gradients",
};

/* `v` as a value that may be bound to a place of its own: a leaf, a view and a value that has a place
 * already are copied first. */
static struct value *bindable(struct graph *g, struct value *v)
{
    bool owned = v->op && !v->base && v->region == REGION_ARENA;
    return owned ? v : clk__unary(g, "identity", v);
}

struct value *clk__flat_gradients(
    struct graph *g, struct value *const *grads, const size_t *offsets, int n, int64_t len)
{
    for (int i = 0; i < n; i++) {
        if (!grads[i])
            continue;
        /* A view is computed into place through the value it looks at. */
        struct value *v = bindable(g, grads[i]->base ? grads[i]->base : grads[i]);
        if (!v)
            return NULL;
        v->region = REGION_GRAD;
        v->offset = offsets[i];
    }
    /* The op has no inputs: standing after all of the above in the order of ops is what it needs. */
    struct op *op = clk__op_add(g, &flat_class, NULL, 0, NULL, 0);
    struct value *flat = op ? clk__op_output(g, op, 0, CLK_FLOAT32, SHAPE(len)) : NULL;
    if (flat)
        flat->region = REGION_GRAD;
    return flat;
}
