/* SPDX-License-Identifier: MIT */
/* Runs a callback over given logs and compares with what Keras' did with the same (data/callbacks.json, made by
 * make_callbacks.py). */
#pragma once

#include "base/json.h"
#include "callbacks/callback.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DATA "tests/callbacks/data/callbacks.json"

/* One callback at work, on a model of one weight. */
struct stage {
    char folder[64];
    clk_model *model;
    struct callback *callback;
    struct fit_state fit;
    struct str said; /* what was logged as progress */
    bool warned;
};

static inline void listen(clk_log_level level, const char *text, void *user)
{
    struct stage *s = user;
    if (level == CLK_LOG_PROGRESS)
        clk__str_add(&s->said, text);
    s->warned = s->warned || level == CLK_LOG_WARNING;
}

/* `text` with the stage's folder for each '@'; free() it. */
static inline char *in_folder(const struct stage *s, const char *text)
{
    struct str out = {0};
    for (; *text; text++) {
        if (*text == '@')
            clk__str_add(&out, s->folder);
        else
            clk__str_addn(&out, text, 1);
    }
    clk__str_add(&out, "");
    ck_assert(!out.failed);
    return out.data;
}

static inline const struct callback_class *class_of(const struct stage *s)
{
    return (const struct callback_class *)s->callback->object.class;
}

static inline clk_model *make_callback_model(void)
{
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, NULL));
    check_ok(clk_model_add(m, "Input((1,))"));
    check_ok(clk_model_add(m, "Dense(1, use_bias=False)"));
    check_ok(clk_model_compile(
        m, clk_compile_opts(.optimizer = "SGD(0.1)", .loss = "mse",
               .metrics = CLK_LIST("accuracy", "mae", "cosine_similarity", "mse"))));
    return m;
}

static inline void open_stage(struct stage *s, const char *expression)
{
    struct object *o = NULL;
    *s = (struct stage){.folder = "/tmp/clkeras-callbacks-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(s->folder));
    char *text = in_folder(s, expression);
    check_ok(clk__object_from_text(&o, &clk__callbacks, text));
    free(text);
    s->callback = (struct callback *)o;
    s->model = make_callback_model();
    s->fit = (struct fit_state){.model = s->model};
    clk_log_set(listen, s);
    if (class_of(s)->on_train_begin)
        check_ok(class_of(s)->on_train_begin(s->callback, &s->fit));
}

static inline void close_stage(struct stage *s)
{
    clk_log_set(NULL, NULL);
    clk__object_free(&s->callback->object);
    clk_model_free(s->model);
    clk__str_fini(&s->said);
    ck_assert_msg(rmdir(s->folder) == 0, "a file too many in %s", s->folder);
}

/* What was said since the last time is `keras`, with '@' for the folder. */
static inline void check_said(struct stage *s, const char *where, const char *keras)
{
    char *expected = in_folder(s, keras);
    const char *got = s->said.data ? s->said.data : "";
    ck_assert_msg(strcmp(got, expected) == 0, "%s:\n%s\nKeras:\n%s", where, got, expected);
    free(expected);
    clk__str_fini(&s->said);
}

/* Removes the files that Keras' callback saved, and the folders made for them. */
static inline void check_saved(const struct stage *s, const char *where, const json_t *paths)
{
    for (size_t i = 0; i < json_array_size(paths); i++) {
        char *path = in_folder(s, json_string_value(json_array_get(paths, i)));
        ck_assert_msg(access(path, R_OK) == 0, "%s: %s was not saved", where, path);
        free(path);
    }
    for (size_t i = 0; i < json_array_size(paths); i++) {
        char *path = in_folder(s, json_string_value(json_array_get(paths, i)));
        (void)unlink(path);
        char *slash = strrchr(path, '/');
        while (slash && (size_t)(slash - path) > strlen(s->folder)) {
            *slash = '\0';
            (void)rmdir(path);
            slash = strrchr(path, '/');
        }
        free(path);
    }
}

static inline void run_epoch(struct stage *s, clk_logs *logs, int64_t n_batches)
{
    const struct callback_class *c = class_of(s);
    s->model->host[0] = (float)s->fit.epoch;
    if (c->on_epoch_begin)
        check_ok(c->on_epoch_begin(s->callback, &s->fit));
    for (int64_t batch = 0; c->on_batch_end && batch < n_batches; batch++)
        check_ok(c->on_batch_end(s->callback, &s->fit, batch, logs));
    if (c->on_epoch_end)
        check_ok(c->on_epoch_end(s->callback, &s->fit, logs));
}

static inline void check_epoch(
    struct stage *s, const char *where, const json_t *e, int64_t n_batches)
{
    clk_logs *logs = NULL;
    const json_t *pairs = json_object_get(e, "logs");
    check_ok(clk__logs_create(&logs));
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *pair = json_array_get(pairs, i);
        check_ok(clk__logs_set(logs, json_string_value(json_array_get(pair, 0)),
            strtod(json_string_value(json_array_get(pair, 1)), NULL)));
    }
    s->warned = false;
    run_epoch(s, logs, n_batches);
    check_said(s, where, json_string_value(json_object_get(e, "text")));
    ck_assert_msg(s->warned == json_is_true(json_object_get(e, "warned")), "%s: warned", where);
    ck_assert_msg(s->fit.stop_training == json_is_true(json_object_get(e, "stop")), "%s: stop %d",
        where, s->fit.stop_training);
    double rate = strtod(json_string_value(json_object_get(e, "learning_rate")), NULL);
    double got = *clk__optimizer_learning_rate(s->model->optimizer);
    ck_assert_msg((float)got == (float)rate, "%s: rate %.9g, not %.9g", where, got, rate);
    check_saved(s, where, json_object_get(e, "saved"));
    clk_logs_free(logs);
}

