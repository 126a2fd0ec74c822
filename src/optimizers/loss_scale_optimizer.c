/* SPDX-License-Identifier: MIT */
/* LossScaleOptimizer: the loss is multiplied, so that its gradients do not vanish in float16. A step whose gradients are
 * not finite is left out, and halves the factor; many good ones double it. Follows
 * keras/src/optimizers/loss_scale_optimizer.py. */
#include "optimizers/loss_scale_optimizer.h"

#include "ops/ops.h"

static const struct field fields[] = {
    ARG_OBJECT(
        loss_scale_optimizer, inner_optimizer, &clk__optimizers, REQUIRED, ALIAS("optimizer")),
    ARG_FLOAT(loss_scale_optimizer, initial_scale, DEFAULT(32768.0), ABOVE(0)),
    ARG_INT_OR_NONE(loss_scale_optimizer, dynamic_growth_steps, DEFAULT(2000), AT_LEAST(1)),
    ARG_BOOL(loss_scale_optimizer, dynamic, DEFAULT(true), HIDDEN),
    ARGS_END,
};

/* The others are those of the base class, which early versions wrote as they always are. */
static const struct field common[] = {
    ARG_STRING(loss_scale_optimizer, name, DEFAULT("loss_scale_optimizer")),
    ARG_UNSUPPORTED("clipnorm", DEFAULT(null), HIDDEN),
    ARG_UNSUPPORTED("global_clipnorm", DEFAULT(null), HIDDEN),
    ARG_UNSUPPORTED("clipvalue", DEFAULT(null), HIDDEN),
    ARG_UNSUPPORTED("weight_decay", DEFAULT(null), HIDDEN),
    ARG_UNSUPPORTED("use_ema", DEFAULT(false), HIDDEN),
    ARG_UNSUPPORTED("ema_momentum", DEFAULT(0.99), HIDDEN),
    ARG_UNSUPPORTED("ema_overwrite_frequency", DEFAULT(null), HIDDEN),
    ARG_UNSUPPORTED("loss_scale_factor", DEFAULT(null), HIDDEN),
    ARG_UNSUPPORTED("gradient_accumulation_steps", DEFAULT(null), HIDDEN),
    ARGS_END,
};

static bool is_wrapper(const struct object *o);

static clk_status check(struct object *o)
{
    const struct loss_scale_optimizer *s = (const struct loss_scale_optimizer *)o;
    if (s->inner_optimizer && is_wrapper(s->inner_optimizer))
        return clk__fail(CLK_ERR_CONFIG, "LossScaleOptimizer: inner_optimizer is one itself");
    return CLK_OK;
}

/* As tf.keras 2.11 to 2.15 call it in HDF5 files. */
static const char *const aliases[] = {"LossScaleOptimizerV3", NULL};

/* It never updates anything: models take the optimizer within. */
const struct optimizer_class clk__optimizer_loss_scale_optimizer = {
    .object.name = "LossScaleOptimizer",
    .object.module = "keras.optimizers",
    .object.aliases = aliases,
    .object.bytes = sizeof(struct loss_scale_optimizer),
    .object.fields = fields,
    .object.common = common,
    .object.check = check,
};

static bool is_wrapper(const struct object *o)
{
    return o->class == &clk__optimizer_loss_scale_optimizer.object;
}

clk_status clk__loss_scale_wrap(struct object **optimizer)
{
    struct object *wrapper = NULL;
    json_t *inner = NULL;
    if (is_wrapper(*optimizer))
        return CLK_OK;
    TRY(clk__object_to_json(&inner, &clk__optimizers, *optimizer));
    json_t *config = json_pack("{s: s, s: {s: o}}", "class_name", "LossScaleOptimizer", "config",
        "inner_optimizer", inner);
    if (!config)
        return clk__fail_memory();
    clk_status status =
        clk__object_from_json(&wrapper, &clk__optimizers, config, false, "optimizer");
    json_decref(config);
    if (status != CLK_OK)
        return status;
    clk__object_free(*optimizer);
    *optimizer = wrapper;
    return CLK_OK;
}

void clk__loss_scale_unwrap(struct loss_scale_optimizer **out, struct object **optimizer)
{
    *out = NULL;
    if (!is_wrapper(*optimizer))
        return;
    struct loss_scale_optimizer *s = (struct loss_scale_optimizer *)*optimizer;
    struct optimizer *inner = (struct optimizer *)s->inner_optimizer;
    *optimizer = s->inner_optimizer;
    s->inner_optimizer = NULL;
    inner->has_loss_scale_factor = !s->dynamic;
    inner->loss_scale_factor = s->initial_scale;
    if (s->dynamic)
        *out = s;
    else
        clk__object_free(&s->object);
}

clk_status clk__loss_scale_to_json(
    json_t **out, struct loss_scale_optimizer *s, struct optimizer *inner)
{
    if (!s)
        return clk__object_to_json(out, &clk__optimizers, &inner->object);
    s->inner_optimizer = &inner->object;
    clk_status status = clk__object_to_json(out, &clk__optimizers, &s->object);
    s->inner_optimizer = NULL;
    return status;
}

/* ---- on the device ---- */

/* x - x is 0 for what is finite, else NaN: so is the sum. */
struct value *clk__loss_scale_finite(struct graph *g, struct value *flat)
{
    struct value *sum = clk__reduce(g, REDUCE_SUM, clk__sub(g, flat, flat), ~0u, false);
    return clk__binary(g, "equal", sum, clk__constant(g, 0.0f));
}

void clk__loss_scale_step(const struct loss_scale_optimizer *s, struct graph *g,
    struct value *const numbers[LOSS_SCALE_NUMBERS], struct value *finite)
{
    struct value *scale = numbers[LOSS_SCALE], *steps = numbers[LOSS_SCALE_STEPS];
    struct value *zero = clk__constant(g, 0.0f);
    struct value *last = clk__constant(g, (float)(s->dynamic_growth_steps - 1));
    struct value *grows = clk__binary(g, "equal", steps, last);
    struct value *good_scale = clk__select(g, grows, clk__scale(g, scale, 2.0f), scale);
    struct value *good_steps =
        clk__select(g, grows, zero, clk__unary_p(g, "offset", steps, 1.0f, 0.0f));
    clk__assign(g, scale, clk__select(g, finite, good_scale, clk__scale(g, scale, 0.5f)));
    clk__assign(g, steps, clk__select(g, finite, good_steps, zero));
    clk__assign(g, numbers[LOSS_SCALE_COUNTED], clk__unary(g, "identity", finite));
}
