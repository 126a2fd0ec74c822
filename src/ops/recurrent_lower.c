/* SPDX-License-Identifier: MIT */
/* Launches of cl/ops/recurrent.cl: the recurrent kernel is brought into the order in which it is read, then one
 * launch does all time steps. */
#include "base/str.h"
#include "device/device.h"
#include "ops/recurrent.h"

#include <limits.h>
#include <stdlib.h>

enum {
    CPU_ROWS_MAX = 48,  /* RECURRENT_ROWS of cl/lib/recurrent.clh */
    GPU_SLOT_ROWS = 4,  /* RECURRENT_R */
    GPU_SLOTS_MAX = 16, /* RECURRENT_SLOTS */
    CPU_PACK_MIN = 4096 /* floats for which another work-item is worth it */
};

/* Planes of the state, see PLANE_* of cl/ops/recurrent.cl. */
enum {
    PLANES_FORWARD = 4,
    PLANES_BACK = 2
};

static int64_t ceil_div(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- what the text depends on ---- */

static void add_activation(struct str *s, const char *name, const struct recurrent_activation *a)
{
    const struct pointwise_fn *f = a->fn;
    clk__str_addf(s, "#define %s_P(a, p0) (%s)\n", name, f->expr);
    clk__str_addf(s, "#define %s(a) %s_P(a, K(%.9ef))\n", name, name, (double)a->p);
    clk__str_addf(s, "#define %s_GRAD_P(g, a, y, p0) (%s)\n", name, f->grads[0]);
    clk__str_addf(
        s, "#define %s_GRAD(g, a, y) %s_GRAD_P(g, a, y, K(%.9ef))\n", name, name, (double)a->p);
}

static bool has(const struct recurrent *r, enum recurrent_role role)
{
    return r->place[role] >= 0;
}

static clk_status defines(char **out, const struct recurrent *r, int pass)
{
    struct str s = {0};
    clk__str_addf(&s, "#define PASS %d\n#define CELL %d\n", pass, (int)r->cell);
    static const struct {
        const char *name;
        enum recurrent_role role;
    } inputs[] = {
        {"HAS_BIAS", ROLE_BIAS},
        {"HAS_H0", ROLE_H0},
        {"HAS_C0", ROLE_C0},
        {"HAS_DY", ROLE_DY},
        {"HAS_DH", ROLE_DH},
        {"HAS_DC", ROLE_DC},
        {"MASKED", ROLE_MASK},
        {"KEEP", ROLE_KEEP},
    };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        clk__str_addf(&s, "#define %s %d\n", inputs[i].name, has(r, inputs[i].role));
    clk__str_addf(&s, "#define NEEDS_INPUT %d\n", r->needs_input);
    add_activation(&s, "ACTIVATE", &r->activation);
    add_activation(&s, "RECURRENT", &r->gate);
    return clk__str_finish(out, &s);
}

/* ---- shapes of the work ---- */

struct work {
    int64_t block_rows, groups, lanes;
    int64_t width;  /* of a packed panel's row */
    int64_t stride; /* of a row of state */
    int64_t p_base, p_gate, p_row;
    struct launch_arg panels;
    int state; /* scratch */
};

/* Blocks of batch rows: on a CPU whole tiles, as even as can be; on a GPU as many rows as a work-group has slots. */
static void split_rows(struct work *w, const struct recurrent *r, const struct geometry *geo)
{
    w->lanes = 1;
    if (geo->wg == 1) {
        int64_t tile_m = geo->vec == 16 ? 8 : 6;
        int64_t tiles = ceil_div(r->batch, tile_m);
        int64_t items = min64(geo->items > 0 ? geo->items : 1, tiles);
        w->block_rows = min64(ceil_div(tiles, items), CPU_ROWS_MAX / tile_m) * tile_m;
        w->groups = min64(ceil_div(r->batch, w->block_rows), items);
        return;
    }
    int64_t lanes_min = geo->wg > GPU_SLOTS_MAX ? geo->wg / GPU_SLOTS_MAX : 1;
    while (w->lanes < geo->wg && (w->lanes < r->units || w->lanes < lanes_min))
        w->lanes *= 2;
    w->block_rows = geo->wg / w->lanes * GPU_SLOT_ROWS;
    w->groups = ceil_div(r->batch, w->block_rows);
}

static clk_status launch_pack(struct lowering *l, const struct recurrent *r, const struct value *u,
    const struct work *w, bool transpose)
{
    const struct geometry *geo = clk__lower_geometry(l);
    int64_t gates = clk__recurrent_gates(r->cell), row = gates * r->units;
    int64_t blocks = w->stride / w->width, len = blocks * w->width * row;
    int64_t items = geo->wg == 1 ? min64(ceil_div(len, CPU_PACK_MIN), geo->items)
                                 : ceil_div(len, geo->wg) * geo->wg;
    const struct launch launch = {
        .file = "ops/recurrent.cl",
        .kernel = "recurrent_pack",
        .defines = "#define PASS 2\n",
        .args = {ARG_V(u), w->panels, ARG_I(r->units), ARG_I(gates), ARG_I(blocks), ARG_I(w->width),
            ARG_I(transpose ? 1 : row), ARG_I(transpose ? row : 1)},
        .n_args = 8,
        .dims = 1,
        .global = {(size_t)(items > 0 ? items : 1)},
        .local = {(size_t)geo->wg},
    };
    return clk__lower_launch(l, &launch);
}

/* Decides the work's shape, reserves the state and packs the kernel (its transpose on the way back). */
static clk_status prepare(
    struct work *w, struct lowering *l, const struct op *op, int64_t planes, bool transpose)
{
    const struct recurrent *r = op->attrs;
    const struct geometry *geo = clk__lower_geometry(l);
    const struct value *u = op->inputs[r->place[ROLE_KERNEL]];
    int64_t gates = clk__recurrent_gates(r->cell);
    bool cpu = geo->wg == 1;
    *w = (struct work){.width = cpu ? (geo->vec == 16 ? 32 : 16) : r->units};
    split_rows(w, r, geo);
    w->stride = ceil_div(r->units, w->width) * w->width;
    if (has(r, ROLE_KEEP) && !transpose)
        planes += 2 * gates;
    int64_t largest = r->batch * r->time * clk__recurrent_saved(r->cell) * r->units;
    if (largest > INT_MAX || w->stride * gates * r->units > INT_MAX)
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "recurrent layer: %lld elements of gates: up to 2^31 - 1 are possible, a smaller batch "
            "may help",
            (long long)largest);
    TRY(clk__lower_scratch(&w->state, l, (size_t)(planes * r->batch * w->stride) * sizeof(float)));
    if (!cpu && !transpose) { /* as it lies */
        w->panels = ARG_V(u);
        w->p_base = 1;
        w->p_gate = r->units;
        w->p_row = gates * r->units;
        return CLK_OK;
    }
    int packed = 0;
    TRY(clk__lower_scratch(&packed, l, (size_t)(w->stride * gates * r->units) * sizeof(float)));
    w->panels = ARG_S(packed);
    w->p_base = cpu ? gates * r->units : 1;
    w->p_gate = r->units * w->width;
    w->p_row = w->width;
    return launch_pack(l, r, u, w, transpose);
}

