/* SPDX-License-Identifier: MIT */
/* Making a plan from a graph, binding it to memory, showing it. */
#include "graph/plan.h"

#include "graph/lower.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- making ---- */

/* A piece of the arena for every stored value that has no place of its own. */
static clk_status init_pieces(struct lowering *l)
{
    struct fusion *f = l->fusion;
    size_t n = f->graph->n_values;
    l->piece_of_value = clk__alloc(n, sizeof *l->piece_of_value);
    if (!l->piece_of_value)
        return clk__fail_memory();
    for (size_t i = 0; i < n; i++) {
        struct value *v = f->graph->values[i];
        const struct value_plan *p = &f->values[i];
        l->piece_of_value[i] = -1;
        if (!p->stored || v->base || v->region != REGION_ARENA || p->cluster < 0)
            continue;
        TRY(clk__grow(&l->pieces, &l->pieces_capacity, l->n_pieces, sizeof *l->pieces));
        l->piece_of_value[i] = (int)l->n_pieces;
        l->pieces[l->n_pieces++] = (struct piece){
            .bytes = (size_t)clk__shape_len(&v->shape) * clk_dtype_bytes(v->dtype),
            .first = p->first,
            .last = p->last > p->first ? p->last : p->first,
        };
    }
    return CLK_OK;
}

/* Arguments get their offsets, regions their reach. */
static void place_args(struct plan *p, const struct piece *pieces)
{
    for (size_t i = 0; i < p->n_steps; i++) {
        for (int k = 0; k < p->steps[i].n_args; k++) {
            struct step_arg *a = &p->steps[i].args[k];
            if (a->kind == STEP_ARENA)
                a->offset = pieces[a->i].offset;
            if (a->kind == STEP_MEMORY && a->offset + a->bytes > p->region_bytes[a->region])
                p->region_bytes[a->region] = a->offset + a->bytes;
        }
    }
}

static clk_status lower_all(struct lowering *l)
{
    struct plan *p = l->plan;
    const clk_device *d = p->device;
    TRY(init_pieces(l));
    TRY(clk__source_add(&l->source, "lib/pointwise.clh"));
    for (size_t i = 0; i < l->fusion->n_clusters; i++) {
        l->cluster = (int)i;
        TRY(clk__lower_cluster(l));
    }
    TRY(clk__layout(
        &p->arena_bytes, l->pieces, l->n_pieces, d->align_bytes, clk__plan_arena_chunk(d)));
    if (p->arena_bytes / clk__plan_arena_chunk(d) > MAX_ARENA_MORE)
        return clk__fail(CLK_ERR_DEVICE_MEMORY,
            "intermediate results need %zu bytes, more than %d times the device's largest "
            "allocation: use a smaller "
            "batch size",
            p->arena_bytes, MAX_ARENA_MORE);
    place_args(p, l->pieces);
    return clk__str_finish(&p->source, &l->source);
}

clk_status clk__plan_create(struct plan **out, clk_device *device, struct graph *g)
{
    struct fusion fusion = {0};
    struct plan *p = clk__alloc(1, sizeof *p);
    struct lowering l = {.plan = p, .fusion = &fusion};
    clk_status status = g->status;
    bool deferred = false;
    *out = NULL;
    if (!p)
        return clk__fail_memory();
    p->device = device;
    if (status != CLK_OK)
        goto done;
    TRY_DONE(clk__fuse(&fusion, g));
    TRY_DONE(clk__fuse_liveness(&fusion));
    TRY_DONE(clk__fuse_defer(&deferred, &fusion));
    if (deferred)
        TRY_DONE(clk__fuse_liveness(&fusion));
    TRY_DONE(lower_all(&l));
    *out = p;
    p = NULL;
done:
    for (size_t i = 0; i < l.n_units; i++)
        free(l.units[i].text);
    free(l.units);
    free(l.pieces);
    free(l.piece_of_value);
    clk__str_fini(&l.source);
    clk__fusion_fini(&fusion);
    clk__plan_free(p);
    return status;
}

void clk__plan_unbind(struct plan *p)
{
    for (size_t i = p->n_steps; i-- > 0;) {
        struct step_launch *s = &p->steps[i];
        for (int k = s->n_args; k-- > 0;)
            clk__buffer_fini(&s->ranges[k]);
        clk__kernel_release(s->handle);
        s->handle = NULL;
    }
    p->bound = false;
}

void clk__plan_free(struct plan *p)
{
    if (!p)
        return;
    clk__plan_unbind(p);
    free(p->steps);
    free(p->source);
    clk__arena_fini(&p->memory);
    free(p);
}

