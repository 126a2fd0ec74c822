/* SPDX-License-Identifier: MIT */
/* The policies there are; those of quantized layers, "int8_from_float32", are not among them. */
#include "layers/policy.h"

#include <string.h>

static const struct policy policies[] = {
    {"float32", PRECISION_FLOAT32, PRECISION_FLOAT32},
    {"float16", PRECISION_FLOAT16, PRECISION_FLOAT16},
    {"bfloat16", PRECISION_BFLOAT16, PRECISION_BFLOAT16},
    {"float64", PRECISION_FLOAT64, PRECISION_FLOAT64},
    {"mixed_float16", PRECISION_FLOAT32, PRECISION_FLOAT16},
    {"mixed_bfloat16", PRECISION_FLOAT32, PRECISION_BFLOAT16},
};

const struct policy *clk__policy_find(const char *name)
{
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        if (strcmp(policies[i].name, name) == 0)
            return &policies[i];
    }
    return NULL;
}

clk_status clk__policy_unknown(const char *name, const char *what)
{
    return clk__fail(CLK_ERR_UNSUPPORTED,
        "%s: dtype \"%.60s\" is not supported, only float32, float16, bfloat16, float64, "
        "mixed_float16 and mixed_bfloat16",
        what, name);
}
