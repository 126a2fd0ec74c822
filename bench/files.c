/* SPDX-License-Identifier: MIT */
/* The suite "files": opening a model of 100 MB, beside copying its file. Both find the file in the system's cache; the
 * copy is written without waiting for the disk. */
#include "bench.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WIDTH = 3536,           /* two Dense layers of it have 25 million weights */
    BLOCK_BYTES = 256 << 10 /* as cp copies */
};

struct place {
    char folder[256];
    char model[288];
    char copy[288];
};

static bool make_file(const struct place *p)
{
    clk_model *model = NULL;
    char layer[32];
    snprintf(layer, sizeof layer, "Dense(%d)", WIDTH);
    bool done = bench_ok(clk_sequential_create(&model, "large"));
    done = done && bench_ok(clk_model_input(model, CLK_SHAPE(WIDTH))) &&
           bench_ok(clk_model_add(model, layer)) && bench_ok(clk_model_add(model, layer)) &&
           bench_ok(clk_model_save(model, p->model));
    clk_model_free(model);
    return done;
}

/* A new file, byte by byte through memory. */
static bool copy_file(const struct place *p)
{
    char *block = malloc(BLOCK_BYTES);
    const int from = open(p->model, O_RDONLY), to = open(p->copy, O_WRONLY | O_CREAT, 0600);
    ssize_t n = block && from >= 0 && to >= 0 ? 1 : -1;
    while (n > 0) {
        n = read(from, block, BLOCK_BYTES);
        if (n > 0 && write(to, block, (size_t)n) != n) {
            n = -1;
        }
    }
    free(block);
    if (from >= 0) {
        close(from);
    }
    if (to >= 0) {
        close(to);
    }
    return n == 0 || bench_fail("%s: cannot be copied", p->model);
}

/* From the file to a model that is ready: its weights on the device, a row of zeros predicted. */
static bool open_model(struct bench *b, const struct place *p, double *loaded, double *ready)
{
    static const float zeros[WIDTH];
    clk_model *model = NULL;
    clk_ndarray *out = NULL;
    const double start = bench_clock();
    bool done = bench_ok(clk_model_load(&model, p->model));
    *loaded = bench_clock() - start;
    done = done && bench_ok(clk_model_set_device(model, b->device)) &&
           bench_ok(clk_model_predict_on_batch(&out, model, clk_f32(zeros, 1, WIDTH)));
    *ready = bench_clock() - start;
    clk_ndarray_free(out);
    clk_model_free(model);
    return done;
}

static bool measure(struct bench *b, const struct place *p)
{
    struct samples copied = {0}, loaded = {0}, ready = {0};
    double load = 0.0, all = 0.0;
    bool done = open_model(b, p, &load, &all); /* compiles */
    for (int i = 0; done && i < b->runs; i++) {
        const double start = bench_clock();
        done = copy_file(p);
        samples_add(&copied, 1e3 * (bench_clock() - start));
        unlink(p->copy);
        done = done && open_model(b, p, &load, &all);
        samples_add(&loaded, 1e3 * load);
        samples_add(&ready, 1e3 * all);
    }
    struct result r = {.suite = "files", .unit = "ms", .lower_is_better = true};
    struct stat info = {0};
    done = done && stat(p->model, &info) == 0;
    snprintf(r.name, sizeof r.name, "copy %.0f MB", 1e-6 * (double)info.st_size);
    done = done && bench_report(b, &r, &copied);
    r.ceiling = samples_median(&copied);
    snprintf(r.name, sizeof r.name, "load the model");
    snprintf(r.note, sizeof r.note, "%.2f times the copy", samples_median(&loaded) / r.ceiling);
    done = done && bench_report(b, &r, &loaded);
    snprintf(r.name, sizeof r.name, "load it and predict a row");
    snprintf(r.note, sizeof r.note, "%.2f times the copy", samples_median(&ready) / r.ceiling);
    return done && bench_report(b, &r, &ready);
}

bool bench_files(struct bench *b)
{
    struct place p;
    const char *tmp = getenv("TMPDIR");
    snprintf(p.folder, sizeof p.folder, "%.200s/clkeras-bench-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(p.folder)) {
        return bench_fail("%s: no temporary folder can be made", p.folder);
    }
    snprintf(p.model, sizeof p.model, "%s/large.keras", p.folder);
    snprintf(p.copy, sizeof p.copy, "%s/copy.keras", p.folder);
    const bool done = make_file(&p) && measure(b, &p);
    unlink(p.model);
    unlink(p.copy);
    rmdir(p.folder);
    return done;
}
