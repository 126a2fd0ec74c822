/* SPDX-License-Identifier: MIT */
/* The matrix product, with transposes and leading dimensions: shapes, gradient, and which kernel
 * computes it with which blocks. Kernels: cl/ops/matmul_cpu.cl, cl/ops/matmul_gpu.cl, CLBlast
 * (ops/gemm.c). */
#include "ops/matmul.h"

#include "device/device.h"
#include "ops/gemm.h"
#include "ops/ops.h"

#include <assert.h>
#include <limits.h>
#include <math.h>

/* A product as the kernels see it: strides in floats. A stride between matrices is 0 where all
 * use one. */
struct product {
    int64_t batch, m, n, k;
    int64_t a_batch, a_m, a_k;
    int64_t b_batch, b_k, b_n;
};

enum {
    CPU_ITEMS_MAX = 64,         /* more work-groups cost PoCL more than they bring */
    CPU_ROWS_MAX = 192,         /* ROWS_MAX of matmul_cpu.cl */
    CPU_BLOCK_WORK = 1 << 16,   /* multiply-adds for which another core is worth waking */
    GPU_TILE_K = 16,            /* TILE_K of matmul_gpu.cl */
    GPU_GROUPS = 64,            /* with fewer work-groups, k is cut into slices */
    GPU_GROUPS_MAX = 1 << 15,   /* in dimensions 1 and 2, where some drivers allow 2^16 - 1 */
    GPU_SLICE_MIN = 128,        /* shortest slice worth a second pass */
    CLBLAST_MIN_SIDE = 64,      /* CLBlast pads to its tiles: not for skinny products */
    CLBLAST_MIN_WORK = 1 << 27, /* multiply-adds (512^3) from which CLBlast's own passes pay */
};

static int64_t ceil_div(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Multiply-adds; may be more than an int64_t holds. */
static double work(const struct product *p)
{
    return (double)p->batch * (double)p->m * (double)p->n * (double)p->k;
}

/* ---- shapes ---- */

/* Length of the matrix dimension `i` (0: rows, 1: columns) of v after its transpose. */
static int64_t side(const struct value *v, bool transpose, int i)
{
    return v->shape.dims[v->shape.rank - 2 + (transpose ? 1 - i : i)];
}

static int64_t leading(const struct value *v)
{
    int64_t n = 1;
    for (int i = 0; i < v->shape.rank - 2; i++)
        n *= v->shape.dims[i];
    return n;
}

/* a == b where both are known; *out is what is known. */
static bool unify(int64_t *out, int64_t a, int64_t b)
{
    *out = a == -1 ? b : a;
    return a == b || a == -1 || b == -1;
}

/* The shape of the product; false if the operands do not fit. */
static bool infer(
    struct shape *out, const struct value *a, const struct value *b, struct matmul_opts o)
{
    int ra = a->shape.rank, rb = b->shape.rank;
    if (ra < 2 || rb < 2 || (ra > 2 && rb > 2 && ra != rb))
        return false;
    *out = ra >= rb ? a->shape : b->shape;
    int64_t k;
    if (!unify(&k, side(a, o.transpose_a, 1), side(b, o.transpose_b, 0)))
        return false;
    for (int i = 0; ra == rb && i < ra - 2; i++) {
        if (!unify(&out->dims[i], a->shape.dims[i], b->shape.dims[i]))
            return false;
    }
    out->dims[out->rank - 2] = side(a, o.transpose_a, 0);
    out->dims[out->rank - 1] = side(b, o.transpose_b, 1);
    return true;
}

static struct product product_of(const struct op *op)
{
    const struct matmul_opts *o = op->attrs;
    const struct value *a = op->inputs[0], *b = op->inputs[1];
    int64_t na = leading(a), nb = leading(b);
    struct product p = {
        .batch = max64(na, nb),
        .m = side(a, o->transpose_a, 0),
        .n = side(b, o->transpose_b, 1),
        .k = side(a, o->transpose_a, 1),
    };
    if (nb == 1 && !o->transpose_a) { /* one b for all rows of a: one product */
        p.m *= p.batch;
        p.batch = 1;
    }
    p.a_m = o->transpose_a ? 1 : p.k;
    p.a_k = o->transpose_a ? p.m : 1;
    p.b_k = o->transpose_b ? 1 : p.n;
    p.b_n = o->transpose_b ? p.k : 1;
    p.a_batch = p.batch > 1 && na > 1 ? p.m * p.k : 0;
    p.b_batch = p.batch > 1 && nb > 1 ? p.k * p.n : 0;
    return p;
}

static struct space output_space(const struct op *op, int i)
{
    struct product p = product_of(op);
    return (struct space){.rows = i == 0 ? p.batch * p.m : 1, .cols = p.n};
}

/* ---- gradient ---- */

static struct value *product(struct graph *g, struct value *a, bool ta, struct value *b, bool tb)
{
    return clk__matmul(g, a, b, (struct matmul_opts){.transpose_a = ta, .transpose_b = tb});
}

/* v (..., r, c) as one matrix; a view. */
static struct value *flatten(struct graph *g, struct value *v)
{
    return clk__reshape(g, v, SHAPE(-1, v->shape.dims[v->shape.rank - 1]));
}

/* Y = op(A) op(B): dA = dY op(B)^T, or its transpose op(B) dY^T where A is stored transposed; dB
 * = op(A)^T dY, or dY^T op(A). An operand that all matrices share gets the sum over them. */
static void matmul_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    const struct matmul_opts *o = op->attrs;
    struct value *a = op->inputs[0], *b = op->inputs[1], *d = dy[0];
    bool ta = o->transpose_a, tb = o->transpose_b;
    if (!d)
        return;
    if (a->needs_grad) {
        struct value *da = ta ? product(g, b, tb, d, true) : product(g, d, false, b, !tb);
        dx[0] = da ? clk__sum_to(g, da, &a->shape) : NULL;
    }
    if (!b->needs_grad)
        return;
    if (b->shape.rank == 2 &&
        !ta) { /* the sum over leading dimensions is part of the product's own */
        a = flatten(g, a);
        d = flatten(g, d);
    }
    struct value *db = tb ? product(g, d, true, a, ta) : product(g, a, !ta, d, false);
    dx[1] = db ? clk__sum_to(g, db, &b->shape) : NULL;
}

