/* SPDX-License-Identifier: MIT */
/* Metric sums on the device: each step adds to them, the host reads them when it shows them. */
#include "ops/ops.h"
#include "ops/rows.h"

/* Terms of one launch, and the elements of a term that its one work-group should add up itself. */
#define MAX_TERMS    4
#define MAX_TERM_LEN 65536

/* The region is passed as a whole: a range of it would have to be aligned. */
struct accumulate {
    int first_slot;
};

/* Inputs: the slots, then the terms. Rows are samples, so that a gather of the batch can be fused. */
static struct space input_space(const struct op *op, int i)
{
    const struct shape *s = &op->inputs[i]->shape;
    int64_t rows = s->rank > 0 ? s->dims[0] : 1;
    return (struct space){rows, clk__shape_len(s) / rows};
}

static clk_status accumulate_lower(struct lowering *l, const struct op *op)
{
    static const char *const defines[] = {
        NULL, NULL, "#define TERMS 2\n", "#define TERMS 3\n", "#define TERMS 4\n"};
    const struct accumulate *a = op->attrs;
    int n = op->n_inputs - 1;
    struct launch launch = {
        .file = "ops/accumulate.cl",
        .kernel = "accumulate",
        .defines = defines[n],
        .args = {ARG_V(op->inputs[0]), ARG_I(a->first_slot)},
        .n_args = 2,
        .fused = true,
    };
    for (int i = 1; i <= MAX_TERMS; i++) {
        struct space s = i <= n ? input_space(op, i) : (struct space){0, 0};
        launch.args[launch.n_args++] = ARG_I(s.rows);
        launch.args[launch.n_args++] = ARG_I(s.cols);
    }
    clk__rows_sizes(&launch, l, 1, 1, 1);
    return clk__lower_launch(l, &launch);
}

static const struct op_class accumulate_class = {
    .name = "accumulate",
    .prologue = ((1u << MAX_TERMS) - 1) << 1,
    .input_space = input_space,
    .lower = accumulate_lower,
};

void clk__accumulate(struct graph *g, int first_slot, struct value *const *terms, int n)
{
    for (int first = 0; first < n; first += MAX_TERMS) {
        int n_terms = n - first < MAX_TERMS ? n - first : MAX_TERMS;
        const struct accumulate attrs = {.first_slot = first_slot + first};
        struct shape slots = SHAPE(attrs.first_slot + n_terms, 2);
        struct value *inputs[1 + MAX_TERMS] = {
            clk__leaf(g, REGION_METRIC, 0, CLK_FLOAT32, slots, false)};
        for (int i = 0; i < n_terms; i++) {
            struct value *term = terms[first + i];
            if (term && clk__shape_len(&term->shape) > MAX_TERM_LEN)
                term = clk__reduce(g, REDUCE_SUM, term, ~0u, false);
            inputs[1 + i] = term;
        }
        clk__op_add(g, &accumulate_class, inputs, 1 + n_terms, &attrs, sizeof attrs);
    }
}

size_t clk__accumulate_bytes(const struct shape *s)
{
    size_t bytes = (size_t)clk__shape_len(s) * sizeof(float);
    return 2 * ((bytes + ACCUMULATE_ALIGN - 1) / ACCUMULATE_ALIGN * ACCUMULATE_ALIGN);
}

void clk__accumulate_each(struct graph *g, size_t offset, struct value *term)
{
    if (!term)
        return;
    size_t behind = clk__accumulate_bytes(&term->shape) / 2;
    struct value *old = clk__leaf(g, REGION_METRIC, offset, CLK_FLOAT32, term->shape, false);
    struct value *lost =
        clk__leaf(g, REGION_METRIC, offset + behind, CLK_FLOAT32, term->shape, false);
    struct value *sum = clk__add(g, old, term);
    struct value *larger =
        clk__binary(g, "greater_equal", clk__unary(g, "abs", old), clk__unary(g, "abs", term));
    struct value *loses = clk__select(g, larger, clk__add(g, clk__sub(g, old, sum), term),
        clk__add(g, clk__sub(g, term, sum), old));
    clk__assign(g, old, sum);
    clk__assign(g, lost, clk__add(g, lost, loses));
}
