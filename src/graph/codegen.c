/* SPDX-License-Identifier: MIT */
/* Generation of fused code: one function per fused input and output of a kernel. How a value is loaded is in
 * codegen_load.c. */
#include "graph/codegen_load.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void clk__code_fini(struct code *c)
{
    clk__str_fini(&c->functions);
    clk__str_fini(&c->undefs);
    clk__str_fini(&c->label);
}

static bool member_of_domain(const struct code *c, const struct op *op, int domain)
{
    const struct value_plan *p = &c->fusion->values[op->outputs[0]->id];
    return p->needed && p->domain == domain;
}

static clk_status emit_body(struct function *fn, int domain)
{
    const struct cluster *k = &fn->code->fusion->clusters[fn->code->cluster];
    for (size_t m = 0; m < k->n_members; m++) {
        struct op *op = k->members[m];
        if (!member_of_domain(fn->code, op, domain))
            continue;
        for (int i = 0; i < op->n_inputs; i++) {
            const struct pointwise *p = op->attrs;
            if (p->kind == POINTWISE_FN || p->kind == POINTWISE_BROADCAST)
                TRY(clk__load(fn, op->inputs[i]));
        }
        clk__load_define(fn, op->outputs[0]);
    }
    return CLK_OK;
}

static void emit_store(struct function *fn, struct value *v)
{
    struct code *c = fn->code;
    struct str *s = &c->functions;
    int m = clk__param_memory(c, v, true);
    int cols = clk__param_cols(fn);
    int t = fn->temps[v->id];
    clk__str_addf(s, "{ const size_t e = (size_t)row * n%d + col", cols);
    if (clk__is_output_region(v->region)) {
        int step = clk__param_step(c);
        int per = clk__param_int(c, v, -1, clk__shape_len(&v->shape) / v->shape.dims[0]);
        clk__str_addf(s, " + (size_t)m%d->out_row0 * n%d", step, per);
    }
    clk__str_add(s, "; ");
    const char *type = v->dtype == CLK_INT32 ? "int" : v->dtype == CLK_UINT8 ? "uchar" : "float";
    if (fn->vector && v->dtype == CLK_FLOAT32)
        clk__str_addf(s, "vstore%d(t%d, 0, m%d + e); }\n", c->vec, t, m);
    else if (fn->vector)
        clk__str_addf(
            s, "vstore%d(convert_%s%d(t%d), 0, m%d + e); }\n", c->vec, type, c->vec, t, m);
    else if (v->dtype == CLK_FLOAT32)
        clk__str_addf(s, "m%d[e] = t%d; }\n", m, t);
    else
        clk__str_addf(s, "m%d[e] = convert_%s(t%d); }\n", m, type, t);
}

/* Stores of a domain, after all its loads (a value may be stored over the memory it was read from). */
static void emit_stores(struct function *fn, int domain)
{
    const struct fusion *f = fn->code->fusion;
    const struct cluster *k = &f->clusters[fn->code->cluster];
    struct value *primary = k->anchor ? k->anchor->outputs[domain] : NULL;
    if (primary && f->values[primary->id].stored)
        emit_store(fn, primary);
    for (size_t m = 0; m < k->n_members; m++) {
        struct value *v = k->members[m]->outputs[0];
        if (f->values[v->id].domain == domain && f->values[v->id].stored)
            emit_store(fn, v);
    }
}

static void begin_type(struct function *fn)
{
    if (fn->vector)
        clk__str_addf(&fn->code->functions, "#define T float%d\n", fn->code->vec);
    else
        clk__str_add(&fn->code->functions, "#define T float\n");
}

/* Where the loads and stores of output `domain` happen. */
static void output_space(struct function *fn, int domain)
{
    const struct cluster *k = &fn->code->fusion->clusters[fn->code->cluster];
    if (k->anchor) {
        fn->shape = k->anchor->outputs[domain]->shape;
        fn->space = k->anchor->class->output_space(k->anchor, domain);
    } else {
        fn->shape = k->shape;
        fn->space = clk__pointwise_space(fn->code->fusion, fn->code->cluster);
    }
}

