/* SPDX-License-Identifier: MIT */
/* A recurrent layer's whole sequence in one launch; cells: lib/recurrent_cell.cl, products: lib/recurrent.clh.
 *
 *   recurrent        x (batch, time, gates * units) -> sequence (batch, time, units), last_h, last_c   PASS 0
 *   recurrent_back   gradients of those -> dx, drec (batch, time, gates * units), dh0, dc0             PASS 1
 *   recurrent_pack   the recurrent kernel (units, gates * units) in the order in which it is read      PASS 2
 *
 * Step s reads time x_first + s * x_step and writes time y_first + s * y_step of the sequence. Where mask (batch,
 * time) is 0, a step repeats state and output (MASKED). `keep` (batch, gates * units) multiplies the state before
 * its product, gate by gate (KEEP: recurrent dropout). h0, c0, bias (gates * units): with HAS_H0, HAS_C0, HAS_BIAS.
 * For the backward pass: saved (batch, time, SAVED * units) as the cell wants it, previous (batch, time, units) the
 * state before each step, reset (batch, time, units) what the second product of CELL 3 multiplied; `wants` has a bit
 * for each output. HAS_DY, HAS_DH, HAS_DC: which gradients there are. drec differs from dx for CELL 2 only.
 * state: planes of (batch, stride), see PLANE_*; stride: units, rounded up to a block of columns on a CPU.
 * Panels: gate g of the columns from `base` on begins at base * p_base + g * p_gate, rows p_row apart.
 * Work: blocks of block_rows rows, one after another. All sums in a fixed order. */
#include "lib/recurrent.clh"

#define T recurrent_floats
#include "lib/recurrent_cell.cl"

#ifndef WG
#define WG 1
#endif
#ifndef PASS
#define PASS 0
#endif
#ifndef MASKED
#define MASKED 0
#endif
#ifndef KEEP
#define KEEP 0
#endif
#ifndef HAS_H0
#define HAS_H0 0
#endif
#ifndef HAS_C0
#define HAS_C0 0
#endif
#ifndef HAS_BIAS
#define HAS_BIAS 0
#endif
#ifndef HAS_DY
#define HAS_DY 1
#endif
#ifndef HAS_DH
#define HAS_DH 0
#endif
#ifndef HAS_DC
#define HAS_DC 0
#endif

/* Bits of `wants`. */
#define WANTS_SEQUENCE 1
#define WANTS_H        2
#define WANTS_C        4
#define WANTS_SAVED    8
#define WANTS_PREVIOUS 16
#define WANTS_RESET    32

/* Planes of the state. Forward: h before and after a step by turns; c, or z of CELL 3; r h of CELL 3; h times
 * `keep` for each gate, by turns. Backward: the gradients of h and c. */
#define PLANE_H     0
#define PLANE_C     2
#define PLANE_RESET 3
#define PLANE_KEPT  4
#define PLANE_DH    0
#define PLANE_DC    1

static inline bool NAME(is_masked)(const struct recurrent_sizes *s, size_t at)
{
#if MASKED
    return s->mask[at] == 0.0f;
#else
    return false;
#endif
}

#if KEEP
/* `keep` of gate g. */
static inline T NAME(keep)(const struct recurrent_sizes *s, int row, int g, int col)
{
    return recurrent_load(s->keep + ((size_t)row * GATES + g) * s->units + col, s->units - col);
}
#endif

#if PASS == 0

/* acc = the state's product with n gates from `first` on. */
static inline void NAME(gates)(float *acc, const struct recurrent_sizes *s,
    const struct recurrent_block *block, int base, int turn, int first, int n RECURRENT_TILE_PARAM)
{
    __global const float *panel = s->panels + (size_t)base * s->p_base + (size_t)first * s->p_gate;
#if KEEP
    for (int g = 0; g < n; g++)
        recurrent_product(acc + g * RECURRENT_GATE, block,
            recurrent_plane(s, PLANE_KEPT + turn * GATES + first + g, block->row), s->stride,
            panel + (size_t)g * s->p_gate, s->p_row, 0, 1, s->units, base, s->units,
            true RECURRENT_TILE(tile));
#else
    recurrent_product(acc, block, recurrent_plane(s, PLANE_H + turn, block->row), s->stride, panel,
        s->p_row, s->p_gate, n, s->units, base, s->units, true RECURRENT_TILE(tile));
#endif
}

