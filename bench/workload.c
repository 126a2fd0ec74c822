/* SPDX-License-Identifier: MIT */
/* What is trained; pytorch_train.py holds the same models. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#define FOLDER "/usr/share/datasets/fashion-mnist/"

enum {
    CLASSES = 10
};

/* Layers of a Sequential model; ended by NULL. */
static const char *const tutorial[] = {
    "Input(100)", "Dense(64, activation='relu')", "Dense(10, activation='softmax')", NULL};
static const char *const fashion[] = {"Input((28, 28))", "Rescaling(1/255)", "Flatten()",
    "Dense(512, activation='relu')", "Dense(512, activation='relu')",
    "Dense(10, activation='softmax')", NULL};
static const char *const cnn[] = {"Input((28, 28))", "Rescaling(1/255)", "Reshape((28, 28, 1))",
    "Conv2D(32, 3, activation='relu')", "MaxPooling2D()", "Conv2D(64, 3, activation='relu')",
    "MaxPooling2D()", "Flatten()", "Dense(128, activation='relu')",
    "Dense(10, activation='softmax')", NULL};
static const char *const lstm[] = {
    "Input((50, 64))", "LSTM(128)", "Dense(10, activation='softmax')", NULL};

const struct workload bench_workloads[] = {
    {
        .name = "tutorial",
        .layers = tutorial,
        .optimizer = "sgd",
        .batch_size = 32,
        .n = 3200,
        .shape = {100},
        .rank = 1,
        .epochs_a_run = 10,
        .optimizer_bytes = 12.0, /* parameter and gradient read, parameter written */
        .first_step = true,
    },
    {
        .name = "fashion",
        .layers = fashion,
        .optimizer = "adam",
        .batch_size = 128,
        .n = 60000,
        .shape = {28, 28},
        .rank = 2,
        .epochs_a_run = 1,
        .optimizer_bytes = 28.0, /* parameter, gradient, two slots read; three of them written */
        .n_slots = 2,
        .first_step = true,
        .images = true,
    },
    {
        .name = "cnn",
        .layers = cnn,
        .optimizer = "sgd",
        .batch_size = 128,
        .n = 6400,
        .shape = {28, 28},
        .rank = 2,
        .epochs_a_run = 1,
        .optimizer_bytes = 12.0,
        .images = true,
    },
    {
        .name = "lstm",
        .layers = lstm,
        .optimizer = "adam",
        .batch_size = 64,
        .n = 3200,
        .shape = {50, 64},
        .rank = 2,
        .epochs_a_run = 1,
        .optimizer_bytes = 28.0,
        .n_slots = 2,
    },
    {
        .name = "resnet50",
        .make = bench_resnet50,
        .optimizer = "sgd",
        .batch_size = 8,
        .n = 64,
        .shape = {64, 64, 3},
        .rank = 3,
        .epochs_a_run = 1,
        .optimizer_bytes = 12.0,
    },
};
const size_t bench_n_workloads = sizeof bench_workloads / sizeof bench_workloads[0];

const struct workload *workload_find(const char *name)
{
    for (size_t i = 0; i < bench_n_workloads; i++) {
        if (strcmp(bench_workloads[i].name, name) == 0) {
            return &bench_workloads[i];
        }
    }
    return NULL;
}

static size_t sample_len(const struct workload *w)
{
    size_t len = 1;
    for (int i = 0; i < w->rank; i++) {
        len *= (size_t)w->shape[i];
    }
    return len;
}

clk_array workload_rows(const struct workload *w, const void *x, int64_t n)
{
    clk_array rows = {
        .data = x, .dtype = w->images ? CLK_UINT8 : CLK_FLOAT32, .rank = w->rank + 1, .shape = {n}};
    for (int i = 0; i < w->rank; i++) {
        rows.shape[i + 1] = w->shape[i];
    }
    return rows;
}

static bool random_numbers(struct workload_data *d, const struct workload *w)
{
    const size_t n = (size_t)w->n;
    const size_t len = n * sample_len(w);
    int32_t *y = malloc(n * sizeof *y);
    void *x = malloc(len * (w->images ? 1 : sizeof(float)));
    d->memory[0] = x;
    d->memory[1] = y;
    if (!x || !y) {
        return bench_fail("out of memory");
    }
    for (size_t i = 0; i < len; i++) {
        if (w->images) {
            ((uint8_t *)x)[i] = (uint8_t)bench_random();
        } else {
            ((float *)x)[i] = (float)bench_random() / 2147483648.0F;
        }
    }
    for (size_t i = 0; i < n; i++) {
        y[i] = (int32_t)(bench_random() % CLASSES);
    }
    d->x = workload_rows(w, x, w->n);
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
        out->x.shape[0] = w->n;
        out->y.shape[0] = w->n;
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

static bool make_sequential(clk_model **out, const struct workload *w)
{
    if (!bench_ok(clk_sequential_create(out, w->name))) {
        return false;
    }
    for (const char *const *layer = w->layers; *layer; layer++) {
        if (!bench_ok(clk_model_add(*out, *layer))) {
            return false;
        }
    }
    return true;
}

bool workload_model(clk_model **out, const struct workload *w, clk_device *device)
{
    return (w->make ? w->make(out) : make_sequential(out, w)) &&
           (!device || bench_ok(clk_model_set_device(*out, device))) &&
           bench_ok(clk_model_compile(
               *out, clk_compile_opts(.loss = "sparse_categorical_crossentropy",
                         .optimizer = w->optimizer, .metrics = CLK_LIST("accuracy"))));
}
