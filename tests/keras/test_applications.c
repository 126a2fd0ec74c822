/* SPDX-License-Identifier: MIT */
/* Architectures of keras.applications, whole: their configs as Keras wrote them, weights by the formula that
 * make_applications.py used, against the gradients of one step of training and the predictions after it, which Keras
 * computed in float64. CLKERAS_TEST_APPLICATIONS: "all", or a name, whose errors are then printed; unset: those that
 * are quick to compile. */
#include "model/model.h"
#include "support/golden.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#define DIR "tests/keras/applications"

/* Keras in fp32 is ten times as near to itself in float64. */
#define PREDICT_REL 1e-4
#define STEP_REL    1e-3
/* Of the largest gradient of a variable, by norm. */
#define FLOOR 1e-4

enum {
    MAX_PATH = 256,
    MAX_CONFIG = 1 << 24,
    SKETCH = 4,     /* sums by variable */
    SIGNS = 1000000 /* seed of the first variable's */
};

static const struct application {
    const char *name;
    bool quick;
} applications[] = {
    {"MobileNetV2", true},
    {"MobileNetV3Small", true},
    {"MobileNetV3Large", false},
    {"MobileNet", false},
    {"ResNet50", true},
    {"ResNet101", false},
    {"ResNet152", false},
    {"ResNet50V2", false},
    {"ResNet101V2", false},
    {"ResNet152V2", false},
    {"VGG16", false},
    {"VGG19", false},
    {"DenseNet121", false},
    {"DenseNet169", false},
    {"DenseNet201", false},
    {"Xception", false},
    {"InceptionV3", false},
    {"InceptionResNetV2", false},
    {"NASNetMobile", false},
    {"ConvNeXtTiny", false},
    {"ConvNeXtSmall", false},
    {"EfficientNetB0", false},
    {"EfficientNetB1", false},
    {"EfficientNetV2B0", false},
    {"EfficientNetV2B1", false},
};

/* Relative errors. */
struct errors {
    double loss, step, predict;
    char step_most[MAX_PATH]; /* path of the variable that `step` is of */
};

/* ---- what make_applications.py does ---- */

static json_t *read_config(const char *name)
{
    char path[MAX_PATH];
    (void)snprintf(path, sizeof path, DIR "/%s.json.gz", name);
    gzFile f = gzopen(path, "rb");
    ck_assert_msg(f != NULL, "%s can't be read; run in the source folder", path);
    char *text = malloc(MAX_CONFIG);
    ck_assert(text != NULL);
    int n = gzread(f, text, MAX_CONFIG);
    ck_assert_msg(n > 0 && n < MAX_CONFIG, "%s: %d bytes", path, n);
    gzclose(f);
    json_t *config = NULL;
    check_ok(clk__json_parse(&config, text, (size_t)n, path));
    free(text);
    return config;
}

static clk_model *open_model(const char *name)
{
    json_t *config = read_config(name);
    clk_model *m = NULL;
    clk_status status = clk__model_from_json(&m, config);
    ck_assert_msg(status == CLK_OK, "%s: %s", name, clk_last_error());
    json_decref(config);
    check_ok(clk_model_set_device(m, test_device()));
    check_ok(clk__model_build_blank(m));
    return m;
}

/* Variable i as filled, owned by the caller. */
static float *filled(const clk_model *m, size_t i, const float *fill)
{
    clk_weight_info info;
    check_ok(clk_model_weight_info(&info, m, i));
    float *w = malloc((info.len ? info.len : 1) * sizeof *w);
    ck_assert(w != NULL);
    for (size_t k = 0; k < info.len; k++)
        w[k] = fill[2 * i] + fill[2 * i + 1] * test_random(i + 1, k);
    return w;
}

static void fill_weights(clk_model *m, const char *name, clk_array fill)
{
    size_t n = clk_model_weight_count(m);
    ck_assert_msg((size_t)fill.shape[0] == n, "%s: %zu variables, Keras has %lld", name, n,
        (long long)fill.shape[0]);
    for (size_t i = 0; i < n; i++) {
        clk_weight_info info;
        check_ok(clk_model_weight_info(&info, m, i));
        float *w = filled(m, i, fill.data);
        check_ok(clk_model_set_weight(m, i, w, info.len));
        free(w);
    }
}

