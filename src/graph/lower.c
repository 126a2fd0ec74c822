/* SPDX-License-Identifier: MIT */
/* Lowering: what ops call to append launches, and the text of the program that grows with them. Each kernel
 * file is pasted once for every different use (a "unit"), under names of its own. */
#include "graph/lower.h"

#include "base/hash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const struct geometry *clk__lower_geometry(const struct lowering *l)
{
    return &l->plan->device->geometry;
}

bool clk__lower_wants(const struct lowering *l, const struct op *op, int i)
{
    return i < op->n_outputs && op->outputs[i] && l->fusion->values[op->outputs[i]->id].needed;
}

bool clk__lower_plain(const struct lowering *l, const struct op *op, int i)
{
    (void)op;
    return clk__code_plain(l->fusion, l->cluster, i);
}

const struct value *clk__lower_partial(const struct lowering *l, const struct op *op, int i)
{
    (void)op;
    return clk__code_first_stored(l->fusion, l->cluster, i);
}

clk_status clk__lower_scratch(int *out, struct lowering *l, size_t bytes)
{
    TRY(clk__grow(&l->pieces, &l->pieces_capacity, l->n_pieces, sizeof *l->pieces));
    l->pieces[l->n_pieces] =
        (struct piece){.bytes = bytes ? bytes : 1, .first = l->cluster, .last = l->cluster};
    *out = (int)l->n_pieces++;
    return CLK_OK;
}

/* ---- the program's text ---- */

static const char *memory_type(const struct value *v)
{
    if (v->region == REGION_STEP)
        return "struct step";
    return v->dtype == CLK_INT32 ? "int" : v->dtype == CLK_UINT8 ? "uchar" : "float";
}

static void add_params(struct str *s, const struct code *c)
{
    clk__str_add(s, "#define FUSED_PARAMS ");
    for (int i = 0; i < c->n_params; i++) {
        const struct param *p = &c->params[i];
        if (p->kind == PARAM_MEMORY)
            clk__str_addf(s, ", __global %s%s *restrict m%d", p->written ? "" : "const ",
                memory_type(p->value), p->number);
        else
            clk__str_addf(s, p->kind == PARAM_INT ? ", int n%d" : ", float s%d", p->number);
    }
    clk__str_add(s, "\n#define FUSED_ARGS ");
    for (int i = 0; i < c->n_params; i++) {
        static const char letters[] = {
            [PARAM_MEMORY] = 'm', [PARAM_FLOAT] = 's', [PARAM_INT] = 'n'};
        clk__str_addf(s, ", %c%d", letters[c->params[i].kind], c->params[i].number);
    }
    clk__str_add(s, "\n");
}

/* "#undef X" for every "#define X ..." line of `defines`. */
static void add_undefs(struct str *s, const char *defines)
{
    static const char head[] = "#define ";
    for (const char *p = defines; p && (p = strstr(p, head)); p += sizeof head - 1) {
        const char *name = p + sizeof head - 1;
        clk__str_addf(s, "#undef %.*s\n", (int)strcspn(name, " (\n"), name);
    }
}

/* Everything of a unit but its number: what makes two units equal. */
static clk_status unit_text(char **out, const struct lowering *l, const struct launch *launch)
{
    struct str s = {0};
    if (launch->fused) {
        add_params(&s, &l->code);
        clk__str_add(&s, l->code.functions.data ? l->code.functions.data : "");
    } else {
        clk__str_add(&s, "#define FUSED_PARAMS\n#define FUSED_ARGS\n");
    }
    clk__str_add(&s, launch->defines ? launch->defines : "");
    clk__str_addf(&s, "/* %s */\n", launch->file); /* the file itself is pasted by add_unit */
    return clk__str_finish(out, &s);
}

