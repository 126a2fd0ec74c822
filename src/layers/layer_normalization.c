/* SPDX-License-Identifier: MIT */
/* LayerNormalization: every sample by its own moments over one axis or several. Follows
 * keras/src/layers/normalization/layer_normalization.py. */
#include "initializers/initializer.h"
#include "layers/norm.h"
#include "ops/ops.h"

struct layer_normalization {
    struct layer layer;
    struct int_list axis;
    double epsilon;
    bool center;
    bool scale;
    struct object *beta_initializer;
    struct object *gamma_initializer;
    struct norm_rules rules;
};

static const struct field fields[] = {
    ARG_SHAPE(layer_normalization, axis, DEFAULT(-1), ALLOW_INT),
    ARG_FLOAT(layer_normalization, epsilon, DEFAULT(0.001)),
    ARG_BOOL(layer_normalization, center, DEFAULT(true)),
    ARG_BOOL(layer_normalization, scale, DEFAULT(true)),
    ARG_UNSUPPORTED("rms_scaling", DEFAULT(false)),
    ARG_OBJECT(layer_normalization, beta_initializer, &clk__initializers, DEFAULT("zeros")),
    ARG_OBJECT(layer_normalization, gamma_initializer, &clk__initializers, DEFAULT("ones")),
    NORM_RULES(layer_normalization),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    clk__norm_sort_axes(&((struct layer_normalization *)o)->axis);
    return clk__layer_check(o);
}

static clk_status build(struct layer *self, const struct shape *inputs, int n)
{
    struct layer_normalization *l = (struct layer_normalization *)self;
    struct shape dims;
    unsigned axes = 0;
    (void)n;
    TRY(clk__norm_axes(&axes, &dims, self, &inputs[0], &l->axis));
    return clk__norm_add_scale(self, dims, l->scale ? l->gamma_initializer : NULL,
        l->center ? l->beta_initializer : NULL, &l->rules);
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct layer_normalization *l = (const struct layer_normalization *)self;
    struct graph *g = c->graph;
    struct value *x = c->inputs[0];
    struct norm_terms t = {.epsilon = (float)l->epsilon};
    struct shape dims;
    unsigned axes = 0;
    TRY(clk__norm_axes(&axes, &dims, self, &x->shape, &l->axis));
    if (l->scale)
        t.gamma = clk__call_variable(c, &self->variables[0]);
    if (l->center)
        t.beta = clk__call_variable(c, &self->variables[l->scale]);
    int trailing = clk__norm_trailing(axes, x->shape.rank);
    c->n_outputs = 1;
    if (trailing > 0) {
        c->outputs[0] = clk__layer_norm(g, x, t.gamma, t.beta, t.epsilon, trailing);
        return g->status;
    }
    t.gamma = clk__norm_spread(g, t.gamma, x, axes);
    t.beta = clk__norm_spread(g, t.beta, x, axes);
    clk__norm_moments(&t, g, x, axes);
    c->outputs[0] = clk__norm_apply(g, x, &t);
    return g->status;
}

const struct layer_class clk__layer_layer_normalization = {
    .object.name = "LayerNormalization",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct layer_normalization),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .casting = CAST_OUTPUTS,
    .build = build,
    .call = call,
    .masks = MASK_PASS,
};
