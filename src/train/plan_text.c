/* SPDX-License-Identifier: MIT */
/* The training plan as text, for `clkeras summary --plan`: made as fit would make it, but never run. */
#include "train/step.h"

#include <string.h>

/* The targets that the loss takes: class numbers if it can, else the predictions' shape. */
static clk_status targets(struct plan_key *key, const clk_model *m, int64_t rows)
{
    struct shape pred = m->output_shape;
    pred.dims[0] = rows;
    clk_array y = {.dtype = CLK_INT32, .rank = 1, .shape = {rows}};
    key->y_dtype = CLK_INT32;
    if (clk__loss_targets(m->loss, &key->target, &y, &pred) != CLK_OK ||
        key->target.kind != TARGET_CLASSES) {
        y = (clk_array){.dtype = CLK_FLOAT32, .rank = pred.rank};
        memcpy(y.shape, pred.dims, sizeof y.shape);
        key->y_dtype = CLK_FLOAT32;
        TRY(clk__loss_targets(m->loss, &key->target, &y, &pred));
    }
    key->y_shape = key->target.shape;
    key->y_shape.dims[0] = rows;
    return CLK_OK;
}

clk_status clk__session_plan_text(char **out, clk_model *m, int64_t rows)
{
    struct session *s = NULL;
    struct model_plan *p = NULL;
    char shape[SHAPE_TEXT];
    if (!m->compiled || !m->loss)
        return clk__fail(
            CLK_ERR_STATE, "model \"%s\" is not compiled with a loss: it has no training plan", m->name);
    struct plan_key key = {
        .mode = PLAN_TRAIN, .rows = rows, .x_dtype = CLK_FLOAT32, .x_shape = m->input_shape};
    key.x_shape.dims[0] = rows;
    if (clk__shape_len(&key.x_shape) < 0)
        return clk__fail(CLK_ERR_SHAPE, "model \"%s\" takes inputs %s: a plan needs all dimensions", m->name,
            clk__shape_text(shape, &m->input_shape));
    TRY(targets(&key, m, rows));
    TRY(clk__session_get(&s, m));
    TRY(clk__step_plan(&p, m, s, &key));
    return clk__plan_text(out, p->plan);
}
