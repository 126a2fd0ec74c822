/* SPDX-License-Identifier: MIT */
/* The recurrent ops: shapes and gradients. The input's share of the gates, x W + b of all steps, is one product that
 * the caller makes; so is the recurrent kernel's gradient: all states before a step times all gradients of gates. */
#include "ops/recurrent.h"

#include <assert.h>
#include <string.h>

int64_t clk__recurrent_gates(enum recurrent_cell cell)
{
    return cell == RECURRENT_SIMPLE ? 1 : cell == RECURRENT_LSTM ? 4 : 3;
}

int64_t clk__recurrent_saved(enum recurrent_cell cell)
{
    bool one_more = cell == RECURRENT_LSTM || cell == RECURRENT_GRU_AFTER; /* c, or rec_n */
    return clk__recurrent_gates(cell) + one_more;
}

/* ---- adding ops whose inputs are optional ---- */

static struct op *add_op(struct graph *g, const struct op_class *class, struct recurrent *r,
    struct value *const by_role[ROLE_COUNT])
{
    struct value *inputs[MAX_INPUTS];
    int n = 0;
    for (int i = 0; i < ROLE_COUNT; i++) {
        r->place[i] = by_role[i] ? n : -1;
        if (!by_role[i])
            continue;
        assert(n < MAX_INPUTS);
        inputs[n++] = by_role[i];
    }
    return clk__op_add(g, class, inputs, n, r, sizeof *r);
}

static struct value *input_of(const struct op *op, enum recurrent_role role)
{
    const struct recurrent *r = op->attrs;
    return r->place[role] < 0 ? NULL : op->inputs[r->place[role]];
}

static void output(struct graph *g, struct op *op, int i, const struct recurrent *r, int64_t planes)
{
    struct shape shape =
        planes > 0 ? SHAPE(r->batch, r->time, planes * r->units) : SHAPE(r->batch, r->units);
    (void)clk__op_output(g, op, i, CLK_FLOAT32, shape);
}

/* ---- gradients ---- */

static const struct op_class back_class = {
    .name = "recurrent gradient",
    .lower = clk__recurrent_back_lower,
};

/* v (batch, time, n) as one matrix; a view. */
static struct value *flatten(struct graph *g, struct value *v)
{
    return v ? clk__reshape(g, v, SHAPE(-1, v->shape.dims[v->shape.rank - 1])) : NULL;
}

/* a' b over all rows and times. */
static struct value *product(struct graph *g, struct value *a, struct value *b)
{
    return clk__matmul(g, flatten(g, a), flatten(g, b), (struct matmul_opts){.transpose_a = true});
}

/* What gate i was multiplied with: the states, times its part of `keep`. */
static struct value *multiplied(struct graph *g, const struct op *op, int i)
{
    const struct recurrent *r = op->attrs;
    struct value *keep = input_of(op, ROLE_KEEP);
    if (r->cell == RECURRENT_GRU_BEFORE && i == 2)
        return op->outputs[OUT_RESET];
    struct value *h = op->outputs[OUT_PREVIOUS];
    if (!keep)
        return h;
    keep = clk__slice_axis(g, keep, 1, i * r->units, r->units);
    return clk__mul(g, h, clk__reshape(g, keep, SHAPE(r->batch, 1, r->units)));
}

/* The recurrent kernel's gradient (units, gates * units): by runs of gates with the same left operand. */
static struct value *kernel_gradient(struct graph *g, const struct op *op, struct value *drec)
{
    const struct recurrent *r = op->attrs;
    int gates = (int)clk__recurrent_gates(r->cell);
    int run = input_of(op, ROLE_KEEP) ? 1 : r->cell == RECURRENT_GRU_BEFORE ? 2 : gates;
    struct value *parts[4];
    int n = 0;
    for (int i = 0; i < gates; i += run) {
        int64_t end = i + run < gates ? i + run : gates;
        struct value *d = drec;
        if (run < gates)
            d = clk__slice_axis(g, drec, 2, i * r->units, (end - i) * r->units);
        parts[n++] = product(g, multiplied(g, op, i), d);
    }
    return n == 1 ? parts[0] : clk__concat(g, parts, n, 1);
}

