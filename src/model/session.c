/* SPDX-License-Identifier: MIT */
/* Device memory of a model, and its plans. */
#include "model/session.h"

#include <stdlib.h>
#include <string.h>

static const char *region_name(int region)
{
    static const char *const names[] = {[REGION_ARENA] = "activations",
        [REGION_PARAM] = "parameters",
        [REGION_GRAD] = "gradients",
        [REGION_SLOT] = "optimizer state",
        [REGION_METRIC] = "metric sums",
        [REGION_PERM] = "the order of samples",
        [REGION_STEP] = "the step block"};
    if (region < REGION_OUTPUT)
        return names[region];
    return region < REGION_DATA ? "predictions" : "the data set";
}

clk_status clk__session_get(struct session **out, clk_model *m)
{
    clk_device *device = NULL;
    if (!m->session) {
        TRY(clk_model_get_device(&device, m));
        m->session = clk__alloc(1, sizeof *m->session);
        if (!m->session)
            return clk__fail_memory();
        m->session->device = device;
        m->session->generation = 1;
        m->session->host_newer = true;
    }
    *out = m->session;
    return CLK_OK;
}

void clk__session_drop_plans(struct session *s)
{
    for (size_t i = s->n_plans; i-- > 0;) {
        clk__plan_free(s->plans[i]->plan);
        free(s->plans[i]);
    }
    s->n_plans = 0;
}

void clk__session_free(struct session *s)
{
    if (!s)
        return;
    clk__session_drop_plans(s);
    free(s->plans);
    for (int r = REGION_COUNT; r-- > 0;)
        clk__buffer_fini(&s->regions.buffers[r]);
    free(s);
}

static bool array_equal(const struct plan_array *a, const struct plan_array *b)
{
    return a->dtype == b->dtype && a->kind == b->kind && clk__shape_equal(&a->shape, &b->shape);
}

static bool key_equal(const struct plan_key *a, const struct plan_key *b)
{
    bool equal = a->mode == b->mode && a->rows == b->rows;
    for (int i = 0; i < MAX_IO && equal; i++)
        equal = array_equal(&a->inputs[i], &b->inputs[i]) &&
                array_equal(&a->targets[i], &b->targets[i]);
    return equal;
}

struct model_plan *clk__session_find(const struct session *s, const struct plan_key *key)
{
    for (size_t i = 0; i < s->n_plans; i++) {
        if (key_equal(&s->plans[i]->key, key))
            return s->plans[i];
    }
    return NULL;
}

clk_status clk__session_add(struct session *s, struct model_plan *p)
{
    TRY(clk__grow(&s->plans, &s->plans_capacity, s->n_plans, sizeof *s->plans));
    s->plans[s->n_plans++] = p;
    return CLK_OK;
}

/* True if the region must be replaced to hold `bytes`. Data regions hold exactly what is asked for, so that a
 * smaller data set gives memory back. */
static bool must_replace(const struct session *s, int region, size_t bytes)
{
    const struct buffer *b = &s->regions.buffers[region];
    if (bytes == 0)
        return false;
    return !b->mem || b->bytes < bytes || (region >= REGION_DATA && b->bytes != bytes);
}

uint64_t clk__session_growth(const struct session *s, const struct reservation *r)
{
    uint64_t more = 0, less = 0;
    for (int i = 0; i < REGION_COUNT; i++) {
        if (must_replace(s, i, r->bytes[i])) {
            more += r->bytes[i];
            less += s->regions.buffers[i].bytes;
        }
    }
    return more > less ? more - less : 0;
}

/* What is lost with the old buffer comes from the host; gradients of unused variables stay zero. */
static clk_status replace(struct session *s, int region, size_t bytes)
{
    TRY(clk__buffer_init(&s->regions.buffers[region], s->device, bytes, region_name(region)));
    if (region == REGION_PARAM || region == REGION_SLOT)
        s->host_newer = true;
    if (region == REGION_GRAD || region == REGION_METRIC)
        TRY(clk__buffer_zero(s->device, &s->regions.buffers[region], 0, bytes));
    return CLK_OK;
}

clk_status clk__session_reserve(struct session *s, const struct reservation *r)
{
    bool changed = false;
    /* First give back, so that old and new never stand side by side. */
    for (int i = 0; i < REGION_COUNT; i++) {
        if (must_replace(s, i, r->bytes[i]) && s->regions.buffers[i].mem) {
            if (!changed)
                TRY(clk__device_finish(s->device));
            clk__buffer_fini(&s->regions.buffers[i]);
            changed = true;
        }
    }
    for (int i = 0; i < REGION_COUNT; i++) {
        if (must_replace(s, i, r->bytes[i])) {
            TRY(replace(s, i, r->bytes[i]));
            changed = true;
        }
    }
    s->generation += changed;
    return CLK_OK;
}

static clk_status upload(struct session *s, clk_model *m)
{
    struct buffer *b = s->regions.buffers;
    if (m->param_bytes > 0)
        TRY(clk__buffer_write(s->device, &b[REGION_PARAM], 0, m->host, m->param_bytes));
    size_t bytes = (size_t)m->n_slots * m->trainable_bytes;
    if (bytes > 0 && b[REGION_SLOT].mem)
        TRY(clk__buffer_write(s->device, &b[REGION_SLOT], 0, m->slots, bytes));
    s->host_newer = false;
    return CLK_OK;
}

clk_status clk__session_prepare(struct session *s, clk_model *m, struct model_plan *p)
{
    if (s->host_newer)
        TRY(upload(s, m));
    if (p->generation != s->generation) {
        TRY(clk__plan_bind(p->plan, &s->regions));
        p->generation = s->generation;
    }
    return CLK_OK;
}

clk_status clk__session_pull(struct session *s, clk_model *m)
{
    struct buffer *b = s->regions.buffers;
    if (m->param_bytes > 0)
        TRY(clk__buffer_read(s->device, &b[REGION_PARAM], 0, m->host, m->param_bytes));
    size_t bytes = (size_t)m->n_slots * m->trainable_bytes;
    if (bytes > 0 && b[REGION_SLOT].mem)
        TRY(clk__buffer_read(s->device, &b[REGION_SLOT], 0, m->slots, bytes));
    return CLK_OK;
}

void clk__session_stale(struct session *s)
{
    s->host_newer = true;
}
