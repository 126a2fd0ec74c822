/* SPDX-License-Identifier: MIT */
/* The same training gives the same bits: again, beside another model on the device, in another thread on another
 * device. */
#include "train/models.h"

#include <pthread.h>
#include <stdio.h>

enum {
    N_ROWS = 150,
    N_FEATURES = 12,
    N_CLASSES = 5,
};

static float x[N_ROWS * N_FEATURES];
static int32_t y[N_ROWS];

static void set_up(void)
{
    for (uint64_t i = 0; i < N_ROWS * N_FEATURES; i++)
        x[i] = test_random(1, i);
    for (int i = 0; i < N_ROWS; i++)
        y[i] = (x[i * N_FEATURES] > 0) + 2 * (x[i * N_FEATURES + 1] > 0);
}

static clk_model *make_model(clk_device *d)
{
    clk_model *m = sequential(d, CLK_LIST("Input((12,))", "Dense(16, activation='relu')",
                                     "Dropout(0.3)", "Dense(5, activation='softmax')"));
    check_ok(clk_model_compile(
        m, clk_compile_opts(.optimizer = "adam", .loss = "sparse_categorical_crossentropy",
               .metrics = CLK_LIST("accuracy"))));
    return m;
}

/* The history as text; free with clk_free(). */
static char *train(clk_model *m, int64_t epochs)
{
    clk_history *h = NULL;
    char *json = NULL;
    check_ok(clk_model_fit(&h, m,
        clk_fit_opts(.x = clk_f32(x, N_ROWS, N_FEATURES), .y = clk_i32(y, N_ROWS), .epochs = epochs,
            .validation_split = 0.2, SILENT)));
    check_ok(clk_history_json(&json, h));
    clk_history_free(h);
    return json;
}

/* Weights and history of one training. */
struct outcome {
    float weights[N_FEATURES * 16];
    char *history[2];
};

static void finish(struct outcome *out, clk_model *m)
{
    check_ok(clk_model_get_weight(out->weights, N_FEATURES * 16, m, 0));
    clk_model_free(m);
}

static void check_equal(struct outcome *a, struct outcome *b)
{
    ck_assert_mem_eq(a->weights, b->weights, sizeof(a->weights));
    for (int i = 0; i < 2; i++) {
        ck_assert_str_eq(a->history[i], b->history[i]);
        clk_free(b->history[i]);
    }
}

static void run(struct outcome *out, clk_device *d)
{
    clk_model *m = make_model(d);
    out->history[0] = train(m, 2);
    out->history[1] = train(m, 3);
    finish(out, m);
}

static void forget(struct outcome *out)
{
    clk_free(out->history[0]);
    clk_free(out->history[1]);
}

START_TEST(test_again)
{
    struct outcome first, second;
    run(&first, test_device());
    run(&second, test_device());
    check_equal(&first, &second);
    forget(&first);
}
END_TEST

START_TEST(test_two_models)
{
    struct outcome alone, a, b;
    run(&alone, test_device());
    clk_model *m = make_model(test_device()), *n = make_model(test_device());
    a.history[0] = train(m, 2);
    b.history[0] = train(n, 2);
    a.history[1] = train(m, 3);
    finish(&a, m);
    b.history[1] = train(n, 3);
    finish(&b, n);
    check_equal(&alone, &a);
    check_equal(&alone, &b);
    forget(&alone);
}
END_TEST

struct worker {
    pthread_t thread;
    clk_device *device;
    struct outcome outcome;
};

static void *work(void *arg)
{
    struct worker *w = arg;
    run(&w->outcome, w->device);
    return NULL;
}

/* The numbers of devices that can be used, at most two. */
static int usable(char specs[2][32])
{
    clk_device_list *list = NULL;
    int n = 0;
    check_ok(clk_device_list_create(&list));
    for (size_t i = 0; i < clk_device_list_count(list) && n < 2; i++) {
        const clk_device_info *info = clk_device_list_get(list, i);
        if (!info->why_unusable && info->visible &&
            info->type == clk_device_get_info(test_device())->type)
            (void)snprintf(
                specs[n++], sizeof(specs[0]), "%d:%d", info->platform_index, info->device_index);
    }
    clk_device_list_free(list);
    return n;
}

START_TEST(test_two_threads)
{
    struct worker workers[2] = {{.device = NULL}};
    struct outcome alone;
    char specs[2][32];
    int n = usable(specs);
    run(&alone, test_device());
    for (int i = 0; i < n; i++)
        check_ok(clk_device_open(&workers[i].device, specs[i], NULL));
    for (int i = 0; i < n; i++)
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    for (int i = 0; i < n; i++)
        ck_assert_int_eq(pthread_join(workers[i].thread, NULL), 0);
    for (int i = 0; i < n; i++) {
        check_equal(&alone, &workers[i].outcome);
        clk_device_close(workers[i].device);
    }
    forget(&alone);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("rerun");
    TCase *tests = tcase_create("rerun");
    /* PoCL reads it at the first OpenCL call; other platforms have what devices they have. */
    (void)setenv("POCL_DEVICES", "pthread pthread", 1);
    tcase_set_timeout(tests, 120);
    tcase_add_unchecked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, test_again);
    tcase_add_test(tests, test_two_models);
    tcase_add_test(tests, test_two_threads);
    suite_add_tcase(suite, tests);
    return suite;
}
