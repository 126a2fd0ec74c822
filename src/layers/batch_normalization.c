/* SPDX-License-Identifier: MIT */
/* BatchNormalization: by the batch's own moments in training, by their moving averages otherwise. Follows
 * keras/src/layers/normalization/batch_normalization.py. */
#include "initializers/initializer.h"
#include "layers/norm.h"
#include "ops/ops.h"

struct batch_normalization {
    struct layer layer;
    int64_t axis;
    double momentum;
    double epsilon;
    bool center;
    bool scale;
    struct object *beta_initializer;
    struct object *gamma_initializer;
    struct object *moving_mean_initializer;
    struct object *moving_variance_initializer;
    struct norm_rules rules;
};

static const struct field fields[] = {
    ARG_INT(batch_normalization, axis, DEFAULT(-1)),
    ARG_FLOAT(batch_normalization, momentum, DEFAULT(0.99)),
    ARG_FLOAT(batch_normalization, epsilon, DEFAULT(0.001)),
    ARG_BOOL(batch_normalization, center, DEFAULT(true)),
    ARG_BOOL(batch_normalization, scale, DEFAULT(true)),
    ARG_OBJECT(batch_normalization, beta_initializer, &clk__initializers, DEFAULT("zeros")),
    ARG_OBJECT(batch_normalization, gamma_initializer, &clk__initializers, DEFAULT("ones")),
    ARG_OBJECT(batch_normalization, moving_mean_initializer, &clk__initializers, DEFAULT("zeros")),
    ARG_OBJECT(
        batch_normalization, moving_variance_initializer, &clk__initializers, DEFAULT("ones")),
    NORM_RULES(batch_normalization),
    /* Younger than Keras 3.0, which refuses a config that has them. */
    ARG_UNSUPPORTED("renorm", DEFAULT(false), HIDDEN),
    ARG_UNSUPPORTED("renorm_clipping", DEFAULT(null), HIDDEN),
    ARG_UNSUPPORTED("renorm_momentum", DEFAULT(0.99), HIDDEN),
    ARG_UNSUPPORTED("synchronized", DEFAULT(false)),
    ARGS_END,
};

/* Which variable is which: gamma and beta come first if there are any, the moving averages are the last two. */
static const struct variable *gamma_of(const struct batch_normalization *b)
{
    return b->scale ? &b->layer.variables[0] : NULL;
}

static const struct variable *beta_of(const struct batch_normalization *b)
{
    return b->center ? &b->layer.variables[b->scale] : NULL;
}

static const struct variable *moving_mean_of(const struct batch_normalization *b)
{
    return &b->layer.variables[b->layer.n_variables - 2];
}

static const struct variable *moving_variance_of(const struct batch_normalization *b)
{
    return &b->layer.variables[b->layer.n_variables - 1];
}

static clk_status build(struct layer *self, const struct shape *inputs, int n)
{
    struct batch_normalization *b = (struct batch_normalization *)self;
    const struct int_list axis = {.items = {b->axis}, .n = 1};
    struct shape channels;
    unsigned axes = 0;
    (void)n;
    TRY(clk__norm_axes(&axes, &channels, self, &inputs[0], &axis));
    TRY(clk__norm_add_scale(self, channels, b->scale ? b->gamma_initializer : NULL,
        b->center ? b->beta_initializer : NULL, &b->rules));
    TRY(clk__layer_add_variable(self, "moving_mean", channels, false, b->moving_mean_initializer));
    return clk__layer_add_variable(
        self, "moving_variance", channels, false, b->moving_variance_initializer);
}

static struct value *variable(struct call *c, const struct variable *v)
{
    return v ? clk__call_variable(c, v) : NULL;
}

