/* SPDX-License-Identifier: MIT */
/* The graphs of a training, test and prediction step. Follows keras/src/backend/jax/trainer.py. */
#include "train/step.h"

#include "graph/autodiff.h"
#include "lib/step.h"
#include "train/rules.h"
#include "train/tally.h"

#include <stdlib.h>
#include <string.h>

/* A batch of a resident array, through the permutation. */
static struct value *batch_of(struct graph *g, int data, const struct plan_array *a, int64_t rows)
{
    struct value *all = clk__leaf(g, REGION_DATA + data, 0, a->dtype, a->shape, false);
    return clk__gather(g, all, rows);
}

/* ---- loss and metrics ---- */

/* What one step adds to the sums. */
struct sums_of_step {
    struct value *values[MAX_TERMS];
    struct term terms[MAX_TERMS];
    int n;
};

static int add_term(struct sums_of_step *t, struct value *v, double count)
{
    if (v) {
        t->values[t->n] = v;
        t->terms[t->n++] = (struct term){.count = count, .weight = -1};
    }
    return t->n - 1;
}

/* One output: what it predicts, what is due, what that costs. */
struct supervision {
    struct value *pred;
    struct value *mask; /* float32, of the losses' shape; NULL: none */
    struct value *y;
    struct value *losses; /* per element */
    struct value *seed;   /* d(total loss) / d(losses) */
    enum target_kind kind;
};

/* Keras scales a mask so that the mean over all elements becomes the mean over those that count, which may be none:
 * keras/src/losses/loss.py apply_mask. */
static struct value *mask_scale(struct graph *g, const struct supervision *s, float n)
{
    struct value *valid = clk__reduce(g, REDUCE_SUM, s->mask, ~0u, false);
    struct value *divisor = clk__binary(g, "max", valid, clk__constant(g, 1.0f));
    return clk__mul(g, s->mask, clk__div(g, clk__constant(g, n), divisor));
}

/* The loss tracker is the mean over batches, weighted by their rows: keras/src/trainers/trainer.py. For a mean over
 * elements that is the mean over all elements; a sum, and what a loss of batches says, counts once a row. */
static void add_loss(struct sums_of_step *t, const clk_model *m, struct graph *g,
    struct supervision *s, int output, int64_t rows)
{
    const struct loss *loss = m->losses[output];
    double n = (double)clk__shape_len(&s->losses->shape);
    float weight = (float)m->loss_weights[output];
    bool sum = loss->reduction == LOSS_SUM;
    struct value *scale = s->mask ? sum ? s->mask : mask_scale(g, s, (float)n) : NULL;
    struct value *shown = scale ? clk__mul(g, s->losses, scale) : s->losses;
    if (sum)
        add_term(t, clk__scale(g, shown, (float)rows), (double)rows);
    else if (clk__loss_is_of_batches(loss))
        add_term(t, clk__scale(g, shown, (float)((double)rows / n)), (double)rows);
    else
        add_term(t, shown, n);
    struct value *each = clk__constant(g, sum ? weight : weight / (float)n);
    s->seed = scale ? clk__mul(g, scale, each) : clk__broadcast(g, each, s->losses->shape);
}

/* As the loss, once a row. */
static void add_penalties(
    struct sums_of_step *t, struct graph *g, struct value *total, int64_t rows)
{
    int k = total ? add_term(t, clk__scale(g, total, (float)rows), (double)rows) : -1;
    if (k >= 0)
        t->terms[k].penalty = true;
}

/* A masked metric is the mean over the elements that count, which only the device knows. */
static clk_status add_metrics(struct model_plan *p, struct sums_of_step *t, const clk_model *m,
    struct graph *g, const struct supervision *all)
{
    struct term *term = &t->terms[t->n];
    for (size_t i = 0; i < m->n_metrics; i++) {
        const struct supervision *s = &all[m->metrics[i].output];
        if (!s->y)
            return clk__fail(CLK_ERR_CONFIG,
                "metric \"%s\": its output has no loss, so that no targets come for it",
                m->metrics[i].name);
        if (clk__metric_has_sums(m->metrics[i].metric)) {
            TRY(clk__tally_add(p, i, m->metrics[i].metric, g, s->y, s->pred));
            continue;
        }
        struct value *v = clk__metric_call(m->metrics[i].metric, g, s->y, s->pred, s->kind);
        TRY(g->status);
        bool masked = s->mask && clk__shape_equal(&s->mask->shape, &v->shape);
        if (s->mask && v->shape.rank == 0)
            return clk__fail(CLK_ERR_UNSUPPORTED,
                "metric \"%s\": a loss as a metric gives one number a batch, which the mask of the "
                "predictions does not fit; a metric of keras.metrics would",
                m->metrics[i].name);
        add_term(t, masked ? clk__mul(g, v, s->mask) : v, (double)clk__shape_len(&v->shape));
    }
    for (size_t i = 0; i < m->n_metrics; i++) {
        const struct supervision *s = &all[m->metrics[i].output];
        if (clk__metric_has_sums(m->metrics[i].metric))
            continue;
        if (s->mask && clk__shape_len(&s->mask->shape) == (int64_t)term->count)
            term->weight = add_term(t, s->mask, term->count);
        term++;
    }
    return g->status;
}

