/* SPDX-License-Identifier: MIT */
/* References of ops that only move elements, by multi-indices. */
#pragma once

#include "ops/op_check.h"

/* The multi-index of element e of an array of that shape. */
static inline void index_of(int64_t *index, const struct shape *s, int64_t e)
{
    for (int i = s->rank - 1; i >= 0; i--) {
        index[i] = e % s->dims[i];
        e /= s->dims[i];
    }
}

/* The element at a multi-index; -1 if it is outside. */
static inline int64_t element_of(const struct shape *s, const int64_t *index)
{
    int64_t e = 0;
    for (int i = 0; i < s->rank; i++) {
        if (index[i] < 0 || index[i] >= s->dims[i])
            return -1;
        e = e * s->dims[i] + index[i];
    }
    return e;
}