/* ---- binding ---- */

size_t clk__plan_arena_chunk(const clk_device *d)
{
    uint64_t most = d->info.max_alloc_bytes / d->align_bytes * d->align_bytes;
    return most < SIZE_MAX ? (size_t)most : SIZE_MAX / d->align_bytes * d->align_bytes;
}

/* Regions whose length is the caller's affair (data, permutation, output) are bound whole. */
static clk_status bind_memory(
    struct buffer *out, const struct plan *p, const struct step_arg *a, struct regions *r)
{
    int region = a->region;
    size_t offset = a->offset;
    if (a->kind == STEP_ARENA) {
        size_t chunk = offset / clk__plan_arena_chunk(p->device);
        region = chunk == 0 ? REGION_ARENA : REGION_ARENA_MORE + (int)chunk - 1;
        offset %= clk__plan_arena_chunk(p->device);
    }
    const struct buffer *parent = &r->buffers[region];
    assert(parent->mem);
    bool whole = region == REGION_PERM || region >= REGION_OUTPUT;
    return clk__buffer_init_range(out, parent, offset, whole ? parent->bytes - offset : a->bytes);
}

static clk_status set_arg(struct step_launch *s, int k, const struct plan *p, struct regions *r)
{
    const struct step_arg *a = &s->args[k];
    switch (a->kind) {
    case STEP_INT:
        return clk__cl_check(
            clSetKernelArg(s->handle, (cl_uint)k, sizeof a->i, &a->i), "clSetKernelArg");
    case STEP_FLOAT:
        return clk__cl_check(
            clSetKernelArg(s->handle, (cl_uint)k, sizeof a->f, &a->f), "clSetKernelArg");
    case STEP_MEMORY:
    case STEP_ARENA:
        break;
    }
    TRY(bind_memory(&s->ranges[k], p, a, r));
    return clk__cl_check(
        clSetKernelArg(s->handle, (cl_uint)k, sizeof(cl_mem), &s->ranges[k].mem), "clSetKernelArg");
}

static clk_status bind_gemm(struct step_launch *s, const struct plan *p, struct regions *r)
{
    struct gemm_operand *operands[] = {&s->gemm.a, &s->gemm.b, &s->gemm.c};
    for (int k = 0; k < 3; k++) {
        TRY(bind_memory(&s->ranges[k], p, &s->args[k], r));
        operands[k]->mem = s->ranges[k].mem;
        operands[k]->offset = 0;
    }
    return CLK_OK;
}

clk_status clk__plan_bind(struct plan *p, struct regions *r)
{
    clk__plan_unbind(p);
    char options[64];
    const struct geometry *g = &p->device->geometry;
    snprintf(options, sizeof options, "-DWG=%d -DVEC=%d", g->wg, g->vec);
    if (p->n_steps > 0 && !p->program)
        TRY(clk__program_get(&p->program, p->device, p->source, options));
    for (size_t i = 0; i < p->n_steps; i++) {
        struct step_launch *s = &p->steps[i];
        if (!s->kernel) {
            TRY(bind_gemm(s, p, r));
            continue;
        }
        TRY(clk__kernel_create(&s->handle, p->program, s->kernel));
        for (int k = 0; k < s->n_args; k++)
            TRY(set_arg(s, k, p, r));
    }
    p->bound = true;
    return CLK_OK;
}

/* ---- showing ---- */

clk_status clk__plan_text(char **out, const struct plan *p)
{
    struct str s = {0};
    clk__str_addf(&s, "%4s  %-20s  %-22s  %s\n", "step", "kernel", "work-items", "computes");
    for (size_t i = 0; i < p->n_steps; i++) {
        const struct step_launch *l = &p->steps[i];
        char sizes[64];
        if (!l->kernel)
            snprintf(sizes, sizeof sizes, "%zu x %zu x %zu", l->gemm.m, l->gemm.n, l->gemm.k);
        else if (l->dims == 1)
            snprintf(sizes, sizeof sizes, "%zu", l->global[0]);
        else
            snprintf(sizes, sizeof sizes, "%zu x %zu", l->global[0], l->global[1]);
        clk__str_addf(&s, "%4zu  %-20s  %-22s  %s\n", i + 1, l->kernel ? l->kernel : "CLBlast gemm",
            sizes, l->label);
    }
    clk__str_addf(&s, "%zu launches; arena %zu bytes\n", p->n_steps, p->arena_bytes);
    return clk__str_finish(out, &s);
}