static inline void check_csv(const struct stage *s, const char *where, const char *keras)
{
    char *path = in_folder(s, "@/log.csv");
    char got[4096] = "";
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s: no %s", where, path);
    got[fread(got, 1, sizeof(got) - 1, file)] = '\0';
    fclose(file);
    unlink(path);
    free(path);
    ck_assert_msg(strcmp(got, keras) == 0, "%s:\n%s\nKeras:\n%s", where, got, keras);
}

static inline void check_case(const json_t *c)
{
    struct stage s;
    const char *expression = json_string_value(json_object_get(c, "expression"));
    const json_t *epochs = json_object_get(c, "epochs");
    open_stage(&s, expression);
    for (size_t i = 0; i < json_array_size(epochs); i++) {
        char where[256];
        snprintf(where, sizeof(where), "%s, epoch %zu", expression, i);
        s.fit.epoch = (int64_t)i;
        check_epoch(&s, where, json_array_get(epochs, i),
            json_integer_value(json_object_get(c, "n_batches")));
    }
    if (class_of(&s)->on_train_end)
        check_ok(class_of(&s)->on_train_end(s.callback, &s.fit));
    check_said(&s, expression, json_string_value(json_object_get(c, "end")));
    float weight = (float)json_number_value(json_object_get(c, "weight"));
    ck_assert_msg(
        s.model->host[0] == weight, "%s: weight %g, not %g", expression, s.model->host[0], weight);
    if (json_object_get(c, "csv"))
        check_csv(&s, expression, json_string_value(json_object_get(c, "csv")));
    close_stage(&s);
}

/* All cases of one callback. */
static inline void check_as_keras(const char *name)
{
    json_error_t error;
    json_t *data = json_load_file(DATA, 0, &error);
    ck_assert_msg(data, "%s: %s", DATA, error.text);
    const json_t *cases = json_object_get(data, "cases");
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);
        if (strncmp(json_string_value(json_object_get(c, "expression")), name, strlen(name)) != 0)
            continue;
        check_case(c);
        n++;
    }
    ck_assert_msg(n > 2, "no cases of %s", name);
    json_decref(data);
}

/* A text that is refused. */
static inline void check_refused(const char *expression, clk_status code, const char *text)
{
    struct object *o = NULL;
    check_fails(code, text, clk__object_from_text(&o, &clk__callbacks, expression));
}
