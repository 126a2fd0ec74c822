/* SPDX-License-Identifier: MIT */
/* Files of models, .keras and HDF5, checked and loaded. */
#include "fuzz.h"

#include <clkeras/clkeras.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(data, size);
    clk_check *check = NULL;
    clk_model *m = NULL;
    if (clk_check_file(&check, path) == CLK_OK)
        clk_check_free(check);
    if (clk_model_load(&m, path) == CLK_OK)
        clk_model_free(m);
    return 0;
}
