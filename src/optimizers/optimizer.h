/* SPDX-License-Identifier: MIT */
/* Optimizers: one Keras name a file; each composes pointwise ops over the flat parameter, gradient and slot
 * buffers, which fuse into one launch. Follows keras/src/optimizers/. The table is made from meson.build. */
#pragma once

#include "config/schema.h"
#include "ops/op.h"
#include "schedules/schedule.h"

#define MAX_SLOTS 4

/* Arguments of the base class; every optimizer's struct begins with it. */
struct optimizer {
    struct object object;
    char *name;
    struct object *learning_rate; /* a number or a schedule */
    bool has_weight_decay, has_clipnorm, has_clipvalue, has_global_clipnorm;
    double weight_decay, clipnorm, clipvalue, global_clipnorm;
    /* The weights' moving average, which takes their place every so many steps, and when fit ends. */
    bool use_ema, has_ema_overwrite_frequency;
    double ema_momentum;
    double
        decay; /* of Keras 2: becomes an InverseTimeDecay of the learning rate, see clk__optimizer_check */
    int64_t ema_overwrite_frequency;
    /* Kept for the config only: the loss is multiplied by it and each gradient divided, before anything else, which
     * changes no float32 number but by rounding. */
    bool has_loss_scale_factor;
    double loss_scale_factor;
};

/* One trainable variable's place in the flat buffers. */
struct segment {
    size_t offset; /* bytes */
    struct shape shape;
};

struct update {
    struct graph *graph;
    struct value *weights;   /* flat float32 (len): a leaf; decayed already in a class's update() */
    struct value *gradients; /* flat; clipped already in a class's update() */
    bool norms_clipped;      /* clk__optimizer_clip_norms() has been called */
    struct value *slots[MAX_SLOTS];
    struct value *learning_rate; /* the step block's */
    const struct segment *segments;
    int n_segments;
};

struct optimizer_class {
    struct object_class object;
    int (*n_slots)(const struct optimizer *self);
    /* How slots lie in a file's optimizer/vars. True: of the first two slots, m0 v0 m1 v1 ..., and then
     * all of the third (Adam). False: all of the first slot, all of the second, ... (RMSprop). */
    bool interleaved;
    /* "momentum", "velocity": the name of slot i in Keras. */
    const char *(*slot_name)(const struct optimizer *self, int i);
    /* What all slots begin with (Adagrad); NULL: 0. */
    float (*slot_initial)(const struct optimizer *self);
    /* Returns the new weights and emits the new slots by clk__assign. */
    struct value *(*update)(const struct optimizer *self, struct update *u);
    /* Scalars of the step block beyond the learning rate, which is there already, for t = iterations + 1;
     * NULL: none. */
    void (*step)(const struct optimizer *self, int64_t t, float scalars[8]);
};
extern const struct registry clk__optimizers;

static inline const struct optimizer_class *clk__optimizer_class(const struct optimizer *o)
{
    return (const struct optimizer_class *)o->object.class;
}
/* The class's slots, and behind them the moving average of the weights if there is one. */
int clk__optimizer_n_slots(const struct optimizer *o);
/* What slots begin with. */
float clk__optimizer_slot_initial(const struct optimizer *o);
/* True if each variable's gradient is clipped by its own norm. */
bool clk__optimizer_clips_norms(const struct optimizer *o);
/* Clips each variable's gradient by its own norm, as clipnorm asks (else it does nothing): before
 * clk__flat_gradients(). NULL gradients stay. */
void clk__optimizer_clip_norms(
    const struct optimizer *o, struct graph *g, struct value **grads, int n);
/* Clip by value or global norm, weight decay, step: keras/src/optimizers/base_optimizer.py apply. Returns the new
 * weights, which u->weights become. */
struct value *clk__optimizer_apply(const struct optimizer *o, struct update *u);
/* The learning rate where it is a number, to be read or set: a float32's value, as Keras' variable holds it. NULL: it
 * is a schedule. */
static inline double *clk__optimizer_learning_rate(const struct optimizer *o)
{
    return clk__schedule_number(o->learning_rate);
}
/* Variables of a Keras 3 optimizer before its slots: iteration, and learning_rate unless it is a schedule. */
static inline size_t clk__optimizer_n_scalars(const struct optimizer *o)
{
    return clk__optimizer_learning_rate(o) ? 2 : 1;
}
/* Fills scalars[], by enum step_field, for 0-based `iterations`. */
void clk__optimizer_step(const struct optimizer *o, int64_t iterations, float scalars[8]);

/* Fields of the base class. First in a class's own: LEARNING_RATE_FIELD(0.001). As its `common`:
 * { OPTIMIZER_FIELDS("adam", WEIGHT_DECAY_FIELD) }, or without the latter where weight_decay stands elsewhere. The
 * hidden one is younger than Keras 3.0, which refuses a config that has it. */
#define LEARNING_RATE_FIELD(default_) \
    ARG_OBJECT(optimizer, learning_rate, &clk__schedules, DEFAULT(default_), ALIAS("lr"))
#define WEIGHT_DECAY_FIELD ARG_FLOAT_OR_NONE(optimizer, weight_decay, DEFAULT(null), AT_LEAST(0))
#define OPTIMIZER_FIELDS(name_, ...)                                                     \
    ARG_STRING(optimizer, name, DEFAULT(name_)),                                         \
        ARG_FLOAT_OR_NONE(optimizer, clipnorm, DEFAULT(null), AT_LEAST(0)),              \
        ARG_FLOAT_OR_NONE(optimizer, global_clipnorm, DEFAULT(null), AT_LEAST(0)),       \
        ARG_FLOAT_OR_NONE(optimizer, clipvalue, DEFAULT(null), AT_LEAST(0)),             \
        ARG_BOOL(optimizer, use_ema, DEFAULT(false)),                                    \
        ARG_FLOAT(optimizer, ema_momentum, DEFAULT(0.99), BETWEEN(0, 1)),                \
        ARG_INT_OR_NONE(optimizer, ema_overwrite_frequency, DEFAULT(null), AT_LEAST(1)), \
        ARG_FLOAT_OR_NONE(optimizer, loss_scale_factor, DEFAULT(null), ABOVE(0)),        \
        ARG_FLOAT(optimizer, decay, DEFAULT(0.0), AT_LEAST(0), HIDDEN),                  \
        ARG_UNSUPPORTED("gradient_accumulation_steps", DEFAULT(null), HIDDEN), __VA_ARGS__
/* The `check` of an optimizer's class. */
clk_status clk__optimizer_check(struct object *o) CLK_MUST_CHECK;
/* What all optimizer classes have in common; OPTIMIZER_FIELDS are in `common_`. */
#define OPTIMIZER_CLASS(name_, tag, common_, fields_)                                           \
    .object.name = (name_), .object.module = "keras.optimizers",                                \
    .object.bytes = sizeof(struct tag), .object.common = (common_), .object.fields = (fields_), \
    .object.check = clk__optimizer_check

/* a + (b - a) * (1 - keep): how Adam and its kin move an average; 1 - keep in double, as Python has it. */
struct value *clk__moved_average(struct graph *g, struct value *a, struct value *b, double keep);
/* a * keep + b * (1 - keep): how RMSprop and its kin do. */
struct value *clk__mixed_average(struct graph *g, struct value *a, struct value *b, double keep);
/* a * by_a + b * by_b as one op: a slot that is scaled alone would begin a kernel of its own. */
struct value *clk__mix(struct graph *g, struct value *a, struct value *b, double by_a, double by_b);