static clk_status add_unit(int *number_out, struct lowering *l, const struct launch *launch)
{
    char *text = NULL;
    TRY(unit_text(&text, l, launch));
    uint64_t hash = clk__hash64(text, strlen(text));
    for (size_t i = 0; i < l->n_units; i++) {
        if (l->units[i].hash == hash && strcmp(l->units[i].text, text) == 0) {
            *number_out = (int)i;
            free(text);
            return CLK_OK;
        }
    }
    clk_status status = clk__grow(&l->units, &l->units_capacity, l->n_units, sizeof *l->units);
    if (status != CLK_OK) {
        free(text);
        return status;
    }
    l->units[l->n_units] = (struct unit){.hash = hash, .text = text};
    *number_out = (int)l->n_units++;
    clk__str_addf(&l->source, "#define NAME(x) x##_%d\n", *number_out);
    clk__str_addf(&l->source, "#line 1 \"fused code of %s\"\n",
        l->code.label.data ? l->code.label.data : "kernel");
    clk__str_add(&l->source, text);
    TRY(clk__source_add(&l->source, launch->file));
    clk__str_add(&l->source, "\n#undef NAME\n#undef FUSED_PARAMS\n#undef FUSED_ARGS\n");
    if (launch->fused)
        clk__str_add(&l->source, l->code.undefs.data ? l->code.undefs.data : "");
    add_undefs(&l->source, launch->defines);
    return CLK_OK;
}

/* ---- steps ---- */

static struct step_arg arg_of_piece(int piece, size_t bytes)
{
    /* i is the piece until the layout is known; see clk__plan_create. */
    return (struct step_arg){.kind = STEP_ARENA, .i = piece, .bytes = bytes};
}

static size_t bytes_of(const struct value *v)
{
    int64_t len = clk__shape_len(&v->shape);
    assert(len >= 0);
    return (size_t)len * clk_dtype_bytes(v->dtype);
}

static struct step_arg arg_of_value(const struct lowering *l, const struct value *v)
{
    const struct value *b = v->base ? v->base : v;
    if (b->region == REGION_ARENA) {
        assert(l->piece_of_value[b->id] >= 0);
        return arg_of_piece(l->piece_of_value[b->id], bytes_of(b));
    }
    return (struct step_arg){
        .kind = STEP_MEMORY, .region = b->region, .offset = b->offset, .bytes = bytes_of(b)};
}

static struct step_arg arg_of_launch(const struct lowering *l, const struct launch_arg *a)
{
    switch (a->kind) {
    case ARG_INT:
        return (struct step_arg){.kind = STEP_INT, .i = a->i};
    case ARG_FLOAT:
        return (struct step_arg){.kind = STEP_FLOAT, .f = a->f};
    case ARG_SCRATCH:
        return arg_of_piece(a->i, l->pieces[a->i].bytes);
    case ARG_VALUE:
        break;
    }
    return arg_of_value(l, a->value);
}

static clk_status new_step(struct step_launch **out, struct lowering *l, int n_args)
{
    struct plan *p = l->plan;
    TRY(clk__grow(&p->steps, &p->steps_capacity, p->n_steps, sizeof *p->steps));
    struct step_launch *s = &p->steps[p->n_steps];
    *s = (struct step_launch){
        .label = clk__arena_strdup(&p->memory, l->code.label.data ? l->code.label.data : ""),
        .args = clk__arena_alloc(&p->memory, (size_t)n_args, sizeof *s->args),
        .ranges = clk__arena_alloc(&p->memory, (size_t)n_args, sizeof *s->ranges),
    };
    if (!s->label || !s->args || !s->ranges)
        return clk__fail_memory();
    p->n_steps++;
    *out = s;
    return CLK_OK;
}

