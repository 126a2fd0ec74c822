/* SPDX-License-Identifier: MIT */
/* The graph's own types (values, ops, classes of ops) and how ops are added to a graph. An op's file holds
 * its shape rule (in its builder), its gradient rule and its lowering; src/graph/ turns a graph into a plan.
 *
 * A graph is built anew for every (rows, mode) with concrete shapes: building is microseconds. The same
 * builders run with -1 in a shape ("None") to infer shapes for build and summary; such a graph is never
 * planned. Builders return NULL after a failure; the graph latches the first error (graph->status), and a
 * builder given a NULL value returns NULL, so that a chain needs one check at its end. */
#pragma once

#include "base/mem.h"
#include "base/precision.h"
#include "base/status.h"

#include <clkeras/array.h>

/* Row-major, batch first; -1 is an unknown dimension. */
struct shape {
    int rank;
    int64_t dims[CLK_MAX_RANK];
};

/* Where a value's bytes lie. All but the arena outlive a step. */
#define MAX_OUTPUT_REGIONS 64
#define MAX_ARENA_MORE     15
enum region {
    REGION_ARENA,      /* decided by the plan */
    REGION_CONSTANT,   /* a float scalar, passed to kernels by value */
    REGION_PARAM,      /* the model's variables, trainable first, then the rest */
    REGION_GRAD,       /* gradients, laid out as the trainable variables */
    REGION_SLOT,       /* optimizer slots: one copy of the trainable layout after another */
    REGION_METRIC,     /* accumulated sums: pairs of floats (sum, compensation) */
    REGION_PERM,       /* int32: the epoch's order of samples */
    REGION_STEP,       /* struct step: what changes from step to step */
    REGION_ARENA_MORE, /* + i: further buffers of an arena above the device's largest allocation */
    REGION_OUTPUT =
        REGION_ARENA_MORE +
        MAX_ARENA_MORE, /* + i: predictions of output i; out_row0 of the step says where a batch's rows go */
    REGION_DATA = REGION_OUTPUT + MAX_OUTPUT_REGIONS, /* + i: resident arrays, inputs and targets */
};
#define MAX_DATA     128
#define REGION_COUNT (REGION_DATA + MAX_DATA)

struct graph;
struct op;
struct lowering;

struct value {
    struct shape shape;
    clk_dtype dtype;    /* CLK_FLOAT32, CLK_INT32 or CLK_UINT8 */
    struct op *op;      /* what computes it; NULL: a leaf */
    int output;         /* which of op's outputs */
    struct value *base; /* not NULL: a view of that value's bytes (which is no view itself) */
    int region;         /* enum region (+ i for data) */
    size_t offset;      /* bytes, in its region */
    float constant;     /* of REGION_CONSTANT */
    bool needs_grad;    /* depends on a trainable variable */
    enum precision
        precision; /* what its numbers have been rounded to: the dtype that Keras has here */
    struct value *rounded; /* the value rounded, see clk__rounded; NULL: not asked for yet */
    int id;                /* position in graph->values */
    int uses;              /* set by the planner: number of inputs that read it */
};

#define MAX_INPUTS  8
#define MAX_OUTPUTS 5

struct op {
    const struct op_class *class;
    struct value *inputs[MAX_INPUTS];
    int n_inputs;
    struct value *outputs[MAX_OUTPUTS]; /* a class may leave optional ones NULL until wanted */
    int n_outputs;
    void *attrs;  /* the class's struct, in the graph's arena */
    int position; /* in graph->ops */
};

/* Fused code around a kernel. An op that takes part sees an input or output as a 2-D space (rows, cols),
 * and its kernel reads and writes elements only through the macros IN<i>(row, col) and
 * EMIT<i>(v, row, col), for which the planner generates code: loads with broadcast or gather, chains of
 * pointwise ops, stores. See graph/fuse.h. */
struct space {
    int64_t rows;
    int64_t cols;
};

struct op_class {
    const char *name;
    /* Bit i: input i is read through IN<i>(row, col) (a prologue may be fused into it). */
    unsigned prologue;
    /* Bit i: output i is written through EMIT<i>(v, row, col) (an epilogue may be fused onto it).
     * Outputs without the bit are plain buffers passed to the kernel as arguments. */
    unsigned epilogue;
    /* The 2-D space of input i or output i (only for those bits). */
    struct space (*input_space)(const struct op *op, int i);
    struct space (*output_space)(const struct op *op, int i);
    /* Gradient rule: dy[i] is the gradient of output i or NULL; set dx[i] for every input with needs_grad
     * (leave NULL: no gradient flows). Emits ops into g. NULL: not differentiable. */
    void (*grad)(struct graph *g, struct op *op, struct value *const *dy, struct value **dx);
    /* Appends launches to the plan. NULL: the op needs no kernel (a view). */
    clk_status (*lower)(struct lowering *l, const struct op *op);
};

/* What a layer adds to the loss. */
struct penalty {
    struct value *value; /* rank 0 */
    const void *owner;
};

struct graph {
    struct arena memory; /* of everything below */
    struct op **ops;
    size_t n_ops, ops_capacity;
    struct value **values;
    size_t n_values, values_capacity;
    clk_status status; /* the first error; its text is the thread's error text */
    bool training;     /* layers ask it: dropout, batch statistics */
    bool symbolic;     /* shapes may hold -1; never planned */
    /* Assignments at the end of the step: target[i]'s bytes become source[i]. */
    struct value **assign_targets;
    struct value **assign_sources;
    size_t n_assigns, assigns_capacity;
    bool penalized;            /* layers may add to the loss: a step of fit or evaluate */
    struct penalty *penalties; /* what they add */
    size_t n_penalties, penalties_capacity;
};

