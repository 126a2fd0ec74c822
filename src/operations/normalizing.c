/* SPDX-License-Identifier: MIT */
/* Operations that measure and normalize: moments, batch_normalization, layer_normalization, rms_normalization, normalize,
 * linalg.norm. Follows keras/src/ops/nn.py and linalg.py. */
#include "base/json.h"
#include "operations/operation.h"
#include "ops/ops.h"

#include <math.h>
#include <string.h>

struct normalizing {
    struct layer layer;
    struct int_list axis;
    bool keepdims;
    int64_t order;
    json_t *ord;
    double epsilon;
    bool has_epsilon;
};

static clk_status axes_of(unsigned *out, const struct layer *self, const struct call *c, int rank)
{
    return clk__operation_axes(out, self, c, &((const struct normalizing *)self)->axis, rank);
}

static float epsilon_of(const struct layer *self)
{
    const struct normalizing *n = (const struct normalizing *)self;
    return n->has_epsilon ? (float)n->epsilon : 1e-7f; /* keras.config.epsilon() */
}

/* ---- moments ---- */

static clk_status call_moments(struct layer *self, struct call *c)
{
    bool keep = ((struct normalizing *)self)->keepdims;
    unsigned axes = 0;
    struct graph *g = c->graph;
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = c->inputs[0];
    TRY(axes_of(&axes, self, c, x->shape.rank));
    struct value *mean = clk__reduce(g, REDUCE_MEAN, x, axes, true);
    struct value *squares = clk__unary(g, "square", clk__sub(g, x, mean));
    c->outputs[0] = keep ? mean : clk__reduce(g, REDUCE_MEAN, x, axes, false);
    c->outputs[1] = clk__reduce(g, REDUCE_MEAN, squares, axes, keep);
    c->n_outputs = 2;
    return g->status;
}

static const struct field moments_fields[] = {
    ARG(FIELD_SHAPE, "axes", normalizing, axis, REQUIRED, ALLOW_INT),
    ARG_BOOL(normalizing, keepdims, DEFAULT(false)),
    ARG_UNSUPPORTED("synchronized", DEFAULT(false)),
    ARGS_END,
};

const struct layer_class clk__operation_moments = {
    OPERATION_CLASS("Moments", "nn", normalizing, moments_fields),
    .call = call_moments,
};

/* ---- normalizations ---- */

/* v (n), which goes along `axis` of x: (1, ..., n, ..., 1). */
static clk_status along(
    struct value **out, const struct layer *self, struct call *c, struct value *v, int axis)
{
    char text[LAYER_TEXT], a[SHAPE_TEXT], b[SHAPE_TEXT];
    const struct shape *x = &c->inputs[0]->shape;
    struct shape s = {.rank = x->rank - axis};
    if (!v)
        return CLK_OK;
    if (v->shape.rank != 1 || v->shape.dims[0] != x->dims[axis])
        return clk__fail(CLK_ERR_SHAPE, "%s: numbers %s do not go along axis %d of %s",
            clk__layer_text(text, self), clk__shape_text(b, &v->shape), axis,
            clk__shape_text(a, x));
    for (int i = 0; i < s.rank; i++)
        s.dims[i] = i == 0 ? v->shape.dims[0] : 1;
    *out = clk__reshape(c->graph, v, s);
    return c->graph->status;
}

/* x inv + (offset - mean inv), inv = scale / sqrt(variance + epsilon) */
static clk_status call_batch_norm(struct layer *self, struct call *c)
{
    struct value *mean = NULL, *variance = NULL, *offset = NULL, *scale = NULL;
    struct graph *g = c->graph;
    int axis = 0;
    char text[LAYER_TEXT];
    TRY(clk__operation_inputs(self, c, 0));
    if (c->n_inputs < 3 || c->n_inputs > 5 || ((struct normalizing *)self)->axis.n != 1)
        return clk__fail(CLK_ERR_CONFIG, "%s: %d inputs, it takes x, mean, variance and one axis",
            clk__layer_text(text, self), c->n_inputs);
    struct value *x = c->inputs[0];
    TRY(clk__operation_axis(
        &axis, self, ((struct normalizing *)self)->axis.items[0], x->shape.rank));
    TRY(clk__operation_not_batch(self, c, axis));
    TRY(along(&mean, self, c, c->inputs[1], axis));
    TRY(along(&variance, self, c, c->inputs[2], axis));
    TRY(along(&offset, self, c, clk__operation_named(c, "offset", 3), axis));
    TRY(along(&scale, self, c, clk__operation_named(c, "scale", 4), axis));
    struct value *inv =
        clk__unary(g, "rsqrt", clk__unary_p(g, "offset", variance, epsilon_of(self), 0.0f));
    inv = scale ? clk__mul(g, inv, scale) : inv;
    struct value *y = clk__mul(g, clk__sub(g, x, mean), inv);
    return clk__operation_done(c, offset ? clk__add(g, y, offset) : y);
}

