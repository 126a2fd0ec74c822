/* SPDX-License-Identifier: MIT */
/* Every pointwise function and its derivatives, against double precision; gathers, constants, broadcasts and random
 * numbers are tested with the planner (tests/graph/test_plan.c) and the layers that use them. */
#include "base/philox.h"
#include "ops/op_check.h"
#include "ops/pointwise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEN = 37, /* whole vectors of 8 and 16, and a rest */
};

struct function {
    const char *name;
    double (*f)(double a, double b, double c, double p0, double p1);
    double low, high; /* of the inputs */
    float p0, p1;
    bool flat; /* no gradient: steps, comparisons */
};

#define F(name, expr)                                                          \
    static double f_##name(double a, double b, double c, double p0, double p1) \
    {                                                                          \
        (void)a, (void)b, (void)c, (void)p0, (void)p1;                         \
        return (expr);                                                         \
    }

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double softplus(double x)
{
    return fmax(x, 0) + log1p(exp(-fabs(x)));
}

F(identity, a)
F(stop_gradient, a)
F(add, a + b)
F(sub, a - b)
F(mul, a *b)
F(div, a / b)
F(max, fmax(a, b))
F(min, fmin(a, b))
F(fmax, fmax(a, b))
F(fmin, fmin(a, b))
F(fmod, fmod(a, b))
F(isnan, a != a)
F(isinf, fabs(a) > 1e38)
F(isfinite, fabs(a) < 1e38)
F(signbit, a < 0)
F(pow, pow(a, b))
F(scale, a *p0)
F(offset, a + p0)
F(affine, a *p0 + p1)
F(mix, a *p0 + b * p1)
F(neg, -a)
F(abs, fabs(a))
F(sign, (a > 0) - (a < 0))
F(square, a *a)
F(sqrt, sqrt(a))
F(rsqrt, 1 / sqrt(a))
F(reciprocal, 1 / a)
F(floor, floor(a))
F(round, rint(a))
F(ceil, ceil(a))
F(trunc, trunc(a))
F(floor_divide, floor(a / b))
F(hypot, hypot(a, b))
F(cbrt, cbrt(a))
F(exp2, exp2(a))
F(expm1, expm1(a))
F(log2, log2(a))
F(log10, log10(a))
F(logaddexp, log(exp(a) + exp(b)))
F(erf, erf(a))
F(erfc, erfc(a))
F(tan, tan(a))
F(arcsin, asin(a))
F(arccos, acos(a))
F(arctan, atan(a))
F(arctan2, atan2(a, b))
F(sinh, sinh(a))
F(cosh, cosh(a))
F(arcsinh, asinh(a))
F(arccosh, acosh(a))
F(arctanh, atanh(a))
F(hard_tanh, fmin(fmax(a, -1), 1))
F(hard_shrink, fabs(a) > p0 ? a : 0)
F(soft_shrink, a > p0 ? a - p0 : a < -p0 ? a + p0 : 0)
F(threshold, a > p0 ? a : p1)
F(squareplus, (a + sqrt(a * a + p0)) / 2)
F(sparse_plus, a >= 1 ? a : a <= -1 ? 0 : (a + 1) * (a + 1) / 4)
F(sparse_sigmoid, fmin(fmax(a + 1, 0), 2) / 2)
F(logical_xor, (a != 0) != (b != 0))
F(clip, fmin(fmax(a, p0), p1))
F(exp, exp(a))
F(log, log(a))
F(log1p, log1p(a))
F(sin, sin(a))
F(cos, cos(a))
F(relu, fmax(a, 0))
F(leaky_relu, a < 0 ? a * p0 : a)
F(relu6, fmin(fmax(a, 0), 6))
F(sigmoid, sigmoid(a))
F(log_sigmoid, -softplus(-a))
F(tanh, tanh(a))
F(tanh_shrink, a - tanh(a))
F(elu, a > 0 ? a : p0 * expm1(a))
F(celu, fmax(a, 0) + p0 * expm1(fmin(a, 0) / p0))
F(selu, 1.0507009873554805 * (a > 0 ? a : 1.6732632423543772 * expm1(a)))
F(softplus, softplus(a))
F(softsign, a / (1 + fabs(a)))
F(silu, a *sigmoid(a))
F(gelu, 0.5 * a * (1 + erf(a / sqrt(2))))
F(mish, a *tanh(softplus(a)))
F(hard_sigmoid, fmin(fmax(a + 3, 0), 6) / 6)
F(hard_silu, a *fmin(fmax(a + 3, 0), 6) / 6)
F(equal, a == b)
F(not_equal, a != b)
F(greater, a > b)
F(greater_equal, a >= b)
F(less, a < b)
F(less_equal, a <= b)
F(logical_and, a != 0 && b != 0)
F(logical_or, a != 0 || b != 0)
F(logical_not, a == 0)
F(select, a != 0 ? b : c)
F(bce_logits, softplus(a) - a * b)
F(dropout, b >= p0 ? a * p1 : 0)