/* The state after a step, for the next one. */
static inline void NAME(put_h)(const struct recurrent_sizes *s, int turn, int row, int col, T h)
{
    recurrent_put(s, PLANE_H + turn, row, col, h);
#if KEEP
    for (int g = 0; g < GATES; g++)
        recurrent_put(s, PLANE_KEPT + turn * GATES + g, row, col, h * NAME(keep)(s, row, g, col));
#endif
}

/* Gate g of x, and of rec with its bias. */
static inline T NAME(x_of)(
    const struct recurrent_run *r, const struct recurrent_sizes *s, size_t at, int g, int col)
{
    return recurrent_load(r->x + (at * GATES + g) * s->units + col, s->units - col);
}

static inline T NAME(rec_of)(
    const struct recurrent_run *r, const struct recurrent_sizes *s, T product, int g, int col)
{
#if HAS_BIAS
    product += recurrent_load(r->bias + (size_t)g * s->units + col, s->units - col);
#endif
    return product;
}

static inline void NAME(save)(
    const struct recurrent_run *r, const struct recurrent_sizes *s, size_t at, int i, int col, T v)
{
    if (s->wants & WANTS_SAVED)
        recurrent_store(v, r->saved + (at * SAVED + i) * s->units + col, s->units - col);
}

/* Element (row, col) of the step that reads `at` and writes `to` (rows of batch * time); acc: its products. */
static inline void NAME(step)(const struct recurrent_run *r, const struct recurrent_sizes *s,
    size_t at, size_t to, int turn, int row, int col, const float *acc, int e)
{
    const int n = s->units - col;
    const T h = recurrent_get(s, PLANE_H + turn, row, col);
    T y = h;
    if (s->wants & WANTS_PREVIOUS)
        recurrent_store(h, r->previous + at * s->units + col, n);
    if (!NAME(is_masked)(s, at)) {
        T saved[SAVED];
#if CELL == 3
        const T z = recurrent_get(s, PLANE_C, row, col);
        y = NAME(cell_new)(NAME(x_of)(r, s, at, 2, col),
            NAME(rec_of)(r, s, RECURRENT_ACC(acc, 0, e), 2, col), h, z, saved + 2);
        NAME(save)(r, s, at, 2, col, saved[2]);
#else
        T x[GATES], rec[GATES], c = (T)(0.0f);
        for (int g = 0; g < GATES; g++) {
            x[g] = NAME(x_of)(r, s, at, g, col);
            rec[g] = NAME(rec_of)(r, s, RECURRENT_ACC(acc, g, e), g, col);
        }
#if CELL == 1
        c = recurrent_get(s, PLANE_C, row, col);
#endif
        y = NAME(cell)(x, rec, h, &c, saved);
#if CELL == 1
        recurrent_put(s, PLANE_C, row, col, c);
#endif
        for (int i = 0; i < SAVED; i++)
            NAME(save)(r, s, at, i, col, saved[i]);
#endif
    }
    NAME(put_h)(s, 1 - turn, row, col, y);
    if (s->wants & WANTS_SEQUENCE)
        recurrent_store(y, r->sequence + to * s->units + col, n);
}

