/* SPDX-License-Identifier: MIT */
/* Dtype policies, as a layer's argument `dtype` names them. Follows keras/src/dtype_policies/dtype_policy.py. */
#pragma once

#include "base/precision.h"
#include "base/status.h"

struct policy {
    const char *name;
    enum precision variable; /* of the weights, in memory and in files */
    enum precision compute;  /* of what the layer takes and gives */
};

/* NULL: there is none of that name. */
const struct policy *clk__policy_find(const char *name);
/* Fails with CLK_ERR_UNSUPPORTED, naming those that there are. @param what 'dense "fc1"' */
clk_status clk__policy_unknown(const char *name, const char *what) CLK_MUST_CHECK;