static const struct function functions[] = {
    {"identity", f_identity, -4, 4, 0, 0, false},
    {"add", f_add, -4, 4, 0, 0, false},
    {"sub", f_sub, -4, 4, 0, 0, false},
    {"mul", f_mul, -4, 4, 0, 0, false},
    {"div", f_div, 0.5, 4, 0, 0, false},
    {"max", f_max, -4, 4, 0, 0, false},
    {"min", f_min, -4, 4, 0, 0, false},
    {"pow", f_pow, 0.5, 3, 0, 0, false},
    {"scale", f_scale, -4, 4, -1.5f, 0, false},
    {"offset", f_offset, -4, 4, 2.5f, 0, false},
    {"affine", f_affine, -4, 4, 2.5f, -1, false},
    {"mix", f_mix, -4, 4, 0.25f, 0.75f, false},
    {"neg", f_neg, -4, 4, 0, 0, false},
    {"abs", f_abs, -4, 4, 0, 0, false},
    {"stop_gradient", f_stop_gradient, -4, 4, 0, 0, true},
    {"fmax", f_fmax, -4, 4, 0, 0, false},
    {"fmin", f_fmin, -4, 4, 0, 0, false},
    {"fmod", f_fmod, 2.1, 3.9, 0, 0, false},
    {"isnan", f_isnan, -4, 4, 0, 0, true},
    {"isinf", f_isinf, -4, 4, 0, 0, true},
    {"isfinite", f_isfinite, -4, 4, 0, 0, true},
    {"signbit", f_signbit, -4, 4, 0, 0, true},
    {"sign", f_sign, -4, 4, 0, 0, true},
    {"square", f_square, -4, 4, 0, 0, false},
    {"sqrt", f_sqrt, 0.5, 4, 0, 0, false},
    {"rsqrt", f_rsqrt, 0.5, 4, 0, 0, false},
    {"reciprocal", f_reciprocal, 0.5, 4, 0, 0, false},
    {"floor", f_floor, -4, 4, 0, 0, true},
    {"round", f_round, -4, 4, 0, 0, true},
    {"ceil", f_ceil, -4, 4, 0, 0, true},
    {"trunc", f_trunc, -4, 4, 0, 0, true},
    {"floor_divide", f_floor_divide, 0.5, 4, 0, 0, true},
    {"hypot", f_hypot, 0.5, 4, 0, 0, false},
    {"cbrt", f_cbrt, 0.5, 4, 0, 0, false},
    {"exp2", f_exp2, -4, 4, 0, 0, false},
    {"expm1", f_expm1, -4, 4, 0, 0, false},
    {"log2", f_log2, 0.5, 4, 0, 0, false},
    {"log10", f_log10, 0.5, 4, 0, 0, false},
    {"logaddexp", f_logaddexp, -4, 4, 0, 0, false},
    {"erf", f_erf, -2, 2, 0, 0, false},
    {"erfc", f_erfc, -2, 2, 0, 0, false},
    {"tan", f_tan, -1, 1, 0, 0, false},
    {"arcsin", f_arcsin, -0.8, 0.8, 0, 0, false},
    {"arccos", f_arccos, -0.8, 0.8, 0, 0, false},
    {"arctan", f_arctan, -4, 4, 0, 0, false},
    {"arctan2", f_arctan2, 0.5, 4, 0, 0, false},
    {"sinh", f_sinh, -2, 2, 0, 0, false},
    {"cosh", f_cosh, -2, 2, 0, 0, false},
    {"arcsinh", f_arcsinh, -4, 4, 0, 0, false},
    {"arccosh", f_arccosh, 1.5, 4, 0, 0, false},
    {"arctanh", f_arctanh, -0.8, 0.8, 0, 0, false},
    {"hard_tanh", f_hard_tanh, -2, 2, 0, 0, false},
    {"hard_shrink", f_hard_shrink, -2, 2, 0.5f, 0, false},
    {"soft_shrink", f_soft_shrink, -2, 2, 0.5f, 0, false},
    {"threshold", f_threshold, -2, 2, 0.5f, 0.25f, false},
    {"squareplus", f_squareplus, -4, 4, 4, 0, false},
    {"sparse_plus", f_sparse_plus, -3, 3, 0, 0, false},
    {"sparse_sigmoid", f_sparse_sigmoid, -3, 3, 0, 0, false},
    {"logical_xor", f_logical_xor, -4, 4, 0, 0, true},
    {"clip", f_clip, -4, 4, -1, 2, false},
    {"exp", f_exp, -4, 4, 0, 0, false},
    {"log", f_log, 0.5, 4, 0, 0, false},
    {"log1p", f_log1p, -0.5, 4, 0, 0, false},
    {"sin", f_sin, -4, 4, 0, 0, false},
    {"cos", f_cos, -4, 4, 0, 0, false},
    {"relu", f_relu, -4, 4, 0, 0, false},
    {"leaky_relu", f_leaky_relu, -4, 4, 0.3f, 0, false},
    {"relu6", f_relu6, -4, 8, 0, 0, false},
    {"sigmoid", f_sigmoid, -8, 8, 0, 0, false},
    {"log_sigmoid", f_log_sigmoid, -8, 8, 0, 0, false},
    {"tanh", f_tanh, -4, 4, 0, 0, false},
    {"tanh_shrink", f_tanh_shrink, -4, 4, 0, 0, false},
    {"elu", f_elu, -4, 4, 0.7f, 0, false},
    {"celu", f_celu, -4, 4, 1.5f, 0, false},
    {"selu", f_selu, -4, 4, 0, 0, false},
    {"softplus", f_softplus, -8, 8, 0, 0, false},
    {"softsign", f_softsign, -4, 4, 0, 0, false},
    {"silu", f_silu, -4, 4, 0, 0, false},
    {"gelu", f_gelu, -4, 4, 0, 0, false},
    {"mish", f_mish, -4, 4, 0, 0, false},
    {"hard_sigmoid", f_hard_sigmoid, -5, 5, 0, 0, false},
    {"hard_silu", f_hard_silu, -5, 5, 0, 0, false},
    {"equal", f_equal, -2, 2, 0, 0, true},
    {"not_equal", f_not_equal, -2, 2, 0, 0, true},
    {"greater", f_greater, -2, 2, 0, 0, true},
    {"greater_equal", f_greater_equal, -2, 2, 0, 0, true},
    {"less", f_less, -2, 2, 0, 0, true},
    {"less_equal", f_less_equal, -2, 2, 0, 0, true},
    {"logical_and", f_logical_and, -2, 2, 0, 0, true},
    {"logical_or", f_logical_or, -2, 2, 0, 0, true},
    {"logical_not", f_logical_not, -2, 2, 0, 0, true},
    {"select", f_select, -2, 2, 0, 0, false},
    {"bce_logits", f_bce_logits, -8, 8, 0, 0, false},
    {"dropout", f_dropout, -4, 4, 0.4f, 1.5f, false},
};
enum {
    N_FUNCTIONS = sizeof functions / sizeof *functions,
};