static clk_status emit_output(struct code *c, int domain, bool vector)
{
    struct function fn = {.code = c, .vector = vector, .role = domain};
    const struct cluster *k = &c->fusion->clusters[c->cluster];
    output_space(&fn, domain);
    TRY(clk__function_init(&fn));
    begin_type(&fn);
    clk__str_addf(&c->functions,
        "static inline void NAME(emit%d%s)(T v, size_t row, size_t col FUSED_PARAMS)\n{\n", domain,
        vector ? "_v" : "");
    if (k->anchor)
        clk__load_primary(&fn, k->anchor->outputs[domain]);
    clk_status status = emit_body(&fn, domain);
    if (status == CLK_OK)
        emit_stores(&fn, domain);
    clk__str_add(&c->functions, "}\n#undef T\n");
    clk__function_fini(&fn);
    return status;
}

static clk_status emit_input(struct code *c, int i, bool vector)
{
    struct function fn = {.code = c, .vector = vector, .role = MAX_OUTPUTS + i};
    struct op *anchor = c->fusion->clusters[c->cluster].anchor;
    struct value *v = anchor->inputs[i];
    fn.shape = v->shape;
    fn.space = anchor->class->input_space(anchor, i);
    TRY(clk__function_init(&fn));
    begin_type(&fn);
    clk__str_addf(&c->functions,
        "static inline T NAME(in%d%s)(size_t row, size_t col FUSED_PARAMS)\n{\n", i,
        vector ? "_v" : "");
    clk_status status = clk__load(&fn, v);
    clk__str_addf(&c->functions, "return t%d;\n}\n#undef T\n", fn.temps[v->id]);
    clk__function_fini(&fn);
    return status;
}

static bool domain_wanted(const struct fusion *f, int cluster, int domain)
{
    const struct cluster *k = &f->clusters[cluster];
    struct value *primary = k->anchor ? k->anchor->outputs[domain] : NULL;
    if (primary && f->values[primary->id].needed)
        return true;
    for (size_t m = 0; m < k->n_members; m++) {
        const struct value_plan *p = &f->values[k->members[m]->outputs[0]->id];
        if (p->needed && p->domain == domain)
            return true;
    }
    return false;
}

/* Both forms of function `name` ("in0") and the macros IN0(args), IN0_V(args) in front of it. */
static void define_macro(struct code *c, const char *macro, const char *function, const char *args)
{
    for (int v = 0; v < 2; v++) {
        const char *suffix = v ? "_V" : "";
        const char *form = v && c->vec > 1 ? "_v" : "";
        clk__str_addf(&c->functions, "#define %s%s(%s) NAME(%s%s)(%s FUSED_ARGS)\n", macro, suffix,
            args, function, form, args);
        clk__str_addf(&c->undefs, "#undef %s%s\n", macro, suffix);
    }
}

static clk_status generate_output(struct code *c, int i)
{
    TRY(emit_output(c, i, false));
    if (c->vec > 1)
        TRY(emit_output(c, i, true));
    char macro[16], function[16];
    snprintf(macro, sizeof macro, "EMIT%d", i);
    snprintf(function, sizeof function, "emit%d", i);
    define_macro(c, macro, function, "v, row, col");
    return CLK_OK;
}

/* A kernel that computes an output nobody wants may emit it all the same: nothing happens. */
static clk_status generate_unwanted(struct code *c, int i)
{
    for (int v = 0; v < 2; v++) {
        clk__str_addf(
            &c->functions, "#define EMIT%d%s(v, row, col) ((void)(v))\n", i, v ? "_V" : "");
        clk__str_addf(&c->undefs, "#undef EMIT%d%s\n", i, v ? "_V" : "");
    }
    return CLK_OK;
}

