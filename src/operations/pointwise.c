/* SPDX-License-Identifier: MIT */
/* Operations by element: arithmetic, comparisons, functions and activations, with NumPy's broadcasting. Each is a
 * pointwise function of ops/pointwise_table.c. Follows keras/src/ops/numpy.py, nn.py and math.py. */
#include "operations/operation.h"
#include "ops/ops.h"

static clk_status call_pointwise(struct layer *self, struct call *c, const char *function, int n)
{
    TRY(clk__operation_inputs(self, c, n));
    return clk__operation_done(c, clk__pointwise(c->graph, function, c->inputs, n, 0.0f, 0.0f));
}

#define POINTWISE(tag, name_, module_, function, n, aliases_)        \
    static clk_status call_##tag(struct layer *self, struct call *c) \
    {                                                                \
        return call_pointwise(self, c, (function), (n));             \
    }                                                                \
    const struct layer_class clk__operation_##tag = {                \
        OPERATION_CLASS(name_, module_, layer, NULL),                \
        .object.aliases = (aliases_),                                \
        .call = call_##tag,                                          \
    }
#define UNARY(tag, name_, module_, function)  POINTWISE(tag, name_, module_, function, 1, NULL)
#define BINARY(tag, name_, module_, function) POINTWISE(tag, name_, module_, function, 2, NULL)

static const char *const absolute_names[] = {"Abs", NULL};
static const char *const conjugate_names[] = {"Conj", NULL};

