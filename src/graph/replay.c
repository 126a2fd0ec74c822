/* SPDX-License-Identifier: MIT */
/* What runs per batch: the steps of a plan are enqueued, one after another. No allocation, no argument, no
 * string, no lock, no read-back. */
#include "graph/plan.h"

static clk_status enqueue(const struct step_launch *s, clk_device *d)
{
    cl_event *event = d->profile ? clk__profile_slot(d, s->label) : NULL;
    if (!s->kernel)
        return clk__gemm_run(&s->gemm, d->queue, event);
    cl_int code = clEnqueueNDRangeKernel(
        d->queue, s->handle, s->dims, NULL, s->global, s->local, 0, NULL, event);
    return code == CL_SUCCESS ? CLK_OK : clk__cl_check(code, s->kernel);
}

clk_status clk__plan_replay(struct plan *p)
{
    for (size_t i = 0; i < p->n_steps; i++)
        TRY(enqueue(&p->steps[i], p->device));
    return CLK_OK;
}
