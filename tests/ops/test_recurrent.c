/* SPDX-License-Identifier: MIT */
/* SimpleRNN, LSTM and GRU over whole sequences against plain loops in double precision, their gradients against
 * central differences: masks, initial states, last states, recurrent dropout, both directions, activations. */
#include "ops/op_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum kind {
    SIMPLE,
    LSTM,
    GRU,
    GRU_BEFORE
};

/* What is read of the op. */
enum part {
    SEQUENCE,
    LAST_H,
    LAST_C,
    ALL /* sequence, last h and last c, summed so that all gradients meet */
};

struct setup {
    const char *name;
    enum kind kind;
    int batch, time, units;
    enum part part;
    bool h0, c0, bias, mask, keep;
    struct recurrent_opts opts;
};

static const struct setup setups[] = {
    {"simple", SIMPLE, 3, 4, 5, SEQUENCE, .h0 = false},
    {"simple, relu, masked", SIMPLE, 2, 5, 3, SEQUENCE, .h0 = true, .mask = true,
        .opts = {.activation = "relu"}},
    {"simple, softsign, kept", SIMPLE, 2, 3, 4, ALL, .h0 = true, .keep = true,
        .opts = {.activation = "softsign"}},
    {"lstm", LSTM, 3, 4, 5, SEQUENCE, .h0 = false},
    {"lstm of one", LSTM, 1, 1, 1, SEQUENCE, .h0 = false},
    {"lstm, batch 1, states", LSTM, 1, 3, 2, ALL, .h0 = true, .c0 = true},
    {"lstm, last c", LSTM, 2, 3, 3, LAST_C, .c0 = true},
    {"lstm, masked", LSTM, 4, 5, 3, ALL, .h0 = true, .c0 = true, .mask = true},
    {"lstm, masked, backwards", LSTM, 4, 5, 3, SEQUENCE, .c0 = true, .mask = true,
        .opts = {.backwards = true}},
    {"lstm, backwards in place", LSTM, 2, 4, 3, ALL, .mask = true,
        .opts = {.backwards = true, .in_place = true}},
    {"lstm, kept", LSTM, 3, 3, 4, ALL, .h0 = true, .keep = true, .mask = true},
    {"lstm, other activations", LSTM, 2, 3, 4, SEQUENCE, .h0 = true,
        .opts = {.activation = "elu",
            .activation_p = 1.0f,
            .recurrent_activation = "hard_sigmoid"}},
    {"lstm, wide", LSTM, 7, 2, 33, LAST_H, .h0 = true},
    {"lstm, many rows", LSTM, 200, 2, 3, LAST_H, .mask = true},
    {"simple, beyond a work-group", SIMPLE, 2, 2, 270, SEQUENCE, .h0 = true,
        .opts = {.activation = "softsign"}},
    {"gru", GRU, 3, 4, 5, SEQUENCE, .h0 = false},
    {"gru, bias, masked", GRU, 4, 5, 3, ALL, .h0 = true, .bias = true, .mask = true},
    {"gru, kept, backwards", GRU, 3, 3, 4, ALL, .h0 = true, .bias = true, .keep = true,
        .opts = {.backwards = true}},
    {"gru, silu", GRU, 2, 3, 4, LAST_H, .h0 = true, .bias = true, .opts = {.activation = "silu"}},
    {"gru, wide", GRU, 9, 2, 17, LAST_H, .bias = true},
    {"gru before", GRU_BEFORE, 3, 4, 5, SEQUENCE, .h0 = false, .opts = {.reset_before = true}},
    {"gru before, masked", GRU_BEFORE, 4, 5, 3, ALL, .h0 = true, .mask = true,
        .opts = {.reset_before = true}},
    {"gru before, kept, wide", GRU_BEFORE, 8, 2, 18, ALL, .h0 = true, .keep = true,
        .opts = {.reset_before = true, .recurrent_activation = "hard_sigmoid"}},
};
enum {
    N_SETUPS = sizeof setups / sizeof *setups,
    MAX_UNITS = 270,
    MAX_STEPS = 400, /* of all rows */
    MAX_LEN = MAX_UNITS * MAX_UNITS,
};

static int gates_of(const struct setup *s)
{
    return s->kind == SIMPLE ? 1 : s->kind == LSTM ? 4 : 3;
}

/* Some steps are masked: the first of one row, the last of another, all of a third, and some between. */
static float mask_at(const struct setup *s, int row, int t)
{
    if (row % 4 == 0)
        return t != 0;
    if (row % 4 == 1)
        return t != s->time - 1 && t != 1;
    return row % 4 == 2 ? 0.0f : (float)(t % 2);
}

