/* SPDX-License-Identifier: MIT */
/* Softmax over one axis or several, of what a mask leaves. Follows keras/src/layers/activations/softmax.py. */
#include "layers/layer.h"
#include "ops/ops.h"

/* Keras' _large_negative_number(): what a masked score becomes. */
#define MASKED (-1e9f)

struct softmax {
    struct layer layer;
    struct int_list axis;
};

static const struct field fields[] = {
    ARG_SHAPE(softmax, axis, DEFAULT(-1), ALLOW_INT),
    ARGS_END,
};

/* The axes as a bit mask. */
static clk_status axes_of(unsigned *out, const struct layer *self, const struct shape *s)
{
    const struct int_list *list = &((const struct softmax *)self)->axis;
    *out = 0;
    for (int i = 0; i < list->n; i++) {
        int64_t axis = list->items[i] < 0 ? list->items[i] + s->rank : list->items[i];
        char layer[LAYER_TEXT], shape[SHAPE_TEXT];
        if (axis < 0 || axis >= s->rank)
            return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s has no axis %lld",
                clk__layer_text(layer, self), clk__shape_text(shape, s), (long long)list->items[i]);
        *out |= 1u << axis;
    }
    return CLK_OK;
}

/* Softmax over `axes`, which are brought to the end and made one where they are not. */
static struct value *softmax(struct graph *g, struct value *x, unsigned axes)
{
    int perm[CLK_MAX_RANK] = {0}, inverse[CLK_MAX_RANK] = {0}, n = 0;
    struct shape flat = {0};
    int64_t len = 1;
    for (int i = 0; i < x->shape.rank; i++) {
        if (axes >> i & 1)
            continue;
        flat.dims[flat.rank++] = x->shape.dims[i];
        perm[n++] = i;
    }
    for (int i = 0; i < x->shape.rank; i++) {
        if (!(axes >> i & 1))
            continue;
        len = len < 0 || x->shape.dims[i] < 0 ? -1 : len * x->shape.dims[i];
        perm[n++] = i;
    }
    flat.dims[flat.rank++] = len;
    for (int i = 0; i < n; i++)
        inverse[perm[i]] = i;
    struct value *moved = clk__transpose(g, x, perm);
    struct value *y = clk__softmax(g, clk__reshape(g, moved, flat));
    return moved ? clk__transpose(g, clk__reshape(g, y, moved->shape), inverse) : NULL;
}

/* The mask of the call: a second input, of which more than a half counts as 1, or the first one's own. */
static clk_status mask_of(struct value **out, const struct layer *self, const struct call *c)
{
    *out = c->masks[0];
    if (c->n_inputs > 1)
        *out = clk__binary(c->graph, "greater", c->inputs[1], clk__constant(c->graph, 0.5f));
    struct shape shape;
    const struct shape *x = &c->inputs[0]->shape;
    if (!*out || (clk__shape_broadcast(&shape, x, &(*out)->shape) && clk__shape_equal(&shape, x)))
        return CLK_OK;
    char layer[LAYER_TEXT], a[SHAPE_TEXT], b[SHAPE_TEXT];
    return clk__fail(CLK_ERR_SHAPE,
        "%s: a mask of shape %s does not broadcast to an input of shape %s",
        clk__layer_text(layer, self), clk__shape_text(a, &(*out)->shape), clk__shape_text(b, x));
}

static clk_status call(struct layer *self, struct call *c)
{
    struct graph *g = c->graph;
    struct value *x = c->inputs[0], *mask = NULL;
    unsigned axes = 0;
    TRY(axes_of(&axes, self, &x->shape));
    TRY(mask_of(&mask, self, c));
    if (mask)
        x = clk__select(g, mask, x, clk__constant(g, MASKED));
    struct value *y = x && axes ? softmax(g, x, axes) : x;
    if (mask)
        y = clk__select(g, mask, y, clk__constant(g, 0.0f));
    c->outputs[0] = y;
    c->n_outputs = 1;
    c->has_output_masks = true;
    c->output_masks[0] = mask && mask->shape.rank == 2 ? mask : NULL; /* (batch, time) goes on */
    return g->status;
}

static const char *const call_args[] = {"mask", NULL};

const struct layer_class clk__layer_softmax = {
    LAYER_CLASS("Softmax", softmax, fields),
    .call = call,
    .call_args = call_args,
};