BINARY(add, "Add", "numpy", "add");
BINARY(subtract, "Subtract", "numpy", "sub");
BINARY(multiply, "Multiply", "numpy", "mul");
BINARY(divide, "Divide", "numpy", "div");
BINARY(true_divide, "TrueDivide", "numpy", "div");
BINARY(power, "Power", "numpy", "pow");
BINARY(maximum, "Maximum", "numpy", "max");
BINARY(minimum, "Minimum", "numpy", "min");
BINARY(fmax, "Fmax", "numpy", "fmax");
BINARY(fmin, "Fmin", "numpy", "fmin");
BINARY(fmod, "Fmod", "numpy", "fmod");
BINARY(floor_divide, "FloorDivide", "numpy", "floor_divide");
BINARY(arctan2, "Arctan2", "numpy", "arctan2");
BINARY(hypot, "Hypot", "numpy", "hypot");
BINARY(logaddexp, "Logaddexp", "numpy", "logaddexp");
BINARY(equal, "Equal", "numpy", "equal");
BINARY(not_equal, "NotEqual", "numpy", "not_equal");
BINARY(greater, "Greater", "numpy", "greater");
BINARY(greater_equal, "GreaterEqual", "numpy", "greater_equal");
BINARY(less, "Less", "numpy", "less");
BINARY(less_equal, "LessEqual", "numpy", "less_equal");
BINARY(logical_and, "LogicalAnd", "numpy", "logical_and");
BINARY(logical_or, "LogicalOr", "numpy", "logical_or");
BINARY(logical_xor, "LogicalXor", "numpy", "logical_xor");
UNARY(logical_not, "LogicalNot", "numpy", "logical_not");
POINTWISE(where, "Where", "numpy", "select", 3, NULL);
POINTWISE(absolute, "Absolute", "numpy", "abs", 1, absolute_names);
UNARY(fabs, "Fabs", "numpy", "abs");
UNARY(identity, "Identity", "core", "identity");
UNARY(copy, "Copy", "numpy", "identity");
UNARY(real, "Real", "numpy", "identity");
POINTWISE(conjugate, "Conjugate", "numpy", "identity", 1, conjugate_names);
UNARY(stop_gradient, "StopGradient", "core", "stop_gradient");
UNARY(isnan, "Isnan", "numpy", "isnan");
UNARY(isinf, "Isinf", "numpy", "isinf");
UNARY(isfinite, "Isfinite", "numpy", "isfinite");
UNARY(signbit, "Signbit", "numpy", "signbit");
UNARY(negative, "Negative", "numpy", "neg");
UNARY(sign, "Sign", "numpy", "sign");
UNARY(square, "Square", "numpy", "square");
UNARY(sqrt, "Sqrt", "numpy", "sqrt");
UNARY(rsqrt, "Rsqrt", "math", "rsqrt");
UNARY(reciprocal, "Reciprocal", "numpy", "reciprocal");
UNARY(floor, "Floor", "numpy", "floor");
UNARY(ceil, "Ceil", "numpy", "ceil");
UNARY(trunc, "Trunc", "numpy", "trunc");
UNARY(cbrt, "Cbrt", "numpy", "cbrt");
UNARY(exp2, "Exp2", "numpy", "exp2");
UNARY(expm1, "Expm1", "numpy", "expm1");
UNARY(exp, "Exp", "numpy", "exp");
UNARY(log, "Log", "numpy", "log");
UNARY(log1p, "Log1p", "numpy", "log1p");
UNARY(log2, "Log2", "numpy", "log2");
UNARY(log10, "Log10", "numpy", "log10");
UNARY(erf, "Erf", "math", "erf");
UNARY(erfc, "Erfc", "math", "erfc");
UNARY(sin, "Sin", "numpy", "sin");
UNARY(cos, "Cos", "numpy", "cos");
UNARY(tan, "Tan", "numpy", "tan");
UNARY(arcsin, "Arcsin", "numpy", "arcsin");
UNARY(arccos, "Arccos", "numpy", "arccos");
UNARY(arctan, "Arctan", "numpy", "arctan");
UNARY(sinh, "Sinh", "numpy", "sinh");
UNARY(cosh, "Cosh", "numpy", "cosh");
UNARY(tanh, "Tanh", "numpy", "tanh");
UNARY(arcsinh, "Arcsinh", "numpy", "arcsinh");
UNARY(arccosh, "Arccosh", "numpy", "arccosh");
UNARY(arctanh, "Arctanh", "numpy", "arctanh");
UNARY(sigmoid, "Sigmoid", "nn", "sigmoid");
UNARY(relu, "Relu", "nn", "relu");
UNARY(relu6, "Relu6", "nn", "relu6");
UNARY(selu, "Selu", "nn", "selu");
UNARY(silu, "Silu", "nn", "silu");
UNARY(mish, "Mish", "nn", "mish");
UNARY(softplus, "Softplus", "nn", "softplus");
UNARY(softsign, "Softsign", "nn", "softsign");
UNARY(log_sigmoid, "LogSigmoid", "nn", "log_sigmoid");
UNARY(hard_sigmoid, "HardSigmoid", "nn", "hard_sigmoid");
UNARY(hard_silu, "HardSilu", "nn", "hard_silu");
UNARY(hard_tanh, "HardTanh", "nn", "hard_tanh");
UNARY(tanh_shrink, "TanhShrink", "nn", "tanh_shrink");
UNARY(sparse_plus, "SparsePlus", "nn", "sparse_plus");
UNARY(sparse_sigmoid, "SparseSigmoid", "nn", "sparse_sigmoid");

/* ---- made of several ---- */

/* a - b floor(a / b): the sign of b, as in Python. */
static clk_status call_mod(struct layer *self, struct call *c)
{
    TRY(clk__operation_inputs(self, c, 2));
    struct graph *g = c->graph;
    struct value *a = c->inputs[0], *b = c->inputs[1];
    struct value *whole = clk__binary(g, "floor_divide", a, b);
    return clk__operation_done(c, clk__sub(g, a, clk__mul(g, b, whole)));
}

const struct layer_class clk__operation_mod = {
    OPERATION_CLASS("Mod", "numpy", layer, NULL),
    .call = call_mod,
};

/* 0 where b is 0, and no gradient there. */
static clk_status call_divide_no_nan(struct layer *self, struct call *c)
{
    TRY(clk__operation_inputs(self, c, 2));
    struct graph *g = c->graph;
    struct value *b = c->inputs[1], *zero = clk__constant(g, 0.0f);
    struct value *is_zero = clk__binary(g, "equal", b, zero);
    struct value *safe = clk__select(g, is_zero, clk__constant(g, 1.0f), b);
    return clk__operation_done(c, clk__select(g, is_zero, zero, clk__div(g, c->inputs[0], safe)));
}

const struct layer_class clk__operation_divide_no_nan = {
    OPERATION_CLASS("DivideNoNan", "numpy", layer, NULL),
    .call = call_divide_no_nan,
};