#if CELL == 3
/* The first half of a step: z, and r h for the second product. */
static inline void NAME(half_step)(const struct recurrent_run *r, const struct recurrent_sizes *s,
    size_t at, int turn, int row, int col, const float *acc, int e)
{
    T x[2], rec[2], saved[2], z;
    for (int g = 0; g < 2; g++) {
        x[g] = NAME(x_of)(r, s, at, g, col);
        rec[g] = NAME(rec_of)(r, s, RECURRENT_ACC(acc, g, e), g, col);
    }
    T h = NAME(cell_gates)(x, rec, &z, saved);
#if KEEP
    h *= recurrent_get(s, PLANE_KEPT + turn * GATES + 2, row, col);
#else
    h *= recurrent_get(s, PLANE_H + turn, row, col);
#endif
    recurrent_put(s, PLANE_C, row, col, z);
    recurrent_put(s, PLANE_RESET, row, col, h);
    NAME(save)(r, s, at, 0, col, saved[0]);
    NAME(save)(r, s, at, 1, col, saved[1]);
    if (s->wants & WANTS_RESET)
        recurrent_store(h, r->reset + at * s->units + col, s->units - col);
}
#endif

/* All columns of a block through the step that reads time t and writes time `to`. */
static inline void NAME(block_step)(float *acc, const struct recurrent_run *r,
    const struct recurrent_sizes *s, const struct recurrent_block *block, int t, int to,
    int turn RECURRENT_TILE_PARAM)
{
    int row, col;
#if CELL == 3
    for (int base = 0; base < s->units; base += RECURRENT_COLS(block->lanes)) {
        NAME(gates)(acc, s, block, base, turn, 0, 2 RECURRENT_TILE(tile));
        for (int e = 0; e < RECURRENT_ELEMENTS(*block); e++) {
            if (recurrent_at(&row, &col, block, base, s->units, e))
                NAME(half_step)(r, s, (size_t)row * s->time + t, turn, row, col, acc, e);
        }
    }
    RECURRENT_SYNC;
#endif
    for (int base = 0; base < s->units; base += RECURRENT_COLS(block->lanes)) {
#if CELL == 3
        recurrent_product(acc, block, recurrent_plane(s, PLANE_RESET, block->row), s->stride,
            s->panels + (size_t)base * s->p_base + (size_t)2 * s->p_gate, s->p_row, 0, 1, s->units,
            base, s->units, true RECURRENT_TILE(tile));
#else
        NAME(gates)(acc, s, block, base, turn, 0, GATES RECURRENT_TILE(tile));
#endif
        for (int e = 0; e < RECURRENT_ELEMENTS(*block); e++) {
            if (recurrent_at(&row, &col, block, base, s->units, e))
                NAME(step)
            (r, s, (size_t)row * s->time + t, (size_t)row * s->time + to, turn, row, col, acc, e);
        }
    }
    RECURRENT_SYNC;
}

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(recurrent)(
    __global const float *restrict x, __global const float *restrict panels,
    __global const float *h0, __global const float *c0, __global const float *mask,
    __global const float *keep, __global const float *bias, __global float *sequence,
    __global float *last_h, __global float *last_c, __global float *saved, __global float *previous,
    __global float *reset, __global float *state, int batch, int time, int units, int stride,
    int p_base, int p_gate, int p_row, int x_first, int x_step, int y_first, int y_step,
    int block_rows, int lanes, int wants)
{
    RECURRENT_LOCAL(tile)
    float acc[GATES * RECURRENT_GATE];
    const struct recurrent_run r = {x, bias, sequence, saved, previous, reset};
    const struct recurrent_sizes s = {
        batch, time, units, stride, p_base, p_gate, p_row, wants, panels, mask, keep, state};
    const int last = PLANE_H + time % 2;
    int row, col;
    for (int at = (int)get_group_id(0) * block_rows; at < batch;
         at += (int)get_num_groups(0) * block_rows) {
        const struct recurrent_block block = {at, min(block_rows, batch - at), lanes};
        for (int base = 0; base < units; base += RECURRENT_COLS(lanes)) {
            for (int e = 0; e < RECURRENT_ELEMENTS(block); e++) {
                if (!recurrent_at(&row, &col, &block, base, units, e))
                    continue;
                T h = (T)(0.0f), c = (T)(0.0f);
#if HAS_H0
                h = recurrent_load(h0 + (size_t)row * units + col, units - col);
#endif
#if HAS_C0
                c = recurrent_load(c0 + (size_t)row * units + col, units - col);
#endif
                NAME(put_h)(&s, 0, row, col, h);
                recurrent_put(&s, PLANE_C, row, col, c);
            }
        }
        RECURRENT_SYNC;
        for (int i = 0; i < time; i++)
            NAME(block_step)
        (acc, &r, &s, &block, x_first + i * x_step, y_first + i * y_step,
            i % 2 RECURRENT_TILE(tile));
        for (int base = 0; base < units; base += RECURRENT_COLS(lanes)) {
            for (int e = 0; e < RECURRENT_ELEMENTS(block); e++) {
                if (!recurrent_at(&row, &col, &block, base, units, e))
                    continue;
                if (wants & WANTS_H)
                    recurrent_store(recurrent_get(&s, last, row, col),
                        last_h + (size_t)row * units + col, units - col);
                if (wants & WANTS_C)
                    recurrent_store(recurrent_get(&s, PLANE_C, row, col),
                        last_c + (size_t)row * units + col, units - col);
            }
        }
    }
}

