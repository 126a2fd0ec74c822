/* SPDX-License-Identifier: MIT */
/* Does with folders of cases what parity.py had Keras do: FOLDER/model.keras predicts FOLDER/x<i>.npy, is evaluated where
 * there is FOLDER/evaluate, trains an epoch towards FOLDER/y<i>.npy, and is saved. One process does all of them, so that compiled kernels are shared.
 * Usage: parity_run BATCH_SIZE FOLDER...; each FOLDER/result.txt says how far it came. */
#include <clkeras/clkeras.h>

#include <stdio.h>
#include <stdlib.h>

enum {
    MAX_ARRAYS = 8,
    MAX_PATH = 1024
};

struct arrays {
    clk_ndarray *owned[MAX_ARRAYS];
    clk_array views[MAX_ARRAYS];
    size_t n;
};

static const char *path_of(char *buffer, const char *folder, const char *name)
{
    snprintf(buffer, MAX_PATH, "%s/%s", folder, name);
    return buffer;
}

static void close_arrays(struct arrays *a)
{
    for (size_t i = 0; i < MAX_ARRAYS; i++)
        clk_ndarray_free(a->owned[i]);
    *a = (struct arrays){0};
}

/* FOLDER/x0.npy, FOLDER/x1.npy, ...: n of them. */
static clk_status open_arrays(struct arrays *a, const char *folder, char letter, size_t n)
{
    clk_status status = CLK_OK;
    for (a->n = 0; a->n < n && a->n < MAX_ARRAYS && status == CLK_OK; a->n++) {
        char name[32], path[MAX_PATH];
        snprintf(name, sizeof name, "%c%zu.npy", letter, a->n);
        status = clk_ndarray_open(&a->owned[a->n], path_of(path, folder, name));
        a->views[a->n] = clk_ndarray_view(a->owned[a->n]);
    }
    return status;
}

/* Writes the outputs for `x` as FOLDER/<letter>0.npy, ... */
static clk_status predict(
    clk_model *model, const struct arrays *x, int64_t batch_size, const char *folder, char letter)
{
    clk_ndarray *y[MAX_ARRAYS] = {0};
    size_t n = clk_model_output_count(model);
    clk_status status = clk_model_predict_all(y, n, model,
        clk_predict_opts(.inputs = x->views, .n_inputs = x->n, .batch_size = batch_size,
            .verbose = CLK_VERBOSE_SILENT));
    for (size_t i = 0; i < n && status == CLK_OK; i++) {
        char name[32], path[MAX_PATH];
        snprintf(name, sizeof name, "%c%zu.npy", letter, i);
        status = clk_array_save(clk_ndarray_view(y[i]), path_of(path, folder, name));
    }
    for (size_t i = 0; i < n && i < MAX_ARRAYS; i++)
        clk_ndarray_free(y[i]);
    return status;
}

/* Loss and metrics of the model as it came; they go to `result`. */
static clk_status evaluate(
    clk_model *model, const struct arrays *x, const char *folder, int64_t batch_size, FILE *result)
{
    char path[MAX_PATH];
    struct arrays y = {0};
    clk_logs *logs = NULL;
    FILE *wanted = fopen(path_of(path, folder, "evaluate"), "r");
    if (!wanted)
        return CLK_OK;
    fclose(wanted);
    clk_status status = open_arrays(&y, folder, 'y', clk_model_output_count(model));
    if (status == CLK_OK)
        status = clk_model_evaluate(&logs, model,
            clk_evaluate_opts(.inputs = x->views, .n_inputs = x->n, .targets = y.views,
                .n_targets = y.n, .batch_size = batch_size, .verbose = CLK_VERBOSE_SILENT));
    for (size_t i = 0; status == CLK_OK && i < clk_logs_count(logs); i++)
        fprintf(result, "evaluate %s %.9g\n", clk_logs_name(logs, i), clk_logs_value(logs, i));
    clk_logs_free(logs);
    close_arrays(&y);
    return status;
}

