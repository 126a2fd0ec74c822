/* SPDX-License-Identifier: MIT */
/* What training takes on the device: known beforehand, within a limit, and all of it given back. */
#include "model/session.h"
#include "train/models.h"

#include <stdio.h>

enum {
    N_ROWS = 2000,
    N_FEATURES = 20,
    UNITS = 300,
};

static float *x, *y;

static clk_device *open_device(uint64_t limit, uint64_t preallocated)
{
    clk_device *d = NULL;
    check_ok(clk_device_open(
        &d, NULL, clk_device_opts(.memory_limit_bytes = limit, .preallocate_bytes = preallocated)));
    return d;
}

/* Its activations are large beside its 6,601 parameters. */
static clk_model *make_model(clk_device *d)
{
    clk_model *m =
        sequential(d, CLK_LIST("Input((20,))", "Dense(300, activation='tanh')", "Dense(1)"));
    check_ok(clk_model_compile(m, clk_compile_opts(.optimizer = "adam", .loss = "mse")));
    return m;
}

static clk_status fit(clk_model *m, int64_t rows, int64_t batch_size)
{
    return clk_model_fit(NULL, m,
        clk_fit_opts(.x = clk_f32(x, rows, N_FEATURES), .y = clk_f32(y, rows, 1),
            .batch_size = batch_size, .validation_split = 0.1, SILENT));
}

static clk_status predict(clk_model *m, int64_t rows, int64_t batch_size)
{
    clk_ndarray *out = NULL;
    clk_status status = clk_model_predict(&out, m,
        clk_predict_opts(.x = clk_f32(x, rows, N_FEATURES), .batch_size = batch_size, SILENT));
    clk_ndarray_free(out);
    return status;
}

static clk_status evaluate(clk_model *m, int64_t rows, int64_t batch_size)
{
    return clk_model_evaluate(NULL, m,
        clk_evaluate_opts(.x = clk_f32(x, rows, N_FEATURES), .y = clk_f32(y, rows, 1),
            .batch_size = batch_size, SILENT));
}

static clk_status train_on_batch(clk_model *m, int64_t rows, int64_t batch_size)
{
    (void)rows;
    return clk_model_train_on_batch(
        NULL, m, clk_f32(x, batch_size, N_FEATURES), clk_f32(y, batch_size, 1));
}

/* The batch size that the last error names; 0: none. */
static long long named_batch(void)
{
    long long batch = 0;
    const char *at = strstr(clk_last_error(), "batch_size ");
    return at && sscanf(at, "batch_size %lld would fit", &batch) == 1 ? batch : 0;
}

START_TEST(test_parameters_do_not_fit)
{
    clk_device *d = open_device(24 << 10, 0);
    clk_model *m = make_model(d);
    check_fails(CLK_ERR_DEVICE_MEMORY,
        "24576 are available: parameters and one sample alone do not", fit(m, N_ROWS, 32));
    check_fails(CLK_ERR_DEVICE_MEMORY, "fit needs ", fit(m, N_ROWS, 32));
    check_fails(CLK_ERR_DEVICE_MEMORY, "predict needs ", predict(m, N_ROWS, 1));
    ck_assert_uint_eq(clk_device_get_memory(d).in_use_bytes, 0);
    clk_model_free(m);
    clk_device_close(d);
}
END_TEST

/* The batch size named fits, the next does not, and in both cases before anything runs. */
static void check_named(clk_device *d, const char *what,
    clk_status (*call)(clk_model *m, int64_t rows, int64_t batch_size))
{
    clk_model *m = make_model(d);
    check_fails(CLK_ERR_DEVICE_MEMORY, what, call(m, N_ROWS, 1500));
    long long batch = named_batch();
    ck_assert_msg(batch > 1 && batch < 1500, "%s", clk_last_error());
    check_fails(CLK_ERR_DEVICE_MEMORY, "would fit", call(m, N_ROWS, batch + 1));
    ck_assert_msg(named_batch() == batch, "%lld: %s", batch, clk_last_error());
    ck_assert(m->iterations == 0);
    check_ok(call(m, N_ROWS, batch));
    clk_model_free(m);
    ck_assert_uint_eq(clk_device_get_memory(d).in_use_bytes, 0);
}

