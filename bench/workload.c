/* SPDX-License-Identifier: MIT */
/* What is trained: the tutorial's model on random numbers, and a dense network on Fashion-MNIST.
 * pytorch_train.py holds the same two. */
#include "bench.h"

#include <stdlib.h>

#define FOLDER "/usr/share/datasets/fashion-mnist/"

static const char *const tutorial_layers[] = {
    "Input(100)",
    "Dense(64, activation='relu')",
    "Dense(10, activation='softmax')",
    NULL,
};
const struct workload bench_tutorial = {
    .name = "tutorial",
    .layers = tutorial_layers,
    .loss = "sparse_categorical_crossentropy",
    .optimizer = "sgd",
    .batch_size = 32,
    .n = 3200,
    .epochs_a_run = 10,
    .optimizer_bytes = 12.0, /* parameter and gradient read, parameter written */
};

static const char *const fashion_layers[] = {
    "Input((28, 28))",
    "Rescaling(1/255)",
    "Flatten()",
    "Dense(512, activation='relu')",
    "Dense(512, activation='relu')",
    "Dense(10, activation='softmax')",
    NULL,
};
const struct workload bench_fashion = {
    .name = "fashion",
    .layers = fashion_layers,
    .loss = "sparse_categorical_crossentropy",
    .optimizer = "adam",
    .batch_size = 128,
    .n = 60000,
    .epochs_a_run = 1,
    .optimizer_bytes = 28.0, /* parameter, gradient, two slots read; three of them written */
    .n_slots = 2,
    .images = true,
};

static bool random_numbers(struct workload_data *d, const struct workload *w)
{
    const size_t n = (size_t)w->n;
    const size_t width = w->images ? 28 * 28 : 100;
    int32_t *y = malloc(n * sizeof *y);
    void *x = malloc(n * width * (w->images ? 1 : sizeof(float)));
    d->memory[0] = x;
    d->memory[1] = y;
    if (!x || !y) {
        return bench_fail("out of memory");
    }
    for (size_t i = 0; i < n * width; i++) {
        if (w->images) {
            ((uint8_t *)x)[i] = (uint8_t)bench_random();
        } else {
            ((float *)x)[i] = (float)bench_random() / 2147483648.0F;
        }
    }
    for (size_t i = 0; i < n; i++) {
        y[i] = (int32_t)(bench_random() % 10);
    }
    d->x = w->images ? clk_u8(x, w->n, 28, 28) : clk_f32(x, w->n, 100);
    d->y = clk_i32(y, w->n);
    return true;
}

bool workload_open(struct workload_data *out, const struct workload *w)
{
    *out = (struct workload_data){0};
    if (w->images &&
        clk_ndarray_open(&out->files[0], FOLDER "train-images-idx3-ubyte.gz") == CLK_OK &&
        clk_ndarray_open(&out->files[1], FOLDER "train-labels-idx1-ubyte.gz") == CLK_OK) {
        out->x = clk_ndarray_view(out->files[0]);
        out->y = clk_ndarray_view(out->files[1]);
        return true;
    }
    out->stand_in = w->images;
    return random_numbers(out, w);
}

void workload_close(struct workload_data *d)
{
    for (int i = 0; i < 2; i++) {
        clk_ndarray_free(d->files[i]);
        free(d->memory[i]);
    }
}

bool workload_model(clk_model **out, const struct workload *w, clk_device *device)
{
    if (!bench_ok(clk_sequential_create(out, w->name)) ||
        (device && !bench_ok(clk_model_set_device(*out, device)))) {
        return false;
    }
    for (const char *const *layer = w->layers; *layer; layer++) {
        if (!bench_ok(clk_model_add(*out, *layer))) {
            return false;
        }
    }
    return bench_ok(
        clk_model_compile(*out, clk_compile_opts(.loss = w->loss, .optimizer = w->optimizer,
                                    .metrics = CLK_LIST("accuracy"))));
}
