/* SPDX-License-Identifier: MIT */
/* RMSNormalization: every sample by its root mean square over one axis or several. Follows
 * keras/src/layers/normalization/rms_normalization.py. */
#include "initializers/initializer.h"
#include "layers/norm.h"
#include "ops/ops.h"

struct rms_normalization {
    struct layer layer;
    struct int_list axis;
    double epsilon;
    struct object *ones; /* what `scale` begins as; owned */
};

static const struct field fields[] = {
    ARG_SHAPE(rms_normalization, axis, DEFAULT(-1), ALLOW_INT),
    ARG_FLOAT(rms_normalization, epsilon, DEFAULT(1e-06)),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    struct rms_normalization *r = (struct rms_normalization *)o;
    TRY(clk__layer_check(o));
    clk__norm_sort_axes(&r->axis);
    return clk__object_from_text(&r->ones, &clk__initializers, "ones");
}

static void fini(struct object *o)
{
    struct rms_normalization *r = (struct rms_normalization *)o;
    clk__object_free(r->ones);
    r->ones = NULL;
    clk__layer_fini(o);
}

/* How many of the last axes are normalized. Keras takes others too, but then multiplies the wrong axis by its scale. */
static clk_status axes_of(
    int *n, struct shape *dims, const struct rms_normalization *r, const struct shape *input)
{
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    unsigned axes = 0;
    TRY(clk__norm_axes(&axes, dims, &r->layer, input, &r->axis));
    *n = clk__norm_trailing(axes, input->rank);
    if (*n > 0)
        return CLK_OK;
    return clk__fail(CLK_ERR_UNSUPPORTED, "%s: axes other than the last ones of an input %s",
        clk__layer_text(layer, &r->layer), clk__shape_text(shape, input));
}

static clk_status build(struct layer *self, const struct shape *inputs, int n)
{
    struct rms_normalization *r = (struct rms_normalization *)self;
    struct shape dims;
    int axes = 0;
    (void)n;
    TRY(axes_of(&axes, &dims, r, &inputs[0]));
    return clk__layer_add_variable(self, "scale", dims, true, r->ones);
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct rms_normalization *r = (const struct rms_normalization *)self;
    struct value *x = c->inputs[0];
    struct shape dims;
    int axes = 0;
    TRY(axes_of(&axes, &dims, r, &x->shape));
    struct value *scale = clk__call_variable(c, &self->variables[0]);
    c->outputs[0] = clk__rms_norm(c->graph, x, scale, (float)r->epsilon, axes);
    c->n_outputs = 1;
    return c->graph->status;
}

const struct layer_class clk__layer_rms_normalization = {
    .object.name = "RMSNormalization",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct rms_normalization),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = fini,
    .build = build,
    .call = call,
};