START_TEST(test_batch_size_named)
{
    clk_device *d = open_device(600 << 10, 0);
    check_named(d, "fit needs ", fit);
    check_named(d, "evaluate needs ", evaluate);
    check_named(d, "predict needs ", predict);
    check_named(d, "train_on_batch needs ", train_on_batch);
    ck_assert_uint_le(clk_device_get_memory(d).peak_bytes, 600 << 10);
    clk_device_close(d);
}
END_TEST

/* Memory of a pool comes in pieces: half of the limit is one. */
START_TEST(test_limit_and_preallocation)
{
    clk_device *d = open_device(600 << 10, 300 << 10);
    check_named(d, "fit needs ", fit);
    check_named(d, "predict needs ", predict);
    ck_assert_uint_le(clk_device_get_memory(d).peak_bytes, 600 << 10);
    clk_device_close(d);
}
END_TEST

START_TEST(test_peak)
{
    clk_device *d = open_device(0, 0);
    clk_model *m = make_model(d);
    check_ok(fit(m, N_ROWS, 64));
    uint64_t state = m->param_bytes + m->trainable_bytes * (1 + (size_t)m->n_slots);
    uint64_t data = (uint64_t)N_ROWS * (N_FEATURES + 1) * sizeof(float);
    uint64_t activations = m->session->regions.buffers[REGION_ARENA].bytes;
    ck_assert_int_eq(m->n_slots, 2);
    ck_assert_uint_ge(activations, 64 * UNITS * sizeof(float));
    ck_assert_uint_le(activations, 4 * 64 * UNITS * sizeof(float));
    uint64_t peak = clk_device_get_memory(d).peak_bytes;
    ck_assert_msg((double)peak <= 1.15 * (double)(state + data + activations),
        "%llu bytes for %llu + %llu + %llu", (unsigned long long)peak, (unsigned long long)state,
        (unsigned long long)data, (unsigned long long)activations);
    clk_model_free(m);
    ck_assert_uint_eq(clk_device_get_memory(d).in_use_bytes, 0);
    clk_device_close(d);
}
END_TEST

/* Calls in turn take what they took the first time. */
START_TEST(test_flat)
{
    uint64_t limits[] = {0, 600 << 10, 256 << 10}; /* the last streams */
    for (int k = 0; k < 3; k++) {
        clk_device *d = open_device(limits[k], 0);
        clk_model *m = make_model(d);
        uint64_t peak = 0, in_use = 0;
        for (int i = 0; i < 4; i++) {
            check_ok(fit(m, N_ROWS, 32));
            check_ok(predict(m, N_ROWS, 32));
            check_ok(evaluate(m, 100, 32));
            clk_device_memory memory = clk_device_get_memory(d);
            if (i == 1) {
                peak = memory.peak_bytes;
                in_use = memory.in_use_bytes;
            }
            if (i > 1) {
                ck_assert_uint_eq(memory.peak_bytes, peak);
                ck_assert_uint_eq(memory.in_use_bytes, in_use);
            }
        }
        clk_model_free(m);
        ck_assert_uint_eq(clk_device_get_memory(d).in_use_bytes, 0);
        clk_device_close(d);
    }
}
END_TEST

/* What served an earlier call makes room for the next, and what training has learned stays. */
START_TEST(test_room_made)
{
    clk_device *d = open_device(700 << 10, 0);
    clk_model *m = make_model(d);
    float before[N_FEATURES * UNITS], after[N_FEATURES * UNITS];
    check_ok(fit(m, N_ROWS, 32));
    check_ok(clk_model_get_weight(before, N_FEATURES * UNITS, m, 0));
    check_ok(predict(m, N_ROWS, 250)); /* 300 KB of activations */
    check_ok(clk_model_get_weight(after, N_FEATURES * UNITS, m, 0));
    ck_assert_mem_eq(before, after, sizeof(before));
    check_ok(fit(m, N_ROWS, 100));
    /* An optimizer with more state than the device had room for so far. */
    check_ok(clk_model_compile(m, clk_compile_opts(.optimizer = "sgd", .loss = "mse")));
    check_ok(fit(m, N_ROWS, 100));
    check_ok(clk_model_compile(m, clk_compile_opts(.optimizer = "adam", .loss = "mse")));
    check_ok(predict(m, N_ROWS, 100));
    check_ok(fit(m, N_ROWS, 100));
    clk_model_free(m);
    clk_device_close(d);
}
END_TEST

