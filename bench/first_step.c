/* SPDX-License-Identifier: MIT */
/* How long a process takes from its start to the end of its first training step: this program runs
 * itself as a child, with empty caches of compiled kernels and with the ones it left. */
#include "bench.h"

#include <dirent.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int bench_first_step_child(const char *workload, const char *device_spec)
{
    const struct workload *w = workload_find(workload);
    if (!w) {
        return 2;
    }
    size_t len = w->images ? 1 : sizeof(float);
    for (int i = 0; i < w->rank; i++) {
        len *= (size_t)w->shape[i];
    }
    clk_device *device = NULL;
    clk_model *model = NULL;
    clk_logs *logs = NULL;
    void *x = calloc((size_t)w->batch_size, len);
    int32_t *y = calloc((size_t)w->batch_size, sizeof *y);
    const clk_array x_view = workload_rows(w, x, w->batch_size);
    bool done = x && y && bench_ok(clk_device_open(&device, device_spec, NULL)) &&
                workload_model(&model, w, device) &&
                bench_ok(clk_model_train_on_batch(&logs, model, x_view, clk_i32(y, w->batch_size)));
    done = done && write(STDOUT_FILENO, "+", 1) == 1;
    clk_logs_free(logs);
    clk_model_free(model);
    clk_device_close(device);
    free(y);
    free(x);
    return done ? 0 : 1;
}

/* Removes a folder of caches: files and folders below it, of known depth, by a list and not by
 * recursion. */
static void remove_tree(const char *root)
{
    enum {
        MOST = 4096
    };
    char **found = calloc(MOST, sizeof *found);
    if (!found) {
        return;
    }
    size_t n = 0;
    found[n++] = strdup(root);
    for (size_t i = 0; i < n; i++) {
        DIR *folder = found[i] ? opendir(found[i]) : NULL;
        for (struct dirent *e = folder ? readdir(folder) : NULL; e && n < MOST;
             e = readdir(folder)) {
            const size_t size = strlen(found[i]) + strlen(e->d_name) + 2;
            if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
                (found[n] = malloc(size))) {
                snprintf(found[n++], size, "%s/%s", found[i], e->d_name);
            }
        }
        if (folder) {
            closedir(folder);
        }
    }
    while (n > 0) {
        if (found[--n]) {
            (void)remove(found[n]);
        }
        free(found[n]);
    }
    free(found);
}

/* Seconds until the child says that its step is done; negative: reported. */
static double run_child(const struct bench *b, const struct workload *w)
{
    int ends[2];
    if (pipe(ends) != 0) {
        bench_fail("no pipe");
        return -1.0;
    }
    /* argv of posix_spawn() is not const, for history's sake; it is not written */
    char *argv[5] = {strdup(b->program), strdup("--first-step"), strdup(w->name),
        b->device_spec ? strdup(b->device_spec) : NULL, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    const double start = bench_clock();
    pid_t child = 0;
    const int error = posix_spawnp(&child, b->program, &actions, NULL, argv, environ);
    close(ends[1]);
    char byte = 0;
    const bool told = error == 0 && read(ends[0], &byte, 1) == 1;
    const double seconds = bench_clock() - start;
    close(ends[0]);
    int state = 0;
    if (error == 0) {
        (void)waitpid(child, &state, 0);
    }
    posix_spawn_file_actions_destroy(&actions);
    for (int i = 0; i < 4; i++) {
        free(argv[i]);
    }
    if (!told || state != 0) {
        bench_fail("the process that was to do a first step failed");
        return -1.0;
    }
    return seconds;
}

static bool report(
    struct bench *b, const struct workload *w, const char *caches, const struct samples *s)
{
    struct result r = {.suite = "train", .unit = "s", .lower_is_better = true};
    snprintf(r.name, sizeof r.name, "%s: process start to first step, %s", w->name, caches);
    return bench_report(b, &r, s);
}

static char *copy_variable(const char *name)
{
    const char *value = getenv(name);
    return value ? strdup(value) : NULL;
}

/* Takes `value`; NULL: there was none. */
static void restore_variable(const char *name, char *value)
{
    if (value) {
        setenv(name, value, 1);
    } else {
        unsetenv(name);
    }
    free(value);
}

bool bench_first_step(struct bench *b, const struct workload *w)
{
    char *old_own = copy_variable("CLKERAS_CACHE_DIR");
    char *old_pocl = copy_variable("POCL_CACHE_DIR");
    struct samples cold = {0};
    struct samples warm = {0};
    bool done = true;
    /* cold, warm, cold, warm: an empty folder each time, then the same again */
    for (int i = 0; done && i < b->runs; i++) {
        char root[] = "/tmp/clkeras-bench-XXXXXX";
        char path[64];
        if (!mkdtemp(root)) {
            done = bench_fail("no folder in /tmp");
            break;
        }
        snprintf(path, sizeof path, "%s/own", root);
        setenv("CLKERAS_CACHE_DIR", path, 1);
        snprintf(path, sizeof path, "%s/pocl", root);
        (void)mkdir(path, 0700);
        setenv("POCL_CACHE_DIR", path, 1);
        const double first = run_child(b, w);
        const double second = first < 0.0 ? -1.0 : run_child(b, w);
        done = second >= 0.0;
        samples_add(&cold, first);
        samples_add(&warm, second);
        remove_tree(root);
    }
    restore_variable("POCL_CACHE_DIR", old_pocl);
    restore_variable("CLKERAS_CACHE_DIR", old_own);
    return done && report(b, w, "cold caches", &cold) && report(b, w, "warm caches", &warm);
}