/* As "images" says: seed, rows, side, offset, scale. Owned by the caller. */
static float *make_images(clk_array how)
{
    const float *h = how.data;
    ck_assert(how.rank == 1 && how.shape[0] == 5 && how.dtype == CLK_FLOAT32);
    uint64_t seed = (uint64_t)h[0];
    size_t side = (size_t)h[2], n = (size_t)h[1] * side * side * 3;
    float *x = malloc(n * sizeof *x);
    ck_assert(x != NULL);
    for (size_t i = 0; i < n; i++) {
        size_t pixel = i / 3, row = pixel / side % side, column = pixel % side;
        size_t square = (pixel / (side * side) * 8 + row * 8 / side) * 8 + column * 8 / side;
        x[i] = h[3] + h[4] * test_random(seed, square * 3 + i % 3);
    }
    return x;
}

/* ---- comparisons ---- */

static double largest_error(const float *got, const float *expected, size_t n)
{
    double error = 0.0, largest = 0.0;
    for (size_t i = 0; i < n; i++) {
        largest = fmax(largest, fabs((double)expected[i]));
        error =
            isfinite(got[i]) ? fmax(error, fabs((double)got[i] - (double)expected[i])) : INFINITY;
        if (isinf(error))
            break;
    }
    return error / largest;
}

/* A recorded number. */
static double recorded(const struct golden *g, const char *key)
{
    clk_ndarray *a = golden_array(g, key);
    clk_array v = clk_ndarray_view(a);
    ck_assert_msg(v.rank == 1 && v.shape[0] == 1 && v.dtype == CLK_FLOAT32, "%s: %s is no number",
        g->name, key);
    double number = (double)((const float *)v.data)[0];
    clk_ndarray_free(a);
    return number;
}

/* The largest difference, relative to the largest number. */
static double predict_error(clk_model *m, clk_array x, const struct golden *g)
{
    clk_ndarray *got = NULL, *expected = golden_array(g, "predict");
    clk_status status = clk_model_predict_on_batch(&got, m, x);
    ck_assert_msg(status == CLK_OK, "%s: predict: %s", g->name, clk_last_error());
    clk_array a = clk_ndarray_view(got), b = clk_ndarray_view(expected);
    ck_assert(a.rank == 2 && b.rank == 2 && a.shape[0] == b.shape[0] && a.shape[1] == b.shape[1]);
    double error = largest_error(a.data, b.data, (size_t)(b.shape[0] * b.shape[1]));
    clk_ndarray_free(expected);
    clk_ndarray_free(got);
    return error;
}

/* Sums of n numbers with signs drawn for variable i. Two vectors are as far apart as their sketches, near enough: each
 * sum of differences has their squared norm as its expected square. */
static void make_sketch(double out[SKETCH], size_t i, const float *values, size_t n)
{
    double sums[SKETCH] = {0};
    for (size_t k = 0; k < n; k++) {
        unsigned bits = (unsigned)(((double)test_random(SIGNS + i, k) + 1.0) * 8388608.0);
        for (int s = 0; s < SKETCH; s++)
            sums[s] += bits >> s & 1u ? (double)values[k] : -(double)values[k];
    }
    memcpy(out, sums, sizeof sums);
}

/* Gradients, out of the optimizer's momenta, which one step made -rate times those, and moving statistics; the error of
 * the variable that is most off. Gradients that cancel to nothing (of a bias before a normalization) are all rounding:
 * those count relative to FLOOR times the largest. */
