/* SPDX-License-Identifier: MIT */
/* Einstein sums of two operands as one matrix product: the equation's indices are those of both operands and
 * the result ("batch"), those summed over, and those of one operand alone ("free"). Each operand is brought
 * into the order (batch, free, summed) or (batch, summed, free), multiplied, and the result into its own.
 * Keras: keras/src/ops/numpy.py einsum. */
#include "ops/ops.h"

#include <ctype.h>
#include <string.h>

#define MAX_LABELS (3 * CLK_MAX_RANK)

/* The indices of an operand or the result, a character an axis; an ellipsis stands for '0', '1', ..., its
 * last axis being '0'. */
struct term {
    char labels[CLK_MAX_RANK + 1];
    int n;
};

struct equation {
    const char *text;
    struct term a, b, out;
};

static clk_status refuse(const struct equation *e, const char *why)
{
    return clk__fail(CLK_ERR_ARG, "einsum \"%s\": %s", e->text, why);
}

static bool has(const struct term *t, char label)
{
    return memchr(t->labels, label, (size_t)t->n) != NULL;
}

static clk_status add_label(struct term *t, char label, const struct equation *e)
{
    if (t->n == CLK_MAX_RANK)
        return refuse(e, "too many indices in one operand");
    if (has(t, label))
        return refuse(e, "an index is twice in one operand; only products are possible");
    t->labels[t->n++] = label;
    return CLK_OK;
}

/* Reads indices up to `end`; an ellipsis gives `n_ellipsis` of them, or as many as `rank` leaves. */
static clk_status read_term(struct term *t, const char *s, const char *end, int rank,
    int *n_ellipsis, const struct equation *e)
{
    int n_letters = 0;
    for (const char *p = s; p < end; p++)
        n_letters += isalpha((unsigned char)*p) != 0;
    for (; s < end; s++) {
        if (isalpha((unsigned char)*s)) {
            TRY(add_label(t, *s, e));
        } else if (end - s >= 3 && strncmp(s, "...", 3) == 0) {
            int n = rank >= 0 ? rank - n_letters : *n_ellipsis;
            *n_ellipsis = n > *n_ellipsis ? n : *n_ellipsis;
            s += 2;
            while (n-- > 0)
                TRY(add_label(t, (char)('0' + n), e));
        } else if (*s != ' ') {
            return refuse(e, "expected indices as in \"abc,cd->abd\"");
        }
    }
    if (rank >= 0 && t->n != rank)
        return clk__fail(CLK_ERR_SHAPE, "einsum \"%s\": %d indices for an operand with %d axes",
            e->text, t->n, rank);
    return CLK_OK;
}

static clk_status read_equation(struct equation *e, const struct value *a, const struct value *b)
{
    const char *comma = strchr(e->text, ','), *arrow = strstr(e->text, "->");
    int n_ellipsis = 0;
    if (!comma || !arrow || comma > arrow || strchr(comma + 1, ','))
        return refuse(e, "expected two operands and a result, as in \"abc,cd->abd\"");
    TRY(read_term(&e->a, e->text, comma, a->shape.rank, &n_ellipsis, e));
    TRY(read_term(&e->b, comma + 1, arrow, b->shape.rank, &n_ellipsis, e));
    TRY(read_term(&e->out, arrow + 2, arrow + strlen(arrow), -1, &n_ellipsis, e));
    for (int i = 0; i < e->out.n; i++) {
        if (!has(&e->a, e->out.labels[i]) && !has(&e->b, e->out.labels[i]))
            return refuse(e, "the result has an index that no operand has");
    }
    return CLK_OK;
}

/* The length of an index in v; -1: unknown there or not one of its own. */
static int64_t length(const struct term *t, const struct value *v, char label)
{
    for (int i = 0; i < t->n; i++) {
        if (t->labels[i] == label)
            return v->shape.dims[i];
    }
    return -1;
}

/* Sums v over the indices that are its alone; *t loses them. */
static struct value *sum_alone(struct graph *g, struct value *v, struct term *t,
    const struct term *other, const struct term *out)
{
    struct term kept = {.n = 0};
    unsigned axes = 0;
    for (int i = 0; i < t->n; i++) {
        if (has(other, t->labels[i]) || has(out, t->labels[i]))
            kept.labels[kept.n++] = t->labels[i];
        else
            axes |= 1u << i;
    }
    *t = kept;
    return axes ? clk__reduce(g, REDUCE_SUM, v, axes, false) : v;
}

/* Those of `from` that are (in == true) or are not in x, and are in y or not. */
static struct term pick(
    const struct term *from, const struct term *x, bool in_x, const struct term *y, bool in_y)
{
    struct term t = {.n = 0};
    for (int i = 0; i < from->n; i++) {
        char c = from->labels[i];
        if (has(x, c) == in_x && has(y, c) == in_y)
            t.labels[t.n++] = c;
    }
    return t;
}

static void join(struct term *out, const struct term *more)
{
    for (int i = 0; i < more->n; i++)
        out->labels[out->n++] = more->labels[i];
}

/* The order of `first`, `second`, `third`, one behind the other. */
static struct term in_order(
    const struct term *first, const struct term *second, const struct term *third)
{
    struct term t = {.n = 0};
    join(&t, first);
    join(&t, second);
    join(&t, third);
    return t;
}

static bool same(const struct term *x, const struct term *y)
{
    return x->n == y->n && memcmp(x->labels, y->labels, (size_t)x->n) == 0;
}

