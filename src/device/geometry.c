/* SPDX-License-Identifier: MIT */
/* The one place where the kind of device decides how kernels are shaped. */
#include "device/geometry.h"

#include "base/str.h"

enum {
    CPU_VEC = 8,       /* one AVX register of floats; two of NEON */
    CPU_VEC_WIDE = 16, /* one of AVX-512: large products take little more than half the time */
    CPU_ITEMS_PER_UNIT = 2,
    CPU_ITEMS_MIN = 2,
    CPU_ITEMS_MAX = 64, /* more work-groups than this cost PoCL 14-20 us a launch */
    GPU_WG = 256,
};

static struct geometry cpu_geometry(unsigned compute_units, unsigned native_floats)
{
    unsigned items = CPU_ITEMS_MAX;
    if (compute_units < CPU_ITEMS_MAX / CPU_ITEMS_PER_UNIT)
        items = compute_units * CPU_ITEMS_PER_UNIT;
    if (items < CPU_ITEMS_MIN)
        items = CPU_ITEMS_MIN;
    int vec = native_floats >= CPU_VEC_WIDE ? CPU_VEC_WIDE : CPU_VEC;
    return (struct geometry){.wg = 1, .vec = vec, .items = (int)items, .cpu = true};
}

/* The tree reductions want a power of two. */
static struct geometry gpu_geometry(size_t max_wg)
{
    int wg = GPU_WG;
    while (wg > 1 && (size_t)wg > max_wg)
        wg /= 2;
    return (struct geometry){.wg = wg, .vec = 1, .items = 0, .cpu = false};
}

clk_status clk__geometry_choose(
    struct geometry *out, const struct geometry_facts *facts, const char *forced)
{
    bool cpu = facts->type == CLK_DEVICE_CPU;
    if (forced && forced[0]) {
        cpu = clk__str_eq_nocase(forced, "cpu");
        if (!cpu && !clk__str_eq_nocase(forced, "gpu"))
            return clk__fail(CLK_ERR_ARG, "CLKERAS_GEOMETRY=%s: expected cpu or gpu", forced);
    }
    *out = cpu ? cpu_geometry(facts->compute_units, facts->native_floats)
               : gpu_geometry(facts->max_wg);
    return CLK_OK;
}
