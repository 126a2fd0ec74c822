/* SPDX-License-Identifier: MIT */
/* Losses against references in double precision, on the device; and the targets they take. */
#pragma once

#include "losses/loss.h"
#include "ops/op_check.h"
#include "support/configs.h"

#include <math.h>
#include <stdlib.h>

/* What stands between the input and the prediction. */
enum head {
    HEAD_NONE,
    HEAD_SOFTMAX,
    HEAD_SIGMOID
};

/* Places in op_case.args. */
enum {
    ARG_KIND,
    ARG_CLIP,
    ARG_HEAD,
    ARG_ROWS,
    ARG_COLS
};

static inline struct loss *make_loss(const char *expression)
{
    struct object *o = NULL;
    check_ok(clk__object_from_text(&o, &clk__losses, expression));
    return (struct loss *)o;
}

/* inputs: what the prediction is made of, targets; the case's name is the loss's expression. */
static inline struct value *build_loss(
    struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    struct loss *l = make_loss(c->name);
    struct value *p = inputs[0];
    if (c->args[ARG_HEAD] == HEAD_SOFTMAX)
        p = clk__softmax(g, p);
    else if (c->args[ARG_HEAD] == HEAD_SIGMOID)
        p = clk__unary(g, "sigmoid", p);
    struct value *y = clk__loss_call(
        l, g, inputs[1], p, (enum target_kind)c->args[ARG_KIND], c->args[ARG_CLIP] != 0);
    clk__object_free(&l->object);
    return y;
}

typedef void loss_reference(double *out, const double *const *inputs, const struct op_case *c);

struct loss_case {
    const char *expression;
    loss_reference *reference;
    enum head head;
    bool clip;
    float low, high;     /* of the predictions' inputs */
    float y_low, y_high; /* of dense targets */
};

/* Rows x cols predictions against dense random targets: values and gradients. */
static inline void check_loss(const struct loss_case *k, int rows, int cols)
{
    size_t n = (size_t)rows * (size_t)cols;
    uint64_t seed = op_seed();
    float *x = op_random(seed, n, k->low, k->high);
    float *y = op_random(seed + 1, n, k->y_low, k->y_high);
    const struct op_case c = {
        .name = k->expression,
        .build = build_loss,
        .reference = k->reference,
        .inputs = {{.shape = SHAPE(rows, cols), .data = x},
            {.shape = SHAPE(rows, cols), .data = y, .constant = true}},
        .n_inputs = 2,
        .args = {TARGET_DENSE, k->clip, k->head, rows, cols},
    };
    op_check_grad(&c, 1e-5, 1e-4);
    free(x);
    free(y);
}

/* The same against random class numbers. */
static inline void check_loss_of_classes(const struct loss_case *k, int rows, int cols)
{
    float *x = op_random(op_seed(), (size_t)rows * (size_t)cols, k->low, k->high);
    int32_t *y = malloc((size_t)rows * sizeof(*y));
    for (int i = 0; i < rows; i++)
        y[i] = (i * 7 + 3) % cols;
    const struct op_case c = {
        .name = k->expression,
        .build = build_loss,
        .reference = k->reference,
        .inputs = {{.shape = SHAPE(rows, cols), .data = x},
            {.shape = SHAPE(rows), .dtype = CLK_INT32, .data = y}},
        .n_inputs = 2,
        .args = {TARGET_CLASSES, k->clip, k->head, rows, cols},
    };
    op_check_grad(&c, 1e-5, 1e-4);
    free(x);
    free(y);
}

/* ---- references ---- */

static inline double ref_sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static inline double ref_clip(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* Element (i, j) of the target, in full whatever its kind. */
static inline double ref_target(const double *const *inputs, const struct op_case *c, int i, int j)
{
    if (c->args[ARG_KIND] == TARGET_CLASSES)
        return inputs[1][i] == j;
    return inputs[1][i * c->args[ARG_COLS] + j];
}

/* ---- targets ---- */

static inline clk_status targets_of(
    struct target *out, const char *expression, clk_array y, struct shape pred)
{
    struct loss *l = make_loss(expression);
    clk_status status = clk__loss_targets(l, out, &y, &pred);
    clk__object_free(&l->object);
    return status;
}

/* Expects that y of that dtype and shape is taken as `kind`, in its own shape. */
static inline void check_targets(
    const char *expression, clk_array y, struct shape pred, enum target_kind kind)
{
    struct target t;
    check_ok(targets_of(&t, expression, y, pred));
    ck_assert_int_eq(t.kind, kind);
    if (kind == TARGET_CLASSES)
        ck_assert_int_eq(t.classes, pred.dims[pred.rank - 1]);
    ck_assert_int_eq(t.shape.rank, y.rank);
    for (int i = 0; i < y.rank; i++)
        ck_assert_int_eq(t.shape.dims[i], y.shape[i]);
}

#define check_no_targets(text, expression, y, pred)                                \
    do {                                                                           \
        struct target none_;                                                       \
        check_fails(CLK_ERR_SHAPE, text, targets_of(&none_, expression, y, pred)); \
    } while (0)
