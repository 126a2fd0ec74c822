/* SPDX-License-Identifier: MIT */
/* How the convolution ops become launches: each as products with an implicit matrix, described to
 * cl/ops/conv_cpu.cl and conv_gpu.cl by strides and offsets. */
#include "device/device.h"
#include "ops/conv.h"

#include <limits.h>

enum {
    CPU_BLOCKS_MAX = 64, /* more work-groups cost PoCL more than they bring */
    CPU_ROWS_MAX = 192,  /* ROWS_MAX and COLS_MAX of conv_cpu.cl */
    CPU_COLS_MAX = 128,
    CPU_BLOCK_WORK = 1 << 16, /* multiply-adds for which another core is worth waking */
    CPU_SLICE_MIN = 512,      /* shortest slice of rows worth a second pass */
    GPU_GROUPS = 256,         /* with fewer work-groups the kernel's gradient cuts the rows */
    GPU_SLICE_MIN = 256,
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

/* TILE_M and TILE_N of conv_gpu.cl. */
static void gpu_tile(int64_t *tile_m, int64_t *tile_n, const struct geometry *geo)
{
    int64_t items_n = min64(geo->wg, 16);
    *tile_n = 4 * items_n;
    *tile_m = 4 * (geo->wg / items_n);
}

/* Arguments gathered one after another. */
static void add_int(struct launch *l, int64_t i)
{
    l->args[l->n_args++] = ARG_I(i);
}

/* ---- the implicit matrix: CONV_PARAMS of lib/conv.clh ---- */

struct walk_axis {
    int64_t grid, in, mul, off, step, taps;
};

struct walk {
    struct walk_axis axes[CONV_AXES]; /* x in pixels; see add_walk */
    int64_t channels;                 /* of the image, all groups */
    int64_t run;                      /* channels of a group */
    int64_t batch;
    bool merge; /* the taps of a row lie together: they are one run */
};

static int64_t walk_rows(const struct walk *w)
{
    return w->batch * w->axes[0].grid * w->axes[1].grid * w->axes[2].grid;
}

static int64_t walk_cols(const struct walk *w)
{
    return w->axes[0].taps * w->axes[1].taps * w->axes[2].taps * w->run;
}

static void add_walk(struct launch *l, const struct walk *w)
{
    const struct walk_axis *z = &w->axes[0], *y = &w->axes[1], *x = &w->axes[2];
    const int64_t c = w->channels;
    const int64_t all[] = {z->grid, y->grid, x->grid, z->in, y->in, x->in * c, z->mul, y->mul,
        x->mul * c, z->off, y->off, x->off * c, z->step, y->step, x->step * c, max64(y->taps, 1),
        w->merge ? 1 : max64(x->taps, 1), w->merge ? max64(x->taps, 1) * w->run : w->run,
        w->batch * z->in * y->in * x->in * c};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        add_int(l, all[i]);
}

/* The windows of c's grid in its image. */
static struct walk forward_walk(const struct conv *c)
{
    struct walk w = {
        .channels = c->image_channels, .run = c->image_channels / c->groups, .batch = c->batch};
    for (int i = 0; i < CONV_AXES; i++) {
        const struct conv_axis *a = &c->axes[i];
        w.axes[i] = (struct walk_axis){.grid = a->grid,
            .in = a->image,
            .mul = a->stride,
            .off = -a->pad,
            .step = a->dilation,
            .taps = a->taps};
    }
    w.merge = c->groups == 1 && c->axes[2].dilation == 1;
    return w;
}

/* ---- a product with it ---- */

/* b and out in numbers, as conv_cpu.cl explains them. */
struct product {
    struct walk walk;
    int64_t n, groups;
    int64_t a_group, b_group;
    int64_t b_0, b_step[CONV_AXES], b_k, b_n, b_taps_x, b_run, b_len;
    int64_t out_0, out_b, out_step[CONV_AXES];
};

static clk_status check_length(const char *what, int64_t len)
{
    if (len > 0 && len <= INT_MAX)
        return CLK_OK;
    return clk__fail(CLK_ERR_UNSUPPORTED,
        "conv: %lld elements of %s: from 1 to 2^31 - 1 are possible, a smaller batch may help",
        (long long)len, what);
}

static clk_status check_lengths(const struct conv *c)
{
    struct space image = clk__conv_image_space(c), grid = clk__conv_grid_space(c);
    struct space kernel = clk__conv_kernel_space(c);
    TRY(check_length("image", image.rows * image.cols));
    TRY(check_length("output", grid.rows * grid.cols));
    return check_length("kernel", kernel.rows * kernel.cols);
}

/* Blocks of each of `others` products m x n on a CPU: as few as the kernel can hold, but some for every
 * core. `work`: multiply-adds of all. */
static void cpu_blocks(int64_t *block_m, int64_t *block_n, int64_t m, int64_t n, int64_t others,
    double work, const struct geometry *geo)
{
    int64_t vec = geo->vec;
    int64_t tile_n = 2 * vec;
    int64_t tile_m = vec == 16 ? 16 : 12; /* TILE_ROOM of tile.clh: whole tiles, wide or slim */
    int64_t want = work < (double)CPU_BLOCK_WORK * CPU_BLOCKS_MAX
                       ? max64((int64_t)(work / CPU_BLOCK_WORK), 1)
                       : CPU_BLOCKS_MAX;
    want = min64(want, 2 * (int64_t)geo->items);
    int64_t tiles = ceil_div(m, tile_m), panels = ceil_div(n, tile_n);
    int64_t n_blocks = ceil_div(n, CPU_COLS_MAX);
    int64_t m_blocks = ceil_div(tiles, CPU_ROWS_MAX / tile_m);
    m_blocks = max64(m_blocks, min64(ceil_div(want, n_blocks * others), ceil_div(tiles, 2)));
    n_blocks = max64(n_blocks, min64(ceil_div(want, m_blocks * others), ceil_div(panels, 2)));
    *block_m = ceil_div(tiles, m_blocks) * tile_m;
    *block_n = ceil_div(panels, n_blocks) * tile_n;
}

static clk_status launch_product(struct lowering *l, const struct op *op, const struct product *p)
{
    const struct geometry *geo = clk__lower_geometry(l);
    int64_t rows = walk_rows(&p->walk), k = walk_cols(&p->walk);
    struct launch launch = {
        .file = geo->cpu ? "ops/conv_cpu.cl" : "ops/conv_gpu.cl",
        .kernel = "conv",
        .args = {ARG_V(op->inputs[0]), ARG_V(op->inputs[1]), ARG_I(rows), ARG_I(p->n), ARG_I(k)},
        .n_args = 5,
        .fused = true,
        .dims = 1,
        .local = {(size_t)geo->wg},
    };
    if (rows ==
        0) /* a phase of the transpose without pixels; phase 0 has some, and the same text */
        return CLK_OK;
    add_walk(&launch, &p->walk);
    const int64_t rest[] = {p->groups, p->a_group, p->b_group, p->b_0, p->b_step[0], p->b_step[1],
        p->b_step[2], p->b_k, p->b_n, p->b_taps_x, p->b_run, p->b_len, p->out_0, p->out_b,
        p->out_step[0], p->out_step[1], p->out_step[2]};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        add_int(&launch, rest[i]);
    int64_t block_m, block_n;
    if (!geo->cpu) {
        gpu_tile(&block_m, &block_n, geo);
        int64_t tiles = p->groups * ceil_div(rows, block_m) * ceil_div(p->n, block_n);
        launch.global[0] = (size_t)(tiles * geo->wg);
        return clk__lower_launch(l, &launch);
    }
    double work = (double)rows * (double)k * (double)p->n * (double)p->groups;
    cpu_blocks(&block_m, &block_n, rows, p->n, p->groups, work, geo);
    add_int(&launch, block_m);
    add_int(&launch, block_n);
    int64_t blocks = p->groups * ceil_div(rows, block_m) * ceil_div(p->n, block_n);
    launch.global[0] = (size_t)min64(blocks, CPU_BLOCKS_MAX);
    return clk__lower_launch(l, &launch);
}

clk_status clk__conv_lower(struct lowering *l, const struct op *op)
{
    const struct conv *c = op->attrs;
    TRY(check_lengths(c));
    struct space kernel = clk__conv_kernel_space(c);
    const struct product p = {
        .walk = forward_walk(c),
        .n = c->grid_channels / c->groups,
        .groups = c->groups,
        .a_group = c->image_channels / c->groups,
        .b_group = c->grid_channels / c->groups,
        .b_k = c->grid_channels,
        .b_n = 1,
        .b_taps_x = 1, /* the rows of b are evenly spaced: one run */
        .b_run = kernel.rows,
        .b_len = kernel.rows * kernel.cols,
        .out_b = c->axes[0].grid * c->axes[1].grid * c->axes[2].grid,
        .out_step = {c->axes[1].grid * c->axes[2].grid, c->axes[2].grid, 1},
    };
    return launch_product(l, op, &p);
}

/* ---- the transpose ---- */

static int64_t gcd(int64_t a, int64_t b)
{
    while (b) {
        int64_t r = a % b;
        a = b;
        b = r;
    }
    return a;
}

/* Pixels phase, phase + stride, ... of an axis: the taps t that reach them are those for which
 * phase + pad - t * dilation is a multiple of the stride, every (stride / gcd)-th. They are taken in
 * falling order, which is that of rising grid positions. `first` and `step` are of the taps. */
static struct walk_axis phase_axis(
    int64_t *first, int64_t *step, const struct conv_axis *a, int64_t phase)
{
    int64_t every = a->stride / gcd(a->stride, a->dilation);
    int64_t t = 0;
    while (t < every && (phase + a->pad - t * a->dilation) % a->stride != 0)
        t++;
    struct walk_axis w = {.grid = phase < a->image ? ceil_div(a->image - phase, a->stride) : 0,
        .in = a->grid,
        .mul = 1,
        .step = every * a->dilation / a->stride};
    *step = -every;
    *first = 0;
    if (t == every || t >= a->taps)
        return w;
    w.taps = (a->taps - 1 - t) / every + 1;
    *first = t + (w.taps - 1) * every;
    w.off = (phase + a->pad - t * a->dilation) / a->stride - (w.taps - 1) * w.step;
    return w;
}

/* The pixels of one phase along each axis are a convolution of the grid with some of the taps. */
static clk_status lower_phase(
    struct lowering *l, const struct op *op, const int64_t phase[CONV_AXES])
{
    const struct conv *c = op->attrs;
    struct space kernel = clk__conv_kernel_space(c);
    int64_t out = c->grid_channels, in = c->image_channels / c->groups;
    struct product p = {
        .walk = {.channels = out, .run = out / c->groups, .batch = c->batch},
        .n = in,
        .groups = c->groups,
        .a_group = out / c->groups,
        .b_group = out / c->groups,
        .b_k = 1,
        .b_n = out,
        .b_run = out / c->groups,
        .b_len = kernel.rows * kernel.cols,
    };
    int64_t tap = in * out, pixel = 1;
    for (int i = CONV_AXES - 1; i >= 0; i--) {
        const struct conv_axis *a = &c->axes[i];
        int64_t first = 0, step = 0;
        p.walk.axes[i] = phase_axis(&first, &step, a, phase[i]);
        p.b_0 += first * tap;
        p.b_step[i] = step * tap;
        p.out_0 += phase[i] * pixel;
        p.out_step[i] = a->stride * pixel;
        tap *= a->taps;
        pixel *= a->image;
    }
    p.out_b = pixel;
    p.b_taps_x = max64(p.walk.axes[2].taps, 1);
    p.walk.merge = c->groups == 1 && p.walk.axes[2].step == 1;
    return launch_product(l, op, &p);
}

clk_status clk__conv_image_lower(struct lowering *l, const struct op *op)
{
    const struct conv *c = op->attrs;
    TRY(check_lengths(c));
    int64_t z = c->axes[0].stride, y = c->axes[1].stride, x = c->axes[2].stride;
    for (int64_t i = 0; i < z * y * x; i++) {
        const int64_t phase[CONV_AXES] = {i / (y * x), i / x % y, i % x};
        TRY(lower_phase(l, op, phase));
    }
    return CLK_OK;
}

/* ---- the kernel's gradient ---- */

/* Sums the parts of `slices` slices. */
static clk_status lower_sum(
    struct lowering *l, const struct conv *c, struct launch_arg parts, int64_t slices)
{
    const struct geometry *geo = clk__lower_geometry(l);
    struct space s = clk__conv_kernel_space(c);
    int64_t wanted =
        geo->cpu ? min64(s.rows, geo->items) : ceil_div((s.rows + 1) * s.cols, geo->wg) * geo->wg;
    const struct launch launch = {
        .file = geo->cpu ? "ops/conv_cpu.cl" : "ops/conv_gpu.cl",
        .kernel = "conv_sum",
        .defines = "#define TRANSPOSE 1\n",
        .args = {parts, ARG_I(slices), ARG_I(s.rows), ARG_I(s.cols)},
        .n_args = 4,
        .fused = true,
        .dims = 1,
        .global = {(size_t)wanted},
        .local = {(size_t)geo->wg},
    };
    return clk__lower_launch(l, &launch);
}

/* Slices of the rows, for enough work-groups. */
static int64_t choose_slices(int64_t blocks, int64_t rows, const struct geometry *geo)
{
    int64_t want = geo->cpu ? 2 * (int64_t)geo->items : GPU_GROUPS;
    int64_t shortest = geo->cpu ? CPU_SLICE_MIN : GPU_SLICE_MIN;
    return max64(min64(want / blocks, rows / shortest), 1);
}

clk_status clk__conv_kernel_lower(struct lowering *l, const struct op *op)
{
    const struct geometry *geo = clk__lower_geometry(l);
    const struct conv *c = op->attrs;
    TRY(check_lengths(c));
    struct walk w = forward_walk(c);
    int64_t rows = walk_rows(&w), k = walk_cols(&w), n = c->grid_channels / c->groups;
    int64_t block_m, block_n;
    double work = (double)rows * (double)k * (double)c->grid_channels;
    int64_t slices = 1;
    if (geo->cpu) {
        int64_t fewest = c->groups * ceil_div(k, CPU_ROWS_MAX) * ceil_div(n, CPU_COLS_MAX);
        slices = choose_slices(fewest, rows, geo);
        cpu_blocks(&block_m, &block_n, k, n, c->groups * slices, work, geo);
    } else {
        gpu_tile(&block_m, &block_n, geo);
        slices = choose_slices(c->groups * ceil_div(k, block_m) * ceil_div(n, block_n), rows, geo);
    }
    int64_t slice_rows = ceil_div(rows, slices);
    slices = ceil_div(rows, slice_rows);
    int64_t blocks = c->groups * slices * ceil_div(k, block_m) * ceil_div(n, block_n);
    /* With one slice the kernel does not touch `parts`; any buffer will do. */
    struct launch_arg parts = ARG_V(op->inputs[0]);
    if (slices > 1) {
        int scratch = 0;
        TRY(clk__lower_scratch(
            &scratch, l, sizeof(float) * (size_t)(slices * (k + 1) * c->grid_channels)));
        parts = ARG_S(scratch);
    }
    struct launch launch = {
        .file = geo->cpu ? "ops/conv_cpu.cl" : "ops/conv_gpu.cl",
        .kernel = "conv_kernel",
        .defines = "#define TRANSPOSE 1\n",
        .args = {ARG_V(op->inputs[0]), ARG_V(op->inputs[1]), ARG_I(rows), ARG_I(n), ARG_I(k)},
        .n_args = 5,
        .fused = true,
        .dims = 1,
        .global = {(size_t)(geo->cpu ? min64(blocks, CPU_BLOCKS_MAX) : blocks * geo->wg)},
        .local = {(size_t)geo->wg},
    };
    add_walk(&launch, &w);
    add_int(&launch, c->groups);
    add_int(&launch, w.run);
    add_int(&launch, slices);
    add_int(&launch, slice_rows);
    if (geo->cpu) {
        add_int(&launch, block_m);
        add_int(&launch, block_n);
    }
    launch.args[launch.n_args++] = parts;
    TRY(clk__lower_launch(l, &launch));
    return slices > 1 ? lower_sum(l, c, parts, slices) : CLK_OK;
}
