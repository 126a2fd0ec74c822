/* SPDX-License-Identifier: MIT */
/* TerminateOnNaN: ends training once the running loss is no number. Follows
 * keras/src/callbacks/terminate_on_nan.py. */
#include "callbacks/callback.h"

#include <inttypes.h>
#include <math.h>

struct terminate_on_nan {
    struct callback callback;
    bool raise_error;
};

static const struct field fields[] = {
    ARG_BOOL(terminate_on_nan, raise_error, DEFAULT(false)),
    ARGS_END,
};

static bool wants_batches(const struct callback *c)
{
    (void)c;
    return true;
}

static clk_status on_batch_end(
    struct callback *c, struct fit_state *s, int64_t batch, const clk_logs *logs)
{
    const struct terminate_on_nan *t = (const struct terminate_on_nan *)c;
    const double *loss = clk__logs_find(logs, "loss");
    if (!loss || isfinite(*loss))
        return CLK_OK;
    if (t->raise_error)
        return clk__fail(CLK_ERR_STOPPED,
            "TerminateOnNaN: the loss is %s at batch %" PRId64 " of epoch %" PRId64,
            isnan(*loss) ? "NaN" : "infinite", batch, s->epoch + 1);
    clk__log(CLK_LOG_PROGRESS, "Batch %" PRId64 ": Invalid loss, terminating training\n", batch);
    s->stop_training = true;
    return CLK_OK;
}

const struct callback_class clk__callback_terminate_on_nan = {
    .object.name = "TerminateOnNaN",
    .object.module = "keras.callbacks",
    .object.bytes = sizeof(struct terminate_on_nan),
    .object.fields = fields,
    .on_batch_end = on_batch_end,
    .wants_batches = wants_batches,
};
