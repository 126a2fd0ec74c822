/* SPDX-License-Identifier: MIT */
/* The argument data_format. */
#include "layers/data_format.h"

#include "ops/ops.h"

const char *const clk__data_formats[] = {
    [CHANNELS_LAST] = "channels_last", [CHANNELS_FIRST] = "channels_first", NULL};

void clk__data_format_default(int *data_format)
{
    if (*data_format < 0)
        *data_format = CHANNELS_LAST;
}

struct shape clk__shape_channels_last(const struct shape *s, int data_format)
{
    struct shape out = *s;
    if (data_format != CHANNELS_FIRST || s->rank < 2)
        return out;
    for (int i = 1; i + 1 < s->rank; i++)
        out.dims[i] = s->dims[i + 1];
    out.dims[s->rank - 1] = s->dims[1];
    return out;
}

struct value *clk__to_channels_last(struct graph *g, struct value *x, int data_format)
{
    int perm[CLK_MAX_RANK] = {0};
    if (!x || data_format != CHANNELS_FIRST)
        return x;
    for (int i = 1; i < x->shape.rank; i++)
        perm[i] = i + 1 < x->shape.rank ? i + 1 : 1;
    return clk__transpose(g, x, perm);
}

struct value *clk__from_channels_last(struct graph *g, struct value *y, int data_format)
{
    int perm[CLK_MAX_RANK] = {0};
    if (!y || data_format != CHANNELS_FIRST)
        return y;
    for (int i = 1; i < y->shape.rank; i++)
        perm[i] = i > 1 ? i - 1 : y->shape.rank - 1;
    return clk__transpose(g, y, perm);
}
