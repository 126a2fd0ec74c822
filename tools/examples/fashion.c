/* SPDX-License-Identifier: MIT */
/* The quickstart: Fashion-MNIST from its IDX files, a dense network trained with Keras' bar, measured
 * on the test images, saved as a file that Keras 3 opens, and asked for its first predictions. */
#include <clkeras/clkeras.h>

#include <stdio.h>
#include <stdlib.h>

static const char *const class_names[10] = {"T-shirt/top", "trouser", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle boot"};

struct images {
    clk_ndarray *x; /* uint8 (n, 28, 28): stays uint8 on the device too */
    clk_ndarray *y; /* uint8 (n) */
};

static void check(clk_status status)
{
    if (status != CLK_OK) {
        fprintf(stderr, "%s\n", clk_last_error());
        exit(1);
    }
}

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

static void list_devices(void)
{
    clk_device_list *list = NULL;
    check(clk_device_list_create(&list));
    for (size_t i = 0; i < clk_device_list_count(list); i++) {
        const clk_device_info *d = clk_device_list_get(list, i);
        printf("%d:%d %s, %s, %.1f GiB%s%s\n", d->platform_index, d->device_index,
            clk_device_type_name(d->type), d->name, (double)d->memory_bytes / (1U << 30),
            d->why_unusable ? ": " : "", d->why_unusable ? d->why_unusable : "");
    }
    clk_device_list_free(list);
}

static struct images open_images(const char *folder, const char *set)
{
    struct images images = {0};
    char path[4096];
    snprintf(path, sizeof path, "%s/%s-images-idx3-ubyte.gz", folder, set);
    check(clk_ndarray_open(&images.x, path));
    snprintf(path, sizeof path, "%s/%s-labels-idx1-ubyte.gz", folder, set);
    check(clk_ndarray_open(&images.y, path));
    return images;
}

static clk_model *make_model(clk_device *device)
{
    clk_model *model = NULL;
    check(clk_sequential_create(&model, "fashion"));
    check(clk_model_set_device(model, device));
    check(clk_model_add(model, "Input((28, 28))"));
    check(clk_model_add(model, "Rescaling(1/255)"));
    check(clk_model_add(model, "Flatten()"));
    check(clk_model_add(model, "Dense(512, activation='relu')"));
    check(clk_model_add(model, "Dense(512, activation='relu')"));
    check(clk_model_add(model, "Dense(10, activation='softmax')"));
    check(clk_model_compile(
        model, clk_compile_opts(.loss = "sparse_categorical_crossentropy",
                   .optimizer = "Adam(learning_rate=1e-3)", .metrics = CLK_LIST("accuracy"))));
    return model;
}

static void print_summary(clk_model *model)
{
    char *text = NULL;
    check(clk_model_summary(&text, model, NULL));
    fputs(text, stdout);
    clk_free(text);
}

static void print_predictions(clk_model *model, const struct images *test)
{
    clk_array few = clk_ndarray_view(test->x);
    const uint8_t *labels = clk_ndarray_view(test->y).data;
    few.shape[0] = 10;
    clk_ndarray *result = NULL;
    check(clk_model_predict(
        &result, model, clk_predict_opts(.x = few, .verbose = CLK_VERBOSE_SILENT)));
    const float *row = clk_ndarray_view(result).data;
    for (int i = 0; i < 10; i++, row += 10) {
        int best = 0;
        for (int c = 1; c < 10; c++) {
            best = row[c] > row[best] ? c : best;
        }
        printf("image %d: %-11s %5.1f %%  (is: %s)\n", i, class_names[best],
            100.0 * (double)row[best], class_names[labels[i] % 10]);
    }
    clk_ndarray_free(result);
}

/* fashion [FOLDER [EPOCHS]] */
int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : "/usr/share/datasets/fashion-mnist";
    const int64_t epochs = argc > 2 ? strtol(argv[2], NULL, 10) : 3;
    clk_log_set(print_progress, NULL);

    list_devices();
    clk_device *device = NULL;
    check(clk_device_open(&device, NULL, NULL));
    printf("using %s\n\n", clk_device_get_info(device)->name);

    struct images train = open_images(folder, "train");
    struct images test = open_images(folder, "t10k");
    clk_model *model = make_model(device);
    print_summary(model);

    check(clk_model_fit(NULL, model,
        clk_fit_opts(.x = clk_ndarray_view(train.x), .y = clk_ndarray_view(train.y),
            .epochs = epochs, .batch_size = 128)));

    clk_logs *logs = NULL;
    check(clk_model_evaluate(&logs, model,
        clk_evaluate_opts(.x = clk_ndarray_view(test.x), .y = clk_ndarray_view(test.y),
            .batch_size = 128, .verbose = CLK_VERBOSE_SILENT)));
    printf("\ntest images: loss %.4f, accuracy %.4f\n", clk_logs_value(logs, 0),
        clk_logs_value(logs, 1));
    check(clk_model_save(model, "fashion.keras"));
    printf("saved as fashion.keras\n\n");
    print_predictions(model, &test);

    clk_logs_free(logs);
    clk_model_free(model);
    clk_ndarray_free(test.y);
    clk_ndarray_free(test.x);
    clk_ndarray_free(train.y);
    clk_ndarray_free(train.x);
    clk_device_close(device);
    return 0;
}
