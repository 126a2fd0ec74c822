/* SPDX-License-Identifier: MIT */
/* Sum, mean, max and min over axes. Adjacent axes are one axis to the kernel: (outer, red, inner). Axes that are not
 * adjacent are reduced one run after another. Keras: keras/src/backend/jax/numpy.py sum, mean, max, min. */
#include "ops/reduce.h"

#include "device/device.h"
#include "ops/ops.h"
#include "ops/rows.h"

#include <assert.h>
#include <float.h>
#include <math.h>

/* An axis is cut into parts of at least `SPAN` where few rows or columns share a long one; the same on every
 * device, for the sake of equal numbers. */
#define SPAN_OF_ROW    4096
#define SPAN_OF_COLUMN 512
#define FEW_ROWS       64
#define FEW_COLUMNS    4096
#define MAX_PARTS      256

struct reduce {
    enum reduce_kind kind;
    struct shape kept; /* the output's shape with the reduced axes as 1 */
    unsigned axes;
    int64_t outer;
    int64_t red;
    int64_t inner;
    float count; /* what the sum is divided by; 1 for the other kinds */
};

static struct space input_space(const struct op *op, int i)
{
    (void)i;
    const struct reduce *r = op->attrs;
    if (r->inner == 1)
        return (struct space){r->outer, r->red};
    return (struct space){r->outer * r->red, r->inner};
}

static struct space output_space(const struct op *op, int i)
{
    (void)i;
    const struct reduce *r = op->attrs;
    return (struct space){r->outer, r->inner};
}

/* Max and min share dy among the elements that equal the result, as JAX does (_reduce_chooser_jvp_rule). */
static void reduce_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    const struct reduce *r = op->attrs;
    struct value *a = op->inputs[0];
    struct value *d = clk__reshape(g, dy[0], r->kept);
    if (r->kind == REDUCE_SUM || r->kind == REDUCE_MEAN) {
        if (r->count != 1.0f)
            d = clk__div(g, d, clk__constant(g, r->count));
        dx[0] = clk__broadcast(g, d, a->shape);
        return;
    }
    struct value *is_result = clk__binary(g, "equal", a, clk__reshape(g, op->outputs[0], r->kept));
    struct value *n = clk__reduce(g, REDUCE_SUM, is_result, r->axes, true);
    dx[0] = clk__mul(g, is_result, clk__div(g, d, n));
}

/* The text that chooses the kernel, by kind (mean is a sum), columns and stage. */
#define DEFINES(kind, columns, stage) \
    "#define KIND " #kind "\n#define COLUMNS " #columns "\n#define STAGE " #stage "\n"
#define STAGES(kind, columns)                                                           \
    {                                                                                   \
        DEFINES(kind, columns, 0), DEFINES(kind, columns, 1), DEFINES(kind, columns, 2) \
    }
static const char *const defines[][2][3] = {
    [REDUCE_SUM] = {STAGES(0, 0), STAGES(0, 1)},
    [REDUCE_MEAN] = {STAGES(0, 0), STAGES(0, 1)},
    [REDUCE_MAX] = {STAGES(1, 0), STAGES(1, 1)},
    [REDUCE_MIN] = {STAGES(2, 0), STAGES(2, 1)},
};

/* One launch: `red` elements in parts of `span` each. */
struct stage {
    int number; /* STAGE in reduce.cl */
    int64_t red;
    int64_t parts;
    int64_t span;
    float count;
    int scratch;
};

static clk_status launch_rows(struct lowering *l, const struct reduce *r, const struct stage *s)
{
    int lanes = clk__rows_lanes(l, s->span);
    struct launch launch = {
        .file = "ops/reduce.cl",
        .kernel = "reduce_rows",
        .defines = defines[r->kind][0][s->number],
        .args = {ARG_I(r->outer), ARG_I(s->red), ARG_I(s->parts), ARG_I(s->span), ARG_F(s->count),
            ARG_I(lanes), ARG_S(s->scratch)},
        .n_args = s->number == 0 ? 6 : 7,
        .fused = true,
    };
    clk__rows_sizes(&launch, l, r->outer * s->parts, lanes, s->span);
    return clk__lower_launch(l, &launch);
}

/* Work-items of a group side by side on columns: up to 32 for whole cache lines; more where the axis is short. */
static int column_width(int wg, int64_t cols, int64_t span)
{
    int width = 1;
    while (width < wg && width < cols && (width < 32 || wg / width > span))
        width *= 2;
    return width;
}

static clk_status launch_columns(struct lowering *l, const struct reduce *r, const struct stage *s)
{
    const struct geometry *geometry = clk__lower_geometry(l);
    int width = column_width(geometry->wg, r->inner, s->span);
    int64_t block_cols = (int64_t)width * geometry->vec;
    int64_t units = r->outer * s->parts * ((r->inner + block_cols - 1) / block_cols);
    struct launch launch = {
        .file = "ops/reduce.cl",
        .kernel = "reduce_columns",
        .defines = defines[r->kind][1][s->number],
        .args = {ARG_I(r->outer), ARG_I(s->red), ARG_I(r->inner), ARG_I(s->parts), ARG_I(s->span),
            ARG_F(s->count), ARG_I(width), ARG_S(s->scratch)},
        .n_args = s->number == 0 ? 7 : 8,
        .fused = true,
    };
    clk__rows_sizes(&launch, l, units, geometry->wg, s->span * geometry->vec);
    return clk__lower_launch(l, &launch);
}

