/* SPDX-License-Identifier: MIT */
/* The training plan as text, for `clkeras summary --plan`: made as fit would make it, but never run. */
#include "train/step.h"

#include <string.h>

/* The targets that the loss takes: class numbers if it can, else the predictions' shape. */
static clk_status target_of(struct plan_array *out, const clk_model *m, int i, int64_t rows)
{
    struct shape pred = m->output_shapes[i];
    struct target t = {0};
    pred.dims[0] = rows;
    clk_array y = {.dtype = CLK_INT32, .rank = 1, .shape = {rows}};
    out->dtype = CLK_INT32;
    if (clk__loss_targets(m->losses[i], &t, &y, &pred) != CLK_OK || t.kind != TARGET_CLASSES) {
        y = (clk_array){.dtype = CLK_FLOAT32, .rank = pred.rank};
        memcpy(y.shape, pred.dims, sizeof y.shape);
        out->dtype = CLK_FLOAT32;
        TRY(clk__loss_targets(m->losses[i], &t, &y, &pred));
    }
    out->kind = t.kind;
    out->shape = t.shape;
    out->shape.dims[0] = rows;
    return CLK_OK;
}

static clk_status input_of(struct plan_array *out, const clk_model *m, int i, int64_t rows)
{
    char shape[SHAPE_TEXT];
    *out = (struct plan_array){.dtype = CLK_FLOAT32, .shape = m->input_shapes[i]};
    out->shape.dims[0] = rows;
    if (clk__shape_len(&out->shape) < 0)
        return clk__fail(CLK_ERR_SHAPE, "model \"%s\" takes inputs %s: a plan needs all dimensions",
            m->name, clk__shape_text(shape, &m->input_shapes[i]));
    return CLK_OK;
}

clk_status clk__session_plan_text(char **out, clk_model *m, int64_t rows)
{
    struct session *s = NULL;
    struct model_plan *p = NULL;
    struct plan_key key = {
        .mode = PLAN_TRAIN, .rows = rows, .n_inputs = m->n_inputs, .n_targets = m->n_outputs};
    if (!m->compiled || !m->has_loss)
        return clk__fail(CLK_ERR_STATE,
            "model \"%s\" is not compiled with a loss: it has no training plan", m->name);
    for (int i = 0; i < m->n_inputs; i++)
        TRY(input_of(&key.inputs[i], m, i, rows));
    for (int i = 0; i < m->n_outputs; i++) {
        if (m->losses[i])
            TRY(target_of(&key.targets[i], m, i, rows));
    }
    TRY(clk__session_get(&s, m));
    TRY(clk__step_plan(&p, m, s, &key));
    return clk__plan_text(out, p->plan);
}
