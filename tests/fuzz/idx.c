/* SPDX-License-Identifier: MIT */
/* Arrays in IDX files, plain and gzipped. */
#include "data/formats.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct data_file in = {data, size, "input"};
    clk_ndarray *array = NULL;
    if (clk__data_parse(&array, &in, NULL) == CLK_OK)
        clk_ndarray_free(array);
    return 0;
}