static void recurrent_grad(
    struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    struct recurrent r = *(const struct recurrent *)op->attrs;
    struct value *by_role[ROLE_COUNT] = {
        [ROLE_SAVED] = op->outputs[OUT_SAVED],
        [ROLE_KERNEL] = input_of(op, ROLE_KERNEL),
        [ROLE_PREVIOUS] = r.cell >= RECURRENT_GRU_AFTER ? op->outputs[OUT_PREVIOUS] : NULL,
        [ROLE_DY] = dy[OUT_SEQUENCE],
        [ROLE_DH] = dy[OUT_H],
        [ROLE_DC] = r.cell == RECURRENT_LSTM ? dy[OUT_C] : NULL,
        [ROLE_MASK] = input_of(op, ROLE_MASK),
        [ROLE_KEEP] = input_of(op, ROLE_KEEP),
    };
    struct op *back = add_op(g, &back_class, &r, by_role);
    if (!back)
        return;
    int64_t gates = clk__recurrent_gates(r.cell);
    output(g, back, OUT_DX, &r, gates);
    if (r.cell == RECURRENT_GRU_AFTER)
        output(g, back, OUT_DREC, &r, gates);
    output(g, back, OUT_DH0, &r, 0);
    if (r.cell == RECURRENT_LSTM)
        output(g, back, OUT_DC0, &r, 0);
    if (g->status != CLK_OK)
        return;
    struct value *drec = back->outputs[r.cell == RECURRENT_GRU_AFTER ? OUT_DREC : OUT_DX];
    const struct recurrent *forward = op->attrs;
    for (int role = 0; role < ROLE_COUNT; role++) {
        int i = forward->place[role];
        if (i < 0 || !op->inputs[i]->needs_grad)
            continue;
        if (role == ROLE_X)
            dx[i] = back->outputs[OUT_DX];
        else if (role == ROLE_KERNEL)
            dx[i] = kernel_gradient(g, op, drec);
        else if (role == ROLE_BIAS)
            dx[i] = clk__sum_to(g, flatten(g, drec), &op->inputs[i]->shape);
        else if (role == ROLE_H0)
            dx[i] = back->outputs[OUT_DH0];
        else if (role == ROLE_C0)
            dx[i] = back->outputs[OUT_DC0];
    }
}

static const struct op_class recurrent_class = {
    .name = "recurrent",
    .grad = recurrent_grad,
    .lower = clk__recurrent_lower,
};

/* ---- the builder ---- */

/* True if there is nothing, or something of the shape (a, b) or, with b 0, (a). -1 fits all. */
static bool fits(const struct value *v, int64_t a, int64_t b)
{
    const int64_t dims[2] = {a, b};
    int rank = b == 0 ? 1 : 2;
    if (!v)
        return true;
    if (v->shape.rank != rank || v->dtype != CLK_FLOAT32)
        return false;
    for (int i = 0; i < rank; i++) {
        if (v->shape.dims[i] != dims[i] && v->shape.dims[i] >= 0 && dims[i] >= 0)
            return false;
    }
    return true;
}

static bool shapes_fit(const struct recurrent *r, const struct recurrent_inputs *in)
{
    int64_t n = clk__recurrent_gates(r->cell) * r->units;
    bool lstm = r->cell == RECURRENT_LSTM, after = r->cell == RECURRENT_GRU_AFTER;
    return in->x->shape.dims[2] == n && in->x->dtype == CLK_FLOAT32 && r->units > 0 &&
           fits(in->kernel, r->units, n) && fits(in->h0, r->batch, r->units) &&
           (!in->c0 || (lstm && fits(in->c0, r->batch, r->units))) &&
           (!in->bias || (after && fits(in->bias, n, 0))) && fits(in->mask, r->batch, r->time) &&
           fits(in->keep, r->batch, n);
}

