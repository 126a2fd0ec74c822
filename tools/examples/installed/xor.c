/* SPDX-License-Identifier: MIT */
/* A program outside of the source tree, in C: learns XOR.
 *   cc xor.c $(pkg-config --cflags --libs clkeras) -o xor */
#include <clkeras/clkeras.h>

#include <stdio.h>

static clk_status learn(float out[4], clk_model *model, const float *x, const float *y)
{
    /* an error of these is kept and comes back from compile */
    clk_model_input(model, CLK_SHAPE(2));
    clk_model_add(model, "Dense(16, activation='tanh')");
    clk_model_add(model, "Dense(1, activation='sigmoid')");
    clk_status status = clk_model_compile(
        model, clk_compile_opts(.loss = "binary_crossentropy", .optimizer = "Adam(0.05)"));
    if (status == CLK_OK) {
        status = clk_model_fit(NULL, model,
            clk_fit_opts(.x = clk_f32(x, 4, 2), .y = clk_f32(y, 4, 1), .epochs = 200,
                .batch_size = 4, .verbose = CLK_VERBOSE_SILENT));
    }
    clk_ndarray *result = NULL;
    if (status == CLK_OK) {
        status = clk_model_predict(&result, model, clk_predict_opts(.x = clk_f32(x, 4, 2)));
    }
    for (int i = 0; status == CLK_OK && i < 4; i++) {
        out[i] = ((const float *)clk_ndarray_view(result).data)[i];
    }
    clk_ndarray_free(result);
    return status;
}

int main(void)
{
    static const float x[] = {0, 0, 0, 1, 1, 0, 1, 1};
    static const float y[] = {0, 1, 1, 0};
    float out[4] = {0};
    clk_model *model = NULL;
    clk_status status = clk_sequential_create(&model, "xor");
    if (status == CLK_OK) {
        status = learn(out, model, x, y);
    }
    if (status != CLK_OK) {
        fprintf(stderr, "%s: %s\n", clk_status_name(status), clk_last_error());
    }
    clk_model_free(model);
    bool right = status == CLK_OK;
    for (int i = 0; i < 4; i++) {
        printf("%.0f xor %.0f: %.3f\n", (double)x[2 * i], (double)x[2 * i + 1], (double)out[i]);
        right = right && (out[i] > 0.5F) == (y[i] > 0.5F);
    }
    return right ? 0 : 1;
}
