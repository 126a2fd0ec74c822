/* SPDX-License-Identifier: MIT */
/* The only file that calls CLBlast. Products are row-major, alpha is 1 and beta 0: what comes
 * after a product is fused code, not CLBlast's. */
#include "ops/gemm.h"

#include "base/str.h"

#include <clblast_c.h>

#include <stdlib.h>

clk_status clk__gemm_choice(enum gemm_choice *out)
{
    const char *text = getenv("CLKERAS_GEMM");
    if (!text || !text[0])
        *out = GEMM_AUTO;
    else if (clk__str_eq_nocase(text, "own"))
        *out = GEMM_OWN;
    else if (clk__str_eq_nocase(text, "clblast"))
        *out = GEMM_CLBLAST;
    else
        return clk__fail(CLK_ERR_ARG, "CLKERAS_GEMM=%s: expected own or clblast", text);
    return CLK_OK;
}

/* CLBlast's own codes; it passes on those of OpenCL as they are. */
static const char *code_name(CLBlastStatusCode code)
{
    switch (code) {
    case CLBlastOpenCLCompilerNotAvailable:
        return "no OpenCL compiler";
    case CLBlastTempBufferAllocFailure:
        return "no memory for its temporary buffer";
    case CLBlastOpenCLOutOfResources:
        return "out of resources";
    case CLBlastOpenCLOutOfHostMemory:
        return "out of host memory";
    case CLBlastOpenCLBuildProgramFailure:
        return "its kernels do not compile here";
    case CLBlastInvalidLocalMemUsage:
        return "not enough local memory";
    case CLBlastInsufficientMemoryA:
    case CLBlastInsufficientMemoryB:
    case CLBlastInsufficientMemoryC:
        return "a matrix reaches beyond its buffer";
    case CLBlastDatabaseError:
        return "no parameters for this device";
    default:
        return "unexpected";
    }
}

static clk_status check(CLBlastStatusCode code, const struct gemm_call *call)
{
    if (code == CLBlastSuccess)
        return CLK_OK;
    bool memory = code == CLBlastTempBufferAllocFailure || code == CLBlastOpenCLOutOfHostMemory;
    return clk__fail(memory ? CLK_ERR_DEVICE_MEMORY : CLK_ERR_DEVICE,
        "clblast: product of (%zu, %zu) and (%zu, %zu), batch of %zu: %s (code %d); "
        "CLKERAS_GEMM=own does without it",
        call->m, call->k, call->k, call->n, call->batch, code_name(code), (int)code);
}

clk_status clk__gemm_run(const struct gemm_call *call, cl_command_queue queue, cl_event *event)
{
    const struct gemm_operand *a = &call->a, *b = &call->b, *c = &call->c;
    CLBlastTranspose ta = call->transpose_a ? CLBlastTransposeYes : CLBlastTransposeNo;
    CLBlastTranspose tb = call->transpose_b ? CLBlastTransposeYes : CLBlastTransposeNo;
    CLBlastStatusCode code;
    if (call->batch == 1)
        code = CLBlastSgemm(CLBlastLayoutRowMajor, ta, tb, call->m, call->n, call->k, 1.0f, a->mem,
            a->offset, a->ld, b->mem, b->offset, b->ld, 0.0f, c->mem, c->offset, c->ld, &queue,
            event);
    else
        code = CLBlastSgemmStridedBatched(CLBlastLayoutRowMajor, ta, tb, call->m, call->n, call->k,
            1.0f, a->mem, a->offset, a->ld, a->batch_stride, b->mem, b->offset, b->ld,
            b->batch_stride, 0.0f, c->mem, c->offset, c->ld, c->batch_stride, call->batch, &queue,
            event);
    return check(code, call);
}
