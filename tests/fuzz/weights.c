/* SPDX-License-Identifier: MIT */
/* Files of weights, loaded into a model of two layers in every way there is. */
#include "fuzz.h"

#include <clkeras/clkeras.h>

#include <stdlib.h>

static clk_model *make_model(void)
{
    clk_model *m = NULL;
    if (clk_sequential_create(&m, "m") != CLK_OK)
        abort();
    clk_model_input(m, CLK_SHAPE(3));
    clk_model_add(m, "Dense(2, name='hidden')");
    clk_model_add(m, "Dense(1, name='out')");
    if (clk_model_compile(m, clk_compile_opts(.loss = "mse", .optimizer = "adam")) != CLK_OK)
        abort();
    return m;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(data, size);
    clk_model *m = make_model();
    (void)!clk_model_load_weights(m, path);
    (void)!clk_model_load_weights_with(m, path, clk_load_weights_opts(.skip_mismatch = true));
    (void)!clk_model_load_weights_with(m, path, clk_load_weights_opts(.by_name = true));
    clk_model_free(m);
    return 0;
}
