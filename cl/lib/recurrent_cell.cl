/* SPDX-License-Identifier: MIT */
/* One step of a recurrent cell on one element (type T), forward and backward; for ops/recurrent.cl.
 *
 *   CELL 0  SimpleRNN         h' = act(x + rec)
 *   CELL 1  LSTM, i f g o     c' = f c + i g, h' = o act(c')
 *   CELL 2  GRU,  z r n       n = act(x_n + r rec_n), h' = z h + (1 - z) n     (reset_after)
 *   CELL 3  GRU               n = act(x_n + (r h) U_n), h' as above: two products a step
 *
 * x (GATES) is the input's share of the gates, rec (GATES) the product of the state with the recurrent kernel
 * (plus its bias). Keras: keras/src/layers/rnn/{simple_rnn,lstm,gru}.py. What the backward pass needs is saved:
 * the gates (before their activation if NEEDS_INPUT: some derivatives can't be had from the value), then c or
 * rec_n. A .cl file, since it is pasted anew for each kernel with other activations. */
#include "lib/pointwise.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef T
#define T float
#endif
#ifndef CELL
#define CELL 1
#endif
#ifndef ACTIVATE
#define ACTIVATE(a)            TANH(a)
#define ACTIVATE_GRAD(g, a, y) ((g) * (K(1.0f) - (y)) * (K(1.0f) + (y)))
#endif
#ifndef RECURRENT
#define RECURRENT(a)            SIGMOID(a)
#define RECURRENT_GRAD(g, a, y) ((g) * (y) * (K(1.0f) - (y)))
#endif
#ifndef NEEDS_INPUT
#define NEEDS_INPUT 0
#endif

#if CELL == 0
#define GATES 1
#define SAVED 1
#elif CELL == 1
#define GATES 4
#define SAVED 5
#elif CELL == 2
#define GATES 3
#define SAVED 4
#else
#define GATES 3
#define SAVED 3
#endif

/* The activations as functions: their expressions use an argument more than once. Those that are called often
 * stay calls: a vector's tanh is long to compile, not short to run. */
static __attribute__((noinline)) T NAME(activate)(T a)
{
    return ACTIVATE(a);
}

static inline T NAME(activate_grad)(T g, T a, T y)
{
    return ACTIVATE_GRAD(g, a, y);
}

static __attribute__((noinline)) T NAME(gate)(T a)
{
    return RECURRENT(a);
}

static inline T NAME(gate_grad)(T g, T a, T y)
{
    return RECURRENT_GRAD(g, a, y);
}

/* What is saved of a gate, and the gate from that. */
#if NEEDS_INPUT
#define KEPT_OF(a, y)    (a)
#define VALUE_OF(s, act) NAME(act)(s)
#else
#define KEPT_OF(a, y)    (y)
#define VALUE_OF(s, act) (s)
#endif

#if CELL == 0

static inline T NAME(cell)(const T *x, const T *rec, T h, T *c, T *saved)
{
    const T a = x[0] + rec[0], y = NAME(activate)(a);
    saved[0] = KEPT_OF(a, y);
    return y;
}

/* From the gradient dh of h' (and *dc of c'): those of x (GATES), of rec_n, of c through *dc, and of h but for
 * what flows through rec, which is returned. */
static inline T NAME(cell_back)(T dh, T h, const T *saved, T *dc, T *dx, T *drec_n)
{
    const T y = VALUE_OF(saved[0], activate);
    dx[0] = NAME(activate_grad)(dh, saved[0], y);
    return (T)(0.0f);
}

#elif CELL == 1

static inline T NAME(cell)(const T *x, const T *rec, T h, T *c, T *saved)
{
    const T ai = x[0] + rec[0], i = NAME(gate)(ai);
    const T af = x[1] + rec[1], f = NAME(gate)(af);
    const T ag = x[2] + rec[2], g = NAME(activate)(ag);
    const T ao = x[3] + rec[3], o = NAME(gate)(ao);
    saved[0] = KEPT_OF(ai, i);
    saved[1] = KEPT_OF(af, f);
    saved[2] = KEPT_OF(ag, g);
    saved[3] = KEPT_OF(ao, o);
    saved[4] = *c;
    *c = f * *c + i * g;
    return o * NAME(activate)(*c);
}

