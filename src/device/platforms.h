/* SPDX-License-Identifier: MIT */
/* The list of devices from the inside: what select.c and open.c see of it. */
#pragma once

#include "device/device.h"

/* What decides whether a device can be used. */
struct device_facts {
    bool available;
    bool compiler;
    bool little_endian;
    int major, minor; /* of OpenCL; 0.0 if the version string is not one */
};
/* The reason why such a device cannot be used, a constant; NULL if it can. */
const char *clk__device_verdict(const struct device_facts *facts);
/* Reads "OpenCL 1.2 vendor text". */
void clk__parse_version(int *major, int *minor, const char *version);

struct device_entry {
    clk_device_info info; /* strings owned, but why_unusable */
    cl_device_id id;
    cl_platform_id platform;
    bool shares_host_memory; /* an integrated GPU */
    unsigned clock_mhz;
};

struct clk_device_list {
    struct device_entry *items;
    size_t n;
    size_t capacity;
};

/* A copy with strings of its own; ends with clk__info_fini. */
clk_status clk__info_copy(clk_device_info *out, const clk_device_info *info) CLK_MUST_CHECK;
void clk__info_fini(clk_device_info *info);
