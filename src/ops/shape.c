/* SPDX-License-Identifier: MIT */
/* Shapes: length, equality, text, NumPy's broadcast. -1 is an unknown dimension. */
#include "ops/op.h"

#include <stdio.h>

int64_t clk__shape_len(const struct shape *s)
{
    int64_t n = 1;
    for (int i = 0; i < s->rank; i++) {
        if (s->dims[i] < 0 || __builtin_mul_overflow(n, s->dims[i], &n))
            return -1;
    }
    return n;
}

bool clk__shape_equal(const struct shape *a, const struct shape *b)
{
    if (a->rank != b->rank)
        return false;
    for (int i = 0; i < a->rank; i++) {
        if (a->dims[i] != b->dims[i])
            return false;
    }
    return true;
}

const char *clk__shape_text(char buf[SHAPE_TEXT], const struct shape *s)
{
    size_t n = (size_t)snprintf(buf, SHAPE_TEXT, "(");
    for (int i = 0; i < s->rank && n < SHAPE_TEXT; i++) {
        const char *end = i + 1 < s->rank ? ", " : s->rank == 1 ? "," : "";
        if (s->dims[i] < 0)
            n += (size_t)snprintf(buf + n, SHAPE_TEXT - n, "None%s", end);
        else
            n += (size_t)snprintf(buf + n, SHAPE_TEXT - n, "%lld%s", (long long)s->dims[i], end);
    }
    if (n < SHAPE_TEXT)
        snprintf(buf + n, SHAPE_TEXT - n, ")");
    return buf;
}

bool clk__shape_broadcast(struct shape *out, const struct shape *a, const struct shape *b)
{
    struct shape r = {.rank = a->rank > b->rank ? a->rank : b->rank};
    for (int i = 1; i <= r.rank; i++) {
        int64_t x = i <= a->rank ? a->dims[a->rank - i] : 1;
        int64_t y = i <= b->rank ? b->dims[b->rank - i] : 1;
        if (x != y && x != 1 && y != 1 && x != -1 && y != -1)
            return false;
        bool take_y = x == 1 || (x == -1 && y > 1);
        r.dims[r.rank - i] = take_y ? y : x;
    }
    *out = r;
    return true;
}
