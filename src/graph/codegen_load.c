/* SPDX-License-Identifier: MIT */
/* How generated code gets at a value: its parameters, its index, a load or the code that computes it. */
#include "graph/codegen_load.h"

#include <assert.h>
#include <stdlib.h>

/* ---- parameters ---- */

static int add_param(struct code *c, struct param p, int *counter)
{
    p.number = (*counter)++;
    if (c->n_params < MAX_PARAMS)
        c->params[c->n_params] = p;
    c->n_params++;
    return p.number;
}

static struct param *find_param(struct code *c, enum param_kind kind, const void *what, int role)
{
    for (int i = 0; i < c->n_params && i < MAX_PARAMS; i++) {
        struct param *p = &c->params[i];
        if (p->kind == kind && p->what == what && p->role == role)
            return p;
    }
    return NULL;
}

/* The same bytes: one pointer, or a const restrict one would alias one that is written. */
static bool same_memory(const struct value *a, const struct value *b)
{
    return a == b ||
           (a->region != REGION_ARENA && a->region == b->region && a->offset == b->offset);
}

int clk__param_memory(struct code *c, struct value *v, bool written)
{
    v = clk__value_base(v);
    for (int i = 0; i < c->n_params && i < MAX_PARAMS; i++) {
        struct param *p = &c->params[i];
        if (p->kind == PARAM_MEMORY && same_memory(p->value, v)) {
            p->written |= written;
            return p->number;
        }
    }
    const struct param p = {.kind = PARAM_MEMORY, .value = v, .written = written};
    return add_param(c, p, &c->n_memory);
}

int clk__param_int(struct code *c, const void *what, int role, int64_t i)
{
    struct param *p = find_param(c, PARAM_INT, what, role);
    const struct param made = {.kind = PARAM_INT, .what = what, .role = role, .i = (int)i};
    return p ? p->number : add_param(c, made, &c->n_ints);
}

int clk__param_float(struct code *c, const void *what, int role, float f)
{
    struct param *p = find_param(c, PARAM_FLOAT, what, role);
    const struct param made = {.kind = PARAM_FLOAT, .what = what, .role = role, .f = f};
    return p ? p->number : add_param(c, made, &c->n_floats);
}

int clk__param_step(struct code *c)
{
    for (size_t i = 0; i < c->fusion->graph->n_values; i++) {
        struct value *v = c->fusion->graph->values[i];
        if (v->region == REGION_STEP)
            return clk__param_memory(c, v, false);
    }
    /* An output's row offset is in the step block too: the graph's outputs come with a step leaf. */
    assert(!"a graph that reads the step block has a leaf for it");
    return 0;
}

int clk__param_cols(struct function *fn)
{
    return clk__param_int(fn->code, NULL, fn->role, fn->space.cols);
}

/* ---- functions ---- */

clk_status clk__function_init(struct function *fn)
{
    fn->temps = clk__alloc(fn->code->fusion->graph->n_values, sizeof *fn->temps);
    return fn->temps ? CLK_OK : clk__fail_memory();
}

void clk__function_fini(struct function *fn)
{
    free(fn->temps);
    free(fn->stack);
}

static int new_temp(struct function *fn, const struct value *v)
{
    return fn->temps[v->id] = ++fn->n_temps;
}

void clk__load_primary(struct function *fn, struct value *v)
{
    clk__str_addf(&fn->code->functions, "const T t%d = v;\n", new_temp(fn, v));
}

/* ---- memory ---- */

static enum access access_of(const struct function *fn, const struct value *v)
{
    return clk__access(&fn->shape, fn->space, &v->shape);
}