#elif PASS == 1

/* Element (row, col) of a step, whose output was at `to`: the gradients of the gates, and in PLANE_DH what of the
 * gradient of the state before does not flow through the product. */
static inline void NAME(step_back)(const struct recurrent_back *r, const struct recurrent_sizes *s,
    size_t at, size_t to, int row, int col)
{
    const int n = s->units - col;
    T dh = recurrent_get(s, PLANE_DH, row, col);
    T dx[GATES], drec_n = (T)(0.0f);
#if HAS_DY
    dh += recurrent_load(r->dy + to * s->units + col, n);
#endif
    for (int g = 0; g < GATES; g++)
        dx[g] = (T)(0.0f);
    if (!NAME(is_masked)(s, at)) {
        T saved[SAVED], h = (T)(0.0f), dc = (T)(0.0f);
        for (int i = 0; i < SAVED; i++)
            saved[i] = recurrent_load(r->saved + (at * SAVED + i) * s->units + col, n);
#if CELL >= 2
        h = recurrent_load(r->previous + at * s->units + col, n);
#endif
#if CELL == 1
        dc = recurrent_get(s, PLANE_DC, row, col);
#endif
        dh = NAME(cell_back)(dh, h, saved, &dc, dx, &drec_n);
#if CELL == 1
        recurrent_put(s, PLANE_DC, row, col, dc);
#endif
    }
    recurrent_put(s, PLANE_DH, row, col, dh);
    for (int g = 0; g < GATES; g++)
        recurrent_store(dx[g], r->dx + (at * GATES + g) * s->units + col, n);
#if CELL == 2
    for (int g = 0; g < GATES; g++)
        recurrent_store(g == 2 ? drec_n : dx[g], r->drec + (at * GATES + g) * s->units + col, n);
#endif
}

#if CELL == 3
/* The gradient of r, from the one of r h in acc. */
static inline void NAME(reset_back)(const struct recurrent_back *r, const struct recurrent_sizes *s,
    size_t at, int row, int col, const float *acc, int e)
{
    const int n = s->units - col;
    if (NAME(is_masked)(s, at))
        return;
    T h = recurrent_load(r->previous + at * s->units + col, n);
    T d = RECURRENT_ACC(acc, 0, e), before = (T)(0.0f);
    T dh = recurrent_get(s, PLANE_DH, row, col);
    const T saved = recurrent_load(r->saved + (at * SAVED + 1) * s->units + col, n);
#if KEEP
    d *= NAME(keep)(s, row, 2, col);
#endif
    d = NAME(cell_back_reset)(d, h, saved, &before);
    recurrent_put(s, PLANE_DH, row, col, dh + before);
    recurrent_store(d, r->dx + (at * GATES + 1) * s->units + col, n);
}
#endif

