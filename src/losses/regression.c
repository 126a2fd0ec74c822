/* SPDX-License-Identifier: MIT */
/* Losses that are the mean over the last axis of a function of prediction and target: squared, absolute and
 * percentage errors, Huber, log cosh. Follows keras/src/losses/losses.py. */
#include "losses/loss.h"
#include "ops/ops.h"

#define EPSILON 1e-7f /* keras.config.epsilon() */
#define LOG_2   0.6931471805599453f

struct huber {
    struct loss loss;
    double delta;
};

/* Keras takes delta and leaves it out of the config. */
static const struct field huber_fields[] = {
    ARG_FLOAT(huber, delta, DEFAULT(1.0), ABOVE(0), HIDDEN),
    ARGS_END,
};

static struct value *squared(
    const struct loss *self, struct graph *g, struct value *y_true, struct value *y_pred)
{
    (void)self;
    return clk__unary(g, "square", clk__sub(g, y_pred, y_true));
}

static struct value *absolute(
    const struct loss *self, struct graph *g, struct value *y_true, struct value *y_pred)
{
    (void)self;
    return clk__unary(g, "abs", clk__sub(g, y_true, y_pred));
}

/* 100 |y - p| / max(|y|, epsilon) */
static struct value *percentage(
    const struct loss *self, struct graph *g, struct value *y_true, struct value *y_pred)
{
    (void)self;
    struct value *size =
        clk__binary(g, "max", clk__unary(g, "abs", y_true), clk__constant(g, EPSILON));
    struct value *error = clk__unary(g, "abs", clk__div(g, clk__sub(g, y_true, y_pred), size));
    return clk__scale(g, error, 100.0f);
}

static struct value *log_plus_one(struct graph *g, struct value *a)
{
    return clk__unary(g, "log1p", clk__binary(g, "max", a, clk__constant(g, EPSILON)));
}

static struct value *squared_logarithmic(
    const struct loss *self, struct graph *g, struct value *y_true, struct value *y_pred)
{
    (void)self;
    return clk__unary(g, "square", clk__sub(g, log_plus_one(g, y_pred), log_plus_one(g, y_true)));
}

/* e^2 / 2 up to delta, then delta |e| - delta^2 / 2 */
static struct value *huber(
    const struct loss *self, struct graph *g, struct value *y_true, struct value *y_pred)
{
    float delta = (float)((const struct huber *)self)->delta;
    struct value *error = clk__sub(g, y_pred, y_true);
    struct value *size = clk__unary(g, "abs", error);
    struct value *near = clk__binary(g, "less_equal", size, clk__constant(g, delta));
    struct value *square = clk__scale(g, clk__unary(g, "square", error), 0.5f);
    struct value *line = clk__unary_p(g, "affine", size, delta, -0.5f * delta * delta);
    return clk__select(g, near, square, line);
}

/* log(cosh e) = e + softplus(-2 e) - log 2 */
static struct value *log_cosh(
    const struct loss *self, struct graph *g, struct value *y_true, struct value *y_pred)
{
    (void)self;
    struct value *error = clk__sub(g, y_pred, y_true);
    struct value *tail = clk__unary(g, "softplus", clk__scale(g, error, -2.0f));
    return clk__unary_p(g, "offset", clk__add(g, error, tail), -LOG_2, 0.0f);
}

#define MEAN_OF(tag, struct_, class_name_, name_, function, fields_, ...)             \
    static struct value *call_##tag(const struct loss *self, struct graph *g,         \
        struct value *y_true, struct value *y_pred, enum target_kind kind, bool clip) \
    {                                                                                 \
        (void)kind;                                                                   \
        (void)clip;                                                                   \
        return clk__loss_mean(g, function(self, g, y_true, y_pred));                  \
    }                                                                                 \
    static const struct field tag##_common[] = {LOSS_FIELDS(name_)};                  \
    static const char *const tag##_aliases[] = {__VA_ARGS__, NULL};                   \
    const struct loss_class clk__loss_##tag = {                                       \
        LOSS_CLASS(class_name_, struct_, tag##_common, fields_),                      \
        .object.aliases = tag##_aliases,                                              \
        .call = call_##tag,                                                           \
    }

MEAN_OF(mean_squared_error, loss, "MeanSquaredError", "mean_squared_error", squared, NULL, "mse");
MEAN_OF(
    mean_absolute_error, loss, "MeanAbsoluteError", "mean_absolute_error", absolute, NULL, "mae");
MEAN_OF(mean_absolute_percentage_error, loss, "MeanAbsolutePercentageError",
    "mean_absolute_percentage_error", percentage, NULL, "mape");
MEAN_OF(mean_squared_logarithmic_error, loss, "MeanSquaredLogarithmicError",
    "mean_squared_logarithmic_error", squared_logarithmic, NULL, "msle");
MEAN_OF(huber, huber, "Huber", "huber_loss", huber, huber_fields, "huber_loss");
MEAN_OF(log_cosh, loss, "LogCosh", "log_cosh", log_cosh, NULL, "logcosh");
