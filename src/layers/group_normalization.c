/* SPDX-License-Identifier: MIT */
/* GroupNormalization: every sample by the moments of each group of its channels. Follows
 * keras/src/layers/normalization/group_normalization.py. */
#include "initializers/initializer.h"
#include "layers/norm.h"
#include "ops/ops.h"

#include <assert.h>

struct group_normalization {
    struct layer layer;
    int64_t groups;
    int64_t axis;
    double epsilon;
    bool center;
    bool scale;
    struct object *beta_initializer;
    struct object *gamma_initializer;
    struct norm_rules rules;
};

static const struct field fields[] = {
    ARG_INT(group_normalization, groups, DEFAULT(32), AT_LEAST(-1)),
    ARG_INT(group_normalization, axis, DEFAULT(-1)),
    ARG_FLOAT(group_normalization, epsilon, DEFAULT(0.001)),
    ARG_BOOL(group_normalization, center, DEFAULT(true)),
    ARG_BOOL(group_normalization, scale, DEFAULT(true)),
    ARG_OBJECT(group_normalization, beta_initializer, &clk__initializers, DEFAULT("zeros")),
    ARG_OBJECT(group_normalization, gamma_initializer, &clk__initializers, DEFAULT("ones")),
    NORM_RULES(group_normalization),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    char text[LAYER_TEXT];
    TRY(clk__layer_check(o));
    if (((struct group_normalization *)o)->groups != 0)
        return CLK_OK;
    return clk__fail(CLK_ERR_CONFIG,
        "%s: groups is 0, it must be positive, or -1 for one a channel",
        clk__layer_text(text, (struct layer *)o));
}

static clk_status build(struct layer *self, const struct shape *inputs, int n)
{
    struct group_normalization *l = (struct group_normalization *)self;
    const struct int_list axis = {.items = {l->axis}, .n = 1};
    struct shape channels;
    unsigned axes = 0;
    char text[LAYER_TEXT];
    (void)n;
    TRY(clk__norm_axes(&axes, &channels, self, &inputs[0], &axis));
    if (axes == 1)
        return clk__fail(CLK_ERR_SHAPE, "%s: axis %lld is the batch, not one of channels",
            clk__layer_text(text, self), (long long)l->axis);
    if (l->groups == -1)
        l->groups = channels.dims[0];
    if (channels.dims[0] == 0 || channels.dims[0] % l->groups != 0)
        return clk__fail(CLK_ERR_SHAPE, "%s: %lld channels do not make %lld groups",
            clk__layer_text(text, self), (long long)channels.dims[0], (long long)l->groups);
    return clk__norm_add_scale(self, channels, l->scale ? l->gamma_initializer : NULL,
        l->center ? l->beta_initializer : NULL, &l->rules);
}

/* v of a channel each, against an input whose channels at `axis` are split in two axes. */
static struct value *spread(struct graph *g, struct value *v, const struct shape *split, int axis)
{
    struct shape s = {.rank = split->rank};
    for (int i = 0; i < s.rank; i++)
        s.dims[i] = i == axis || i == axis + 1 ? split->dims[i] : 1;
    return clk__reshape(g, v, s);
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct group_normalization *l = (const struct group_normalization *)self;
    struct graph *g = c->graph;
    struct value *x = c->inputs[0];
    struct norm_terms t = {.epsilon = (float)l->epsilon};
    int axis = 0;
    TRY(clk__norm_axis(&axis, self, &x->shape, l->axis));
    if (x->shape.rank >= CLK_MAX_RANK) {
        char text[LAYER_TEXT];
        return clk__fail(CLK_ERR_UNSUPPORTED, "%s: input of rank %d, at most %d is possible",
            clk__layer_text(text, self), x->shape.rank, CLK_MAX_RANK - 1);
    }
    assert(axis > 0);
    struct shape split = {.rank = x->shape.rank + 1};
    for (int i = 0; i < x->shape.rank; i++)
        split.dims[i < axis ? i : i + 1] = x->shape.dims[i];
    split.dims[axis] = l->groups;
    split.dims[axis + 1] = x->shape.dims[axis] / l->groups;
    if (l->scale)
        t.gamma = spread(g, clk__call_variable(c, &self->variables[0]), &split, axis);
    if (l->center)
        t.beta = spread(g, clk__call_variable(c, &self->variables[l->scale]), &split, axis);
    struct value *parts = clk__reshape(g, x, split);
    clk__norm_moments(&t, g, parts, ((1u << split.rank) - 2) & ~(1u << axis));
    c->outputs[0] = clk__reshape(g, clk__norm_apply(g, parts, &t), x->shape);
    c->n_outputs = 1;
    return g->status;
}

const struct layer_class clk__layer_group_normalization = {
    .object.name = "GroupNormalization",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct group_normalization),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .casting = CAST_OUTPUTS,
    .build = build,
    .call = call,
    .masks = MASK_PASS,
};