/* PLANE_DH += the gradients of n gates at time t times the kernel's transpose, for the columns from `base` on. */
static inline void NAME(product_back)(float *acc, const struct recurrent_back *r,
    const struct recurrent_sizes *s, const struct recurrent_block *block, int base, int t,
    int first, int n RECURRENT_TILE_PARAM)
{
    const int a_row = s->time * GATES * s->units;
    __global const float *a =
        (CELL == 2 ? r->drec : r->dx) + ((size_t)block->row * s->time + t) * GATES * s->units;
    for (int g = first; g < first + n; g++) {
        float *d = acc + (KEEP ? g - first : 0) * RECURRENT_GATE;
        recurrent_product(d, block, a + (size_t)g * s->units, a_row,
            s->panels + (size_t)base * s->p_base + (size_t)g * s->p_gate, s->p_row, 0, 1, s->units,
            base, s->units, KEEP || g == first RECURRENT_TILE(tile));
    }
}

static inline void NAME(add_back)(
    const struct recurrent_sizes *s, int row, int col, int n, const float *acc, int e)
{
    T dh = recurrent_get(s, PLANE_DH, row, col);
#if KEEP
    for (int g = 0; g < n; g++)
        dh += RECURRENT_ACC(acc, g, e) * NAME(keep)(s, row, g, col);
#else
    dh += RECURRENT_ACC(acc, 0, e);
#endif
    recurrent_put(s, PLANE_DH, row, col, dh);
}

/* All columns of a block back through a step. */
static inline void NAME(block_back)(float *acc, const struct recurrent_back *r,
    const struct recurrent_sizes *s, const struct recurrent_block *block, int t, int to,
    bool through RECURRENT_TILE_PARAM)
{
    const int gates = CELL == 3 ? 2 : GATES; /* that the state itself is multiplied with */
    int row, col;
    for (int base = 0; base < s->units; base += RECURRENT_COLS(block->lanes)) {
        for (int e = 0; e < RECURRENT_ELEMENTS(*block); e++) {
            if (recurrent_at(&row, &col, block, base, s->units, e))
                NAME(step_back)
            (r, s, (size_t)row * s->time + t, (size_t)row * s->time + to, row, col);
        }
    }
    RECURRENT_SYNC;
#if CELL == 3
    for (int base = 0; base < s->units; base += RECURRENT_COLS(block->lanes)) {
        NAME(product_back)(acc, r, s, block, base, t, 2, 1 RECURRENT_TILE(tile));
        for (int e = 0; e < RECURRENT_ELEMENTS(*block); e++) {
            if (recurrent_at(&row, &col, block, base, s->units, e))
                NAME(reset_back)(r, s, (size_t)row * s->time + t, row, col, acc, e);
        }
    }
    RECURRENT_SYNC;
#endif
    for (int base = 0; through && base < s->units; base += RECURRENT_COLS(block->lanes)) {
        NAME(product_back)(acc, r, s, block, base, t, 0, gates RECURRENT_TILE(tile));
        for (int e = 0; e < RECURRENT_ELEMENTS(*block); e++) {
            if (recurrent_at(&row, &col, block, base, s->units, e))
                NAME(add_back)(s, row, col, gates, acc, e);
        }
    }
    RECURRENT_SYNC;
}

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(recurrent_back)(
    __global const float *restrict saved, __global const float *restrict panels,
    __global const float *restrict previous, __global const float *dy, __global const float *dh,
    __global const float *dc, __global const float *mask, __global const float *keep,
    __global float *dx, __global float *drec, __global float *dh0, __global float *dc0,
    __global float *state, int batch, int time, int units, int stride, int p_base, int p_gate,
    int p_row, int x_first, int x_step, int y_first, int y_step, int block_rows, int lanes,
    int wants)
{
    RECURRENT_LOCAL(tile)
    float acc[GATES * RECURRENT_GATE];
    const struct recurrent_back r = {saved, previous, dy, dx, drec};
    const struct recurrent_sizes s = {
        batch, time, units, stride, p_base, p_gate, p_row, wants, panels, mask, keep, state};
    int row, col;
    for (int at = (int)get_group_id(0) * block_rows; at < batch;
         at += (int)get_num_groups(0) * block_rows) {
        const struct recurrent_block block = {at, min(block_rows, batch - at), lanes};
        for (int base = 0; base < units; base += RECURRENT_COLS(lanes)) {
            for (int e = 0; e < RECURRENT_ELEMENTS(block); e++) {
                if (!recurrent_at(&row, &col, &block, base, units, e))
                    continue;
                T h = (T)(0.0f), c = (T)(0.0f);
#if HAS_DH
                h = recurrent_load(dh + (size_t)row * units + col, units - col);
#endif
#if HAS_DC
                c = recurrent_load(dc + (size_t)row * units + col, units - col);
#endif
                recurrent_put(&s, PLANE_DH, row, col, h);
                recurrent_put(&s, PLANE_DC, row, col, c);
            }
        }
        for (int i = time - 1; i >= 0; i--)
            NAME(block_back)
        (acc, &r, &s, &block, x_first + i * x_step, y_first + i * y_step,
            i > 0 || wants & WANTS_H RECURRENT_TILE(tile));
        for (int base = 0; base < units; base += RECURRENT_COLS(lanes)) {
            for (int e = 0; e < RECURRENT_ELEMENTS(block); e++) {
                if (!recurrent_at(&row, &col, &block, base, units, e))
                    continue;
                if (wants & WANTS_H)
                    recurrent_store(recurrent_get(&s, PLANE_DH, row, col),
                        dh0 + (size_t)row * units + col, units - col);
                if (wants & WANTS_C)
                    recurrent_store(recurrent_get(&s, PLANE_DC, row, col),
                        dc0 + (size_t)row * units + col, units - col);
            }
        }
    }
}