static float keep_at(int i)
{
    return i % 3 == 0 ? 0.0f : 1.5f;
}

/* What a case's inputs are; those that a setup has follow one another. */
enum role {
    X,
    KERNEL,
    BIAS,
    H0,
    C0,
    MASK,
    KEEP,
    N_ROLES
};

/* The number of the input; -1: there is none. */
static int place(const struct setup *s, enum role role)
{
    const bool there[N_ROLES] = {true, true, s->bias, s->h0, s->c0, s->mask, s->keep};
    int n = 0;
    for (int i = 0; i < (int)role; i++)
        n += there[i];
    return there[role] ? n : -1;
}

static struct value *input(struct value *const *in, const struct setup *s, enum role role)
{
    int i = place(s, role);
    return i < 0 ? NULL : in[i];
}

static struct value *build(struct graph *g, struct value *const *in, const struct op_case *c)
{
    const struct setup *s = &setups[c->args[0]];
    const struct recurrent_inputs inputs = {.x = in[0],
        .kernel = in[1],
        .bias = input(in, s, BIAS),
        .h0 = input(in, s, H0),
        .c0 = input(in, s, C0),
        .mask = input(in, s, MASK),
        .keep = input(in, s, KEEP)};
    struct value *states[2] = {NULL};
    struct value *y = s->kind == SIMPLE ? clk__simple_rnn(g, &inputs, &s->opts, states)
                      : s->kind == LSTM ? clk__lstm(g, &inputs, &s->opts, states)
                                        : clk__gru(g, &inputs, &s->opts, states);
    if (s->part == LAST_H)
        return states[0];
    if (s->part == LAST_C)
        return states[1];
    if (s->part == SEQUENCE)
        return y;
    struct value *last = s->kind == LSTM ? clk__mul(g, states[0], states[1]) : states[0];
    return clk__add(g, y, clk__reshape(g, last, SHAPE(s->batch, 1, s->units)));
}

static double sigmoid(double a)
{
    return 1.0 / (1.0 + exp(-a));
}

static double activate(const char *name, double a)
{
    if (strcmp(name, "relu") == 0)
        return a > 0 ? a : 0;
    if (strcmp(name, "elu") == 0)
        return a > 0 ? a : exp(a) - 1;
    if (strcmp(name, "hard_sigmoid") == 0)
        return fmin(fmax(a + 3, 0), 6) / 6;
    if (strcmp(name, "softsign") == 0)
        return a / (1 + fabs(a));
    if (strcmp(name, "silu") == 0)
        return a * sigmoid(a);
    return strcmp(name, "tanh") == 0 ? tanh(a) : sigmoid(a);
}

static double activation(const struct setup *s, double a)
{
    return activate(s->opts.activation ? s->opts.activation : "tanh", a);
}

static double gate(const struct setup *s, double a)
{
    return activate(s->opts.recurrent_activation ? s->opts.recurrent_activation : "sigmoid", a);
}

/* Column `col` of the product of `h` (with gate g's dropout) and the kernel. */
static double product(const struct setup *s, const double *h, const double *kernel, int row, int g,
    int j, const double *bias)
{
    int cols = gates_of(s) * s->units;
    double sum = s->bias ? bias[g * s->units + j] : 0;
    for (int k = 0; k < s->units; k++) {
        double keep = s->keep ? keep_at(row * cols + g * s->units + k) : 1;
        sum += h[k] * keep * kernel[k * cols + g * s->units + j];
    }
    return sum;
}

/* One step of one row; x: its gates. */
static void step(double *h, double *c, const double *x, const double *kernel, const double *bias,
    const struct setup *s, int row)
{
    double before[MAX_UNITS], reset[MAX_UNITS], z[MAX_UNITS];
    int n = s->units;
    memcpy(before, h, sizeof *h * (size_t)n);
    for (int j = 0; j < n; j++) {
        double a[4];
        for (int g = 0; g < gates_of(s); g++)
            a[g] = product(s, before, kernel, row, g, j, bias);
        if (s->kind == SIMPLE) {
            h[j] = activation(s, x[j] + a[0]);
        } else if (s->kind == LSTM) {
            c[j] = gate(s, x[n + j] + a[1]) * c[j] +
                   gate(s, x[j] + a[0]) * activation(s, x[2 * n + j] + a[2]);
            h[j] = gate(s, x[3 * n + j] + a[3]) * activation(s, c[j]);
        } else {
            double r = gate(s, x[n + j] + a[1]);
            z[j] = gate(s, x[j] + a[0]);
            reset[j] = r * before[j];
            h[j] = z[j] * before[j] + (1 - z[j]) * activation(s, x[2 * n + j] + r * a[2]);
        }
    }
    for (int j = 0; j < n && s->kind == GRU_BEFORE; j++)
        h[j] =
            z[j] * before[j] +
            (1 - z[j]) * activation(s, x[2 * n + j] + product(s, reset, kernel, row, 2, j, bias));
}

