/* SPDX-License-Identifier: MIT */
/* Optimizers: one Keras name a file; each composes pointwise ops over the flat parameter, gradient and slot
 * buffers, which fuse into one launch. Follows keras/src/optimizers/. The table is made from meson.build. */
#pragma once

#include "config/schema.h"
#include "ops/op.h"

#define MAX_SLOTS 4

/* Arguments of the base class; every optimizer's struct begins with it. OPTIMIZER_FIELDS are its fields. */
struct optimizer {
    struct object object;
    char *name;
    double learning_rate;
    bool has_weight_decay, has_clipnorm, has_clipvalue, has_global_clipnorm;
    double weight_decay, clipnorm, clipvalue, global_clipnorm;
};

/* One trainable variable's place in the flat buffers. */
struct segment {
    size_t offset; /* bytes */
    struct shape shape;
};

struct update {
    struct graph *graph;
    struct value *weights;         /* flat float32 (len) */
    struct value *gradients;       /* flat; clipped already when update() is called */
    struct value *slots[MAX_SLOTS];
    struct value *learning_rate;   /* the step block's */
    const struct segment *segments;
    int n_segments;
};

struct optimizer_class {
    struct object_class object;
    int (*n_slots)(const struct optimizer *self);
    /* How slots lie in a file's optimizer/vars: true: m0 v0 m1 v1 ... (Adam), false: all of the first
     * slot, then all of the second (RMSprop). */
    bool interleaved;
    /* "momentum", "velocity": the name of slot i in Keras. */
    const char *(*slot_name)(const struct optimizer *self, int i);
    float slot_initial;            /* 0; Adagrad's 0.1 */
    /* Emits the new weights and slots by clk__assign. */
    void (*update)(const struct optimizer *self, struct update *u);
    /* scalars of the step block beyond the learning rate, for t = iterations + 1; NULL: none. */
    void (*step)(const struct optimizer *self, int64_t t, float scalars[8]);
};
extern const struct registry clk__optimizers;

static inline const struct optimizer_class *clk__optimizer_class(const struct optimizer *o)
{
    return (const struct optimizer_class *)o->object.class;
}
/* Clip, weight decay, step: keras/src/optimizers/base_optimizer.py apply. */
void clk__optimizer_apply(const struct optimizer *o, struct update *u);
/* Fills scalars[] for 0-based `iterations`. */
void clk__optimizer_step(const struct optimizer *o, int64_t iterations, float scalars[8]);