/* ---- arguments ---- */

static void add(struct launch *l, struct launch_arg arg)
{
    l->args[l->n_args++] = arg;
}

/* Inputs that are not there and outputs that nobody wants are never touched: the recurrent kernel stands in. */
static void add_input(
    struct launch *l, const struct op *op, const struct recurrent *r, enum recurrent_role role)
{
    add(l, ARG_V(op->inputs[r->place[has(r, role) ? role : ROLE_KERNEL]]));
}

static void add_output(struct launch *launch, int *wants, struct lowering *l, const struct op *op,
    const struct work *w, int i, int bit)
{
    bool wanted = bit && clk__lower_wants(l, op, i);
    if (wanted)
        *wants |= bit;
    add(launch, wanted ? ARG_V(op->outputs[i]) : ARG_S(w->state));
}

static void add_sizes(struct launch *l, const struct recurrent *r, const struct work *w, int wants)
{
    int64_t last = r->time - 1;
    const int64_t all[] = {r->batch, r->time, r->units, w->stride, w->p_base, w->p_gate, w->p_row,
        r->backwards ? last : 0, r->backwards ? -1 : 1, r->backwards && r->in_place ? last : 0,
        r->backwards && r->in_place ? -1 : 1, w->block_rows, w->lanes, wants};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        add(l, ARG_I(all[i]));
}