#else

/* packed = for each block of `width` columns and each gate a panel (units, width): element (k, j) is
 * u[g * units + k * k_step + j * j_step], zero beyond the last column. A work-item of a CPU takes rows of panels. */
__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(recurrent_pack)(
    __global const float *restrict u, __global float *restrict packed, int units, int gates,
    int blocks, int width, int k_step, int j_step)
{
    const int rows = blocks * gates * units;
#if WG == 1
    for (int row = (int)get_global_id(0); row < rows; row += (int)get_global_size(0)) {
        const int k = row % units, g = row / units % gates, col = row / units / gates * width;
        __global const float *from =
            u + (size_t)g * units + (size_t)k * k_step + (size_t)col * j_step;
        __global float *to = packed + (size_t)row * width;
        const int n = min(width, units - col);
        for (int j = 0; j < n; j++)
            to[j] = from[(size_t)j * j_step];
        for (int j = n; j < width; j++)
            to[j] = 0.0f;
    }
#else
    const size_t e = get_global_id(0);
    const int row = (int)(e / width), j = (int)(e % width);
    const int k = row % units, g = row / units % gates, col = row / units / gates * width + j;
    if (row >= rows)
        return;
    packed[e] =
        col < units ? u[(size_t)g * units + (size_t)k * k_step + (size_t)col * j_step] : 0.0f;
#endif
}

#endif

#undef T
#undef PASS
#undef MASKED
#undef KEEP
#undef HAS_H0
#undef HAS_C0
#undef HAS_BIAS
#undef HAS_DY
#undef HAS_DH
#undef HAS_DC
#undef CELL
#undef GATES
#undef SAVED
#undef ACTIVATE
#undef ACTIVATE_GRAD
#undef RECURRENT
#undef RECURRENT_GRAD
#undef NEEDS_INPUT
#undef KEPT_OF
#undef VALUE_OF
#undef WANTS_SEQUENCE
#undef WANTS_H
#undef WANTS_C
#undef WANTS_SAVED
#undef WANTS_PREVIOUS
#undef WANTS_RESET
#undef PLANE_H
#undef PLANE_C
#undef PLANE_RESET
#undef PLANE_KEPT
#undef PLANE_DH
#undef PLANE_DC
