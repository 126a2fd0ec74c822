/* SPDX-License-Identifier: MIT */
/* The Keras tutorial in C: pick a device, define, compile, train, evaluate, predict. Each step stands
 * below the Python it replaces. */
#include <clkeras/clkeras.h>

#include <stdio.h>
#include <stdlib.h>

static float x_train[1000 * 100], x_test[100 * 100];
static int32_t y_train[1000], y_test[100];

/* Stops with the library's one line: what, where, and what would work. */
static void check(clk_status status)
{
    if (status != CLK_OK) {
        fprintf(stderr, "%s\n", clk_last_error());
        exit(1);
    }
}

/* Keras' progress bar, where Keras prints it. */
static void print_progress(clk_log_level level, const char *text, void *user)
{
    (void)user;
    if (level == CLK_LOG_PROGRESS) {
        fputs(text, stdout);
        fflush(stdout);
    } else if (level == CLK_LOG_WARNING) {
        fprintf(stderr, "warning: %s\n", text);
    }
}

/* A number below 2^31 (Knuth's MMIX generator). */
static uint32_t next_random(void)
{
    static uint64_t state = 1;
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33);
}

/* np.random.random((n, 100)) and np.random.randint(10, size=(n, 1)) */
static void random_data(float *x, int32_t *y, size_t n)
{
    for (size_t i = 0; i < n * 100; i++) {
        x[i] = (float)next_random() / 2147483648.0F;
    }
    for (size_t i = 0; i < n; i++) {
        y[i] = (int32_t)(next_random() % 10);
    }
}

int main(void)
{
    clk_log_set(print_progress, NULL);

    /* 1. gpus = tf.config.list_physical_devices("GPU") */
    clk_device_list *list = NULL;
    check(clk_device_list_create(&list));
    size_t n_gpus = 0;
    for (size_t i = 0; i < clk_device_list_count(list); i++) {
        const clk_device_info *info = clk_device_list_get(list, i);
        printf("%s: %s\n", clk_device_type_name(info->type), info->name);
        n_gpus += info->type == CLK_DEVICE_GPU && !info->why_unusable && info->visible;
    }
    clk_device_list_free(list);

    /* 2. tf.config.set_visible_devices(gpus[0], "GPU")
     *    tf.config.experimental.set_memory_growth(gpus[0], True)
     * Memory grows as needed unless .preallocate_bytes asks otherwise. NULL is the best device there
     * is: without a GPU, the same program runs on the CPU. */
    clk_device *device = NULL;
    check(clk_device_open(
        &device, n_gpus > 0 ? "gpu:0" : NULL, clk_device_opts(.preallocate_bytes = 0)));
    printf("using %s\n", clk_device_get_info(device)->name);

    /* 3. model = Sequential()
     *    model.add(Dense(64, activation="relu", input_dim=100))
     *    model.add(Dense(10, activation="softmax")) */
    clk_model *model = NULL;
    check(clk_sequential_create(&model, NULL));
    check(clk_model_set_device(model, device));
    check(clk_model_input(model, CLK_SHAPE(100)));
    check(clk_model_add(model, "Dense(64, activation='relu')"));
    check(clk_model_add(model, "Dense(10, activation='softmax')"));

    /* 4. model.compile(loss="categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
     *    model.fit(x_train, y_train, epochs=10, batch_size=32) */
    random_data(x_train, y_train, 1000);
    random_data(x_test, y_test, 100);
    check(clk_model_compile(model, clk_compile_opts(.loss = "categorical_crossentropy",
                                       .optimizer = "sgd", .metrics = CLK_LIST("accuracy"))));
    clk_history *history = NULL;
    check(clk_model_fit(&history, model,
        clk_fit_opts(.x = clk_f32(x_train, 1000, 100), .y = clk_i32(y_train, 1000, 1), .epochs = 10,
            .batch_size = 32)));
    double first = 0.0;
    double last = 0.0;
    check(clk_history_get(&first, history, "loss", 0));
    check(clk_history_get(&last, history, "loss", clk_history_epochs(history) - 1));
    printf("loss: %.4f after the first epoch, %.4f after the last\n", first, last);

    /* 5. loss_and_metrics = model.evaluate(x_test, y_test, batch_size=128)
     *    classes = model.predict(x_test, batch_size=128) */
    clk_logs *logs = NULL;
    check(clk_model_evaluate(&logs, model,
        clk_evaluate_opts(.x = clk_f32(x_test, 100, 100), .y = clk_i32(y_test, 100, 1),
            .batch_size = 128)));
    for (size_t i = 0; i < clk_logs_count(logs); i++) {
        printf("%s: %.4f\n", clk_logs_name(logs, i), clk_logs_value(logs, i));
    }
    clk_ndarray *classes = NULL;
    check(clk_model_predict(
        &classes, model, clk_predict_opts(.x = clk_f32(x_test, 100, 100), .batch_size = 128)));
    const float *row = clk_ndarray_view(classes).data;
    printf("the first sample's classes:");
    for (int i = 0; i < 10; i++) {
        printf(" %.3f", (double)row[i]);
    }
    printf("\n");

    clk_ndarray_free(classes);
    clk_logs_free(logs);
    clk_history_free(history);
    clk_model_free(model);
    clk_device_close(device);
    return 0;
}