static void check_step(struct errors *e, clk_model *m, const struct golden *g, double rate)
{
    clk_ndarray *norms = golden_array(g, "norm"), *sketches = golden_array(g, "sketch");
    const float *norm = clk_ndarray_view(norms).data, *expected = clk_ndarray_view(sketches).data;
    double largest = 0.0;
    check_ok(clk__model_pull(m));
    for (size_t i = 0; i < m->n_variables; i++)
        if (m->variables[i]->trainable)
            largest = fmax(largest, (double)norm[i]);
    for (size_t i = 0; i < m->n_variables; i++) {
        const struct variable *v = m->variables[i];
        const float *values = (v->trainable ? m->slots : m->host) + v->offset / sizeof(float);
        double got[SKETCH], square = 0.0, scale = v->trainable ? -1.0 / rate : 1.0;
        make_sketch(got, i, values, v->len);
        for (int s = 0; s < SKETCH; s++) {
            double d = got[s] * scale - (double)expected[i * SKETCH + s];
            square += d * d / SKETCH;
        }
        double floor = v->trainable ? FLOOR * largest : 0.0;
        double error = square > 0.0 ? sqrt(square) / fmax((double)norm[i], floor) : square;
        if (!(error <= e->step)) {
            e->step = error;
            (void)snprintf(e->step_most, sizeof e->step_most, "%s", v->path);
        }
    }
    clk_ndarray_free(sketches);
    clk_ndarray_free(norms);
}

static void run(struct errors *e, const char *name)
{
    struct golden g = {.dir = DIR, .name = name};
    clk_ndarray *fill = golden_array(&g, "fill"), *how = golden_array(&g, "images");
    const float *h = clk_ndarray_view(how).data;
    clk_model *m = open_model(name);
    clk_logs *logs = NULL;
    double loss = NAN, expected = recorded(&g, "loss"), rate = recorded(&g, "rate");
    char optimizer[64];
    float *images = make_images(clk_ndarray_view(how)), labels[8];
    int rows = (int)h[1], side = (int)h[2];
    clk_array x = clk_f32(images, rows, side, side, 3);
    for (int i = 0; i < rows; i++)
        labels[i] = (float)i;
    fill_weights(m, name, clk_ndarray_view(fill));
    (void)snprintf(optimizer, sizeof optimizer, "SGD(learning_rate=%.9g, momentum=0.9)", rate);
    check_ok(clk_model_compile(
        m, clk_compile_opts(.optimizer = optimizer, .loss = "sparse_categorical_crossentropy")));
    clk_status status = clk_model_train_on_batch(&logs, m, x, clk_f32(labels, rows));
    ck_assert_msg(status == CLK_OK, "%s: train: %s", name, clk_last_error());
    check_ok(clk_logs_get(&loss, logs, "loss"));
    e->loss = fabs(loss - expected) / fabs(expected);
    check_step(e, m, &g, rate);
    e->predict = predict_error(m, x, &g);
    clk_logs_free(logs);
    free(images);
    clk_model_free(m);
    clk_ndarray_free(how);
    clk_ndarray_free(fill);
}

static double seconds(void)
{
    struct timespec t;
    (void)timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

START_TEST(it_predicts_and_learns_as_in_keras)
{
    const struct application *a = &applications[_i];
    const char *chosen = getenv("CLKERAS_TEST_APPLICATIONS");
    if (chosen ? strcmp(chosen, "all") != 0 && strcmp(chosen, a->name) != 0 : !a->quick)
        return;
    struct errors e = {0};
    double started = seconds();
    run(&e, a->name);
    if (chosen)
        printf("%-18s loss %.1e step %.1e (%s) predict %.1e, %.0f s\n", a->name, e.loss, e.step,
            e.step_most, e.predict, seconds() - started);
    (void)fflush(stdout);
    ck_assert_msg(e.loss <= STEP_REL, "%s: the step's loss is off by %.3g", a->name, e.loss);
    ck_assert_msg(
        e.step <= STEP_REL, "%s: the step of %s is off by %.3g", a->name, e.step_most, e.step);
    ck_assert_msg(e.predict <= PREDICT_REL, "%s: predictions are off by %.3g", a->name, e.predict);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("keras/applications");
    TCase *tc = tcase_create("applications");
    tcase_add_loop_test(tc, it_predicts_and_learns_as_in_keras, 0,
        (int)(sizeof applications / sizeof *applications));
    tcase_set_timeout(tc, 900);
    suite_add_tcase(suite, tc);
    return suite;
}
