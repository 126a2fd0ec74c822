/* SPDX-License-Identifier: MIT */
/* Functions by element that have arguments, and softmax. Follows keras/src/ops/nn.py and numpy.py, with their
 * defaults, which are not those of keras.activations (gelu: approximate). */
#include "activations/activation.h"
#include "operations/operation.h"
#include "ops/ops.h"

#include <float.h>
#include <string.h>

struct function {
    struct layer layer;
    double alpha;
    double negative_slope;
    double threshold;
    double default_value;
    double b;
    double x_min;
    double x_max;
    bool approximate;
    double nan, posinf, neginf;
    bool has_posinf, has_neginf;
    bool equal_nan;
    int64_t decimals;
    int64_t axis;
};

static clk_status call_unary(
    struct layer *self, struct call *c, const char *name, double p0, double p1)
{
    TRY(clk__operation_inputs(self, c, 1));
    return clk__operation_done(c, clk__unary_p(c->graph, name, c->inputs[0], (float)p0, (float)p1));
}

static const struct field alpha_fields[] = {
    ARG_FLOAT(function, alpha, DEFAULT(1.0)),
    ARGS_END,
};

static clk_status call_elu(struct layer *self, struct call *c)
{
    return call_unary(self, c, "elu", ((struct function *)self)->alpha, 0.0);
}

const struct layer_class clk__operation_elu = {
    OPERATION_CLASS("Elu", "nn", function, alpha_fields),
    .call = call_elu,
};

static clk_status call_celu(struct layer *self, struct call *c)
{
    return call_unary(self, c, "celu", ((struct function *)self)->alpha, 0.0);
}

const struct layer_class clk__operation_celu = {
    OPERATION_CLASS("Celu", "nn", function, alpha_fields),
    .call = call_celu,
};

static const struct field leaky_fields[] = {
    ARG_FLOAT(function, negative_slope, DEFAULT(0.2)),
    ARGS_END,
};

static clk_status call_leaky_relu(struct layer *self, struct call *c)
{
    return call_unary(self, c, "leaky_relu", ((struct function *)self)->negative_slope, 0.0);
}

const struct layer_class clk__operation_leaky_relu = {
    OPERATION_CLASS("LeakyRelu", "nn", function, leaky_fields),
    .call = call_leaky_relu,
};

static const struct field shrink_fields[] = {
    ARG_FLOAT(function, threshold, DEFAULT(0.5)),
    ARGS_END,
};

static clk_status call_soft_shrink(struct layer *self, struct call *c)
{
    return call_unary(self, c, "soft_shrink", ((struct function *)self)->threshold, 0.0);
}

const struct layer_class clk__operation_soft_shrink = {
    OPERATION_CLASS("SoftShrink", "nn", function, shrink_fields),
    .call = call_soft_shrink,
};

static clk_status call_hard_shrink(struct layer *self, struct call *c)
{
    return call_unary(self, c, "hard_shrink", ((struct function *)self)->threshold, 0.0);
}

const struct layer_class clk__operation_hard_shrink = {
    OPERATION_CLASS("HardShrink", "nn", function, shrink_fields),
    .call = call_hard_shrink,
};

static const struct field threshold_fields[] = {
    ARG_FLOAT(function, threshold, REQUIRED),
    ARG_FLOAT(function, default_value, REQUIRED),
    ARGS_END,
};

static clk_status call_threshold(struct layer *self, struct call *c)
{
    const struct function *f = (struct function *)self;
    return call_unary(self, c, "threshold", f->threshold, f->default_value);
}

const struct layer_class clk__operation_threshold = {
    OPERATION_CLASS("Threshold", "nn", function, threshold_fields),
    .call = call_threshold,
};

static const struct field squareplus_fields[] = {
    ARG_FLOAT(function, b, DEFAULT(4.0)),
    ARGS_END,
};

static clk_status call_squareplus(struct layer *self, struct call *c)
{
    return call_unary(self, c, "squareplus", ((struct function *)self)->b, 0.0);
}

