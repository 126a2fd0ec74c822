/* SPDX-License-Identifier: MIT */
/* A plan: a graph for one (rows, mode) as steps over one arena. Making one touches no device memory, so what it
 * needs is known before anything is allocated; binding it gives every step its kernel and arguments. */
#pragma once

#include "device/device.h"
#include "graph/fuse.h"
#include "ops/gemm.h"

enum step_arg_kind {
    STEP_MEMORY,
    STEP_ARENA,
    STEP_INT,
    STEP_FLOAT
};
struct step_arg {
    enum step_arg_kind kind;
    int region;    /* STEP_MEMORY */
    size_t offset; /* bytes in the region, or in the arena */
    size_t bytes;
    int i;
    float f;
};

/* One launch. */
struct step_launch {
    char *kernel;      /* its name in the program; NULL: a CLBlast product */
    const char *label; /* what it computes, for people: "matmul add relu" */
    struct step_arg *args;
    int n_args;
    cl_uint dims;
    size_t global[3];
    size_t local[3];
    struct gemm_call gemm;
    cl_kernel handle;      /* after clk__plan_bind */
    struct buffer *ranges; /* sub-buffers behind the arguments, by argument */
};

struct plan {
    clk_device *device;  /* borrowed */
    struct arena memory; /* of steps, names and arguments */
    struct step_launch *steps;
    size_t n_steps, steps_capacity;
    char *source; /* of the program */
    struct program *program;
    size_t arena_bytes;
    size_t region_bytes[REGION_COUNT]; /* how far the plan reaches into each region */
    bool bound;
};

/* Fuses, lowers and lays out `g`, which may be freed afterwards. Allocates nothing on the device.
 * @return CLK_OK; the graph's latched error; CLK_ERR_UNSUPPORTED; CLK_ERR_MEMORY */
clk_status clk__plan_create(struct plan **out, clk_device *device, struct graph *g) CLK_MUST_CHECK;
void clk__plan_free(struct plan *p);

/* Bytes of each of the arena's buffers but the last: no piece lies across two of them. */
size_t clk__plan_arena_chunk(const clk_device *d);

/* Device memory that plans of one model share. */
struct regions {
    struct buffer
        buffers[REGION_COUNT]; /* zeroed where there is none; REGION_ARENA's is the arena's first */
};
/* Builds the program and gives every step its arguments. Binding again replaces what was bound.
 * @return CLK_OK; CLK_ERR_BUILD; CLK_ERR_DEVICE; CLK_ERR_MEMORY */
clk_status clk__plan_bind(struct plan *p, struct regions *r) CLK_MUST_CHECK;
/* Lets go of kernels and arguments: ranges of a buffer keep its memory on the device, released or not. */
void clk__plan_unbind(struct plan *p);

/* Enqueues all steps (replay.c): what runs per batch. */
clk_status clk__plan_replay(struct plan *p) CLK_MUST_CHECK;

/* The steps as a table: number, kernel, what it computes, sizes; and the arena's bytes. */
clk_status clk__plan_text(char **out, const struct plan *p) CLK_MUST_CHECK;
