/* SPDX-License-Identifier: MIT */
/* What optimizers share: clipping, weight decay, the order of a step. Follows
 * keras/src/optimizers/base_optimizer.py. */
#include "optimizers/optimizer.h"

#include "lib/step.h"
#include "ops/ops.h"

#include <assert.h>
#include <string.h>

/* Scalars of the step block that move the weights' average, beside those of a class. */
enum {
    AVERAGE_KEPT = STEP_EXTRA2,  /* of the average: its momentum, 0 at the first step */
    AVERAGE_ADDED = STEP_EXTRA3, /* of the weights */
    AVERAGE_TAKEN = STEP_EXTRA4  /* 1 where the average takes their place */
};

/* The rate falls as Keras 2's did, rate / (1 + decay * iterations): by a schedule that Keras 3 has. */
static clk_status take_decay(struct optimizer *o)
{
    const double *rate = clk__optimizer_learning_rate(o);
    if (!rate)
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "%s: decay=%g beside a learning rate that is a schedule is not supported",
            o->object.class->name, o->decay);
    json_t *config = json_pack("{s:s, s:{s:f, s:f, s:f}}", "class_name", "InverseTimeDecay",
        "config", "initial_learning_rate", *rate, "decay_steps", 1.0, "decay_rate", o->decay);
    if (!config)
        return clk__fail_memory();
    struct object *schedule = NULL;
    clk_status status =
        clk__object_from_json(&schedule, &clk__schedules, config, true, "learning_rate");
    json_decref(config);
    if (status != CLK_OK)
        return status;
    clk__object_free(o->learning_rate);
    o->learning_rate = schedule;
    return CLK_OK;
}

clk_status clk__optimizer_check(struct object *o)
{
    struct optimizer *p = (struct optimizer *)o;
    int n = p->has_clipnorm + p->has_clipvalue + p->has_global_clipnorm;
    if (n > 1)
        return clk__fail(CLK_ERR_CONFIG,
            "%s: %d of clipnorm, clipvalue and global_clipnorm are set, at most one may be",
            o->class->name, n);
    return p->decay > 0 ? take_decay(p) : CLK_OK;
}

int clk__optimizer_n_slots(const struct optimizer *o)
{
    return clk__optimizer_class(o)->n_slots(o) + o->use_ema;
}

float clk__optimizer_slot_initial(const struct optimizer *o)
{
    const struct optimizer_class *c = clk__optimizer_class(o);
    return c->slot_initial ? c->slot_initial(o) : 0.0f;
}

bool clk__optimizer_clips_norms(const struct optimizer *o)
{
    return o->has_clipnorm && o->clipnorm > 0;
}

static struct value *norm_of(struct graph *g, struct value *a)
{
    struct value *squares = clk__unary(g, "square", a);
    if (!squares)
        return NULL;
    unsigned all = (1u << a->shape.rank) - 1;
    return clk__unary(g, "sqrt", clk__reduce(g, REDUCE_SUM, squares, all, false));
}

void clk__optimizer_clip_norms(
    const struct optimizer *o, struct graph *g, struct value **grads, int n)
{
    if (!clk__optimizer_clips_norms(o))
        return;
    struct value *limit = clk__constant(g, (float)o->clipnorm);
    for (int i = 0; i < n; i++) {
        if (!grads[i])
            continue;
        /* g c / max(|g|, c) */
        struct value *most = clk__binary(g, "max", norm_of(g, grads[i]), limit);
        grads[i] = clk__div(g, clk__mul(g, grads[i], limit), most);
    }
}

/* g c min(1 / |G|, 1 / c), NaN throughout if |G| is not finite, so that it does not go unseen. */
static struct value *clip_global_norm(struct graph *g, struct value *gradients, float limit)
{
    struct value *norm = norm_of(g, gradients);
    struct value *most =
        clk__binary(g, "min", clk__unary(g, "reciprocal", norm), clk__constant(g, 1.0f / limit));
    struct value *scale = clk__add(g, clk__scale(g, most, limit), clk__sub(g, norm, norm));
    return clk__mul(g, gradients, scale);
}

static struct value *clip(const struct optimizer *o, const struct update *u)
{
    if (o->has_global_clipnorm && o->global_clipnorm > 0)
        return clip_global_norm(u->graph, u->gradients, (float)o->global_clipnorm);
    if (o->has_clipvalue && o->clipvalue > 0) {
        float limit = (float)o->clipvalue;
        return clk__unary_p(u->graph, "clip", u->gradients, -limit, limit);
    }
    assert(!clk__optimizer_clips_norms(o) || u->norms_clipped);
    return u->gradients;
}

/* Moves the average towards the new weights; gives what those become. */
static struct value *average(const struct optimizer *o, struct update *u, struct value *weights)
{
    struct graph *g = u->graph;
    struct value *slot = u->slots[clk__optimizer_n_slots(o) - 1];
    struct value *kept = clk__mul(g, clk__step_scalar(g, AVERAGE_KEPT), slot);
    struct value *added = clk__mul(g, clk__step_scalar(g, AVERAGE_ADDED), weights);
    struct value *mean = clk__add(g, kept, added);
    clk__assign(g, slot, mean);
    if (!o->has_ema_overwrite_frequency)
        return weights;
    return clk__select(g, clk__step_scalar(g, AVERAGE_TAKEN), mean, weights);
}

struct value *clk__optimizer_apply(const struct optimizer *o, struct update *u)
{
    struct update clipped = *u;
    struct graph *g = u->graph;
    clipped.gradients = clip(o, u);
    if (o->has_weight_decay && o->weight_decay > 0) {
        struct value *decay = clk__scale(g, u->weights, (float)o->weight_decay);
        clipped.weights = clk__sub(g, u->weights, clk__mul(g, decay, u->learning_rate));
    }
    struct value *weights = clk__optimizer_class(o)->update(o, &clipped);
    if (o->use_ema)
        weights = average(o, u, weights);
    clk__assign(g, u->weights, weights);
    return weights;
}

void clk__optimizer_step(const struct optimizer *o, int64_t iterations, float scalars[8])
{
    const struct optimizer_class *c = clk__optimizer_class(o);
    memset(scalars, 0, 8 * sizeof(*scalars));
    scalars[STEP_LEARNING_RATE] = clk__schedule_rate(o->learning_rate, iterations);
    if (c->step)
        c->step(o, iterations + 1, scalars);
    if (!o->use_ema)
        return;
    scalars[AVERAGE_KEPT] = iterations > 0 ? (float)o->ema_momentum : 0.0f;
    scalars[AVERAGE_ADDED] = 1.0f - scalars[AVERAGE_KEPT];
    if (o->has_ema_overwrite_frequency)
        scalars[AVERAGE_TAKEN] = (iterations + 1) % o->ema_overwrite_frequency == 0 ? 1.0f : 0.0f;
}

struct value *clk__moved_average(struct graph *g, struct value *a, struct value *b, double keep)
{
    return clk__add(g, a, clk__scale(g, clk__sub(g, b, a), (float)(1 - keep)));
}

struct value *clk__mixed_average(struct graph *g, struct value *a, struct value *b, double keep)
{
    return clk__mix(g, a, b, keep, 1 - keep);
}

struct value *clk__mix(struct graph *g, struct value *a, struct value *b, double by_a, double by_b)
{
    return clk__pointwise(g, "mix", (struct value *[]){a, b}, 2, (float)by_a, (float)by_b);
}