const struct layer_class clk__operation_squareplus = {
    OPERATION_CLASS("Squareplus", "nn", function, squareplus_fields),
    .call = call_squareplus,
};

static const struct field clip_fields[] = {
    ARG_FLOAT(function, x_min, REQUIRED),
    ARG_FLOAT(function, x_max, REQUIRED),
    ARGS_END,
};

static clk_status call_clip(struct layer *self, struct call *c)
{
    const struct function *f = (struct function *)self;
    return call_unary(self, c, "clip", f->x_min, f->x_max);
}

const struct layer_class clk__operation_clip = {
    OPERATION_CLASS("Clip", "numpy", function, clip_fields),
    .call = call_clip,
};

static const struct field round_fields[] = {
    ARG_INT(function, decimals, DEFAULT(0), BETWEEN(0, 0)),
    ARGS_END,
};

static clk_status call_round(struct layer *self, struct call *c)
{
    char text[LAYER_TEXT];
    if (((struct function *)self)->decimals != 0)
        return clk__fail(
            CLK_ERR_UNSUPPORTED, "%s: only decimals=0 is supported", clk__layer_text(text, self));
    return call_unary(self, c, "round", 0.0, 0.0);
}

const struct layer_class clk__operation_round = {
    OPERATION_CLASS("Round", "numpy", function, round_fields),
    .call = call_round,
};

/* Other numbers in the place of NaN and of infinities. */
static clk_status call_nan_to_num(struct layer *self, struct call *c)
{
    const struct function *f = (struct function *)self;
    TRY(clk__operation_inputs(self, c, 1));
    struct graph *g = c->graph;
    struct value *x = c->inputs[0], *zero = clk__constant(g, 0.0f),
                 *inf = clk__unary(g, "isinf", x);
    float most = f->has_posinf ? (float)f->posinf : FLT_MAX;
    float least = f->has_neginf ? (float)f->neginf : -FLT_MAX;
    struct value *end = clk__select(
        g, clk__binary(g, "greater", x, zero), clk__constant(g, most), clk__constant(g, least));
    x = clk__select(g, clk__unary(g, "isnan", x), clk__constant(g, (float)f->nan), x);
    return clk__operation_done(c, clk__select(g, inf, end, x));
}

static const struct field nan_fields[] = {
    ARG_FLOAT(function, nan, DEFAULT(0.0)),
    ARG_FLOAT_OR_NONE(function, posinf, DEFAULT(null)),
    ARG_FLOAT_OR_NONE(function, neginf, DEFAULT(null)),
    ARGS_END,
};

const struct layer_class clk__operation_nan_to_num = {
    OPERATION_CLASS("NanToNum", "numpy", function, nan_fields),
    .call = call_nan_to_num,
};

/* |a - b| <= atol + rtol |b|, or a = b, which infinities may be. The tolerances are inputs: numbers. */
static clk_status call_isclose(struct layer *self, struct call *c)
{
    TRY(clk__operation_inputs(self, c, 0));
    struct graph *g = c->graph;
    if (c->n_inputs < 2 || c->n_inputs > 4)
        TRY(clk__operation_inputs(self, c, 2));
    struct value *a = c->inputs[0], *b = c->inputs[1];
    struct value *rtol = c->n_inputs > 2 ? c->inputs[2] : clk__constant(g, 1e-5f);
    struct value *atol = c->n_inputs > 3 ? c->inputs[3] : clk__constant(g, 1e-8f);
    struct value *limit = clk__add(g, atol, clk__mul(g, rtol, clk__unary(g, "abs", b)));
    struct value *near =
        clk__binary(g, "less_equal", clk__unary(g, "abs", clk__sub(g, a, b)), limit);
    near = clk__binary(g, "logical_and", near, clk__unary(g, "isfinite", b));
    near = clk__binary(g, "logical_or", near, clk__binary(g, "equal", a, b));
    if (((struct function *)self)->equal_nan)
        near = clk__binary(g, "logical_or", near,
            clk__binary(g, "logical_and", clk__unary(g, "isnan", a), clk__unary(g, "isnan", b)));
    return clk__operation_done(c, near);
}

