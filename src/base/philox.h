/* SPDX-License-Identifier: MIT */
/* Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011), on the host.
 * The device's twin is cl/lib/philox.clh: the same counter gives the same number. */
#pragma once

#include <stdint.h>

/* Four 32-bit words for a 128-bit counter and a 64-bit key. */
void clk__philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]);

/* Uniform in [0, 1) with 24 bits: word >> 8 times 2^-24. */
float clk__philox_uniform(uint32_t word);