void clk__graph_init(struct graph *g, bool training, bool symbolic);
void clk__graph_fini(struct graph *g);
/* Latches `status` (whose text is set) and returns NULL: return clk__graph_fail(g, clk__fail(...)). */
struct value *clk__graph_fail(struct graph *g, clk_status status);

/* A leaf in a region. */
struct value *clk__leaf(struct graph *g, enum region region, size_t offset, clk_dtype dtype,
    struct shape shape, bool needs_grad);
/* A float scalar (rank 0), passed by value: changing it compiles nothing. */
struct value *clk__constant(struct graph *g, float c);
/* For op files: an op with `n` inputs and attrs of `attrs_bytes` (copied); NULL if an input is NULL or
 * there is no memory. Outputs are added by clk__op_output(). */
struct op *clk__op_add(struct graph *g, const struct op_class *class, struct value *const *inputs,
    int n, const void *attrs, size_t attrs_bytes);
struct value *clk__op_output(
    struct graph *g, struct op *op, int i, clk_dtype dtype, struct shape shape);
/* target's bytes become source's at the end of the step; both of the same length. A target that an op has made must be
 * the source of a leaf: that leaf becomes `source`. */
void clk__assign(struct graph *g, struct value *target, struct value *source);

/* Adds a number, of rank 0, to the loss of this step. */
void clk__graph_penalize(struct graph *g, struct value *penalty, const void *owner);
/* Takes back what `owner` has added so far. */
void clk__graph_forget_penalties(struct graph *g, const void *owner);

/* Shapes. No value has more elements than MAX_ELEMENTS, unknown dimensions taken as 1, so that products of
 * dimensions of one value can't overflow. */
#define MAX_ELEMENTS ((int64_t)1 << 40)
int64_t clk__shape_len(const struct shape *s); /* elements; -1 if a dimension is unknown */
bool clk__shape_equal(const struct shape *a, const struct shape *b);
/* "(None, 28, 28)", for messages and summaries; in a caller's buffer. */
#define SHAPE_TEXT 128
const char *clk__shape_text(char buf[SHAPE_TEXT], const struct shape *s);
/* NumPy's broadcast of two shapes; false: they do not fit. -1 against n > 1 gives n, against 1 gives -1. */
bool clk__shape_broadcast(struct shape *out, const struct shape *a, const struct shape *b);
#define SHAPE(...) \
    ((struct shape){(int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), {__VA_ARGS__}})

/* Lowering: what an op's lower() appends to the plan. */
enum arg_kind {
    ARG_VALUE,
    ARG_INT,
    ARG_FLOAT,
    ARG_SCRATCH
};
struct launch_arg {
    enum arg_kind kind;
    const struct value *value;
    int i; /* ARG_INT, or the number of the scratch of ARG_SCRATCH */
    float f;
};
#define MAX_ARGS 48
struct launch {
    const char *file;    /* "ops/reduce.cl" */
    const char *kernel;  /* the name in it, given there as NAME(reduce_rows) */
    const char *defines; /* "#define TA 1\n": what changes the code; never sizes. NULL: none */
    struct launch_arg
        args[MAX_ARGS]; /* the kernel's own; those of FUSED_PARAMS follow by themselves */
    int n_args;
    bool fused; /* the kernel has FUSED_PARAMS (IN/EMIT); false for a helper pass */
    int dims;   /* 0: nothing runs, but the program has the kernel's text */
    size_t global[3];
    size_t local[3];
};
#define ARG_V(v) ((struct launch_arg){.kind = ARG_VALUE, .value = (v)})
#define ARG_I(n) ((struct launch_arg){.kind = ARG_INT, .i = (int)(n)})
#define ARG_F(x) ((struct launch_arg){.kind = ARG_FLOAT, .f = (x)})
#define ARG_S(n) ((struct launch_arg){.kind = ARG_SCRATCH, .i = (n)})

/* The device's geometry, for choosing work sizes. */
struct geometry;
const struct geometry *clk__lower_geometry(const struct lowering *l);
/* Scratch memory that lives during this op's launches; pass it by ARG_S(*out). */
clk_status clk__lower_scratch(int *out, struct lowering *l, size_t bytes) CLK_MUST_CHECK;
clk_status clk__lower_launch(struct lowering *l, const struct launch *launch) CLK_MUST_CHECK;
/* True if output i is read or stored at all: lower() may skip its work (the kernel sees HAS<i>). */
bool clk__lower_wants(const struct lowering *l, const struct op *op, int i);
/* The first value that EMIT<i> stores in full, as memory for partial sums of output i before the last
 * EMIT (same rows x cols, float32); NULL: there is none, use scratch. */
const struct value *clk__lower_partial(const struct lowering *l, const struct op *op, int i);
/* True if all that EMIT<i> does is to store output i, in full, in its own memory: a library may write it. */
bool clk__lower_plain(const struct lowering *l, const struct op *op, int i);
/* A CLBlast product, run by ops/gemm.c at replay; see there. */
struct gemm_call;
clk_status clk__lower_gemm(struct lowering *l, const struct gemm_call *call) CLK_MUST_CHECK;