static clk_status launch_all(struct lowering *l, struct launch *launch, const struct recurrent *r,
    const struct work *w, int pass)
{
    const struct geometry *geo = clk__lower_geometry(l);
    char *text = NULL;
    TRY(defines(&text, r, pass));
    launch->file = "ops/recurrent.cl";
    launch->defines = text;
    launch->dims = 1;
    launch->global[0] = (size_t)(w->groups * geo->wg);
    launch->local[0] = (size_t)geo->wg;
    clk_status status = clk__lower_launch(l, launch);
    free(text);
    return status;
}

/* WANTS_* of cl/ops/recurrent.cl. */
enum {
    WANTS_SEQUENCE = 1,
    WANTS_H = 2,
    WANTS_C = 4,
    WANTS_SAVED = 8,
    WANTS_PREVIOUS = 16,
    WANTS_RESET = 32
};

clk_status clk__recurrent_lower(struct lowering *l, const struct op *op)
{
    const struct recurrent *r = op->attrs;
    struct work w;
    struct launch launch = {.kernel = "recurrent"};
    int wants = 0;
    TRY(prepare(&w, l, op, PLANES_FORWARD, false));
    bool lstm = r->cell == RECURRENT_LSTM, before = r->cell == RECURRENT_GRU_BEFORE;
    add_input(&launch, op, r, ROLE_X);
    add(&launch, w.panels);
    add_input(&launch, op, r, ROLE_H0);
    add_input(&launch, op, r, ROLE_C0);
    add_input(&launch, op, r, ROLE_MASK);
    add_input(&launch, op, r, ROLE_KEEP);
    add_input(&launch, op, r, ROLE_BIAS);
    add_output(&launch, &wants, l, op, &w, OUT_SEQUENCE, WANTS_SEQUENCE);
    add_output(&launch, &wants, l, op, &w, OUT_H, WANTS_H);
    add_output(&launch, &wants, l, op, &w, OUT_C, lstm ? WANTS_C : 0);
    add_output(&launch, &wants, l, op, &w, OUT_SAVED, WANTS_SAVED);
    add_output(&launch, &wants, l, op, &w, OUT_PREVIOUS, WANTS_PREVIOUS);
    add_output(&launch, &wants, l, op, &w, OUT_RESET, before ? WANTS_RESET : 0);
    add(&launch, ARG_S(w.state));
    add_sizes(&launch, r, &w, wants);
    return launch_all(l, &launch, r, &w, 0);
}

/* The gradients of the gates are read back within the launch: they need memory, wanted or not. */
static clk_status add_gates(struct launch *launch, struct lowering *l, const struct op *op,
    const struct recurrent *r, int i)
{
    if (clk__lower_wants(l, op, i)) {
        add(launch, ARG_V(op->outputs[i]));
        return CLK_OK;
    }
    int scratch = 0;
    int64_t len = r->batch * r->time * clk__recurrent_gates(r->cell) * r->units;
    TRY(clk__lower_scratch(&scratch, l, (size_t)len * sizeof(float)));
    add(launch, ARG_S(scratch));
    return CLK_OK;
}

clk_status clk__recurrent_back_lower(struct lowering *l, const struct op *op)
{
    const struct recurrent *r = op->attrs;
    struct work w;
    struct launch launch = {.kernel = "recurrent_back"};
    int wants = 0;
    TRY(prepare(&w, l, op, PLANES_BACK, true));
    add_input(&launch, op, r, ROLE_SAVED);
    add(&launch, w.panels);
    add_input(&launch, op, r, ROLE_PREVIOUS);
    add_input(&launch, op, r, ROLE_DY);
    add_input(&launch, op, r, ROLE_DH);
    add_input(&launch, op, r, ROLE_DC);
    add_input(&launch, op, r, ROLE_MASK);
    add_input(&launch, op, r, ROLE_KEEP);
    TRY(add_gates(&launch, l, op, r, OUT_DX));
    if (r->cell == RECURRENT_GRU_AFTER)
        TRY(add_gates(&launch, l, op, r, OUT_DREC));
    else
        add(&launch, ARG_S(w.state));
    add_output(&launch, &wants, l, op, &w, OUT_DH0, WANTS_H);
    add_output(&launch, &wants, l, op, &w, OUT_DC0, r->cell == RECURRENT_LSTM ? WANTS_C : 0);
    add(&launch, ARG_S(w.state));
    add_sizes(&launch, r, &w, wants);
    return launch_all(l, &launch, r, &w, 1);
}