/* An epoch in the order of the rows; its numbers go to `result`. */
static clk_status train(
    clk_model *model, const struct arrays *x, const char *folder, int64_t batch_size, FILE *result)
{
    struct arrays y = {0};
    clk_history *history = NULL;
    clk_status status = open_arrays(&y, folder, 'y', clk_model_output_count(model));
    if (status == CLK_OK)
        status = clk_model_fit(&history, model,
            clk_fit_opts(.inputs = x->views, .n_inputs = x->n, .targets = y.views, .n_targets = y.n,
                .batch_size = batch_size, .epochs = 1, .no_shuffle = true,
                .verbose = CLK_VERBOSE_SILENT));
    for (size_t i = 0; status == CLK_OK && i < clk_history_count(history); i++) {
        double value = 0.0;
        status = clk_history_get(&value, history, clk_history_name(history, i), 0);
        fprintf(result, "fit %s %.9g\n", clk_history_name(history, i), value);
    }
    clk_history_free(history);
    close_arrays(&y);
    return status;
}

/* What is being done is in *step, for the message. */
static clk_status run_case(
    const char **step, const char *folder, clk_device *device, int64_t batch_size, FILE *result)
{
    char path[MAX_PATH];
    clk_model *model = NULL;
    struct arrays x = {0};
    *step = "load";
    clk_status status = clk_model_load(&model, path_of(path, folder, "model.keras"));
    if (status == CLK_OK)
        status = clk_model_set_device(model, device);
    if (status == CLK_OK)
        status = open_arrays(&x, folder, 'x', clk_model_input_count(model));
    if (status == CLK_OK) {
        *step = "predict";
        status = predict(model, &x, batch_size, folder, 'p');
    }
    if (status == CLK_OK) {
        *step = "evaluate";
        status = evaluate(model, &x, folder, batch_size, result);
    }
    if (status == CLK_OK) {
        *step = "fit";
        status = train(model, &x, folder, batch_size, result);
    }
    if (status == CLK_OK) {
        *step = "predict after fit";
        status = predict(model, &x, batch_size, folder, 'q');
    }
    if (status == CLK_OK) {
        *step = "save";
        status = clk_model_save(model, path_of(path, folder, "trained.keras"));
    }
    close_arrays(&x);
    clk_model_free(model);
    return status;
}

/* The log callback: what a file could not be compiled with belongs to the case's result. */
static void note(clk_log_level level, const char *text, void *user)
{
    FILE **result = user;
    if (*result && level <= CLK_LOG_WARNING)
        fprintf(*result, "warning %s\n", text);
}

int main(int argc, char **argv)
{
    FILE *result = NULL;
    clk_device *device = NULL;
    int64_t batch_size = argc > 2 ? strtoll(argv[1], NULL, 10) : 0;
    if (batch_size < 1) {
        fprintf(stderr, "usage: parity_run BATCH_SIZE FOLDER...\n");
        return 2;
    }
    clk_log_set(note, &result);
    clk_status status = clk_device_open(&device, NULL, NULL);
    if (status != CLK_OK)
        fprintf(stderr, "parity_run: %s\n", clk_last_error());
    for (int i = 2; i < argc && status == CLK_OK; i++) {
        char path[MAX_PATH];
        const char *step = "";
        result = fopen(path_of(path, argv[i], "result.txt"), "w");
        if (!result) {
            fprintf(stderr, "parity_run: %s: cannot be written\n", path);
            status = CLK_ERR_IO;
            break;
        }
        /* A crash must leave what was known. */
        setvbuf(result, NULL, _IOLBF, BUFSIZ);
        clk_status done = run_case(&step, argv[i], device, batch_size, result);
        if (done == CLK_OK)
            fprintf(result, "done\n");
        else
            fprintf(result, "failed %s: %s: %s\n", step, clk_status_name(done), clk_last_error());
        fclose(result);
        result = NULL;
    }
    clk_device_close(device);
    return status == CLK_OK ? 0 : 1;
}