static const struct field batch_norm_fields[] = {
    ARG_SHAPE(normalizing, axis, REQUIRED, ALLOW_INT),
    ARG_FLOAT_OR_NONE(normalizing, epsilon, DEFAULT(0.001)),
    ARGS_END,
};
static const char *const batch_norm_names[] = {"BatchNormalization", NULL};
static const char *const batch_norm_args[] = {"mean", "variance", "offset", "scale", NULL};

const struct layer_class clk__operation_batch_normalization = {
    OPERATION_CLASS("BatchNorm", "nn", normalizing, batch_norm_fields),
    .object.aliases = batch_norm_names,
    .call = call_batch_norm,
    .call_args = batch_norm_args,
};

/* v as it broadcasts with x: of one axis for each of `axes`, where these are not the last. */
static struct value *over(struct graph *g, struct value *v, const struct value *x, unsigned axes)
{
    if (!v || v->shape.rank == x->shape.rank || axes == 1u << (x->shape.rank - 1))
        return v;
    struct shape s = x->shape;
    for (int i = 0; i < s.rank; i++)
        s.dims[i] = axes >> i & 1 ? s.dims[i] : 1;
    return clk__reshape(g, v, s);
}

static clk_status call_layer_norm(struct layer *self, struct call *c)
{
    unsigned axes = 0;
    struct graph *g = c->graph;
    TRY(clk__operation_inputs(self, c, 0));
    struct value *x = c->inputs[0];
    TRY(axes_of(&axes, self, c, x->shape.rank));
    struct value *gamma = over(g, clk__operation_named(c, "gamma", 1), x, axes);
    struct value *beta = over(g, clk__operation_named(c, "beta", 2), x, axes);
    struct value *d = clk__sub(g, x, clk__reduce(g, REDUCE_MEAN, x, axes, true));
    struct value *variance = clk__reduce(g, REDUCE_MEAN, clk__unary(g, "square", d), axes, true);
    struct value *y = clk__mul(
        g, d, clk__unary(g, "rsqrt", clk__unary_p(g, "offset", variance, epsilon_of(self), 0.0f)));
    y = gamma ? clk__mul(g, y, gamma) : y;
    return clk__operation_done(c, beta ? clk__add(g, y, beta) : y);
}

static const struct field layer_norm_fields[] = {
    ARG_SHAPE(normalizing, axis, DEFAULT(-1), ALLOW_INT),
    ARG_FLOAT_OR_NONE(normalizing, epsilon, DEFAULT(null)),
    ARG_UNSUPPORTED("rms_scaling", DEFAULT(false)),
    ARGS_END,
};
static const char *const layer_norm_names[] = {"LayerNormalization", NULL};
static const char *const layer_norm_args[] = {"gamma", "beta", NULL};

const struct layer_class clk__operation_layer_normalization = {
    OPERATION_CLASS("LayerNorm", "nn", normalizing, layer_norm_fields),
    .object.aliases = layer_norm_names,
    .call = call_layer_norm,
    .call_args = layer_norm_args,
};

static clk_status call_rms_norm(struct layer *self, struct call *c)
{
    unsigned axes = 0;
    struct graph *g = c->graph;
    TRY(clk__operation_inputs(self, c, 0));
    struct value *x = c->inputs[0], *scale = clk__operation_named(c, "scale", 1);
    TRY(axes_of(&axes, self, c, x->shape.rank));
    struct value *mean = clk__reduce(g, REDUCE_MEAN, clk__unary(g, "square", x), axes, true);
    struct value *y = clk__mul(
        g, x, clk__unary(g, "rsqrt", clk__unary_p(g, "offset", mean, epsilon_of(self), 0.0f)));
    return clk__operation_done(c, scale ? clk__mul(g, y, scale) : y);
}

static const struct field rms_norm_fields[] = {
    ARG_SHAPE(normalizing, axis, DEFAULT(-1), ALLOW_INT),
    ARG_FLOAT_OR_NONE(normalizing, epsilon, DEFAULT(null)),
    ARGS_END,
};
static const char *const rms_norm_names[] = {"RmsNormalization", NULL};
static const char *const rms_norm_args[] = {"scale", NULL};