static const struct field close_fields[] = {
    ARG_BOOL(function, equal_nan, DEFAULT(false)),
    ARGS_END,
};

const struct layer_class clk__operation_isclose = {
    OPERATION_CLASS("Isclose", "numpy", function, close_fields),
    .call = call_isclose,
};

/* ---- of a dtype: integers are floats without a fraction here, and truth values 1 and 0 ---- */

struct typed {
    struct layer layer;
    char *type;
};

static const struct field typed_fields[] = {
    ARG(FIELD_DTYPE, "dtype", typed, type, DEFAULT(null)),
    ARGS_END,
};

static bool is_bool(const struct layer *self)
{
    const char *type = ((const struct typed *)self)->type;
    return type && strcmp(type, "bool") == 0;
}

static bool is_integer(const struct layer *self)
{
    const char *type = ((const struct typed *)self)->type;
    return type && (strncmp(type, "int", 3) == 0 || strncmp(type, "uint", 4) == 0);
}

static clk_status check_typed(struct object *o)
{
    struct typed *t = (struct typed *)o;
    char text[LAYER_TEXT];
    bool plain = !t->type || is_bool(&t->layer) || is_integer(&t->layer);
    t->layer.policy = clk__policy_find(plain ? "float32" : t->type);
    if (t->layer.policy && t->layer.policy->variable == t->layer.policy->compute)
        return CLK_OK;
    return clk__fail(CLK_ERR_UNSUPPORTED,
        "%s: dtype \"%s\" is not supported, only float32, float16, bfloat16, float64, integers and "
        "bool",
        clk__layer_text(text, &t->layer), t->type);
}

#define TYPED_CLASS(name_, module_)                                      \
    .object.name = (name_), .object.module = "keras.src.ops." module_,   \
    .object.bytes = sizeof(struct typed), .object.fields = typed_fields, \
    .object.common = clk__operation_name, .object.check = check_typed,   \
    .object.fini = clk__layer_fini, .casting = CAST_NOTHING

static clk_status call_cast(struct layer *self, struct call *c)
{
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = c->inputs[0];
    struct value *y = is_bool(self)
                          ? clk__binary(c->graph, "not_equal", x, clk__constant(c->graph, 0.0f))
                          : clk__unary(c->graph, is_integer(self) ? "trunc" : "identity", x);
    if (is_integer(self))
        return clk__operation_integers(c, y);
    return clk__operation_done(c, clk__rounded(c->graph, y, self->policy->compute));
}

const struct layer_class clk__operation_cast = {
    TYPED_CLASS("Cast", "core"),
    .call = call_cast,
};

const struct layer_class clk__operation_saturate_cast = {
    TYPED_CLASS("SaturateCast", "core"),
    .call = call_cast,
};

/* Keras puts it where a layer makes a mask of operations. */
static const struct field tensor_fields[] = {
    ARG(FIELD_DTYPE, "dtype", typed, type, DEFAULT(null)),
    ARG_UNSUPPORTED("sparse", DEFAULT(null)),
    ARG_UNSUPPORTED("ragged", DEFAULT(null)),
    ARGS_END,
};

const struct layer_class clk__operation_convert_to_tensor = {
    .object.name = "ConvertToTensor",
    .object.module = "keras.src.ops.core",
    .object.bytes = sizeof(struct typed),
    .object.fields = tensor_fields,
    .object.common = clk__operation_name,
    .object.check = check_typed,
    .object.fini = clk__layer_fini,
    .casting = CAST_NOTHING,
    .call = call_cast,
};

static clk_status call_like(struct layer *self, struct call *c, float value)
{
    TRY(clk__operation_inputs(self, c, 1));
    return clk__operation_done(
        c, clk__broadcast(c->graph, clk__constant(c->graph, value), c->inputs[0]->shape));
}