static clk_status call_scaled(struct layer *self, struct call *c, double factor)
{
    TRY(clk__operation_inputs(self, c, 1));
    return clk__operation_done(c, clk__scale(c->graph, c->inputs[0], (float)factor));
}

#define DEGREES 57.29577951308232 /* of one radian */

static clk_status call_deg2rad(struct layer *self, struct call *c)
{
    return call_scaled(self, c, 1 / DEGREES);
}

const struct layer_class clk__operation_deg2rad = {
    OPERATION_CLASS("Deg2rad", "numpy", layer, NULL),
    .call = call_deg2rad,
};

static clk_status call_rad2deg(struct layer *self, struct call *c)
{
    return call_scaled(self, c, DEGREES);
}

const struct layer_class clk__operation_rad2deg = {
    OPERATION_CLASS("Rad2deg", "numpy", layer, NULL),
    .call = call_rad2deg,
};

/* 1 where x is infinite and on that side of 0. */
static clk_status call_infinite(struct layer *self, struct call *c, const char *relation)
{
    TRY(clk__operation_inputs(self, c, 1));
    struct graph *g = c->graph;
    struct value *side = clk__binary(g, relation, c->inputs[0], clk__constant(g, 0.0f));
    return clk__operation_done(
        c, clk__binary(g, "logical_and", side, clk__unary(g, "isinf", c->inputs[0])));
}

static clk_status call_isposinf(struct layer *self, struct call *c)
{
    return call_infinite(self, c, "greater");
}

const struct layer_class clk__operation_isposinf = {
    OPERATION_CLASS("Isposinf", "numpy", layer, NULL),
    .call = call_isposinf,
};

static clk_status call_isneginf(struct layer *self, struct call *c)
{
    return call_infinite(self, c, "less");
}

const struct layer_class clk__operation_isneginf = {
    OPERATION_CLASS("Isneginf", "numpy", layer, NULL),
    .call = call_isneginf,
};

/* 0, x2 and 1 where x1 is below, at and above 0. */
static clk_status call_heaviside(struct layer *self, struct call *c)
{
    TRY(clk__operation_inputs(self, c, 2));
    struct graph *g = c->graph;
    struct value *zero = clk__constant(g, 0.0f);
    struct value *at = clk__binary(g, "equal", c->inputs[0], zero);
    struct value *above = clk__binary(g, "greater", c->inputs[0], zero);
    return clk__operation_done(c, clk__select(g, at, c->inputs[1], above));
}

const struct layer_class clk__operation_heaviside = {
    OPERATION_CLASS("Heaviside", "numpy", layer, NULL),
    .call = call_heaviside,
};

#define LN2 0.6931471805599453f

/* log2(2^a + 2^b) */
static clk_status call_logaddexp2(struct layer *self, struct call *c)
{
    TRY(clk__operation_inputs(self, c, 2));
    struct graph *g = c->graph;
    struct value *a = clk__scale(g, c->inputs[0], LN2), *b = clk__scale(g, c->inputs[1], LN2);
    return clk__operation_done(c, clk__scale(g, clk__binary(g, "logaddexp", a, b), 1.0f / LN2));
}

const struct layer_class clk__operation_logaddexp2 = {
    OPERATION_CLASS("Logaddexp2", "numpy", layer, NULL),
    .call = call_logaddexp2,
};

/* sin(pi x) / (pi x), 1 at 0 */
static clk_status call_sinc(struct layer *self, struct call *c)
{
    TRY(clk__operation_inputs(self, c, 1));
    struct graph *g = c->graph;
    struct value *x = c->inputs[0], *one = clk__constant(g, 1.0f);
    struct value *is_zero = clk__binary(g, "equal", x, clk__constant(g, 0.0f));
    struct value *angle = clk__scale(g, clk__select(g, is_zero, one, x), 3.141592653589793f);
    struct value *ratio = clk__div(g, clk__unary(g, "sin", angle), angle);
    return clk__operation_done(c, clk__select(g, is_zero, one, ratio));
}

const struct layer_class clk__operation_sinc = {
    OPERATION_CLASS("Sinc", "numpy", layer, NULL),
    .call = call_sinc,
};