static clk_status find_activation(
    struct recurrent_activation *out, bool *needs_input, const char *name, float p)
{
    *out = (struct recurrent_activation){.fn = clk__pointwise_find(name), .p = p};
    if (!out->fn || out->fn->arity != 1 || !out->fn->grads[0])
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "recurrent layer: activation \"%s\" is not one of single elements, such as tanh", name);
    *needs_input |= clk__expr_uses(out->fn->grads[0], "a");
    return CLK_OK;
}

static clk_status describe(
    struct recurrent *r, const struct recurrent_inputs *in, const struct recurrent_opts *opts)
{
    const struct shape *x = &in->x->shape, *k = &in->kernel->shape;
    char tx[SHAPE_TEXT], tk[SHAPE_TEXT];
    if (x->rank == 3 && k->rank == 2) {
        r->batch = x->dims[0];
        r->time = x->dims[1];
        r->units = k->dims[0];
    }
    if (x->rank != 3 || k->rank != 2 || !shapes_fit(r, in))
        return clk__fail(CLK_ERR_SHAPE,
            "recurrent layer: gates %s do not fit the recurrent kernel %s, or states, mask, bias "
            "do not: expected (batch, time, %lld * units) with (units, %lld * units)",
            clk__shape_text(tx, x), clk__shape_text(tk, k),
            (long long)clk__recurrent_gates(r->cell), (long long)clk__recurrent_gates(r->cell));
    if (r->time == 0)
        return clk__fail(CLK_ERR_SHAPE, "recurrent layer: a sequence of 0 steps");
    r->backwards = opts->backwards;
    r->in_place = opts->in_place;
    const char *name = opts->activation ? opts->activation : "tanh";
    const char *gate = opts->recurrent_activation ? opts->recurrent_activation : "sigmoid";
    TRY(find_activation(&r->activation, &r->needs_input, name, opts->activation_p));
    if (r->cell == RECURRENT_SIMPLE)
        r->gate = r->activation; /* it has none */
    else
        TRY(find_activation(&r->gate, &r->needs_input, gate, opts->recurrent_p));
    return CLK_OK;
}

struct value *clk__recurrent(struct graph *g, enum recurrent_cell cell,
    const struct recurrent_inputs *in, const struct recurrent_opts *opts, struct value **states)
{
    if (!in->x || !in->kernel)
        return NULL;
    struct recurrent r = {.cell = cell};
    clk_status status = describe(&r, in, opts);
    if (status != CLK_OK)
        return clk__graph_fail(g, status);
    struct value *by_role[ROLE_COUNT] = {[ROLE_X] = in->x,
        [ROLE_KERNEL] = in->kernel,
        [ROLE_BIAS] = in->bias,
        [ROLE_H0] = in->h0,
        [ROLE_C0] = in->c0,
        [ROLE_MASK] = in->mask,
        [ROLE_KEEP] = in->keep};
    struct op *op = add_op(g, &recurrent_class, &r, by_role);
    if (!op)
        return NULL;
    output(g, op, OUT_SEQUENCE, &r, 1);
    output(g, op, OUT_H, &r, 0);
    if (cell == RECURRENT_LSTM)
        output(g, op, OUT_C, &r, 0);
    if (cell == RECURRENT_GRU_BEFORE)
        output(g, op, OUT_RESET, &r, 1);
    output(g, op, OUT_SAVED, &r, clk__recurrent_saved(cell));
    output(g, op, OUT_PREVIOUS, &r, 1);
    if (states) {
        states[0] = op->outputs[OUT_H];
        if (cell == RECURRENT_LSTM)
            states[1] = op->outputs[OUT_C];
    }
    return op->outputs[OUT_SEQUENCE];
}