const struct layer_class clk__operation_rms_normalization = {
    OPERATION_CLASS("RMSNorm", "nn", normalizing, rms_norm_fields),
    .object.aliases = rms_norm_names,
    .call = call_rms_norm,
    .call_args = rms_norm_args,
};

static clk_status check_order(const struct layer *self, int64_t order)
{
    char text[LAYER_TEXT];
    if (order == 1 || order == 2)
        return CLK_OK;
    return clk__fail(CLK_ERR_UNSUPPORTED, "%s: order %lld, only 1 and 2 are supported",
        clk__layer_text(text, self), (long long)order);
}

/* x by its norm, which counts as epsilon at least. */
static clk_status call_normalize(struct layer *self, struct call *c)
{
    const struct normalizing *r = (struct normalizing *)self;
    unsigned axes = 0;
    struct graph *g = c->graph;
    struct value *x = c->inputs[0];
    float epsilon = epsilon_of(self);
    TRY(clk__operation_inputs(self, c, 1));
    TRY(axes_of(&axes, self, c, x->shape.rank));
    TRY(check_order(self, r->order));
    if (r->order == 2)
        return clk__operation_done(c, clk__l2_normalize(g, x, axes, epsilon));
    struct value *sum = clk__reduce(g, REDUCE_SUM, clk__unary(g, "abs", x), axes, true);
    return clk__operation_done(
        c, clk__div(g, x, clk__binary(g, "max", sum, clk__constant(g, epsilon))));
}

static const struct field normalize_fields[] = {
    ARG_SHAPE(normalizing, axis, DEFAULT(-1), ALLOW_INT),
    ARG_INT(normalizing, order, DEFAULT(2), AT_LEAST(1)),
    ARG_FLOAT_OR_NONE(normalizing, epsilon, DEFAULT(null)),
    ARGS_END,
};

const struct layer_class clk__operation_normalize = {
    OPERATION_CLASS("Normalize", "nn", normalizing, normalize_fields),
    .call = call_normalize,
};

/* ---- norms ---- */

/* The sum of |x|^p, and its root. */
static struct value *power_norm(
    struct graph *g, struct value *x, unsigned axes, double p, bool keep)
{
    if (p == 2.0)
        return clk__unary(
            g, "sqrt", clk__reduce(g, REDUCE_SUM, clk__unary(g, "square", x), axes, keep));
    struct value *size = clk__unary(g, "abs", x);
    if (isinf(p))
        return clk__reduce(g, p > 0.0 ? REDUCE_MAX : REDUCE_MIN, size, axes, keep);
    if (p == 0.0)
        size = clk__binary(g, "not_equal", x, clk__constant(g, 0.0f));
    else if (p != 1.0)
        size = clk__binary(g, "pow", size, clk__constant(g, (float)p));
    struct value *sum = clk__reduce(g, REDUCE_SUM, size, axes, keep);
    return p == 0.0 || p == 1.0 ? sum
                                : clk__binary(g, "pow", sum, clk__constant(g, (float)(1.0 / p)));
}

/* Of a vector any order, of a matrix that of its elements. */
static clk_status call_norm(struct layer *self, struct call *c)
{
    const struct normalizing *n = (struct normalizing *)self;
    const char *name = json_string_value(n->ord);
    double p = 2.0;
    unsigned axes = 0;
    char text[LAYER_TEXT];
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = c->inputs[0];
    TRY(axes_of(&axes, self, c, x->shape.rank));
    bool known = !n->ord || json_is_null(n->ord) ||
                 (n->axis.n == 1 ? clk__json_number(&p, n->ord) : name && !strcmp(name, "fro"));
    if (!known)
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "%s: ord must be a number for one axis, \"fro\" or None for several",
            clk__layer_text(text, self));
    return clk__operation_done(c, power_norm(c->graph, x, axes, p, n->keepdims));
}

static const struct field norm_fields[] = {
    ARG_ANY(normalizing, ord, DEFAULT(null)),
    ARG_SHAPE(normalizing, axis, DEFAULT(null), ALLOW_INT),
    ARG_BOOL(normalizing, keepdims, DEFAULT(false)),
    ARGS_END,
};

const struct layer_class clk__operation_norm = {
    OPERATION_CLASS("Norm", "linalg", normalizing, norm_fields),
    .call = call_norm,
};
