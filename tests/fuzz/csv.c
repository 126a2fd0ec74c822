/* SPDX-License-Identifier: MIT */
/* Tables of text, with and without columns chosen. */
#include "data/formats.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct data_file in = {data, size, "input"};
    const char *const selectors[] = {NULL, "0", "1-", "label,0-2"};
    for (size_t i = 0; i < sizeof selectors / sizeof *selectors; i++) {
        clk_ndarray *array = NULL;
        if (clk__data_parse(&array, &in, selectors[i]) == CLK_OK)
            clk_ndarray_free(array);
    }
    return 0;
}
