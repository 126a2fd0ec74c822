/* SPDX-License-Identifier: MIT */
/* Adds the sums of up to four terms IN1 (rows1, cols1), IN2, ... to pairs (sum, compensation) of floats from
 * first_slot on, as Neumaier's variant of Kahan's summation does: sum + compensation is the total. One
 * work-group; a term's elements are added in a fixed order. TERMS: how many. */
#include "lib/row.clh"

#ifndef NAME
#define NAME(x) x
#endif
#ifndef TERMS
#define TERMS 1
#endif
#ifndef FUSED_PARAMS
#define FUSED_PARAMS                                                          \
    , __global const float *restrict in1, __global const float *restrict in2, \
        __global const float *restrict in3, __global const float *restrict in4
#define IN1(row, col)   in1[(size_t)(row)*cols1 + (col)]
#define IN1_V(row, col) ROW_GET(in1 + (size_t)(row)*cols1 + (col))
#define IN2(row, col)   in2[(size_t)(row)*cols2 + (col)]
#define IN2_V(row, col) ROW_GET(in2 + (size_t)(row)*cols2 + (col))
#define IN3(row, col)   in3[(size_t)(row)*cols3 + (col)]
#define IN3_V(row, col) ROW_GET(in3 + (size_t)(row)*cols3 + (col))
#define IN4(row, col)   in4[(size_t)(row)*cols4 + (col)]
#define IN4_V(row, col) ROW_GET(in4 + (size_t)(row)*cols4 + (col))
#endif

/* Columns where a row is long enough to share, else rows, are dealt to the work-items. */
#define ACCUMULATE(IN, rows, cols, slot)                                                    \
    do {                                                                                    \
        const int over_cols = (cols) >= WG * VEC;                                           \
        const int row0 = over_cols ? 0 : id, row_stride = over_cols ? 1 : WG;               \
        const int col0 = over_cols ? id * VEC : 0, col_stride = over_cols ? WG * VEC : VEC; \
        row_floats acc = 0.0f, x;                                                           \
        for (int row = row0; row < (rows); row += row_stride) {                             \
            for (int c = col0; c < (cols); c += col_stride) {                               \
                ROW_LOAD(x, IN, row, c, cols, 0.0f);                                        \
                acc += x;                                                                   \
            }                                                                               \
        }                                                                                   \
        float term;                                                                         \
        ROW_REDUCE(term, ROW_ADD, acc, tmp, WG);                                            \
        if (id == 0) {                                                                      \
            const float old = slots[2 * (slot)], sum = old + term;                          \
            slots[2 * (slot) + 1] +=                                                        \
                fabs(old) >= fabs(term) ? (old - sum) + term : (term - sum) + old;          \
            slots[2 * (slot)] = sum;                                                        \
        }                                                                                   \
    } while (0)

__kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void NAME(accumulate)(
    __global float *restrict slots, int first_slot, int rows1, int cols1, int rows2, int cols2,
    int rows3, int cols3, int rows4, int cols4 FUSED_PARAMS)
{
    ROW_LOCAL(tmp);
    slots += 2 * first_slot;
    const int id = (int)get_local_id(0);
    ACCUMULATE(IN1, rows1, cols1, 0);
#if TERMS > 1
    ACCUMULATE(IN2, rows2, cols2, 1);
#endif
#if TERMS > 2
    ACCUMULATE(IN3, rows3, cols3, 2);
#endif
#if TERMS > 3
    ACCUMULATE(IN4, rows4, cols4, 3);
#endif
}

#undef TERMS
#undef ACCUMULATE