/* ---- lowering ---- */

/* Work sizes for matmul_cpu.cl: cut along n while that gives work for a core, since cuts along m
 * pack the same part of b again. */
static void cpu_blocks(
    size_t global[3], int64_t *block_m, const struct product *p, const struct geometry *geo)
{
    /* The tiles of the kernel: 6 or 8 rows of two vectors; one vector and twice the rows for
     * narrow products. */
    int64_t vec = geo->vec;
    int64_t tile_m = vec == 16 ? 8 : 6;
    if (p->n <= vec)
        tile_m *= 2;
    int64_t tiles = ceil_div(p->m, tile_m);
    int64_t panels = ceil_div(p->n, 2 * vec);
    int64_t want = (int64_t)fmin(work(p) / CPU_BLOCK_WORK, CPU_ITEMS_MAX);
    int64_t m_blocks = ceil_div(tiles, CPU_ROWS_MAX / tile_m);
    int64_t n_items = min64(panels, max64(want / (p->batch * m_blocks), 1));
    int64_t cores = max64(min64(want, geo->items / 2), 1);
    int64_t others = p->batch * n_items;
    if (others * m_blocks < 4 * cores) /* few blocks: the same number for every core */
        m_blocks = min64(tiles, ceil_div(ceil_div(others * m_blocks, cores) * cores, others));
    *block_m = ceil_div(tiles, m_blocks) * tile_m;
    int64_t m_items = min64(ceil_div(p->m, *block_m), CPU_ITEMS_MAX / n_items);
    global[0] = (size_t)n_items;
    global[1] = (size_t)m_items;
    global[2] = (size_t)min64(p->batch, CPU_ITEMS_MAX / (n_items * m_items));
}

static clk_status lower_cpu(struct lowering *l, const struct op *op, const struct product *p)
{
    int64_t block_m;
    size_t global[3];
    cpu_blocks(global, &block_m, p, clk__lower_geometry(l));
    const struct launch launch = {
        .file = "ops/matmul_cpu.cl",
        .kernel = "matmul",
        .args = {ARG_V(op->inputs[0]), ARG_V(op->inputs[1]), ARG_I(p->batch), ARG_I(p->m),
            ARG_I(p->n), ARG_I(p->k), ARG_I(p->a_batch), ARG_I(p->a_m), ARG_I(p->a_k),
            ARG_I(p->b_batch), ARG_I(p->b_k), ARG_I(p->b_n), ARG_I(block_m)},
        .n_args = 13,
        .fused = true,
        .dims = 3,
        .global = {global[0], global[1], global[2]},
        .local = {1, 1, 1},
    };
    return clk__lower_launch(l, &launch);
}

