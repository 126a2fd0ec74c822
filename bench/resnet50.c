/* SPDX-License-Identifier: MIT */
/* ResNet50 as keras.applications has it, for 64 x 64 x 3 and ten classes. */
#include "bench.h"

#include <stdarg.h>

struct net {
    clk_model *model;
    clk_tensor x;
};

/* Calls a layer on what came last. */
static void then(struct net *net, const char *format, ...) CLK_PRINTF(2, 3);
static void then(struct net *net, const char *format, ...)
{
    char expression[160];
    va_list args;
    va_start(args, format);
    vsnprintf(expression, sizeof expression, format, args);
    va_end(args);
    net->x = clk_call(net->model, expression, &net->x, 1);
}

static void convolve(struct net *net, int filters, int size, int stride)
{
    then(net, "Conv2D(%d, %d, strides=%d, padding='same')", filters, size, stride);
    then(net, "BatchNormalization(epsilon=1.001e-5)");
}

/* Three convolutions and a shortcut around them, of one convolution where `projected`. */
static void add_block(struct net *net, int filters, int stride, bool projected)
{
    struct net shortcut = *net;
    if (projected) {
        convolve(&shortcut, 4 * filters, 1, stride);
    }
    convolve(net, filters, 1, stride);
    then(net, "Activation('relu')");
    convolve(net, filters, 3, 1);
    then(net, "Activation('relu')");
    convolve(net, 4 * filters, 1, 1);
    net->x = clk_call(net->model, "Add()", (clk_tensor[]){shortcut.x, net->x}, 2);
    then(net, "Activation('relu')");
}

bool bench_resnet50(clk_model **out)
{
    static const int blocks[] = {3, 4, 6, 3};
    if (!bench_ok(clk_functional_create(out, "resnet50"))) {
        return false;
    }
    struct net net = {.model = *out, .x = clk_input(*out, "Input((64, 64, 3))")};
    then(&net, "ZeroPadding2D(3)");
    then(&net, "Conv2D(64, 7, strides=2)");
    then(&net, "BatchNormalization(epsilon=1.001e-5)");
    then(&net, "Activation('relu')");
    then(&net, "ZeroPadding2D(1)");
    then(&net, "MaxPooling2D(3, strides=2)");
    for (int stage = 0; stage < 4; stage++) {
        for (int i = 0; i < blocks[stage]; i++) {
            add_block(&net, 64 << stage, stage > 0 && i == 0 ? 2 : 1, i == 0);
        }
    }
    then(&net, "GlobalAveragePooling2D()");
    then(&net, "Dense(10, activation='softmax')");
    return bench_ok(clk_model_outputs(*out, &net.x, 1));
}