/* moving * momentum + of_batch * (1 - momentum). A later call of the same layer goes on from there. */
static void update(struct call *c, const struct batch_normalization *b, const struct variable *v,
    struct value *of_batch)
{
    struct graph *g = c->graph;
    struct value *moving = clk__call_variable(c, v);
    struct value *inputs[] = {moving, clk__reshape(g, of_batch, v->shape)};
    struct value *next =
        clk__pointwise(g, "mix", inputs, 2, (float)b->momentum, (float)(1.0 - b->momentum));
    clk__call_assign(c, v, next);
}

/* The moments of what the mask (one axis less than x) leaves; sums are divided as Keras does, by the count + 1e-7. */
static void masked_moments(
    struct norm_terms *t, struct graph *g, struct value *x, struct value *mask, unsigned axes)
{
    struct value *zero = clk__constant(g, 0.0f);
    struct shape column = mask->shape;
    column.dims[column.rank++] = 1;
    mask = clk__broadcast(g, clk__reshape(g, mask, column), x->shape);
    struct value *n = clk__reduce(g, REDUCE_SUM, mask, axes, true);
    n = clk__unary_p(g, "offset", n, 1e-7f, 0.0f);
    struct value *sum = clk__reduce(g, REDUCE_SUM, clk__select(g, mask, x, zero), axes, true);
    t->mean = clk__div(g, sum, n);
    struct value *d = clk__select(g, mask, clk__sub(g, x, t->mean), zero);
    t->variance =
        clk__div(g, clk__reduce(g, REDUCE_SUM, clk__unary(g, "square", d), axes, true), n);
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct batch_normalization *b = (const struct batch_normalization *)self;
    struct graph *g = c->graph;
    struct value *x = c->inputs[0], *mask = c->masks[0];
    int axis = 0;
    TRY(clk__norm_axis(&axis, self, &x->shape, b->axis));
    unsigned kept = 1u << axis, reduced = ((1u << x->shape.rank) - 1) & ~kept;
    struct norm_terms t = {
        .gamma = clk__norm_spread(g, variable(c, gamma_of(b)), x, kept),
        .beta = clk__norm_spread(g, variable(c, beta_of(b)), x, kept),
        .epsilon = (float)b->epsilon,
    };
    c->n_outputs = 1;
    if (!g->training || !self->trainable) {
        t.mean = clk__norm_spread(g, variable(c, moving_mean_of(b)), x, kept);
        t.variance = clk__norm_spread(g, variable(c, moving_variance_of(b)), x, kept);
        c->outputs[0] = clk__norm_apply(g, x, &t);
        return g->status;
    }
    if (mask && mask->shape.rank != x->shape.rank - 1) {
        char layer[LAYER_TEXT], a[SHAPE_TEXT], s[SHAPE_TEXT];
        return clk__fail(CLK_ERR_SHAPE,
            "%s: a mask of shape %s for an input of shape %s: it must have one axis less",
            clk__layer_text(layer, self), clk__shape_text(a, &mask->shape),
            clk__shape_text(s, &x->shape));
    }
    if (!mask && axis == x->shape.rank - 1) {
        struct batch_moments moments;
        c->outputs[0] = clk__batch_norm(g, x, t.gamma, t.beta, t.epsilon, &moments);
        t.mean = moments.mean;
        t.variance = moments.variance;
    } else {
        if (mask)
            masked_moments(&t, g, x, mask, reduced);
        else
            clk__norm_moments(&t, g, x, reduced);
        c->outputs[0] = clk__norm_apply(g, x, &t);
    }
    update(c, b, moving_mean_of(b), t.mean);
    update(c, b, moving_variance_of(b), t.variance);
    return g->status;
}

static bool couples_rows(const struct layer *self, bool training)
{
    return training && self->trainable;
}

const struct layer_class clk__layer_batch_normalization = {
    LAYER_CLASS("BatchNormalization", batch_normalization, fields),
    .casting = CAST_INPUTS,
    .build = build,
    .call = call,
    .couples_rows = couples_rows,
    .masks = MASK_PASS,
};