/* C code of v's linear index at `lane`'s column. STRIDED: a block that sets `size_t e`. */
static void add_index(struct function *fn, const struct value *v, const char *lane)
{
    struct str *s = &fn->code->functions;
    switch (access_of(fn, v)) {
    case ACCESS_FULL:
        clk__str_addf(s, "size_t e = row * (size_t)n%d + col%s; ", clk__param_cols(fn), lane);
        return;
    case ACCESS_ROW:
        clk__str_add(s, "size_t e = row; ");
        return;
    case ACCESS_COL:
        clk__str_addf(s, "size_t e = col%s; ", lane);
        return;
    case ACCESS_SCALAR:
        clk__str_add(s, "size_t e = 0; ");
        return;
    case ACCESS_STRIDED:
        break;
    }
    int skip = fn->shape.rank - v->shape.rank;
    int64_t stride = 1;
    clk__str_addf(s, "size_t q = row * (size_t)n%d + col%s, e = 0; ", clk__param_cols(fn), lane);
    for (int i = fn->shape.rank - 1; i >= 0; i--) {
        int64_t d = i < skip ? 1 : v->shape.dims[i - skip];
        int role = (fn->role + 1) * 2 * CLK_MAX_RANK + i;
        /* The dimensions are the function's, and all its values share them. */
        int dim = clk__param_int(fn->code, NULL, -role, fn->shape.dims[i]);
        int step = clk__param_int(fn->code, v, role + 1, d == 1 ? 0 : stride);
        clk__str_addf(s, "e += q %% n%d * n%d; q /= n%d; ", dim, step, dim);
        stride *= d;
    }
}

/* t = m[index], widened to float, for lanes that are `contiguous`, all the same, or each on its own. */
static void add_load(
    struct function *fn, int t, int m, clk_dtype dtype, enum access access, const struct value *v)
{
    struct str *s = &fn->code->functions;
    int vec = fn->code->vec;
    bool contiguous = access == ACCESS_FULL || access == ACCESS_COL;
    if (!fn->vector || access == ACCESS_ROW || access == ACCESS_SCALAR) {
        clk__str_addf(s, "T t%d; { ", t);
        add_index(fn, v, "");
        clk__str_addf(s, "t%d = (T)((float)m%d[e]); }\n", t, m);
    } else if (contiguous) {
        clk__str_addf(s, "T t%d; { ", t);
        add_index(fn, v, "");
        const char *convert = dtype == CLK_FLOAT32 ? "" : "convert_float";
        clk__str_addf(s, "t%d = %s", t, convert);
        if (dtype != CLK_FLOAT32)
            clk__str_addf(s, "%d", vec);
        clk__str_addf(s, "(vload%d(0, m%d + e)); }\n", vec, m);
    } else {
        clk__str_addf(s, "T t%d; { float lanes[%d]; for (int l = 0; l < %d; l++) { ", t, vec, vec);
        add_index(fn, v, " + l");
        clk__str_addf(s, "lanes[l] = (float)m%d[e]; } t%d = vload%d(0, lanes); }\n", m, t, vec);
    }
}

/* Rows of a resident array through the permutation: sample p of the batch is row perm[row0 + p]. */
static void define_gather(struct function *fn, struct value *v)
{
    struct str *s = &fn->code->functions;
    struct value *data = v->op->inputs[0];
    int64_t per_sample = 1;
    for (int i = 1; i < data->shape.rank; i++)
        per_sample *= data->shape.dims[i];
    enum access access = access_of(fn, v);
    int t = new_temp(fn, v);
    int m = clk__param_memory(fn->code, data, false);
    int perm = clk__param_memory(fn->code, v->op->inputs[1], false);
    int step = clk__param_step(fn->code);
    int vec = fn->code->vec;
    if (access == ACCESS_FULL && per_sample == fn->space.cols) {
        int cols = clk__param_cols(fn);
        clk__str_addf(s, "T t%d; { const size_t e = (size_t)m%d[m%d->row0 + row] * n%d + col; ", t,
            perm, step, cols);
        if (fn->vector && data->dtype == CLK_FLOAT32)
            clk__str_addf(s, "t%d = vload%d(0, m%d + e); }\n", t, vec, m);
        else if (fn->vector)
            clk__str_addf(s, "t%d = convert_float%d(vload%d(0, m%d + e)); }\n", t, vec, vec, m);
        else
            clk__str_addf(s, "t%d = (float)m%d[e]; }\n", t, m);
        return;
    }
    int per = clk__param_int(fn->code, v, (fn->role + 1) * 2 * CLK_MAX_RANK, per_sample);
    bool lanes = fn->vector && access != ACCESS_ROW && access != ACCESS_SCALAR;
    clk__str_addf(s, "T t%d; { ", t);
    if (lanes)
        clk__str_addf(s, "float lanes[%d]; for (int l = 0; l < %d; l++) { ", vec, vec);
    add_index(fn, v, lanes ? " + l" : "");
    clk__str_addf(s,
        "const float x = (float)m%d[(size_t)m%d[m%d->row0 + e / n%d] * n%d + e %% n%d]; ", m, perm,
        step, per, per, per);
    if (lanes)
        clk__str_addf(s, "lanes[l] = x; } t%d = vload%d(0, lanes); }\n", t, vec);
    else
        clk__str_addf(s, "t%d = (T)(x); }\n", t);
}