/* v, whose axes are `from`, with the axes `to`. */
static struct value *permute(
    struct graph *g, struct value *v, const struct term *from, const struct term *to)
{
    int perm[CLK_MAX_RANK] = {0};
    for (int i = 0; i < to->n; i++)
        perm[i] = (int)((const char *)memchr(from->labels, to->labels[i], (size_t)from->n) -
                        from->labels);
    return clk__transpose(g, v, perm);
}

/* An operand of the product. */
struct side {
    struct value *v;
    struct term term;
    struct term free;
};

/* The product of all lengths of `t`; -1: unknown. */
static int64_t total(const struct term *t, const struct side *a, const struct side *b)
{
    int64_t n = 1;
    for (int i = 0; i < t->n; i++) {
        int64_t len = length(&a->term, a->v, t->labels[i]);
        len = len < 0 ? length(&b->term, b->v, t->labels[i]) : len;
        n = n < 0 || len < 0 ? -1 : n * len;
    }
    return n;
}

/* The operand as matrices (batch, free, summed), or (batch, summed, free) if *swapped; in one of these
 * orders it already is, if it can be. Without a batch, two axes. */
static struct value *matrices(struct graph *g, bool *swapped, const struct side *s,
    const struct term *batch, const struct term *summed, const int64_t sizes[3],
    bool prefer_swapped)
{
    struct term plain = in_order(batch, &s->free, summed),
                turned = in_order(batch, summed, &s->free);
    *swapped = prefer_swapped ? !same(&s->term, &plain) || same(&s->term, &turned)
                              : same(&s->term, &turned) && !same(&s->term, &plain);
    struct value *v = permute(g, s->v, &s->term, *swapped ? &turned : &plain);
    int64_t rows = *swapped ? sizes[2] : sizes[1], cols = *swapped ? sizes[1] : sizes[2];
    if (batch->n == 0)
        return clk__reshape(g, v, SHAPE(rows, cols));
    return clk__reshape(g, v, SHAPE(sizes[0], rows, cols));
}

/* (batch..., free of a..., free of b...) */
static struct value *multiply(struct graph *g, const struct side *a, const struct side *b,
    const struct term *batch, const struct term *order)
{
    struct term summed = pick(&a->term, &b->term, true, batch, false);
    int64_t n_batch = total(batch, a, b), n_summed = total(&summed, a, b);
    const int64_t a_sizes[3] = {n_batch, total(&a->free, a, b), n_summed};
    const int64_t b_sizes[3] = {n_batch, total(&b->free, a, b), n_summed};
    struct matmul_opts opts;
    bool b_free_first = false;
    struct value *x = matrices(g, &opts.transpose_a, a, batch, &summed, a_sizes, false);
    struct value *y = matrices(g, &b_free_first, b, batch, &summed, b_sizes, true);
    opts.transpose_b = !b_free_first;
    struct shape full = {.rank = order->n};
    for (int i = 0; i < order->n; i++) {
        const struct term one = {.labels = {order->labels[i]}, .n = 1};
        full.dims[i] = total(&one, a, b);
    }
    return clk__reshape(g, clk__matmul(g, x, y, opts), full);
}

static clk_status check_lengths(
    const struct equation *e, const struct value *a, const struct value *b)
{
    for (int i = 0; i < e->a.n; i++) {
        char label = e->a.labels[i];
        int64_t n = a->shape.dims[i], m = length(&e->b, b, label);
        char x[SHAPE_TEXT], y[SHAPE_TEXT];
        if (n >= 0 && m >= 0 && n != m)
            return clk__fail(CLK_ERR_SHAPE,
                "einsum \"%s\": shapes %s and %s do not fit: %lld and %lld", e->text,
                clk__shape_text(x, &a->shape), clk__shape_text(y, &b->shape), (long long)n,
                (long long)m);
    }
    return CLK_OK;
}

struct value *clk__einsum(struct graph *g, const char *equation, struct value *a, struct value *b)
{
    if (!a || !b)
        return NULL;
    struct equation e = {.text = equation};
    clk_status status = read_equation(&e, a, b);
    if (status == CLK_OK)
        status = check_lengths(&e, a, b);
    if (status != CLK_OK)
        return clk__graph_fail(g, status);
    struct side x = {.term = e.a}, y = {.term = e.b};
    x.v = sum_alone(g, a, &x.term, &e.b, &e.out);
    y.v = sum_alone(g, b, &y.term, &e.a, &e.out);
    if (!x.v || !y.v)
        return NULL;
    x.v = x.v->dtype == CLK_FLOAT32 ? x.v : clk__unary(g, "identity", x.v);
    y.v = y.v->dtype == CLK_FLOAT32 ? y.v : clk__unary(g, "identity", y.v);
    struct term batch = pick(&e.out, &x.term, true, &y.term, true);
    x.free = pick(&e.out, &x.term, true, &y.term, false);
    y.free = pick(&e.out, &x.term, false, &y.term, true);
    /* The operand whose free indices come first in the result goes first. */
    struct term order = in_order(&batch, &x.free, &y.free),
                other = in_order(&batch, &y.free, &x.free);
    bool exchange = same(&other, &e.out) && !same(&order, &e.out);
    struct value *result =
        exchange ? multiply(g, &y, &x, &batch, &other) : multiply(g, &x, &y, &batch, &order);
    return permute(g, result, exchange ? &other : &order, &e.out);
}