/* ---- backward and update ---- */

/* A number that the scaler keeps on the device. */
static struct value *scaler_number(const clk_model *m, struct graph *g, enum loss_scale_state i)
{
    size_t offset = clk__model_scaler_offset(m, i);
    return clk__leaf(g, REGION_SLOT, offset, CLK_FLOAT32, (struct shape){0}, false);
}

/* What the loss is multiplied by, and its gradients divided; NULL: by nothing. A constant factor changes numbers only
 * where they are rounded. */
static struct value *loss_scale(const clk_model *m, struct graph *g)
{
    if (m->scaler)
        return scaler_number(m, g, LOSS_SCALE);
    bool narrow = false;
    for (size_t i = 0; m->optimizer->has_loss_scale_factor && i < m->n_places; i++) {
        enum precision p = clk__layer_policy(m->places[i].layer)->compute;
        narrow |= p == PRECISION_FLOAT16 || p == PRECISION_BFLOAT16;
    }
    return narrow ? clk__constant(g, (float)m->optimizer->loss_scale_factor) : NULL;
}

static clk_status gradients(struct value **flat_out, clk_model *m, struct graph *g,
    const struct supervision *all, const struct penalties *penalties,
    struct value *const *variables)
{
    struct value *losses[MAX_IO + 1], *seeds[MAX_IO + 1];
    int n_losses = 0;
    for (int i = 0; i < m->n_outputs; i++) {
        if (!all[i].losses)
            continue;
        losses[n_losses] = all[i].losses;
        seeds[n_losses++] = all[i].seed;
    }
    if (penalties->total) {
        losses[n_losses] = penalties->total;
        seeds[n_losses++] = clk__constant(g, 1.0f);
    }
    size_t n = m->n_variables;
    struct value **wrt = clk__arena_alloc(&g->memory, n + 1, sizeof *wrt);
    struct value **grads = clk__arena_alloc(&g->memory, n + 1, sizeof *grads);
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
    int n_all = n_wrt;
    if (penalties->weights)
        wrt[n_all++] = penalties->weights;
    struct value *scale = loss_scale(m, g);
    for (int i = 0; scale && i < n_losses; i++)
        seeds[i] = clk__mul(g, seeds[i], scale);
    TRY(clk__autodiff(g, losses, seeds, n_losses, wrt, grads, n_all));
    bool each = scale && clk__optimizer_clips_norms(m->optimizer);
    for (int i = 0; each && i < n_wrt; i++)
        grads[i] = grads[i] ? clk__div(g, grads[i], scale) : NULL;
    clk__optimizer_clip_norms(m->optimizer, g, grads, n_wrt);
    *flat_out = clk__flat_gradients(
        g, grads, offsets, n_wrt, (int64_t)(m->trainable_bytes / sizeof(float)));
    if (penalties->weights)
        *flat_out = clk__add(g, *flat_out, grads[n_wrt]);
    if (scale && !each)
        *flat_out = clk__div(g, *flat_out, scale);
    return g->status;
}

/* What the optimizer's assignments, from number `first` on, come to: numbers of the variables' dtypes, and nothing in a
 * step whose gradients are not finite. Returns the new weights, which it assigns last. */
static struct value *settle(const clk_model *m, struct graph *g, size_t first, struct value *flat)
{
    struct value *finite = m->scaler ? clk__loss_scale_finite(g, flat) : NULL;
    for (size_t i = first; i < g->n_assigns; i++) {
        struct value *next = clk__round_trainable(m, g, g->assign_sources[i]);
        g->assign_sources[i] = finite ? clk__select(g, finite, next, g->assign_targets[i]) : next;
    }
    struct value *weights = g->assign_sources[g->n_assigns - 1];
    if (finite) {
        struct value *numbers[LOSS_SCALE_NUMBERS];
        for (int i = 0; i < LOSS_SCALE_NUMBERS; i++)
            numbers[i] = scaler_number(m, g, (enum loss_scale_state)i);
        clk__loss_scale_step(m->scaler, g, numbers, finite);
    }
    return weights;
}

