/* SPDX-License-Identifier: MIT */
/* Samples that do not fit on the device: the same numbers, bit by bit, as when they do. */
#include "device/device.h"
#include "support/test.h"
#include "train/stream.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    N_ROWS = 1003,
    N_FEATURES = 64,
    N_CLASSES = 5,
    N_OUTPUTS = N_ROWS * N_CLASSES,
};

static uint8_t pixels[N_ROWS * N_FEATURES];
static double labels[N_ROWS]; /* become int32 on the device */
static float other[N_ROWS * 3];

static void fill(void)
{
    for (uint64_t i = 0; i < N_ROWS * N_FEATURES; i++)
        pixels[i] = (uint8_t)(127.5f * (test_random(1, i) + 1.0f));
    for (int i = 0; i < N_ROWS; i++)
        labels[i] = (pixels[i * N_FEATURES] + pixels[i * N_FEATURES + 1]) % N_CLASSES;
    for (uint64_t i = 0; i < N_ROWS * 3; i++)
        other[i] = test_random(2, i);
}

static clk_device *open_device(uint64_t limit)
{
    clk_device *d = NULL;
    fill();
    check_ok(clk_device_open(&d, NULL, clk_device_opts(.memory_limit_bytes = limit)));
    return d;
}

static clk_model *make_model(clk_device *d)
{
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, NULL));
    check_ok(clk_model_set_device(m, d));
    check_ok(clk_model_set_seed(m, 7));
    check_ok(clk_model_add(m, "Input((64,))"));
    check_ok(clk_model_add(m, "Rescaling(1./255)"));
    check_ok(clk_model_add(m, "Dense(8, activation='relu')"));
    check_ok(clk_model_add(m, "Dense(5, activation='softmax')"));
    check_ok(clk_model_compile(
        m, clk_compile_opts(.optimizer = "adam", .loss = "sparse_categorical_crossentropy",
               .metrics = CLK_LIST("accuracy"))));
    return m;
}

static clk_array u8_pixels(int64_t n)
{
    return (clk_array){.data = pixels, .dtype = CLK_UINT8, .rank = 2, .shape = {n, N_FEATURES}};
}

static clk_array f64_labels(int64_t n)
{
    return (clk_array){.data = labels, .dtype = CLK_FLOAT64, .rank = 1, .shape = {n}};
}

/* All that a model gives: histories, weights, an evaluation, predictions. */
struct outcome {
    char *history[3];
    float weights[64 * 8];
    double loss, accuracy;
    float predictions[N_OUTPUTS];
};

static void train(struct outcome *out, clk_model *m)
{
    clk_history *h[3] = {NULL};
    clk_logs *logs = NULL;
    clk_ndarray *y = NULL;
    check_ok(clk_model_fit(&h[0], m,
        clk_fit_opts(.x = u8_pixels(N_ROWS), .y = f64_labels(N_ROWS), .epochs = 2,
            .validation_split = 0.2, .verbose = CLK_VERBOSE_SILENT)));
    check_ok(clk_model_fit(&h[1], m,
        clk_fit_opts(.x = u8_pixels(900), .y = f64_labels(900), .no_shuffle = true,
            .validation_x = u8_pixels(97), .validation_y = f64_labels(97),
            .validation_batch_size = 50, .verbose = CLK_VERBOSE_SILENT)));
    check_ok(clk_model_fit(&h[2], m,
        clk_fit_opts(.x = u8_pixels(N_ROWS), .y = f64_labels(N_ROWS), .epochs = 3,
            .callbacks = CLK_LIST("TerminateOnNaN()"), .verbose = CLK_VERBOSE_SILENT)));
    check_ok(clk_model_evaluate(&logs, m,
        clk_evaluate_opts(.x = u8_pixels(N_ROWS), .y = f64_labels(N_ROWS),
            .verbose = CLK_VERBOSE_SILENT)));
    check_ok(clk_logs_get(&out->loss, logs, "loss"));
    check_ok(clk_logs_get(&out->accuracy, logs, "accuracy"));
    check_ok(clk_model_predict(
        &y, m, clk_predict_opts(.x = u8_pixels(N_ROWS), .verbose = CLK_VERBOSE_SILENT)));
    memcpy(out->predictions, clk_ndarray_view(y).data, sizeof(out->predictions));
    check_ok(clk_model_get_weight(out->weights, 64 * 8, m, 0));
    for (int i = 0; i < 3; i++) {
        check_ok(clk_history_json(&out->history[i], h[i]));
        clk_history_free(h[i]);
    }
    clk_logs_free(logs);
    clk_ndarray_free(y);
}

