/* SPDX-License-Identifier: MIT */
/* Ops under test: a graph on given inputs is planned and run on the test's device, its outputs and gradients are
 * compared with a reference in plain double precision. Any failure fails the test at once. */
#pragma once

#include "graph/plan.h"
#include "ops/ops.h"
#include "support/test.h"

/* ---- A rig: a graph, and the host's picture of every region ---- */

#define RIG_MAX_OUTPUTS 128

struct rig {
    struct graph graph;
    unsigned char
        *bytes[REGION_COUNT]; /* before the run; REGION_SLOT and REGION_METRIC also after it */
    size_t used[REGION_COUNT];
    struct value *outputs[RIG_MAX_OUTPUTS];
    size_t output_offsets[RIG_MAX_OUTPUTS];
    int n_outputs;
    int n_launches; /* of the plan of the last run */
};

void rig_init(struct rig *r);
void rig_fini(struct rig *r);
/* An input holding `data` (copied): float32 as a variable with a gradient if `needs_grad`, else an array. */
struct value *rig_input(
    struct rig *r, clk_dtype dtype, struct shape shape, const void *data, bool needs_grad);
/* Keeps v to be read after the run; returns its number. */
int rig_output(struct rig *r, struct value *v);
/* Emits the gradients of sum(seed * y) for n inputs; a gradient may be NULL. */
void rig_gradients(struct rig *r, struct value *y, struct value *seed, struct value *const *inputs,
    struct value **grads, int n);
/* Zeroed bytes of a region, for graphs that read or add to it. */
void rig_reserve(struct rig *r, enum region region, size_t bytes);
/* Plans the graph and replays it `times` times; a wrong graph fails the test. */
void rig_run(struct rig *r, int times);
/* Output i after the run; borrowed until rig_fini(). */
const float *rig_read(const struct rig *r, int i);

/* ---- A case: one op (or a chain), its inputs and its reference ---- */

#define OP_MAX_INPUTS 7

struct op_input {
    struct shape shape;
    clk_dtype dtype; /* 0: float32 */
    const void *data;
    bool constant; /* no gradient is asked for; so with integers */
};

struct op_case {
    const char *name; /* for messages */
    struct value *(*build)(struct graph *g, struct value *const *inputs, const struct op_case *c);
    /* out, as long as build's output, from the inputs as doubles. */
    void (*reference)(double *out, const double *const *inputs, const struct op_case *c);
    struct op_input inputs[OP_MAX_INPUTS];
    int n_inputs;
    int args[6]; /* for build and reference: sizes, axes, kinds */
};

/* The output against the reference. */
void op_check(const struct op_case *c, double abs, double rel);
/* Output and gradients: with a random incoming gradient dy, those of sum(dy * output) against central
 * differences of the reference (all elements of small inputs, 64 random ones of others). */
void op_check_grad(const struct op_case *c, double abs, double rel);
/* Either of them for several cases in one plan: a program costs 0.3 s to compile, however much is in it. */
#define OP_MAX_CASES 24
void op_check_all(const struct op_case *cases, int n, bool grad, double abs, double rel);

/* n random floats in [low, high), by seed; free(). */
float *op_random(uint64_t seed, size_t n, float low, float high);
/* A new seed each run, printed; CLKERAS_TEST_SEED=N repeats one. */
uint64_t op_seed(void);
/* Sizes that every op is tried on: 1, 2, 5, 31..33, 63..65; OP_SIZES of them. */
#define OP_SIZES 9
extern const int op_sizes[OP_SIZES];