/* A refused call leaves the model as it was. */
START_TEST(test_after_refusal)
{
    clk_device *d = open_device(600 << 10, 0);
    clk_model *m = make_model(d), *same = make_model(d);
    float a[N_FEATURES * UNITS], b[N_FEATURES * UNITS];
    check_ok(fit(m, 300, 32));
    check_fails(CLK_ERR_DEVICE_MEMORY, "would fit", fit(m, N_ROWS, 1500));
    check_ok(fit(m, 300, 32));
    check_ok(clk_model_get_weight(a, N_FEATURES * UNITS, m, 0));
    clk_model_free(m);
    check_ok(fit(same, 300, 32));
    check_ok(fit(same, 300, 32));
    check_ok(clk_model_get_weight(b, N_FEATURES * UNITS, same, 0));
    ck_assert_mem_eq(a, b, sizeof(a));
    clk_model_free(same);
    clk_device_close(d);
}
END_TEST

/* Where the device's memory is the host's, 12 MB of weights become the device's as they lie, and so again once
 * they are set; elsewhere, and from a pool, the host's copy goes. They are the same before and after. */
static void check_handed_over(clk_device *d)
{
    static float before[UNITS * 10000], after[UNITS * 10000];
    clk_model *m = sequential(d, CLK_LIST("Input((20,))", "Dense(300)", "Dense(10000)"));
    check_ok(clk_model_build(m));
    const float *host = m->host;
    check_ok(clk_model_get_weight(before, UNITS * 10000, m, 2));
    check_ok(predict(m, 1, 1));
    ck_assert_ptr_null(m->host);
    void *memory = NULL;
    ck_assert_int_eq(clGetMemObjectInfo(m->session->regions.buffers[REGION_PARAM].mem,
                         CL_MEM_HOST_PTR, sizeof memory, (void *)&memory, NULL),
        CL_SUCCESS);
    if (clk_device_get_info(d)->type == CLK_DEVICE_CPU && !d->pool)
        ck_assert_ptr_eq(memory, host);
    check_ok(clk_model_get_weight(after, UNITS * 10000, m, 2));
    ck_assert_mem_eq(before, after, sizeof before);
    check_ok(clk_model_set_weight(m, 2, before, UNITS * 10000));
    check_ok(clk_model_compile(m, clk_compile_opts(.optimizer = "sgd", .loss = "mse")));
    check_ok(predict(m, 1, 1));
    check_ok(clk_model_get_weight(after, UNITS * 10000, m, 2));
    ck_assert_mem_eq(before, after, sizeof before);
    clk_model_free(m);
    ck_assert_uint_eq(clk_device_get_memory(d).in_use_bytes, 0);
    clk_device_close(d);
}

START_TEST(test_weights_handed_over)
{
    check_handed_over(open_device(0, 0));
    check_handed_over(open_device(0, 32 << 20));
}
END_TEST

static void set_up(void)
{
    x = random_floats(1, (size_t)N_ROWS * N_FEATURES);
    y = random_floats(2, N_ROWS);
}

static void tear_down(void)
{
    free(x);
    free(y);
}

/* An arena above the device's largest allocation lies in several buffers: the same numbers come out. */
START_TEST(arena_in_several_buffers)
{
    static const uint64_t largest[] = {0, 60 * 1024};
    float *weights[2];
    for (int i = 0; i < 2; i++) {
        clk_device *d = open_device(0, 0);
        clk_model *m = make_model(d);
        if (largest[i])
            d->info.max_alloc_bytes = largest[i];
        check_ok(fit(m, 150, 50));
        ck_assert((m->session->regions.buffers[REGION_ARENA_MORE].mem != NULL) == (i == 1));
        weights[i] = malloc(6000 * sizeof(float));
        check_ok(clk_model_get_weight(weights[i], 6000, m, 0));
        clk_model_free(m);
        clk_device_close(d);
    }
    ck_assert_mem_eq(weights[0], weights[1], 6000 * sizeof(float));
    free(weights[0]);
    free(weights[1]);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("memory");
    TCase *tests = tcase_create("memory");
    tcase_set_timeout(tests, 120);
    tcase_add_unchecked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_parameters_do_not_fit);
    tcase_add_test(tests, arena_in_several_buffers);
    tcase_add_test(tests, test_batch_size_named);
    tcase_add_test(tests, test_limit_and_preallocation);
    tcase_add_test(tests, test_peak);
    tcase_add_test(tests, test_flat);
    tcase_add_test(tests, test_room_made);
    tcase_add_test(tests, test_after_refusal);
    tcase_add_test(tests, test_weights_handed_over);
    suite_add_tcase(suite, tests);
    return suite;
}