static clk_status update(
    clk_model *m, struct graph *g, struct value *flat, const struct penalties *penalties)
{
    int64_t len = (int64_t)(m->trainable_bytes / sizeof(float));
    struct segment *segments = clk__arena_alloc(&g->memory, m->n_variables, sizeof *segments);
    if (!segments)
        return clk__fail_memory();
    struct update u = {
        .graph = g,
        .weights = penalties->weights,
        .gradients = flat,
        .norms_clipped = true,
        .learning_rate = clk__step_scalar(g, STEP_LEARNING_RATE),
        .segments = segments,
    };
    if (!u.weights)
        u.weights = clk__leaf(g, REGION_PARAM, 0, CLK_FLOAT32, SHAPE(len), false);
    for (size_t i = 0; i < m->n_variables; i++) {
        const struct variable *v = m->variables[i];
        if (v->trainable)
            segments[u.n_segments++] = (struct segment){.offset = v->offset, .shape = v->shape};
    }
    for (int i = 0; i < m->n_slots; i++)
        u.slots[i] = clk__leaf(
            g, REGION_SLOT, (size_t)i * m->trainable_bytes, CLK_FLOAT32, SHAPE(len), false);
    size_t first = g->n_assigns;
    (void)clk__optimizer_apply(m->optimizer, &u);
    TRY(g->status);
    return clk__constrain_weights(m, g, settle(m, g, first, flat));
}

/* ---- the steps ---- */

static clk_status supervise(struct supervision *s, const struct model_plan *p, const clk_model *m,
    struct graph *g, const struct forward *f, int i)
{
    const struct plan_array *target = &p->key.targets[i];
    struct value *mask = f->masks[i];
    *s = (struct supervision){.pred = f->outputs[i], .kind = target->kind};
    if (!m->losses[i])
        return CLK_OK;
    s->y = batch_of(g, m->n_inputs + i, target, p->key.rows);
    s->losses = clk__loss_call(m->losses[i], g, s->y, s->pred, s->kind, m->clip_probabilities);
    TRY(g->status);
    if (mask && clk__shape_equal(&mask->shape, &s->losses->shape))
        s->mask = mask;
    return CLK_OK;
}

static clk_status supervised(struct model_plan *p, clk_model *m, struct graph *g,
    const struct forward *f, struct value **variables)
{
    struct supervision all[MAX_IO];
    struct sums_of_step t = {.n = 0};
    struct value *flat = NULL;
    struct penalties penalties;
    bool each = p->key.mode == PLAN_TRAIN && clk__optimizer_clips_norms(m->optimizer);
    for (int i = 0; i < m->n_outputs; i++) {
        TRY(supervise(&all[i], p, m, g, f, i));
        if (all[i].losses)
            add_loss(&t, m, g, &all[i], i, p->key.rows);
    }
    TRY(clk__penalties(&penalties, m, g, variables, each));
    add_penalties(&t, g, penalties.total, p->key.rows);
    p->n_tallies = 0;
    p->metric_bytes = sizeof(float[MAX_TERMS][2]);
    TRY(add_metrics(p, &t, m, g, all));
    clk__accumulate(g, 0, t.values, t.n);
    memcpy(p->terms, t.terms, sizeof t.terms);
    p->n_terms = t.n;
    if (p->key.mode != PLAN_TRAIN || m->trainable_bytes == 0)
        return g->status;
    TRY(gradients(&flat, m, g, all, &penalties, variables));
    return update(m, g, flat, &penalties);
}

static clk_status build_graph(struct model_plan *p, clk_model *m, struct graph *g)
{
    struct forward f = {.graph = g,
        .variables =
            clk__arena_alloc(&g->memory, m->n_variables + m->n_states + 1, sizeof(struct value *))};
    if (!f.variables)
        return clk__fail_memory();
    for (int i = 0; i < m->n_inputs; i++)
        f.xs[i] = batch_of(g, i, &p->key.inputs[i], p->key.rows);
    TRY(clk__model_forward(m, &f));
    p->writes_state = g->n_assigns > 0;
    for (int i = 0; i < m->n_outputs; i++)
        p->output_shapes[i] = f.outputs[i]->shape;
    if (p->key.mode != PLAN_PREDICT)
        return supervised(p, m, g, &f, f.variables);
    for (int i = 0; i < m->n_outputs; i++) {
        struct value *out =
            clk__leaf(g, REGION_OUTPUT + i, 0, CLK_FLOAT32, f.outputs[i]->shape, false);
        clk__assign(g, out, f.outputs[i]);
    }
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
    g.penalized = key->mode != PLAN_PREDICT;
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
    size_t chunk = clk__plan_arena_chunk(p->plan->device), left = p->plan->arena_bytes;
    for (int i = 0; left > 0; i++) {
        size_t bytes = left < chunk ? left : chunk;
        at_least(&r->bytes[i == 0 ? REGION_ARENA : REGION_ARENA_MORE + i - 1], bytes);
        left -= bytes;
    }
    at_least(&r->bytes[REGION_STEP], sizeof(struct step));
    at_least(&r->bytes[REGION_PARAM], m->param_bytes);
    if (p->key.mode == PLAN_PREDICT)
        return;
    at_least(&r->bytes[REGION_METRIC], p->metric_bytes);
    if (p->key.mode == PLAN_TRAIN) {
        at_least(&r->bytes[REGION_GRAD], m->trainable_bytes);
        at_least(&r->bytes[REGION_SLOT], clk__model_slot_bytes(m));
    }
}