static clk_status reduce_lower(struct lowering *l, const struct op *op)
{
    const struct reduce *r = op->attrs;
    clk_status (*launch)(struct lowering *, const struct reduce *, const struct stage *) =
        r->inner == 1 ? launch_rows : launch_columns;
    int64_t span = r->inner == 1 ? SPAN_OF_ROW : SPAN_OF_COLUMN;
    bool few = r->inner == 1 ? r->outer < FEW_ROWS : r->outer * r->inner < FEW_COLUMNS;
    struct stage s = {.red = r->red, .parts = 1, .span = r->red, .count = r->count};
    if (!few || r->red < 2 * span)
        return launch(l, r, &s);
    if (r->red > span * MAX_PARTS)
        span = (r->red + MAX_PARTS - 1) / MAX_PARTS;
    s.number = 1;
    s.span = span;
    s.parts = (r->red + span - 1) / span;
    s.count = 1.0f;
    TRY(clk__lower_scratch(&s.scratch, l, (size_t)(r->outer * s.parts * r->inner) * sizeof(float)));
    TRY(launch(l, r, &s));
    s = (struct stage){.number = 2,
        .red = s.parts,
        .parts = 1,
        .span = s.parts,
        .count = r->count,
        .scratch = s.scratch};
    return launch(l, r, &s);
}

static const struct op_class reduce_class = {
    .name = "reduce",
    .prologue = 1,
    .epilogue = 1,
    .input_space = input_space,
    .output_space = output_space,
    .grad = reduce_grad,
    .lower = reduce_lower,
};

/* Reduces axes first to last of a, which are one axis to the kernel. */
static struct value *reduce_run(
    struct graph *g, const struct reduce *like, struct value *a, int first, int last)
{
    struct reduce r = {.kind = like->kind,
        .kept = a->shape,
        .outer = 1,
        .red = 1,
        .inner = 1,
        .count = like->count};
    for (int i = 0; i < a->shape.rank; i++) {
        int64_t dim = a->shape.dims[i];
        if (i < first) {
            r.outer *= dim;
        } else if (i > last) {
            r.inner *= dim;
        } else {
            r.red *= dim;
            r.axes |= 1u << i;
            r.kept.dims[i] = 1;
        }
    }
    struct op *op = clk__op_add(g, &reduce_class, &a, 1, &r, sizeof r);
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, r.kept) : NULL;
}

/* The last axis up to `from` that has something to reduce; -1: none. The batch axis always counts: a batch of one
 * row runs the same kernels as any other. */
static int last_axis(const struct shape *s, unsigned axes, int from)
{
    assert(from < CLK_MAX_RANK);
    while (from >= 0 && (!(axes >> from & 1) || (s->dims[from] == 1 && from > 0)))
        from--;
    return from;
}

struct value *clk__reduce(
    struct graph *g, enum reduce_kind kind, struct value *a, unsigned axes, bool keepdims)
{
    if (!a)
        return NULL;
    struct shape out = {0};
    int64_t count = 1;
    for (int i = 0; i < a->shape.rank; i++) {
        bool reduced = axes >> i & 1;
        if (reduced)
            count *= a->shape.dims[i];
        if (!reduced || keepdims)
            out.dims[out.rank++] = reduced ? 1 : a->shape.dims[i];
    }
    if (a->dtype != CLK_FLOAT32)
        a = clk__unary(g, "identity", a);
    int last = a ? last_axis(&a->shape, axes, a->shape.rank - 1) : -1;
    while (last >= 0) {
        int first = last;
        while (first > 0 && (axes >> (first - 1) & 1 || a->shape.dims[first - 1] == 1))
            first--;
        int next = last_axis(&a->shape, axes, first - 1);
        bool divides = kind == REDUCE_MEAN && next < 0;
        const struct reduce like = {.kind = kind == REDUCE_MEAN && !divides ? REDUCE_SUM : kind,
            .count = divides ? (float)count : 1.0f};
        a = reduce_run(g, &like, a, first, last);
        if (!a)
            return NULL;
        last = next;
    }
    return clk__reshape(g, a, out);
}

struct value *clk__sum_to(struct graph *g, struct value *a, const struct shape *shape)
{
    if (!a || clk__shape_equal(&a->shape, shape))
        return a;
    unsigned axes = 0;
    int added = a->shape.rank - shape->rank;
    for (int i = 0; i < a->shape.rank; i++) {
        if (i < added || (shape->dims[i - added] == 1 && a->shape.dims[i] != 1))
            axes |= 1u << i;
    }
    a = clk__reduce(g, REDUCE_SUM, a, axes, true);
    return clk__reshape(g, a, *shape);
}

/* The least square, not the largest inverse: 1 / 0 has no derivative that a factor of 0 would undo. */
struct value *clk__l2_normalize(struct graph *g, struct value *x, unsigned axes, float epsilon)
{
    struct value *least = clk__constant(g, fmaxf(epsilon * epsilon, FLT_MIN));
    struct value *squares = clk__reduce(g, REDUCE_SUM, clk__unary(g, "square", x), axes, true);
    return clk__mul(g, x, clk__unary(g, "rsqrt", clk__binary(g, "max", squares, least)));
}

bool clk__reduce_is_colsum(const struct op *op)
{
    if (op->class != &reduce_class || op->n_inputs == 0)
        return false;
    const struct reduce *r = op->attrs;
    return r->kind == REDUCE_SUM && op->inputs[0]->shape.rank >= 2 &&
           r->axes == (1u << (op->inputs[0]->shape.rank - 1)) - 1;
}