static void define_random(struct function *fn, struct value *v, const struct pointwise *p)
{
    struct str *s = &fn->code->functions;
    enum access access = access_of(fn, v);
    int t = new_temp(fn, v);
    int m = clk__param_step(fn->code);
    int stream = clk__param_int(fn->code, v, 0, (int32_t)p->stream);
    bool lanes = fn->vector && access != ACCESS_ROW && access != ACCESS_SCALAR;
    clk__str_addf(s, "T t%d; { ", t);
    if (!lanes) {
        add_index(fn, v, "");
        clk__str_addf(s,
            "t%d = (T)(random_1((uint)e, (uint)(e >> 32), m%d->number, (uint)n%d, m%d->seed_lo, "
            "m%d->seed_hi)); }\n",
            t, m, stream, m, m);
        return;
    }
    int vec = fn->code->vec;
    clk__str_addf(s, "uint lo[%d], hi[%d]; for (int l = 0; l < %d; l++) { ", vec, vec, vec);
    add_index(fn, v, " + l");
    clk__str_addf(s,
        "lo[l] = (uint)e; hi[l] = (uint)(e >> 32); } t%d = random_v(vload%d(0, lo), vload%d(0, "
        "hi), m%d->number, (uint)n%d, m%d->seed_lo, m%d->seed_hi); }\n",
        t, vec, vec, m, stream, m, m);
}

static void define_index(struct function *fn, struct value *v)
{
    struct str *s = &fn->code->functions;
    enum access access = access_of(fn, v);
    int t = new_temp(fn, v), vec = fn->code->vec;
    bool lanes = fn->vector && access != ACCESS_ROW && access != ACCESS_SCALAR;
    clk__str_addf(s, "T t%d; { ", t);
    if (lanes)
        clk__str_addf(s, "float lanes[%d]; for (int l = 0; l < %d; l++) { ", vec, vec);
    add_index(fn, v, lanes ? " + l" : "");
    if (lanes)
        clk__str_addf(s, "lanes[l] = (float)e; } t%d = vload%d(0, lanes); }\n", t, vec);
    else
        clk__str_addf(s, "t%d = (T)((float)e); }\n", t);
}

/* ---- pointwise code ---- */

static void define_fn(struct function *fn, struct value *v, const struct pointwise *p)
{
    struct str *s = &fn->code->functions;
    const struct op *op = v->op;
    int args[MAX_INPUTS];
    for (int i = 0; i < op->n_inputs; i++)
        args[i] = fn->temps[op->inputs[i]->id];
    int t = new_temp(fn, v);
    clk__str_addf(s, "T t%d; { ", t);
    for (int i = 0; i < op->n_inputs; i++)
        clk__str_addf(s, "const T %c = t%d; ", p->letters[i], args[i]);
    if (clk__expr_uses(p->expr, "p0"))
        clk__str_addf(s, "const T p0 = (T)(s%d); ", clk__param_float(fn->code, op, 0, p->p0));
    if (clk__expr_uses(p->expr, "p1"))
        clk__str_addf(s, "const T p1 = (T)(s%d); ", clk__param_float(fn->code, op, 1, p->p1));
    clk__str_addf(s, "t%d = %s; }\n", t, p->expr);
}