static void reference(double *out, const double *const *in, const struct op_case *c)
{
    const struct setup *s = &setups[c->args[0]];
    int n = s->units, cols = gates_of(s) * n;
    bool whole = s->part == SEQUENCE || s->part == ALL;
    for (int row = 0; row < s->batch; row++) {
        double h[MAX_UNITS] = {0}, carry[MAX_UNITS] = {0};
        for (int j = 0; j < n; j++) {
            h[j] = s->h0 ? in[place(s, H0)][row * n + j] : 0;
            carry[j] = s->c0 ? in[place(s, C0)][row * n + j] : 0;
        }
        for (int i = 0; i < s->time; i++) {
            int t = s->opts.backwards ? s->time - 1 - i : i;
            int to = s->opts.in_place ? t : i;
            if (!s->mask || mask_at(s, row, t) != 0)
                step(h, carry, in[0] + (row * s->time + t) * cols, in[1],
                    s->bias ? in[place(s, BIAS)] : NULL, s, row);
            for (int j = 0; j < n && whole; j++)
                out[(row * s->time + to) * n + j] = h[j];
        }
        for (int j = 0; j < n; j++) {
            if (!whole)
                out[row * n + j] = s->part == LAST_H ? h[j] : carry[j];
            for (int i = 0; i < s->time && s->part == ALL; i++)
                out[(row * s->time + i) * n + j] += s->kind == LSTM ? h[j] * carry[j] : h[j];
        }
    }
}

/* Numbers that the cases read, by role. */
struct numbers {
    float *x[N_ROLES];
    float masks[N_SETUPS][MAX_STEPS];
};

static struct op_input input_of(
    const struct setup *s, int number, enum role role, const struct numbers *data)
{
    int64_t n = s->units, cols = gates_of(s) * n;
    const struct shape shapes[N_ROLES] = {[X] = SHAPE(s->batch, s->time, cols),
        [KERNEL] = SHAPE(n, cols),
        [BIAS] = SHAPE(cols),
        [H0] = SHAPE(s->batch, n),
        [C0] = SHAPE(s->batch, n),
        [MASK] = SHAPE(s->batch, s->time),
        [KEEP] = SHAPE(s->batch, cols)};
    return (struct op_input){.shape = shapes[role],
        .data = role == MASK ? data->masks[number] : data->x[role],
        .constant = role == MASK || role == KEEP};
}

static void numbers_init(struct numbers *data)
{
    uint64_t seed = op_seed();
    for (int i = 0; i < N_ROLES; i++)
        data->x[i] = op_random(seed + (uint64_t)i, MAX_LEN, -1.0f, 1.0f);
    for (int i = 0; i < MAX_LEN; i++)
        data->x[KEEP][i] = keep_at(i);
    for (int k = 0; k < N_SETUPS; k++) {
        const struct setup *s = &setups[k];
        ck_assert_int_le(s->batch * s->time, MAX_STEPS);
        ck_assert_int_le(s->batch * s->time * s->units * gates_of(s), MAX_LEN);
        ck_assert_int_le(s->units * s->units * gates_of(s), MAX_LEN);
        for (int i = 0; i < s->batch * s->time; i++)
            data->masks[k][i] = mask_at(s, i / s->time, i % s->time);
    }
}

/* Every `step`-th setup. */
static void check_setups(bool grad, int step)
{
    struct op_case cases[N_SETUPS];
    struct numbers data;
    int n = 0;
    numbers_init(&data);
    for (int k = 0; k < N_SETUPS; k += step) {
        struct op_case *c = &cases[n++];
        *c = (struct op_case){
            .name = setups[k].name, .build = build, .reference = reference, .args = {k}};
        for (int role = 0; role < N_ROLES; role++) {
            if (place(&setups[k], (enum role)role) >= 0)
                c->inputs[c->n_inputs++] = input_of(&setups[k], k, (enum role)role, &data);
        }
    }
    op_check_all(cases, n, grad, 2e-5, 2e-4);
    for (int i = 0; i < N_ROLES; i++)
        free(data.x[i]);
}

/* In this plan nothing is saved for a gradient; one setup of each cell will do. */
START_TEST(forward)
{
    check_setups(false, 5);
}
END_TEST

START_TEST(gradients)
{
    check_setups(true, 1);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("recurrent");
    TCase *t = tcase_create("recurrent");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, forward);
    tcase_add_test(t, gradients);
    suite_add_tcase(s, t);
    return s;
}
