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

BINARY(add, "Add", "numpy", "add");
BINARY(subtract, "Subtract", "numpy", "sub");
BINARY(multiply, "Multiply", "numpy", "mul");
BINARY(divide, "Divide", "numpy", "div");
BINARY(true_divide, "TrueDivide", "numpy", "div");
BINARY(power, "Power", "numpy", "pow");
BINARY(maximum, "Maximum", "numpy", "max");
BINARY(minimum, "Minimum", "numpy", "min");
BINARY(equal, "Equal", "numpy", "equal");
BINARY(not_equal, "NotEqual", "numpy", "not_equal");
BINARY(greater, "Greater", "numpy", "greater");
BINARY(greater_equal, "GreaterEqual", "numpy", "greater_equal");
BINARY(less, "Less", "numpy", "less");
BINARY(less_equal, "LessEqual", "numpy", "less_equal");
BINARY(logical_and, "LogicalAnd", "numpy", "logical_and");
BINARY(logical_or, "LogicalOr", "numpy", "logical_or");
UNARY(logical_not, "LogicalNot", "numpy", "logical_not");
POINTWISE(where, "Where", "numpy", "select", 3, NULL);
POINTWISE(absolute, "Absolute", "numpy", "abs", 1, absolute_names);
UNARY(identity, "Identity", "core", "identity");
UNARY(negative, "Negative", "numpy", "neg");
UNARY(sign, "Sign", "numpy", "sign");
UNARY(square, "Square", "numpy", "square");
UNARY(sqrt, "Sqrt", "numpy", "sqrt");
UNARY(rsqrt, "Rsqrt", "math", "rsqrt");
UNARY(reciprocal, "Reciprocal", "numpy", "reciprocal");
UNARY(floor, "Floor", "numpy", "floor");
UNARY(exp, "Exp", "numpy", "exp");
UNARY(log, "Log", "numpy", "log");
UNARY(log1p, "Log1p", "numpy", "log1p");
UNARY(sin, "Sin", "numpy", "sin");
UNARY(cos, "Cos", "numpy", "cos");
UNARY(tanh, "Tanh", "numpy", "tanh");
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
