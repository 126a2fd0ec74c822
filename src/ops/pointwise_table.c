/* SPDX-License-Identifier: MIT */
/* The pointwise functions: one entry each, its code and its derivatives (times g). Formulas follow
 * keras/src/backend/jax/nn.py and numpy.py; macros are those of cl/lib/pointwise.clh. */
#include "ops/pointwise.h"

#include <string.h>

/* clang-format off */
static const struct pointwise_fn functions[] = {
    /* arithmetic */
    {"identity", 1, "a", {"g"}, false},
    /* A cast to float16 or bfloat16, in float32; the gradient is cast on its way back. */
    {"to_float16", 1, "TO_FLOAT16(a)", {"TO_FLOAT16(g)"}, false},
    {"to_bfloat16", 1, "TO_BFLOAT16(a)", {"TO_BFLOAT16(g)"}, false},
    {"stop_gradient", 1, "a", {NULL}, false},
    {"add", 2, "a + b", {"g", "g"}, false},
    {"sub", 2, "a - b", {"g", "-g"}, false},
    {"mul", 2, "a * b", {"g * b", "g * a"}, false},
    {"div", 2, "a / b", {"g / b", "-g * y / b"}, false},
    {"max", 2, "MAXIMUM(a, b)", {"IF(isgreater(a, b), g, IF(isequal(a, b), K(0.5f) * g, K(0.0f)))",
        "IF(isless(a, b), g, IF(isequal(a, b), K(0.5f) * g, K(0.0f)))"}, false},
    {"min", 2, "MINIMUM(a, b)", {"IF(isless(a, b), g, IF(isequal(a, b), K(0.5f) * g, K(0.0f)))",
        "IF(isgreater(a, b), g, IF(isequal(a, b), K(0.5f) * g, K(0.0f)))"}, false},
    /* Where one is NaN the other one; of equals the second has the gradient. */
    {"fmax", 2, "fmax(a, b)", {"IF(isgreater(a, b) | isnan(b), g, K(0.0f))",
        "IF(isgreater(a, b) | isnan(b), K(0.0f), g)"}, false},
    {"fmin", 2, "fmin(a, b)", {"IF(isless(a, b) | isnan(b), g, K(0.0f))",
        "IF(isless(a, b) | isnan(b), K(0.0f), g)"}, false},
    {"fmod", 2, "fmod(a, b)", {"g", "-g * trunc(a / b)"}, false},
    {"pow", 2, "pow(a, b)", {"g * b * pow(a, b - K(1.0f))", "g * y * log(a)"}, true},
    {"scale", 1, "a * p0", {"g * p0"}, false},
    {"offset", 1, "a + p0", {"g"}, false},
    {"affine", 1, "a * p0 + p1", {"g * p0"}, false},
    {"mix", 2, "a * p0 + b * p1", {"g * p0", "g * p1"}, false},
    {"neg", 1, "-a", {"-g"}, false},
    {"abs", 1, "fabs(a)", {"IF(isless(a, K(0.0f)), -g, g)"}, false}, /* at 0 as JAX has it */
    {"sign", 1, "sign(a)", {NULL}, false},
    {"square", 1, "a * a", {"K(2.0f) * g * a"}, false},
    {"sqrt", 1, "sqrt(a)", {"K(0.5f) * g / y"}, false},
    {"rsqrt", 1, "K(1.0f) / sqrt(a)", {"K(-0.5f) * g * y / a"}, true}, /* of a column: once, not by element */
    {"reciprocal", 1, "K(1.0f) / a", {"-g * y * y"}, false},
    {"floor", 1, "floor(a)", {NULL}, false},
    {"round", 1, "rint(a)", {NULL}, false},
    {"ceil", 1, "ceil(a)", {NULL}, false},
    {"trunc", 1, "trunc(a)", {NULL}, false},
    {"floor_divide", 2, "floor(a / b)", {NULL, NULL}, false},
    {"hypot", 2, "hypot(a, b)", {"g * a / y", "g * b / y"}, true},
    {"cbrt", 1, "cbrt(a)", {"g / (K(3.0f) * y * y)"}, true},
    {"clip", 1, "MINIMUM(MAXIMUM(a, p0), p1)",
        {"IF(isgreaterequal(a, p0) & islessequal(a, p1), g, K(0.0f))"}, false},
    /* exponentials */
    {"exp", 1, "exp(a)", {"g * y"}, true},
    {"log", 1, "log(a)", {"g / a"}, true},
    {"log1p", 1, "log1p(a)", {"g / (a + K(1.0f))"}, true},
    {"exp2", 1, "exp2(a)", {"g * y * K(0.6931471805599453f)"}, true},
    {"expm1", 1, "expm1(a)", {"g * (y + K(1.0f))"}, true},
    {"log2", 1, "log2(a)", {"g / (a * K(0.6931471805599453f))"}, true},
    {"log10", 1, "log10(a)", {"g / (a * K(2.302585092994046f))"}, true},
    {"logaddexp", 2, "MAXIMUM(a, b) + log1p(exp(-fabs(a - b)))", {"g * exp(a - y)", "g * exp(b - y)"}, true},
    {"erf", 1, "erf(a)", {"g * K(1.1283791670955126f) * exp(-a * a)"}, true},
    {"erfc", 1, "erfc(a)", {"g * K(-1.1283791670955126f) * exp(-a * a)"}, true},
    {"tan", 1, "tan(a)", {"g * (K(1.0f) + y * y)"}, true},
    {"arcsin", 1, "asin(a)", {"g / sqrt(K(1.0f) - a * a)"}, true},
    {"arccos", 1, "acos(a)", {"-g / sqrt(K(1.0f) - a * a)"}, true},
    {"arctan", 1, "atan(a)", {"g / (K(1.0f) + a * a)"}, true},
    {"arctan2", 2, "atan2(a, b)", {"g * b / (a * a + b * b)", "-g * a / (a * a + b * b)"}, true},
    {"sinh", 1, "sinh(a)", {"g * cosh(a)"}, true},
    {"cosh", 1, "cosh(a)", {"g * sinh(a)"}, true},
    {"arcsinh", 1, "asinh(a)", {"g / sqrt(a * a + K(1.0f))"}, true},
    {"arccosh", 1, "acosh(a)", {"g / sqrt((a - K(1.0f)) * (a + K(1.0f)))"}, true},
    {"arctanh", 1, "atanh(a)", {"g / ((K(1.0f) - a) * (K(1.0f) + a))"}, true},
    {"sin", 1, "sin(a)", {"g * cos(a)"}, true},
    {"cos", 1, "cos(a)", {"-g * sin(a)"}, true},
    /* activations */
    {"relu", 1, "IF(isless(a, K(0.0f)), K(0.0f), a)", {"IF(isgreater(y, K(0.0f)), g, K(0.0f))"}, false},
    /* at 0 as TensorFlow and PyTorch have it: JAX alone has 1 */
    {"leaky_relu", 1, "IF(isless(a, K(0.0f)), a * p0, a)", {"IF(isgreater(a, K(0.0f)), g, g * p0)"}, false},
    {"relu6", 1, "MINIMUM(MAXIMUM(a, K(0.0f)), K(6.0f))",
        {"IF(isgreater(a, K(0.0f)) & isless(a, K(6.0f)), g, K(0.0f))"}, false},
    {"sigmoid", 1, "SIGMOID(a)", {"g * y * (K(1.0f) - y)"}, true},
    {"log_sigmoid", 1, "-SOFTPLUS(-a)", {"g * SIGMOID(-a)"}, true},
    /* 1 - y is exact for y near 1, where y * y is rounded. */
    {"tanh", 1, "TANH(a)", {"g * (K(1.0f) - y) * (K(1.0f) + y)"}, true},
    {"tanh_shrink", 1, "a - TANH(a)", {"g * TANH(a) * TANH(a)"}, true},
    {"elu", 1, "IF(isgreater(a, K(0.0f)), a, p0 * expm1(a))",
        {"IF(isgreater(a, K(0.0f)), g, g * (y + p0))"}, true},
    {"celu", 1, "MAXIMUM(a, K(0.0f)) + p0 * expm1(MINIMUM(a, K(0.0f)) / p0)",
        {"IF(isgreater(a, K(0.0f)), g, g * exp(a / p0))"}, true},
    {"selu", 1, "K(1.0507009873554805f) * IF(isgreater(a, K(0.0f)), a, K(1.6732632423543772f) * expm1(a))",
        {"IF(isgreater(a, K(0.0f)), K(1.0507009873554805f) * g, g * (y + K(1.7580993408473766f)))"}, true},
    {"softplus", 1, "SOFTPLUS(a)", {"g * SIGMOID(a)"}, true},
    {"softsign", 1, "a / (K(1.0f) + fabs(a))",
        {"g / ((K(1.0f) + fabs(a)) * (K(1.0f) + fabs(a)))"}, false},
    {"silu", 1, "a * SIGMOID(a)", {"g * SIGMOID(a) * (K(1.0f) + a * (K(1.0f) - SIGMOID(a)))"}, true},
    {"gelu", 1, "K(0.5f) * a * (K(1.0f) + erf(a * K(0.7071067811865476f)))",
        {"g * (K(0.5f) * (K(1.0f) + erf(a * K(0.7071067811865476f)))"
         " + a * K(0.3989422804014327f) * exp(K(-0.5f) * a * a))"}, true},
    {"mish", 1, "a * TANH(SOFTPLUS(a))",
        {"g * (TANH(SOFTPLUS(a)) + a * SIGMOID(a) * (K(1.0f) - TANH(SOFTPLUS(a)) * TANH(SOFTPLUS(a))))"}, true},
    {"hard_sigmoid", 1, "MINIMUM(MAXIMUM(a + K(3.0f), K(0.0f)), K(6.0f)) / K(6.0f)",
        {"IF(isgreater(a, K(-3.0f)) & isless(a, K(3.0f)), g / K(6.0f), K(0.0f))"}, false},
    {"hard_silu", 1, "a * (MINIMUM(MAXIMUM(a + K(3.0f), K(0.0f)), K(6.0f)) / K(6.0f))",
        {"IF(islessequal(a, K(-3.0f)), K(0.0f), IF(isgreaterequal(a, K(3.0f)), g,"
         " g * (K(2.0f) * a + K(3.0f)) / K(6.0f)))"}, false},
    {"hard_tanh", 1, "MINIMUM(MAXIMUM(a, K(-1.0f)), K(1.0f))",
        {"IF(islessequal(fabs(a), K(1.0f)), g, K(0.0f))"}, false},
    {"hard_shrink", 1, "IF(isgreater(fabs(a), p0), a, K(0.0f))", {"IF(isgreater(fabs(a), p0), g, K(0.0f))"}, false},
    {"soft_shrink", 1, "IF(isgreater(fabs(a), p0), a - copysign(p0, a), K(0.0f))",
        {"IF(isgreater(fabs(a), p0), g, K(0.0f))"}, false},
    {"threshold", 1, "IF(isgreater(a, p0), a, p1)", {"IF(isgreater(a, p0), g, K(0.0f))"}, false},
    {"squareplus", 1, "K(0.5f) * (a + sqrt(a * a + p0))", {"K(0.5f) * (g + g * a / sqrt(a * a + p0))"}, false},
    {"sparse_plus", 1, "IF(isgreaterequal(a, K(1.0f)), a, MAXIMUM(a + K(1.0f), K(0.0f)) * MAXIMUM(a + K(1.0f), K(0.0f)) * K(0.25f))",
        {"g * fmin(fmax(K(0.5f) * a + K(0.5f), K(0.0f)), K(1.0f))"}, false},
    {"sparse_sigmoid", 1, "K(0.5f) * MINIMUM(MAXIMUM(a + K(1.0f), K(0.0f)), K(2.0f))",
        {"IF(islessequal(fabs(a), K(1.0f)), K(0.5f) * g, K(0.0f))"}, false},
    /* comparisons: 1 or 0 */
    {"equal", 2, "ONE(isequal(a, b))", {NULL, NULL}, false},
    {"not_equal", 2, "ONE(isnotequal(a, b))", {NULL, NULL}, false},
    {"greater", 2, "ONE(isgreater(a, b))", {NULL, NULL}, false},
    {"greater_equal", 2, "ONE(isgreaterequal(a, b))", {NULL, NULL}, false},
    {"less", 2, "ONE(isless(a, b))", {NULL, NULL}, false},
    {"less_equal", 2, "ONE(islessequal(a, b))", {NULL, NULL}, false},
    {"logical_and", 2, "ONE(isnotequal(a, K(0.0f)) & isnotequal(b, K(0.0f)))", {NULL, NULL}, false},
    {"logical_or", 2, "ONE(isnotequal(a, K(0.0f)) | isnotequal(b, K(0.0f)))", {NULL, NULL}, false},
    {"logical_xor", 2, "ONE(isnotequal(a, K(0.0f)) ^ isnotequal(b, K(0.0f)))", {NULL, NULL}, false},
    {"isnan", 1, "ONE(isnan(a))", {NULL}, false},
    {"isinf", 1, "ONE(isinf(a))", {NULL}, false},
    {"isfinite", 1, "ONE(isfinite(a))", {NULL}, false},
    {"signbit", 1, "ONE(signbit(a))", {NULL}, false},
    {"logical_not", 1, "ONE(isequal(a, K(0.0f)))", {NULL}, false},
    {"select", 3, "IF(isnotequal(a, K(0.0f)), b, c)",
        {NULL, "IF(isnotequal(a, K(0.0f)), g, K(0.0f))", "IF(isnotequal(a, K(0.0f)), K(0.0f), g)"}, false},
    /* binary cross-entropy of a logit a, or of a probability a, against a label b in [0, 1]:
     * keras/src/backend/jax/nn.py binary_crossentropy */
    {"bce_logits", 2, "fmax(a, K(0.0f)) - a * b + log1p(exp(-fabs(a)))",
        {"g * (SIGMOID(a) - b)", "-g * a"}, true},
    /* A normal random number of two uniform ones in [0, 1): Box and Muller (1958). */
    {"box_muller", 2, "sqrt(K(-2.0f) * log(K(1.0f) - a)) * cos(K(6.283185307179586f) * b)", {NULL, NULL}, true},
    /* Dropout: kept and scaled where the random number b is at least p0, the rate; p1 = 1 / (1 - p0). */
    {"dropout", 2, "IF(isgreaterequal(b, p0), a * p1, K(0.0f))",
        {"IF(isgreaterequal(b, p0), g * p1, K(0.0f))", NULL}, false},
};
/* clang-format on */

const struct pointwise_fn *clk__pointwise_find(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    }
    return NULL;
}

const char *clk__pointwise_name_at(size_t i)
{
    return i < sizeof functions / sizeof *functions ? functions[i].name : NULL;
}
