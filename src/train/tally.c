/* SPDX-License-Identifier: MIT */
#include "train/tally.h"

#include "base/mem.h"
#include "ops/ops.h"

clk_status clk__tally_add(struct model_plan *p, size_t i, const struct metric *metric,
    struct graph *g, struct value *y_true, struct value *y_pred)
{
    struct value *sums[MAX_METRIC_SUMS];
    struct tally *t = &p->tallies[p->n_tallies++];
    int n = clk__metric_sums(sums, metric, g, y_true, y_pred);
    TRY(g->status);
    *t = (struct tally){.metric = i,
        .n = n,
        .shape = sums[0]->shape,
        .offset = p->metric_bytes,
        .rows = (double)y_pred->shape.dims[0]};
    for (int k = 0; k < n; k++) {
        clk__accumulate_each(g, p->metric_bytes, sums[k]);
        p->metric_bytes += clk__accumulate_bytes(&t->shape);
    }
    return g->status;
}

/* sums[k]: array k, sums[t->n]: room for the metric. */
static clk_status read_sums(double **sums, const struct tally *t, struct session *s)
{
    size_t len = (size_t)clk__shape_len(&t->shape), bytes = clk__accumulate_bytes(&t->shape);
    float *pairs = clk__alloc(bytes, 1);
    clk_status status = CLK_OK;
    if (!pairs)
        return clk__fail_memory();
    for (int k = 0; k < t->n; k++) {
        TRY_DONE(clk__buffer_read(s->device, &s->regions.buffers[REGION_METRIC],
            t->offset + (size_t)k * bytes, pairs, bytes));
        const float *lost = pairs + bytes / 2 / sizeof *pairs;
        for (size_t i = 0; i < len; i++)
            sums[k][i] = (double)pairs[i] + (double)lost[i];
    }
done:
    free(pairs);
    return status;
}

static clk_status set_numbers(clk_logs *logs, const char *name, const double *numbers, int64_t n)
{
    struct str one = {0};
    clk_status status = CLK_OK;
    if (n == 1)
        return clk__logs_set(logs, name, numbers[0]);
    for (int64_t i = 0; i < n; i++) {
        one.len = 0;
        clk__str_addf(&one, "%s[%lld]", name, (long long)i);
        TRY_DONE(one.failed ? clk__fail_memory() : clk__logs_set(logs, one.data, numbers[i]));
    }
done:
    clk__str_fini(&one);
    return status;
}

clk_status clk__tally_read(
    clk_logs *logs, const struct tally *t, const struct model_metric *metric, struct session *s)
{
    struct arena memory = {0};
    struct metric_sums sums = {.shape = t->shape, .rows = t->rows};
    double *arrays[MAX_METRIC_SUMS + 1];
    clk_status status = CLK_OK;
    for (int k = 0; k <= t->n; k++) {
        arrays[k] = clk__arena_alloc(&memory, (size_t)clk__shape_len(&t->shape), sizeof *arrays[k]);
        TRY_DONE(arrays[k] ? CLK_OK : clk__fail_memory());
        if (k < t->n)
            sums.values[k] = arrays[k];
    }
    TRY_DONE(read_sums(arrays, t, s));
    const struct metric_class *c = (const struct metric_class *)metric->metric->object.class;
    int64_t n = c->result(arrays[t->n], metric->metric, &sums);
    TRY_DONE(set_numbers(logs, metric->name, arrays[t->n], n));
done:
    clk__arena_fini(&memory);
    return status;
}