/* Brings `slices` partial products in `parts` through the fused code. */
static clk_status lower_epilogue(
    struct lowering *l, const struct product *p, struct launch_arg parts, int64_t slices)
{
    const struct geometry *geo = clk__lower_geometry(l);
    int64_t rows = p->batch * p->m;
    int64_t by_col = geo->cpu ? 1 : ceil_div(p->n, geo->wg) * geo->wg;
    int64_t by_row = min64(rows, geo->cpu ? geo->items : GPU_GROUPS_MAX);
    const struct launch launch = {
        .file = "ops/matmul_gpu.cl",
        .kernel = "matmul_epilogue",
        .args = {parts, ARG_I(slices), ARG_I(rows), ARG_I(p->n)},
        .n_args = 4,
        .fused = true,
        .dims = 2,
        .global = {(size_t)by_col, (size_t)by_row},
        .local = {(size_t)geo->wg, 1},
    };
    return clk__lower_launch(l, &launch);
}

static clk_status lower_colsum(struct lowering *l, const struct op *op, const struct product *p)
{
    int64_t wg = clk__lower_geometry(l)->wg;
    const struct launch launch = {
        .file = "ops/matmul_gpu.cl",
        .kernel = "matmul_colsum",
        .args = {ARG_V(op->inputs[1]), ARG_I(p->n), ARG_I(p->k)},
        .n_args = 3,
        .fused = true,
        .dims = 1,
        .global = {(size_t)(ceil_div(p->n, min64(wg, 16)) * wg)},
        .local = {(size_t)wg},
    };
    return clk__lower_launch(l, &launch);
}

/* Memory for `slices` partial products. Never the output's own: the fused code may assume that
 * nothing else points to what it stores. */
static clk_status parts_memory(
    struct launch_arg *out, struct lowering *l, const struct product *p, int64_t slices)
{
    int scratch = 0;
    TRY(clk__lower_scratch(&scratch, l, sizeof(float) * (size_t)(slices * p->batch * p->m * p->n)));
    *out = ARG_S(scratch);
    return CLK_OK;
}

static clk_status lower_gpu(struct lowering *l, const struct op *op, const struct product *p)
{
    int64_t wg = clk__lower_geometry(l)->wg;
    int64_t items_n = min64(wg, 16); /* ITEMS_N of matmul_gpu.cl; an item has 4 x 4 elements */
    int64_t tiles_n = ceil_div(p->n, 4 * items_n), tiles_m = ceil_div(p->m, 4 * (wg / items_n));
    int64_t slices = min64(GPU_GROUPS / (tiles_n * tiles_m), p->k / GPU_SLICE_MIN);
    slices = p->batch > 1 ? 1 : max64(slices, 1);
    int64_t slice_k = ceil_div(ceil_div(p->k, slices), GPU_TILE_K) * GPU_TILE_K;
    slices = ceil_div(p->k, slice_k);
    if (tiles_n > GPU_GROUPS_MAX)
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "matmul: %lld columns are too many for one product on this device", (long long)p->n);
    /* With one slice the kernel does not touch `parts`; any buffer will do. */
    struct launch_arg parts = ARG_V(op->inputs[0]);
    if (slices > 1)
        TRY(parts_memory(&parts, l, p, slices));
    const struct launch launch = {
        .file = "ops/matmul_gpu.cl",
        .kernel = "matmul",
        .args = {ARG_V(op->inputs[0]), ARG_V(op->inputs[1]), ARG_I(p->batch), ARG_I(p->m),
            ARG_I(p->n), ARG_I(p->k), ARG_I(p->a_batch), ARG_I(p->a_m), ARG_I(p->a_k),
            ARG_I(p->b_batch), ARG_I(p->b_k), ARG_I(p->b_n), ARG_I(slices), ARG_I(slice_k), parts},
        .n_args = 15,
        .fused = true,
        .dims = 3,
        .global = {(size_t)(tiles_m * wg), (size_t)tiles_n,
            (size_t)(slices > 1 ? slices : min64(p->batch, GPU_GROUPS_MAX))},
        .local = {(size_t)wg, 1, 1},
    };
    TRY(clk__lower_launch(l, &launch));
    return slices > 1 ? lower_epilogue(l, p, parts, slices) : CLK_OK;
}

static clk_status lower_clblast(struct lowering *l, const struct op *op, const struct product *p)
{
    const struct matmul_opts *o = op->attrs;
    bool plain = clk__lower_plain(l, op, 0);
    struct launch_arg c = ARG_V(op->outputs[0]);
    if (!plain)
        TRY(parts_memory(&c, l, p, 1));
    const struct gemm_call call = {
        .a = {.arg = ARG_V(op->inputs[0]),
            .ld = (size_t)(p->a_m * p->a_k),
            .batch_stride = (size_t)p->a_batch},
        .b = {.arg = ARG_V(op->inputs[1]),
            .ld = (size_t)(p->b_k * p->b_n),
            .batch_stride = (size_t)p->b_batch},
        .c = {.arg = c, .ld = (size_t)p->n, .batch_stride = (size_t)(p->m * p->n)},
        .transpose_a = o->transpose_a,
        .transpose_b = o->transpose_b,
        .batch = (size_t)p->batch,
        .m = (size_t)p->m,
        .n = (size_t)p->n,
        .k = (size_t)p->k,
    };
    TRY(clk__lower_gemm(l, &call));
    if (!plain)
        return lower_epilogue(l, p, c, 1);
    /* A plan of fewer rows may choose our own kernel: the program's text is to be the same. */
    const struct launch text_only = {
        .file = "ops/matmul_gpu.cl", .kernel = "matmul", .fused = true};
    return clk__lower_launch(l, &text_only);
}