static clk_status generate_outputs(struct code *c)
{
    const struct cluster *k = &c->fusion->clusters[c->cluster];
    int n = k->anchor ? k->anchor->n_outputs : 1;
    for (int i = 0; i < n; i++) {
        bool wanted =
            !k->anchor || (k->anchor->outputs[i] && domain_wanted(c->fusion, c->cluster, i));
        clk__str_addf(&c->functions, "#define HAS%d %d\n", i, wanted);
        clk__str_addf(&c->undefs, "#undef HAS%d\n", i);
        if (k->anchor && !(k->anchor->class->epilogue & 1u << i))
            continue;
        TRY(wanted ? generate_output(c, i) : generate_unwanted(c, i));
    }
    return CLK_OK;
}

static clk_status generate_inputs(struct code *c)
{
    const struct op *anchor = c->fusion->clusters[c->cluster].anchor;
    for (int i = 0; anchor && i < anchor->n_inputs; i++) {
        if (!(anchor->class->prologue & 1u << i))
            continue;
        TRY(emit_input(c, i, false));
        if (c->vec > 1)
            TRY(emit_input(c, i, true));
        char macro[16], function[16];
        snprintf(macro, sizeof macro, "IN%d", i);
        snprintf(function, sizeof function, "in%d", i);
        define_macro(c, macro, function, "row, col");
    }
    return CLK_OK;
}

static void generate_label(struct code *c)
{
    const struct cluster *k = &c->fusion->clusters[c->cluster];
    clk__str_add(&c->label, k->anchor ? k->anchor->class->name : "");
    for (size_t m = 0; m < k->n_members; m++) {
        const struct pointwise *p = k->members[m]->attrs;
        if (!c->fusion->values[k->members[m]->outputs[0]->id].needed)
            continue;
        const char *name = p->kind == POINTWISE_GATHER      ? "gather"
                           : p->kind == POINTWISE_BROADCAST ? "broadcast"
                           : p->kind == POINTWISE_INDEX     ? "index"
                           : p->fn                          ? p->fn->name
                                                            : "random";
        bool derivative = p->kind == POINTWISE_FN && p->fn && p->expr != p->fn->expr;
        clk__str_addf(&c->label, "%s%s%s", c->label.len ? " " : "", name, derivative ? "'" : "");
    }
}

clk_status clk__code_generate(struct code *c, const struct fusion *f, int cluster, int vec)
{
    *c = (struct code){.fusion = f, .cluster = cluster, .vec = vec};
    clk_status status = generate_inputs(c);
    if (status == CLK_OK)
        status = generate_outputs(c);
    generate_label(c);
    if (status == CLK_OK && c->n_params > MAX_PARAMS)
        status = clk__fail(CLK_ERR_UNSUPPORTED,
            "a fused kernel needs %d parameters, at most %d are possible", c->n_params, MAX_PARAMS);
    if (status == CLK_OK && (c->functions.failed || c->undefs.failed || c->label.failed))
        status = clk__fail_memory();
    return status;
}

struct value *clk__code_first_stored(const struct fusion *f, int cluster, int output)
{
    const struct cluster *k = &f->clusters[cluster];
    struct value *primary = k->anchor->outputs[output];
    if (f->values[primary->id].stored)
        return primary;
    for (size_t m = 0; m < k->n_members; m++) {
        struct value *v = k->members[m]->outputs[0];
        const struct value_plan *p = &f->values[v->id];
        /* What lies in a region may be read by this very kernel (an assignment in place). */
        if (p->domain == output && p->stored && v->dtype == CLK_FLOAT32 &&
            v->region == REGION_ARENA)
            return v;
    }
    return NULL;
}

bool clk__code_plain(const struct fusion *f, int cluster, int output)
{
    const struct cluster *k = &f->clusters[cluster];
    for (size_t m = 0; m < k->n_members; m++) {
        const struct value_plan *p = &f->values[k->members[m]->outputs[0]->id];
        if (p->domain == output && p->needed)
            return false;
    }
    return k->anchor->outputs[output] && !clk__is_output_region(k->anchor->outputs[output]->region);
}

int clk__code_memory(const struct code *c, const struct value *v)
{
    for (int i = 0; i < c->n_params; i++) {
        if (c->params[i].kind == PARAM_MEMORY && c->params[i].value == v)
            return c->params[i].number;
    }
    return -1;
}