static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    const struct function *f = &functions[c->args[0]];
    return clk__pointwise(g, f->name, inputs, c->n_inputs, f->p0, f->p1);
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct function *f = &functions[c->args[0]];
    for (size_t i = 0; i < LEN; i++) {
        double b = c->n_inputs > 1 ? inputs[1][i] : 0, third = c->n_inputs > 2 ? inputs[2][i] : 0;
        out[i] = f->f(inputs[0][i], b, third, (double)f->p0, (double)f->p1);
    }
}

/* Inputs keep away from whole numbers and halves, where functions have their kinks, so that differences do not cross
 * one; truth values are whole numbers. */
static float *inputs_of(const struct function *f, uint64_t seed)
{
    bool truth = strncmp(f->name, "logical", 7) == 0 || strstr(f->name, "equal") != NULL;
    float *x = op_random(seed, LEN, (float)f->low, (float)f->high);
    for (int i = 0; i < LEN; i++) {
        double half = rint((double)x[i] * 2) / 2;
        if (fabs((double)x[i] - half) < 0.05)
            x[i] = (float)(half + 0.1);
        if (truth)
            x[i] = rintf(x[i]);
    }
    return x;
}

/* Functions of one kind in one plan, as far as a plan goes. */
static void check_kind(bool flat)
{
    int next = 0;
    while (next < N_FUNCTIONS) {
        struct op_case cases[OP_MAX_CASES];
        float *data[OP_MAX_CASES][3];
        int n = 0;
        for (; next < N_FUNCTIONS && n < OP_MAX_CASES; next++) {
            const struct function *f = &functions[next];
            if (f->flat != flat)
                continue;
            int arity = clk__pointwise_find(f->name)->arity;
            cases[n] = (struct op_case){.name = f->name,
                .build = build,
                .reference = reference,
                .n_inputs = arity,
                .args = {next}};
            for (int k = 0; k < 3; k++) {
                data[n][k] = inputs_of(f, (uint64_t)(next * 3 + k + 1));
                if (k < arity)
                    cases[n].inputs[k] = (struct op_input){.shape = SHAPE(LEN),
                        .data = data[n][k],
                        .constant = flat || (k > 0 && strcmp(f->name, "dropout") == 0) ||
                                    (k == 0 && strcmp(f->name, "select") == 0)};
            }
            n++;
        }
        if (n > 0)
            op_check_all(cases, n, !flat, flat ? 0 : 2e-5, 2e-5);
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < 3; k++)
                free(data[i][k]);
        }
    }
}