static bool want_clblast(
    enum gemm_choice choice, const struct geometry *geo, const struct product *p)
{
    if (choice != GEMM_AUTO)
        return choice == GEMM_CLBLAST;
    return !geo->cpu && min64(p->m, min64(p->n, p->k)) >= CLBLAST_MIN_SIDE &&
           work(p) >= CLBLAST_MIN_WORK;
}

/* The kernels take lengths and strides as int, and at least one element. */
static clk_status check_lengths(const struct product *p)
{
    const int64_t all[] = {
        p->batch * p->m, p->n, p->k, p->a_batch, p->a_m, p->a_k, p->b_batch, p->b_k, p->b_n};
    bool fits = p->batch > 0 && p->m > 0 && p->n > 0 && p->k > 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        fits = fits && all[i] <= INT_MAX;
    if (fits)
        return CLK_OK;
    return clk__fail(CLK_ERR_UNSUPPORTED,
        "matmul: (%lld, %lld) times (%lld, %lld), batch of %lld: lengths and the elements of a "
        "matrix must be from 1 to 2^31 - 1",
        (long long)p->m, (long long)p->k, (long long)p->k, (long long)p->n, (long long)p->batch);
}

static clk_status matmul_lower(struct lowering *l, const struct op *op)
{
    const struct geometry *geo = clk__lower_geometry(l);
    struct product p = product_of(op);
    enum gemm_choice choice;
    TRY(clk__gemm_choice(&choice));
    TRY(check_lengths(&p));
    bool colsum = clk__lower_wants(l, op, 1);
    if (want_clblast(choice, geo, &p))
        TRY(lower_clblast(l, op, &p));
    else if (geo->cpu)
        return lower_cpu(l, op, &p);
    else
        TRY(lower_gpu(l, op, &p));
    return colsum ? lower_colsum(l, op, &p) : CLK_OK;
}

static const struct op_class matmul_class = {
    .name = "matmul",
    .epilogue = 1 | 2,
    .output_space = output_space,
    .grad = matmul_grad,
    .lower = matmul_lower,
};

bool clk__matmul_can_colsum(const struct op *op)
{
    if (op->class != &matmul_class)
        return false;
    const struct matmul_opts *o = op->attrs;
    return o->transpose_a && !o->transpose_b && op->inputs[0]->shape.rank == 2 &&
           op->inputs[1]->shape.rank == 2;
}

struct value *clk__matmul_add_colsum(struct graph *g, struct op *op, struct value *existing)
{
    assert(clk__matmul_can_colsum(op));
    struct shape shape = SHAPE(op->inputs[1]->shape.dims[1]);
    if (!existing)
        return clk__op_output(g, op, 1, CLK_FLOAT32, shape);
    assert(clk__shape_len(&existing->shape) == shape.dims[0]);
    existing->op = op;
    existing->output = 1;
    op->outputs[1] = existing;
    op->n_outputs = 2;
    return existing;
}

struct value *clk__matmul(
    struct graph *g, struct value *a, struct value *b, struct matmul_opts opts)
{
    if (!a || !b)
        return NULL;
    struct shape shape;
    if (!infer(&shape, a, b, opts)) {
        char ta[SHAPE_TEXT], tb[SHAPE_TEXT];
        return clk__graph_fail(
            g, clk__fail(CLK_ERR_SHAPE,
                   "matmul: %s%s times %s%s: expected (..., m, k) times (k, n), or (..., k, n) "
                   "with the same leading dimensions",
                   clk__shape_text(ta, &a->shape), opts.transpose_a ? " transposed" : "",
                   clk__shape_text(tb, &b->shape), opts.transpose_b ? " transposed" : ""));
    }
    if (a->dtype != CLK_FLOAT32 || b->dtype != CLK_FLOAT32)
        return clk__graph_fail(g, clk__fail(CLK_ERR_SHAPE, "matmul: operands must be float32"));
    struct op *op = clk__op_add(g, &matmul_class, (struct value *[]){a, b}, 2, &opts, sizeof opts);
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, shape) : NULL;
}
