/* SPDX-License-Identifier: MIT */
/* The graphs of a training, test and prediction step. Follows keras/src/backend/jax/trainer.py. */
#include "train/step.h"

#include "graph/autodiff.h"
#include "lib/step.h"

#include <stdlib.h>
#include <string.h>

/* A batch of a resident array, through the permutation. */
static struct value *batch_of(
    struct graph *g, int data, clk_dtype dtype, const struct shape *shape, int64_t rows)
{
    struct value *all = clk__leaf(g, REGION_DATA + data, 0, dtype, *shape, false);
    return clk__gather(g, all, rows);
}

/* ---- loss and metrics ---- */

/* What a step adds to sum i, and for how many elements it counts. */
struct terms {
    struct value *values[MAX_TERMS];
    double counts[MAX_TERMS];
    int n;
};

static void add_term(struct terms *t, struct value *v, double count)
{
    if (v) {
        t->values[t->n] = v;
        t->counts[t->n++] = count;
    }
}

/* The loss tracker is the mean over batches, weighted by their rows: keras/src/trainers/trainer.py. For a mean over
 * elements that is the mean over all elements; a sum counts once a row. */
static void add_loss_term(
    struct terms *t, const clk_model *m, struct graph *g, struct value *losses, int64_t rows)
{
    if (m->loss->reduction == LOSS_SUM)
        add_term(t, clk__scale(g, losses, (float)rows), (double)rows);
    else
        add_term(t, losses, losses ? (double)clk__shape_len(&losses->shape) : 0.0);
}

static clk_status add_metric_terms(struct terms *t, const clk_model *m, struct graph *g,
    struct value *y, struct value *pred, enum target_kind kind)
{
    for (size_t i = 0; i < m->n_metrics; i++) {
        struct value *v = clk__metric_call(m->metrics[i], g, y, pred, kind);
        TRY(g->status);
        add_term(t, v, (double)clk__shape_len(&v->shape));
    }
    return CLK_OK;
}

/* ---- backward and update ---- */

static clk_status gradients(struct value **flat_out, clk_model *m, struct graph *g,
    struct value *losses, struct value *seed, struct value *const *variables)
{
    size_t n = m->n_variables;
    struct value **wrt = clk__arena_alloc(&g->memory, n, sizeof *wrt);
    struct value **grads = clk__arena_alloc(&g->memory, n, sizeof *grads);
    size_t *offsets = clk__arena_alloc(&g->memory, n, sizeof *offsets);
    int n_wrt = 0;
    if (!wrt || !grads || !offsets)
        return clk__fail_memory();
    for (size_t i = 0; i < n; i++) {
        /* A variable that no layer read in this graph has no leaf, and no gradient. */
        if (!m->variables[i]->trainable || !variables[i])
            continue;
        wrt[n_wrt] = variables[i];
        offsets[n_wrt++] = m->variables[i]->offset;
    }
    TRY(clk__autodiff(g, &losses, &seed, 1, wrt, grads, n_wrt));
    clk__optimizer_clip_norms(m->optimizer, g, grads, n_wrt);
    *flat_out = clk__flat_gradients(
        g, grads, offsets, n_wrt, (int64_t)(m->trainable_bytes / sizeof(float)));
    return g->status;
}

static clk_status update(clk_model *m, struct graph *g, struct value *flat)
{
    int64_t len = (int64_t)(m->trainable_bytes / sizeof(float));
    struct segment *segments = clk__arena_alloc(&g->memory, m->n_variables, sizeof *segments);
    if (!segments)
        return clk__fail_memory();
    struct update u = {
        .graph = g,
        .weights = clk__leaf(g, REGION_PARAM, 0, CLK_FLOAT32, SHAPE(len), false),
        .gradients = flat,
        .norms_clipped = true,
        .learning_rate = clk__step_scalar(g, STEP_LEARNING_RATE),
        .segments = segments,
    };
    for (size_t i = 0; i < m->n_variables; i++) {
        const struct variable *v = m->variables[i];
        if (v->trainable)
            segments[u.n_segments++] = (struct segment){.offset = v->offset, .shape = v->shape};
    }
    for (int i = 0; i < m->n_slots; i++)
        u.slots[i] = clk__leaf(
            g, REGION_SLOT, (size_t)i * m->trainable_bytes, CLK_FLOAT32, SHAPE(len), false);
    clk__optimizer_apply(m->optimizer, &u);
    return g->status;
}