START_TEST(smooth_functions_and_gradients)
{
    check_kind(false);
}
END_TEST

START_TEST(steps_and_comparisons)
{
    check_kind(true);
}
END_TEST

/* A function that is not here has no test. */
START_TEST(every_function_is_tested)
{
    /* tests/layers/test_gaussian_noise.c; tests/ops/test_rounding.c */
    static const char *const elsewhere[] = {"box_muller", "to_float16", "to_bfloat16"};
    const char *name = NULL;
    for (size_t i = 0; (name = clk__pointwise_name_at(i)); i++) {
        bool found = false;
        for (size_t k = 0; k < sizeof elsewhere / sizeof *elsewhere; k++)
            found |= strcmp(name, elsewhere[k]) == 0;
        for (size_t k = 0; k < N_FUNCTIONS; k++)
            found |= strcmp(functions[k].name, name) == 0;
        ck_assert_msg(found, "no test of pointwise function \"%s\"", name);
    }
}
END_TEST

/* NaN goes through whatever chooses between values, as in NumPy. */
START_TEST(nan_stays)
{
    static const char *const names[] = {"relu", "relu6", "abs", "leaky_relu", "softplus", "silu"};
    const float nan = NAN;
    struct rig r;
    rig_init(&r);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct value *x = rig_input(&r, CLK_FLOAT32, SHAPE(1), &nan, false);
        rig_output(&r, clk__unary_p(&r.graph, names[i], x, 0.1f, 0.0f));
    }
    struct value *x = rig_input(&r, CLK_FLOAT32, SHAPE(1), &nan, false);
    rig_output(&r, clk__binary(&r.graph, "max", x, clk__constant(&r.graph, 1.0f)));
    rig_output(&r, clk__binary(&r.graph, "min", clk__constant(&r.graph, 1.0f), x));
    rig_output(&r, clk__unary_p(&r.graph, "clip", x, 0.0f, 1.0f));
    rig_run(&r, 1);
    for (int i = 0; i < r.n_outputs; i++)
        ck_assert_msg(isnan(rig_read(&r, i)[0]), "output %d is no NaN", i);
    rig_fini(&r);
}
END_TEST

/* The device draws what the host's Philox draws for (element, 0, step, stream). */
START_TEST(random_numbers_are_the_hosts)
{
    const uint32_t words[16] = {
        [8] = 7, [9] = 9, [10] = 5}; /* seed_lo, seed_hi, number of struct step */
    const uint32_t key[2] = {7, 9};
    struct rig r;
    rig_init(&r);
    struct value *v = clk__random_uniform(&r.graph, SHAPE(3, LEN), 42);
    rig_output(&r, clk__unary(&r.graph, "identity", v));
    rig_reserve(&r, REGION_STEP, sizeof words);
    memcpy(r.bytes[REGION_STEP], words, sizeof words);
    rig_run(&r, 1);
    for (uint32_t i = 0; i < 3 * LEN; i++) {
        uint32_t out[4];
        clk__philox(out, (const uint32_t[]){i, 0, 5, 42}, key);
        ck_assert_float_eq(rig_read(&r, 0)[i], clk__philox_uniform(out[0]));
    }
    rig_fini(&r);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("pointwise");
    TCase *t = tcase_create("pointwise");
    tcase_add_test(t, smooth_functions_and_gradients);
    tcase_add_test(t, steps_and_comparisons);
    tcase_add_test(t, every_function_is_tested);
    tcase_add_test(t, nan_stays);
    tcase_add_test(t, random_numbers_are_the_hosts);
    tcase_set_timeout(t, 0);
    suite_add_tcase(s, t);
    return s;
}
