/* SPDX-License-Identifier: MIT */
/* Architectures of keras.applications, whole: their configs as Keras wrote them, weights by the formula that
 * make_applications.py used, against what Keras predicted before and after one step of training.
 * CLKERAS_TEST_APPLICATIONS: "all", or a name; unset: those that are quick to compile. All numbers are printed then. */
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

/* Sums of some thousand terms, through up to some hundred layers: a wrong formula or order shows at 1e-2. */
#define PREDICT_REL 1e-4
/* After a step whose normalizations divide by the deviation of a few rows. */
#define TRAINED_REL 1e-3
/* Gradients behind such a normalization are differences of sums that almost cancel: Keras with weights of one unit in
 * the last place more or less is as far from itself. */
#define MOVED_REL 2e-2

enum {
    MAX_PATH = 256,
    MAX_CONFIG = 1 << 24
};

static const struct application {
    const char *name;
    int side, rows;
    bool pixels; /* the model scales its input itself: 0 to 255 */
    bool quick;
} applications[] = {
    {"MobileNetV2", 64, 4, false, true},
    {"MobileNetV3Small", 64, 4, true, true},
    {"ResNet50", 64, 2, false, true},
    {"ConvNeXtTiny", 32, 2, false, false},
    {"VGG16", 32, 2, false, false},
    {"DenseNet121", 64, 4, false, false},
    {"Xception", 71, 2, false, false},
    {"ResNet50V2", 64, 2, false, false},
};

/* Errors relative to the largest number. */
struct errors {
    double before, loss, after, moved;
    char moved_most[MAX_PATH]; /* path of the variable that `moved` is of */
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

static float *make_images(const struct application *a)
{
    size_t side = (size_t)a->side, n = (size_t)a->rows * side * side * 3;
    float *x = malloc(n * sizeof *x);
    ck_assert(x != NULL);
    for (size_t i = 0; i < n; i++) {
        size_t pixel = i / 3, row = pixel / side % side, column = pixel % side;
        size_t square = (pixel / (side * side) * 8 + row * 8 / side) * 8 + column * 8 / side;
        float colour = test_random(0, square * 3 + i % 3);
        x[i] = a->pixels ? 128.0f + 127.0f * colour : colour;
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

static double predict_error(clk_model *m, clk_array x, const struct golden *g, const char *key)
{
    clk_ndarray *got = NULL, *expected = golden_array(g, key);
    clk_status status = clk_model_predict_on_batch(&got, m, x);
    ck_assert_msg(status == CLK_OK, "%s: predict: %s", g->name, clk_last_error());
    clk_array a = clk_ndarray_view(got), b = clk_ndarray_view(expected);
    ck_assert(a.rank == 2 && b.rank == 2 && a.shape[0] == b.shape[0] && a.shape[1] == b.shape[1]);
    double error = largest_error(a.data, b.data, (size_t)(b.shape[0] * b.shape[1]));
    clk_ndarray_free(expected);
    clk_ndarray_free(got);
    return error;
}

/* How far the step moved each variable, against Keras; of the one that is most off. What hardly moves is all
 * rounding: such errors count relative to a thousandth of what moved most. */
static void check_moved(struct errors *e, clk_model *m, const struct golden *g, clk_array fill)
{
    clk_ndarray *recorded = golden_array(g, "moved");
    clk_array v = clk_ndarray_view(recorded);
    const float *expected = v.data;
    double largest = 0.0;
    for (int64_t i = 0; i < v.shape[0]; i++)
        largest = fmax(largest, (double)expected[i]);
    for (size_t i = 0; i < clk_model_weight_count(m); i++) {
        clk_weight_info info;
        check_ok(clk_model_weight_info(&info, m, i));
        float *old = filled(m, i, fill.data),
              *now = malloc((info.len ? info.len : 1) * sizeof *now);
        double sum = 0.0;
        check_ok(clk_model_get_weight(now, info.len, m, i));
        for (size_t k = 0; k < info.len; k++)
            sum += ((double)now[k] - (double)old[k]) * ((double)now[k] - (double)old[k]);
        double error =
            fabs(sqrt(sum) - (double)expected[i]) / fmax((double)expected[i], 1e-3 * largest);
        if (!(error <= e->moved)) {
            e->moved = error;
            (void)snprintf(e->moved_most, sizeof e->moved_most, "%s", info.path);
        }
        free(now);
        free(old);
    }
    clk_ndarray_free(recorded);
}

static void run(struct errors *e, const struct application *a)
{
    struct golden g = {.dir = DIR, .name = a->name};
    clk_ndarray *fill = golden_array(&g, "fill"), *loss = golden_array(&g, "loss");
    clk_model *m = open_model(a->name);
    clk_logs *logs = NULL;
    double got = NAN, expected = (double)((const float *)clk_ndarray_view(loss).data)[0];
    float *images = make_images(a), labels[8];
    clk_array x = clk_f32(images, a->rows, a->side, a->side, 3);
    for (int i = 0; i < a->rows; i++)
        labels[i] = (float)i;
    fill_weights(m, a->name, clk_ndarray_view(fill));
    e->before = predict_error(m, x, &g, "predict_before");
    check_ok(clk_model_compile(
        m, clk_compile_opts(.optimizer = "SGD(learning_rate=0.01)",
               .loss = "sparse_categorical_crossentropy", .clip_probabilities = true)));
    clk_status status = clk_model_train_on_batch(&logs, m, x, clk_f32(labels, a->rows));
    ck_assert_msg(status == CLK_OK, "%s: train: %s", a->name, clk_last_error());
    check_ok(clk_logs_get(&got, logs, "loss"));
    e->loss = fabs(got - expected) / fabs(expected);
    e->after = predict_error(m, x, &g, "predict_after");
    check_moved(e, m, &g, clk_ndarray_view(fill));
    clk_logs_free(logs);
    free(images);
    clk_model_free(m);
    clk_ndarray_free(loss);
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
    run(&e, a);
    if (chosen)
        printf("%-18s predict %.1e loss %.1e predict after %.1e moved %.1e (%s) %.0f s\n", a->name,
            e.before, e.loss, e.after, e.moved, e.moved_most, seconds() - started);
    (void)fflush(stdout);
    ck_assert_msg(e.before <= PREDICT_REL, "%s: predictions are off by %.3g", a->name, e.before);
    ck_assert_msg(e.loss <= TRAINED_REL, "%s: the step's loss is off by %.3g", a->name, e.loss);
    ck_assert_msg(e.after <= TRAINED_REL, "%s: after the step, off by %.3g", a->name, e.after);
    ck_assert_msg(
        e.moved <= MOVED_REL, "%s: change of %s is off by %.3g", a->name, e.moved_most, e.moved);
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