/* ---- the steps ---- */

static clk_status supervised(struct model_plan *p, clk_model *m, struct graph *g,
    struct value *pred, struct value **variables)
{
    const struct plan_key *k = &p->key;
    struct terms t = {.n = 0};
    struct value *y = batch_of(g, 1, k->y_dtype, &k->y_shape, k->rows);
    struct value *losses =
        clk__loss_call(m->loss, g, y, pred, k->target.kind, m->clip_probabilities);
    TRY(g->status);
    add_loss_term(&t, m, g, losses, k->rows);
    TRY(add_metric_terms(&t, m, g, y, pred, k->target.kind));
    clk__accumulate(g, 0, t.values, t.n);
    memcpy(p->counts, t.counts, sizeof t.counts);
    p->n_terms = t.n;
    if (k->mode != PLAN_TRAIN || m->trainable_bytes == 0)
        return g->status;
    double n = m->loss->reduction == LOSS_SUM ? 1.0 : (double)clk__shape_len(&losses->shape);
    struct value *seed = clk__broadcast(g, clk__constant(g, (float)(1.0 / n)), losses->shape);
    struct value *flat = NULL;
    TRY(gradients(&flat, m, g, losses, seed, variables));
    return update(m, g, flat);
}

static clk_status build_graph(struct model_plan *p, clk_model *m, struct graph *g)
{
    const struct plan_key *k = &p->key;
    struct value **variables = clk__arena_alloc(&g->memory, m->n_variables + 1, sizeof *variables);
    struct value *pred = NULL;
    if (!variables)
        return clk__fail_memory();
    struct value *x = batch_of(g, 0, k->x_dtype, &k->x_shape, k->rows);
    TRY(clk__model_call(&pred, m, g, x, variables, NULL));
    p->output_shape = pred->shape;
    if (k->mode != PLAN_PREDICT)
        return supervised(p, m, g, pred, variables);
    struct value *out = clk__leaf(g, REGION_OUTPUT, 0, CLK_FLOAT32, pred->shape, false);
    clk__assign(g, out, pred);
    return g->status;
}

clk_status clk__step_plan(
    struct model_plan **out, clk_model *m, struct session *s, const struct plan_key *key)
{
    *out = clk__session_find(s, key);
    if (*out)
        return CLK_OK;
    struct model_plan *p = clk__alloc(1, sizeof *p);
    struct graph g;
    if (!p)
        return clk__fail_memory();
    p->key = *key;
    clk__graph_init(&g, key->mode == PLAN_TRAIN, false);
    clk_status status = build_graph(p, m, &g);
    if (status == CLK_OK)
        status = clk__plan_create(&p->plan, s->device, &g);
    clk__graph_fini(&g);
    if (status == CLK_OK)
        status = clk__session_add(s, p);
    if (status != CLK_OK) {
        clk__plan_free(p->plan);
        free(p);
        return status;
    }
    *out = p;
    return CLK_OK;
}

static void at_least(size_t *bytes, size_t n)
{
    if (*bytes < n)
        *bytes = n;
}

void clk__step_reserve(struct reservation *r, const clk_model *m, const struct model_plan *p)
{
    at_least(&r->bytes[REGION_ARENA], p->plan->arena_bytes);
    at_least(&r->bytes[REGION_STEP], sizeof(struct step));
    at_least(&r->bytes[REGION_PARAM], m->param_bytes);
    if (p->key.mode == PLAN_PREDICT)
        return;
    at_least(&r->bytes[REGION_METRIC], MAX_TERMS * 2 * sizeof(float));
    if (p->key.mode == PLAN_TRAIN) {
        at_least(&r->bytes[REGION_GRAD], m->trainable_bytes);
        at_least(&r->bytes[REGION_SLOT], (size_t)m->n_slots * m->trainable_bytes);
    }
}
