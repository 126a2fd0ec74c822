/* SPDX-License-Identifier: MIT */
/* How many launches a training step takes, in both geometries, and that no size gets into the program's text. */
#include "support/test.h"
#include "train/feed.h"
#include "train/step.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_ROWS = 64,
};

static uint8_t images[MAX_ROWS * 28 * 28];
static float vectors[MAX_ROWS * 100];
static int32_t labels[MAX_ROWS];

struct example {
    const char *const *layers;
    const char *loss;
    const char *optimizer;
    clk_array x;
    int most_cpu, most_gpu;
};

static clk_model *make_model(const struct example *e, clk_device *d)
{
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, NULL));
    check_ok(clk_model_set_device(m, d));
    for (const char *const *l = e->layers; *l; l++)
        check_ok(clk_model_add(m, *l));
    check_ok(clk_model_compile(m, clk_compile_opts(.optimizer = e->optimizer, .loss = e->loss,
                                      .metrics = CLK_LIST("accuracy"))));
    return m;
}

/* The training plan for batches of `rows`; the session's. */
static const struct plan *plan_of(clk_model *m, const struct example *e, int64_t rows)
{
    struct session *s = NULL;
    struct model_plan *p = NULL;
    struct feed feed;
    const clk_array y = clk_i32(labels, MAX_ROWS);
    const struct feed_part part = clk__feed_part(NULL, 0, &e->x, NULL, 0, &y);
    check_ok(clk__feed_init(&feed, m, &part, 1, true));
    check_ok(clk__session_get(&s, m));
    const struct plan_key key = clk__feed_key(&feed, PLAN_TRAIN, rows);
    check_ok(clk__step_plan(&p, m, s, &key));
    return p->plan;
}

static void check_launches(const struct plan *p, int most, const char *what)
{
    if (p->n_steps <= (size_t)most)
        return;
    char *text = NULL;
    check_ok(clk__plan_text(&text, p));
    ck_abort_msg("%s takes more than %d launches:\n%s", what, most, text);
}

static void check_example(const struct example *e, const char *what)
{
    for (int gpu = 0; gpu < 2; gpu++) {
        clk_device *d = NULL;
        ck_assert_int_eq(setenv("CLKERAS_GEOMETRY", gpu ? "gpu" : "cpu", 1), 0);
        check_ok(clk_device_open(&d, NULL, NULL));
        clk_model *m = make_model(e, d);
        const struct plan *p = plan_of(m, e, 32);
        const int64_t rows[] = {1, 7, 64};
        check_launches(p, gpu ? e->most_gpu : e->most_cpu, what);
        for (int i = 0; i < 3; i++) {
            const struct plan *other = plan_of(m, e, rows[i]);
            ck_assert_str_eq(p->source, other->source);
        }
        ck_assert_uint_eq(clk_device_get_memory(d).in_use_bytes, 0);
        clk_model_free(m);
        clk_device_close(d);
    }
    unsetenv("CLKERAS_GEOMETRY");
}

START_TEST(test_tutorial)
{
    const struct example e = {
        .layers = CLK_LIST(
            "Input((100,))", "Dense(64, activation='relu')", "Dense(10, activation='softmax')"),
        .loss = "categorical_crossentropy",
        .optimizer = "sgd",
        .x = clk_f32(vectors, MAX_ROWS, 100),
        .most_cpu = 10,
        .most_gpu = 12,
    };
    check_example(&e, "the tutorial's model");
}
END_TEST

START_TEST(test_fashion_mnist)
{
    const struct example e = {
        .layers = CLK_LIST("Input((28, 28))", "Flatten()", "Rescaling(1./255)",
            "Dense(128, activation='relu')", "Dropout(0.2)", "Dense(10, activation='softmax')"),
        .loss = "sparse_categorical_crossentropy",
        .optimizer = "adam",
        .x = {images, CLK_UINT8, 3, {MAX_ROWS, 28, 28}},
        .most_cpu = 16,
        .most_gpu = 20,
    };
    check_example(&e, "Fashion-MNIST's model");
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("fuse");
    TCase *tests = tcase_create("fuse");
    tcase_add_test(tests, test_tutorial);
    tcase_add_test(tests, test_fashion_mnist);
    suite_add_tcase(suite, tests);
    return suite;
}