clk_status clk__lower_launch(struct lowering *l, const struct launch *launch)
{
    int unit = 0;
    struct step_launch *s = NULL;
    assert(launch->n_args <= MAX_ARGS);
    TRY(add_unit(&unit, l, launch));
    if (launch->dims == 0)
        return CLK_OK;
    TRY(new_step(&s, l, launch->n_args + (launch->fused ? l->code.n_params : 0)));
    struct str name = {0};
    clk__str_addf(&name, "%s_%d", launch->kernel, unit);
    s->kernel = name.failed ? NULL : clk__arena_strdup(&l->plan->memory, name.data);
    clk__str_fini(&name);
    if (!s->kernel)
        return clk__fail_memory();
    for (int i = 0; i < launch->n_args; i++)
        s->args[s->n_args++] = arg_of_launch(l, &launch->args[i]);
    for (int i = 0; launch->fused && i < l->code.n_params; i++) {
        const struct param *p = &l->code.params[i];
        s->args[s->n_args++] = p->kind == PARAM_MEMORY ? arg_of_value(l, p->value)
                               : p->kind == PARAM_INT
                                   ? (struct step_arg){.kind = STEP_INT, .i = p->i}
                                   : (struct step_arg){.kind = STEP_FLOAT, .f = p->f};
    }
    s->dims = (cl_uint)launch->dims;
    for (int i = 0; i < launch->dims; i++) {
        s->global[i] = launch->global[i];
        s->local[i] = launch->local[i];
    }
    return CLK_OK;
}

clk_status clk__lower_gemm(struct lowering *l, const struct gemm_call *call)
{
    struct step_launch *s = NULL;
    TRY(new_step(&s, l, 3));
    s->gemm = *call;
    s->n_args = 3;
    s->args[0] = arg_of_launch(l, &call->a.arg);
    s->args[1] = arg_of_launch(l, &call->b.arg);
    s->args[2] = arg_of_launch(l, &call->c.arg);
    return CLK_OK;
}

/* ---- pointwise clusters ---- */

/* Rows and columns that a work-item of a CPU device does: whole vectors, about `items` of them in all. */
static void split(int64_t *rows_per, int64_t *cols_per, struct space s, const struct geometry *g)
{
    int64_t items = g->items > 0 ? g->items : 1;
    int64_t len = s.rows * s.cols;
    int64_t most = len / ((int64_t)4 * g->vec) + 1; /* less than this is not worth a work-item */
    items = items < most ? items : most;
    int64_t by_rows = items < s.rows ? items : s.rows;
    int64_t by_cols = items / (by_rows > 0 ? by_rows : 1);
    *rows_per = (s.rows + by_rows - 1) / by_rows;
    *cols_per = (s.cols + by_cols - 1) / by_cols;
    *cols_per = (*cols_per + g->vec - 1) / g->vec * g->vec;
}

static clk_status lower_pointwise(struct lowering *l)
{
    const struct geometry *g = clk__lower_geometry(l);
    struct space s = clk__pointwise_space(l->fusion, l->cluster);
    struct launch launch = {
        .file = "ops/pointwise.cl",
        .kernel = "pointwise",
        .fused = true,
        .dims = 2,
        .local = {(size_t)g->wg, 1},
    };
    int64_t rows_per = 1, cols_per = 1;
    if (g->wg == 1) {
        split(&rows_per, &cols_per, s, g);
        launch.global[0] = (size_t)((s.cols + cols_per - 1) / cols_per);
        launch.global[1] = (size_t)((s.rows + rows_per - 1) / rows_per);
    } else {
        size_t wg = (size_t)g->wg;
        launch.global[0] = ((size_t)(s.rows * s.cols) + wg - 1) / wg * wg;
        launch.global[1] = 1;
    }
    const struct launch_arg args[] = {
        ARG_I(s.rows), ARG_I(s.cols), ARG_I(rows_per), ARG_I(cols_per)};
    memcpy(launch.args, args, sizeof args);
    launch.n_args = 4;
    return clk__lower_launch(l, &launch);
}

clk_status clk__lower_cluster(struct lowering *l)
{
    const struct cluster *c = &l->fusion->clusters[l->cluster];
    if (!c->live || (c->anchor && !c->anchor->class->lower))
        return CLK_OK;
    clk_status status =
        clk__code_generate(&l->code, l->fusion, l->cluster, l->plan->device->geometry.vec);
    if (status == CLK_OK)
        status = c->anchor ? c->anchor->class->lower(l, c->anchor) : lower_pointwise(l);
    clk__code_fini(&l->code);
    return status;
}