START_TEST(test_bit_equal)
{
    static struct outcome resident, streamed;
    clk_device *roomy = open_device(0), *small = open_device(48 << 10);
    clk_model *a = make_model(roomy), *b = make_model(small);
    train(&resident, a);
    train(&streamed, b);
    ck_assert_uint_gt(clk_device_get_memory(roomy).peak_bytes, sizeof(pixels));
    ck_assert_uint_le(clk_device_get_memory(small).peak_bytes, 48 << 10);
    for (int i = 0; i < 3; i++)
        ck_assert_str_eq(resident.history[i], streamed.history[i]);
    ck_assert_mem_eq(resident.weights, streamed.weights, sizeof(resident.weights));
    ck_assert_mem_eq(resident.predictions, streamed.predictions, sizeof(resident.predictions));
    ck_assert(resident.loss == streamed.loss && resident.accuracy == streamed.accuracy);
    for (int i = 0; i < 3; i++) {
        clk_free(resident.history[i]);
        clk_free(streamed.history[i]);
    }
    clk_model_free(a);
    clk_model_free(b);
    clk_device_close(roomy);
    clk_device_close(small);
}
END_TEST

static bool spoil(clk_model *m, int64_t epoch, const clk_logs *logs, void *user)
{
    (void)m, (void)epoch, (void)logs;
    *(double *)user = NAN;
    return true;
}

/* What the thread meets with is fit's error, and the model goes on from there. */
START_TEST(test_changed_labels)
{
    clk_device *small = open_device(48 << 10);
    clk_model *m = make_model(small);
    check_fails(CLK_ERR_VALUE, "the targets changed while they were read: there is a label -1 now",
        clk_model_fit(NULL, m,
            clk_fit_opts(.x = u8_pixels(N_ROWS), .y = f64_labels(N_ROWS), .epochs = 2,
                .verbose = CLK_VERBOSE_SILENT, .on_epoch_end = spoil, .user = &labels[500])));
    labels[500] = 1;
    check_ok(clk_model_fit(NULL, m,
        clk_fit_opts(.x = u8_pixels(N_ROWS), .y = f64_labels(N_ROWS),
            .verbose = CLK_VERBOSE_SILENT)));
    clk_model_free(m);
    clk_device_close(small);
}
END_TEST

/* Several inputs of different types, an output without a loss; chunks of any size and start hold the same rows. */
START_TEST(test_chunks)
{
    const clk_array inputs[] = {u8_pixels(N_ROWS), clk_f32(other, N_ROWS, 3)};
    int32_t order[700];
    struct feed f = {
        .parts = {{.inputs = inputs, .n_inputs = 2, .n = 700},
            {.inputs = inputs, .n_inputs = 2, .first = 700, .n = 303}},
        .n_parts = 2,
        .rows = N_ROWS,
        .n_inputs = 2,
        .n_outputs = 1,
        .inputs = {{.plan = {.dtype = CLK_UINT8}, .row_bytes = N_FEATURES},
            {.plan = {.dtype = CLK_FLOAT32}, .row_bytes = 12}},
        .order = order,
    };
    static uint8_t bytes[N_ROWS * N_FEATURES];
    static float floats[N_ROWS * 3];
    fill();
    for (int i = 0; i < 700; i++)
        order[i] = (i * 13) % 700;
    check_ok(clk__feed_gather(bytes, &f, 0, 3, 1000));
    check_ok(clk__feed_gather(floats, &f, 1, 3, 1000));
    for (int i = 0; i < 1000; i++) {
        int row = i + 3 < 700 ? order[i + 3] : i + 3;
        ck_assert_mem_eq(&bytes[i * N_FEATURES], &pixels[row * N_FEATURES], N_FEATURES);
        ck_assert_mem_eq(&floats[i * 3], &other[row * 3], 12);
    }
}
END_TEST

/* The thread ends wherever it is: before anything is taken, and with all chunks filled. */
START_TEST(test_stopped)
{
    const clk_array inputs[] = {u8_pixels(N_ROWS)};
    struct feed f = {
        .parts = {{.inputs = inputs, .n_inputs = 1, .n = N_ROWS}},
        .n_parts = 1,
        .rows = N_ROWS,
        .n_inputs = 1,
        .inputs = {{.plan = {.dtype = CLK_UINT8}, .row_bytes = N_FEATURES}},
    };
    fill();
    check_ok(clk__stream_create(&f.stream, &f, 10));
    for (int i = 0; i < 100; i++) {
        check_ok(clk__stream_start(f.stream, i, i % 2 ? 5 : 900, 3));
        clk__stream_stop(f.stream);
    }
    check_ok(clk__stream_start(f.stream, 0, N_ROWS, 10));
    clk__feed_fini(&f);
    ck_assert_ptr_null(f.stream);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("stream");
    TCase *tests = tcase_create("stream");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_bit_equal);
    tcase_add_test(tests, test_changed_labels);
    tcase_add_test(tests, test_chunks);
    tcase_add_test(tests, test_stopped);
    suite_add_tcase(suite, tests);
    return suite;
}
