/* SPDX-License-Identifier: MIT */
/* A matrix product by CLBlast, as a step of a plan. The lowering of matmul fills it in, the
 * replay binds its memory and runs it. */
#pragma once

#include "ops/op.h"

#include <CL/cl.h>

/* One matrix, or a batch of them, row-major. */
struct gemm_operand {
    struct launch_arg arg; /* ARG_VALUE or ARG_SCRATCH: whose memory */
    cl_mem mem;            /* set by the replay from `arg` */
    size_t offset;         /* floats from the start of mem; set by the replay */
    size_t ld;             /* floats from one row, as stored, to the next */
    size_t batch_stride;   /* floats from one matrix to the next; 0: all use the same one */
};

/* c[g] (m, n) = op(a[g]) (m, k) op(b[g]) (k, n), for g < batch. */
struct gemm_call {
    struct gemm_operand a;
    struct gemm_operand b;
    struct gemm_operand c;
    bool transpose_a;
    bool transpose_b;
    size_t batch;
    size_t m;
    size_t n;
    size_t k;
};

/* Which products CLBlast computes, from CLKERAS_GEMM. */
enum gemm_choice {
    GEMM_AUTO,    /* not set, or empty: large ones, on GPUs */
    GEMM_OWN,     /* "own": none */
    GEMM_CLBLAST, /* "clblast": all */
};
/* @return CLK_OK; CLK_ERR_ARG: CLKERAS_GEMM is something else */
clk_status clk__gemm_choice(enum gemm_choice *out) CLK_MUST_CHECK;

/* Enqueues the product.
 * @param event NULL, or where CLBlast's last kernel reports itself; owned by the caller
 * @return CLK_OK; CLK_ERR_DEVICE_MEMORY: no room for CLBlast's temporary buffer; CLK_ERR_DEVICE:
 *         the text has CLBlast's code and the product's sizes */
clk_status clk__gemm_run(
    const struct gemm_call *call, cl_command_queue queue, cl_event *event) CLK_MUST_CHECK;
