// SPDX-License-Identifier: MIT
// A program outside of the source tree, in C++17: learns XOR, with the library's objects in smart
// pointers and its errors as exceptions.
//   c++ -std=c++17 xor.cpp $(pkg-config --cflags --libs clkeras) -o xor
#include <clkeras/clkeras.h>

#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>

namespace
{
void check(clk_status status)
{
    if (status != CLK_OK) {
        throw std::runtime_error(clk_last_error());
    }
}

struct Free {
    void operator()(clk_model *m) const
    {
        clk_model_free(m);
    }
    void operator()(clk_ndarray *a) const
    {
        clk_ndarray_free(a);
    }
};
using Model = std::unique_ptr<clk_model, Free>;
using Array = std::unique_ptr<clk_ndarray, Free>;

Model make_model()
{
    clk_model *model = nullptr;
    check(clk_sequential_create(&model, "xor"));
    Model owner(model);
    check(clk_model_add(model, "Input((2,))"));
    check(clk_model_add(model, "Dense(16, activation='tanh')"));
    check(clk_model_add(model, "Dense(1, activation='sigmoid')"));
    clk_compile_options compile = {};
    compile.size = sizeof compile;
    compile.loss = "binary_crossentropy";
    compile.optimizer = "Adam(0.05)";
    check(clk_model_compile(model, &compile));
    return owner;
}

bool learn()
{
    static const float x[] = {0, 0, 0, 1, 1, 0, 1, 1};
    static const float y[] = {0, 1, 1, 0};
    Model model = make_model();
    clk_fit_options fit = {};
    fit.size = sizeof fit;
    fit.x = clk_f32(x, 4, 2);
    fit.y = clk_f32(y, 4, 1);
    fit.epochs = 200;
    fit.batch_size = 4;
    fit.verbose = CLK_VERBOSE_SILENT;
    check(clk_model_fit(nullptr, model.get(), &fit));

    clk_predict_options predict = {};
    predict.size = sizeof predict;
    predict.x = fit.x;
    clk_ndarray *result = nullptr;
    check(clk_model_predict(&result, model.get(), &predict));
    const Array owner(result);
    const float *out = static_cast<const float *>(clk_ndarray_view(result).data);
    bool right = true;
    for (int i = 0; i < 4; i++) {
        std::printf("%.0f xor %.0f: %.3f\n", x[2 * i], x[2 * i + 1], out[i]);
        right = right && (out[i] > 0.5F) == (y[i] > 0.5F);
    }
    return right;
}
} // namespace

int main()
{
    try {
        return learn() ? 0 : 1;
    } catch (const std::exception &e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
