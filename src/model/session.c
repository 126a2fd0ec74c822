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
    if (region < REGION_ARENA_MORE)
        return names[region];
    if (region < REGION_OUTPUT)
        return names[REGION_ARENA];
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
    /* Other plans may leave out variables that these had gradients for: those must be zero, as a new buffer is. */
    clk__buffer_fini(&s->regions.buffers[REGION_GRAD]);
    s->generation++;
    s->placings++; /* whoever has plans at hand finds others */
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
    bool equal = a->mode == b->mode && a->rows == b->rows && a->n_inputs == b->n_inputs &&
                 a->n_targets == b->n_targets;
    for (int i = 0; i < a->n_inputs && equal; i++)
        equal = array_equal(&a->inputs[i], &b->inputs[i]);
    for (int i = 0; i < a->n_targets && equal; i++)
        equal = array_equal(&a->targets[i], &b->targets[i]);
    return equal;
}

static bool takes(const struct plan_key *k, const struct shape *inputs, int n)
{
    bool takes = k->n_inputs == n;
    for (int i = 0; i < n && takes; i++) {
        struct shape given = inputs[i];
        given.dims[0] = k->rows;
        takes = clk__shape_equal(&given, &k->inputs[i].shape);
    }
    return takes;
}

const struct shape *clk__session_outputs(const struct session *s, const struct shape *inputs, int n)
{
    for (size_t i = 0; i < s->n_plans; i++) {
        if (takes(&s->plans[i]->key, inputs, n))
            return s->plans[i]->output_shapes;
    }
    return NULL;
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

/* What is in these regions is of no use after a call. */
static bool is_scratch(int region)
{
    return region != REGION_PARAM && region != REGION_SLOT && region != REGION_STEP;
}

/* True if the region's buffer cannot stay as it is. Data regions hold exactly what is asked for, so that a smaller
 * data set gives memory back; so does all scratch when memory is tight. */
static bool must_replace(const struct session *s, int region, const struct reservation *r)
{
    const struct buffer *b = &s->regions.buffers[region];
    size_t bytes = r->bytes[region];
    bool exact = region >= REGION_DATA || (r->tight && is_scratch(region));
    if (bytes == 0)
        return b->mem && r->tight && is_scratch(region);
    return !b->mem || b->bytes < bytes || (exact && b->bytes != bytes);
}

static uint64_t round_up(uint64_t n, uint64_t align)
{
    return (n + align - 1) / align * align;
}

/* What a buffer counts for on the device: pieces of its pool are rounded. */
static uint64_t counted(const struct session *s, int region)
{
    const struct buffer *b = &s->regions.buffers[region];
    bool rounded = b->mem && s->device->pool && b->pool_offset != SIZE_MAX;
    return rounded ? round_up(b->bytes, s->device->align_bytes) : b->bytes;
}

uint64_t clk__session_held(const struct session *s)
{
    uint64_t sum = 0;
    for (int i = 0; i < REGION_COUNT; i++)
        sum += counted(s, i);
    return sum;
}

uint64_t clk__session_total(const struct session *s, const struct reservation *r)
{
    uint64_t sum = 0;
    for (int i = 0; i < REGION_COUNT; i++)
        sum +=
            must_replace(s, i, r) ? round_up(r->bytes[i], s->device->align_bytes) : counted(s, i);
    return sum;
}

bool clk__session_fits(uint64_t *available, const struct session *s, const struct reservation *r)
{
    (void)clk__device_fits(available, s->device, 0);
    *available += clk__session_held(s);
    for (int i = 0; i < REGION_COUNT; i++) {
        if (r->bytes[i] > s->device->info.max_alloc_bytes)
            return false;
    }
    return clk__session_total(s, r) <= *available;
}

/* Weights that lie where the device can use them become its own: no second copy of them is made. */
static clk_status adopt_weights(struct session *s, clk_model *m)
{
    TRY(clk__buffer_adopt(&s->regions.buffers[REGION_PARAM], s->device, m->host, m->param_bytes,
        region_name(REGION_PARAM)));
    m->host = NULL;
    m->device_newer = true;
    return CLK_OK;
}

/* What is lost with the old buffer comes from the host; gradients of unused variables stay zero. */
static clk_status replace(struct session *s, clk_model *m, int region, size_t bytes)
{
    struct buffer *b = &s->regions.buffers[region];
    if (region == REGION_PARAM && m->host && bytes == m->param_bytes &&
        clk__buffer_adopts(s->device, m->host, bytes))
        TRY(adopt_weights(s, m));
    else
        TRY(clk__buffer_init(b, s->device, bytes, region_name(region)));
    if (region == REGION_PARAM || region == REGION_SLOT)
        s->host_newer = true;
    if (region == REGION_GRAD || region == REGION_METRIC)
        TRY(clk__buffer_zero(s->device, b, 0, bytes));
    return CLK_OK;
}

/* Old and new never stand side by side, and nothing may hold on to the old: neither the queue nor a plan's ranges. */
static clk_status give_back(struct session *s, clk_model *m, const struct reservation *r)
{
    bool loses_state = must_replace(s, REGION_PARAM, r) || must_replace(s, REGION_SLOT, r);
    if (loses_state)
        TRY(clk__model_pull(m));
    TRY(clk__device_finish(s->device));
    s->generation++;
    for (size_t i = 0; i < s->n_plans; i++)
        clk__plan_unbind(s->plans[i]->plan);
    for (int i = 0; i < REGION_COUNT; i++) {
        if (must_replace(s, i, r))
            clk__buffer_fini(&s->regions.buffers[i]);
    }
    return CLK_OK;
}

clk_status clk__session_reserve(struct session *s, clk_model *m, const struct reservation *r)
{
    bool changes = false;
    for (int i = 0; i < REGION_COUNT; i++)
        changes |= must_replace(s, i, r);
    if (!changes)
        return CLK_OK;
    TRY(give_back(s, m, r));
    for (int i = 0; i < REGION_COUNT; i++) {
        if (r->bytes[i] > 0 && !s->regions.buffers[i].mem)
            TRY(replace(s, m, i, r->bytes[i]));
    }
    return CLK_OK;
}

/* Bytes of the slots; 0: the device has none of this optimizer (it may still have those of one before). */
static size_t slot_bytes(const struct session *s, const clk_model *m)
{
    size_t bytes = clk__model_slot_bytes(m);
    return bytes <= s->regions.buffers[REGION_SLOT].bytes ? bytes : 0;
}

static clk_status upload(struct session *s, clk_model *m)
{
    struct buffer *b = s->regions.buffers;
    if (m->host && m->param_bytes > 0)
        TRY(clk__buffer_write(s->device, &b[REGION_PARAM], 0, m->host, m->param_bytes));
    size_t bytes = slot_bytes(s, m);
    if (bytes > 0)
        TRY(clk__buffer_write(s->device, &b[REGION_SLOT], 0, m->slots, bytes));
    s->host_newer = false;
    /* One copy of the weights is enough: it comes back when it is asked for. */
    free(m->host);
    m->host = NULL;
    m->device_newer = true;
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
    if (!m->host)
        m->host = clk__alloc_pages(m->param_bytes);
    if (!m->host)
        return clk__fail_memory();
    if (m->param_bytes > 0)
        TRY(clk__buffer_read(s->device, &b[REGION_PARAM], 0, m->host, m->param_bytes));
    size_t bytes = slot_bytes(s, m);
    if (bytes > 0)
        TRY(clk__buffer_read(s->device, &b[REGION_SLOT], 0, m->slots, bytes));
    return CLK_OK;
}

void clk__session_stale(struct session *s)
{
    s->host_newer = true;
}