/* The value is an argument of the call, or a tensor that broadcasts. */
static clk_status call_full_like(struct layer *self, struct call *c)
{
    TRY(clk__operation_inputs(self, c, 2));
    return clk__operation_done(c, clk__broadcast(c->graph, c->inputs[1], c->inputs[0]->shape));
}

const struct layer_class clk__operation_full_like = {
    TYPED_CLASS("FullLike", "numpy"),
    .call = call_full_like,
};

static clk_status call_zeros_like(struct layer *self, struct call *c)
{
    return call_like(self, c, 0.0f);
}

const struct layer_class clk__operation_zeros_like = {
    TYPED_CLASS("ZerosLike", "numpy"),
    .call = call_zeros_like,
};

static clk_status call_ones_like(struct layer *self, struct call *c)
{
    return call_like(self, c, 1.0f);
}

const struct layer_class clk__operation_ones_like = {
    TYPED_CLASS("OnesLike", "numpy"),
    .call = call_ones_like,
};

static const struct field gelu_fields[] = {
    ARG_BOOL(function, approximate, DEFAULT(true)),
    ARGS_END,
};

/* 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) */
static struct value *gelu_tanh(struct graph *g, struct value *x)
{
    struct value *cube = clk__mul(g, x, clk__unary(g, "square", x));
    struct value *inner = clk__add(g, x, clk__scale(g, cube, 0.044715f));
    struct value *t = clk__unary(g, "tanh", clk__scale(g, inner, 0.7978845608028654f));
    return clk__mul(g, x, clk__unary_p(g, "affine", t, 0.5f, 0.5f));
}

static clk_status call_gelu(struct layer *self, struct call *c)
{
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = c->inputs[0];
    return clk__operation_done(c, ((struct function *)self)->approximate
                                      ? gelu_tanh(c->graph, x)
                                      : clk__unary(c->graph, "gelu", x));
}

const struct layer_class clk__operation_gelu = {
    OPERATION_CLASS("Gelu", "nn", function, gelu_fields),
    .call = call_gelu,
};

static const struct field axis_fields[] = {
    ARG_INT(function, axis, DEFAULT(-1)),
    ARGS_END,
};

/* The ops work on the last axis: another one is swapped with it. */
static clk_status call_along(
    struct layer *self, struct call *c, struct value *(*along)(struct graph *g, struct value *a))
{
    int axis = 0, perm[CLK_MAX_RANK];
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = c->inputs[0];
    int rank = x->shape.rank;
    TRY(clk__operation_axis(&axis, self, ((struct function *)self)->axis, rank));
    TRY(clk__operation_not_batch(self, c, axis));
    if (axis == rank - 1)
        return clk__operation_done(c, along(c->graph, x));
    for (int i = 0; i < rank; i++)
        perm[i] = i;
    perm[axis] = rank - 1;
    perm[rank - 1] = axis;
    x = along(c->graph, clk__transpose(c->graph, x, perm));
    return clk__operation_done(c, clk__transpose(c->graph, x, perm));
}

static clk_status call_softmax(struct layer *self, struct call *c)
{
    return call_along(self, c, clk__softmax);
}

const struct layer_class clk__operation_softmax = {
    OPERATION_CLASS("Softmax", "nn", function, axis_fields),
    .call = call_softmax,
};

static clk_status call_log_softmax(struct layer *self, struct call *c)
{
    return call_along(self, c, clk__log_softmax);
}

const struct layer_class clk__operation_log_softmax = {
    OPERATION_CLASS("LogSoftmax", "nn", function, axis_fields),
    .call = call_log_softmax,
};

static clk_status call_glu(struct layer *self, struct call *c)
{
    return call_along(self, c, clk__glu);
}

const struct layer_class clk__operation_glu = {
    OPERATION_CLASS("Glu", "nn", function, axis_fields),
    .call = call_glu,
};

static clk_status call_sparsemax(struct layer *self, struct call *c)
{
    return call_along(self, c, clk__sparsemax);
}

const struct layer_class clk__operation_sparsemax = {
    OPERATION_CLASS("Sparsemax", "nn", function, axis_fields),
    .call = call_sparsemax,
};