void clk__load_define(struct function *fn, struct value *v)
{
    const struct pointwise *p = v->op->attrs;
    switch (p->kind) {
    case POINTWISE_FN:
    case POINTWISE_BROADCAST:
        define_fn(fn, v, p);
        return;
    case POINTWISE_GATHER:
        define_gather(fn, v);
        return;
    case POINTWISE_RANDOM:
        define_random(fn, v, p);
        return;
    case POINTWISE_INDEX:
        define_index(fn, v);
        return;
    case POINTWISE_STEP: {
        int m = clk__param_step(fn->code);
        int field = clk__param_int(fn->code, v, 0, p->field);
        clk__str_addf(&fn->code->functions, "const T t%d = (T)(m%d->scalars[n%d]);\n",
            new_temp(fn, v), m, field);
        return;
    }
    }
}

/* Loads v from memory or as a constant, if it is not computed here. */
static bool define_leaf(struct function *fn, struct value *v)
{
    if (v->region == REGION_CONSTANT) {
        int f = clk__param_float(fn->code, v, 0, v->constant);
        clk__str_addf(&fn->code->functions, "const T t%d = (T)(s%d);\n", new_temp(fn, v), f);
        return true;
    }
    if (!v->base && clk__fuse_inlined(fn->code->fusion, v))
        return false;
    enum access access = access_of(fn, v);
    int m = clk__param_memory(fn->code, v, false);
    add_load(fn, new_temp(fn, v), m, v->dtype, access, v);
    return true;
}

static bool reads_inputs(const struct value *v)
{
    const struct pointwise *p = v->op->attrs;
    return p->kind == POINTWISE_FN || p->kind == POINTWISE_BROADCAST;
}

static clk_status push(struct function *fn, struct value *v)
{
    TRY(clk__grow(&fn->stack, &fn->stack_capacity, fn->n_stack, sizeof(struct value *)));
    fn->stack[fn->n_stack++] = v;
    return CLK_OK;
}

clk_status clk__load(struct function *fn, struct value *v)
{
    TRY(push(fn, v));
    while (fn->n_stack > 0) {
        struct value *u = fn->stack[fn->n_stack - 1];
        if (fn->temps[u->id] || define_leaf(fn, u)) {
            fn->n_stack--;
            continue;
        }
        size_t before = fn->n_stack;
        for (int i = 0; reads_inputs(u) && i < u->op->n_inputs; i++) {
            if (!fn->temps[u->op->inputs[i]->id])
                TRY(push(fn, u->op->inputs[i]));
        }
        if (fn->n_stack > before)
            continue;
        clk__load_define(fn, u);
        fn->n_stack--;
    }
    return CLK_OK;
}

/* ---- the space of a cluster without an anchor ---- */

static bool splits_well(const struct fusion *f, const struct cluster *k, int split)
{
    int64_t cols = 1;
    for (int i = split; i < k->shape.rank; i++)
        cols *= k->shape.dims[i];
    for (size_t m = 0; m < k->n_members; m++) {
        struct op *op = k->members[m];
        const struct pointwise *p = op->attrs;
        if (p->kind == POINTWISE_GATHER && split != 1)
            return false;
        for (int i = 0; reads_inputs(op->outputs[0]) && i < op->n_inputs; i++) {
            struct value *v = op->inputs[i];
            const struct pointwise *q = clk__pointwise_of(v);
            bool gathered = q && q->kind == POINTWISE_GATHER && clk__fuse_inlined(f, v);
            if (gathered && clk__shape_equal(&v->shape, &k->shape) && split != 1)
                return false;
            if (clk__access_split(&k->shape, split, &v->shape) == ACCESS_STRIDED)
                return false;
        }
    }
    return true;
}

struct space clk__pointwise_space(const struct fusion *f, int cluster)
{
    const struct cluster *k = &f->clusters[cluster];
    int64_t len = clk__shape_len(&k->shape);
    int64_t rows = 1;
    for (int split = 0; split < k->shape.rank; split++) {
        if (splits_well(f, k, split))
            return (struct space){rows, len / (rows ? rows : 1)};
        rows *= k->shape.dims[split];
    }
    return (struct space){1, len};
}