static inline T NAME(cell_back)(T dh, T h, const T *saved, T *dc, T *dx, T *drec_n)
{
    const T i = VALUE_OF(saved[0], gate), f = VALUE_OF(saved[1], gate);
    const T g = VALUE_OF(saved[2], activate), o = VALUE_OF(saved[3], gate);
    const T before = saved[4], c = f * before + i * g, y = NAME(activate)(c);
    const T d = *dc + NAME(activate_grad)(dh * o, c, y);
    dx[0] = NAME(gate_grad)(d * g, saved[0], i);
    dx[1] = NAME(gate_grad)(d * before, saved[1], f);
    dx[2] = NAME(activate_grad)(d * i, saved[2], g);
    dx[3] = NAME(gate_grad)(dh * y, saved[3], o);
    *dc = d * f;
    return (T)(0.0f);
}

#elif CELL == 2

static inline T NAME(cell)(const T *x, const T *rec, T h, T *c, T *saved)
{
    const T az = x[0] + rec[0], z = NAME(gate)(az);
    const T ar = x[1] + rec[1], r = NAME(gate)(ar);
    const T an = x[2] + r * rec[2], n = NAME(activate)(an);
    saved[0] = KEPT_OF(az, z);
    saved[1] = KEPT_OF(ar, r);
    saved[2] = KEPT_OF(an, n);
    saved[3] = rec[2];
    return z * h + (K(1.0f) - z) * n;
}

static inline T NAME(cell_back)(T dh, T h, const T *saved, T *dc, T *dx, T *drec_n)
{
    const T z = VALUE_OF(saved[0], gate), r = VALUE_OF(saved[1], gate);
    const T n = VALUE_OF(saved[2], activate);
    dx[0] = NAME(gate_grad)(dh * (h - n), saved[0], z);
    dx[2] = NAME(activate_grad)(dh * (K(1.0f) - z), saved[2], n);
    dx[1] = NAME(gate_grad)(dx[2] * saved[3], saved[1], r);
    *drec_n = dx[2] * r;
    return dh * z;
}

#else

/* Before the second product: z and r. Returns r. */
static inline T NAME(cell_gates)(const T *x, const T *rec, T *z, T *saved)
{
    const T az = x[0] + rec[0], ar = x[1] + rec[1], r = NAME(gate)(ar);
    *z = NAME(gate)(az);
    saved[0] = KEPT_OF(az, *z);
    saved[1] = KEPT_OF(ar, r);
    return r;
}

/* After it; saved is the third gate's. */
static inline T NAME(cell_new)(T x, T rec, T h, T z, T *saved)
{
    const T an = x + rec, n = NAME(activate)(an);
    *saved = KEPT_OF(an, n);
    return z * h + (K(1.0f) - z) * n;
}

/* dx[1] is still to come: the gradient of r flows through the second product. */
static inline T NAME(cell_back)(T dh, T h, const T *saved, T *dc, T *dx, T *drec_n)
{
    const T z = VALUE_OF(saved[0], gate), n = VALUE_OF(saved[2], activate);
    dx[0] = NAME(gate_grad)(dh * (h - n), saved[0], z);
    dx[1] = (T)(0.0f);
    dx[2] = NAME(activate_grad)(dh * (K(1.0f) - z), saved[2], n);
    return dh * z;
}

/* dh: the gradient of r h out of that product. Returns that of x_r and adds to *dh_before, the one of h. */
static inline T NAME(cell_back_reset)(T dh, T h, T saved, T *dh_before)
{
    const T r = VALUE_OF(saved, gate);
    *dh_before += dh * r;
    return NAME(gate_grad)(dh * h, saved, r);
}

#endif
