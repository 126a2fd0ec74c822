/* SPDX-License-Identifier: MIT */
/* clkeras-bench: measured figures, each with its spread and its share of what the device was measured
 * to do at most. The library is used through its public interface; only ceiling.c speaks OpenCL, to
 * measure the device without it. */
#pragma once

#include <clkeras/clkeras.h>

#include <stdio.h>

#define MOST_SAMPLES 64

struct samples {
    double values[MOST_SAMPLES];
    int n;
};

/* One figure. */
struct result {
    const char *suite;
    char name[96];
    const char *unit;
    double median, low, high; /* over the runs */
    int runs;
    bool lower_is_better;
    double ceiling; /* in the same unit, the least where lower is better; 0: none */
    char note[160]; /* what it depends on or what was left out; "": nothing */
};

/* The most that the device was seen to do in any run: a ceiling is no median. */
struct ceilings {
    double gflops; /* fused multiply-adds, counted as two; 0: not measured */
    double gbytes; /* copying: read and written bytes a second, 1e9 */
};

struct bench {
    const char *program; /* argv[0] */
    const char *device_spec;
    int runs;
    const char *workload; /* NULL: all */
    bool only_steps;      /* of the suite train */
    bool json;
    clk_device *device;
    struct ceilings ceilings;
    struct result *results;
    size_t n_results, capacity;
};

/* ---- measure.c ---- */
/* Monotonic seconds. */
double bench_clock(void);
/* Drops what does not fit. */
void samples_add(struct samples *s, double value);
double samples_median(const struct samples *s);
double samples_highest(const struct samples *s);
/* Each value becomes factor / value or factor * value. */
struct samples samples_rate(const struct samples *seconds, double factor);
struct samples samples_scale(const struct samples *s, double factor);

/* The next of a fixed row of numbers below 2^31, for data that need not be good at random. */
uint32_t bench_random(void);

/* ---- report.c ---- */
/* Adds a result and prints its line, unless all is JSON. `r` holds all but the numbers of `s`.
 * @return false: no memory */
bool bench_report(struct bench *b, const struct result *r, const struct samples *s);
/* The device's line and the head of the table; the whole JSON. */
void bench_print_head(const struct bench *b);
void bench_print_json(const struct bench *b);
/* One line on stderr. @return false */
bool bench_fail(const char *format, ...) CLK_PRINTF(1, 2);
/* Fails with the library's text unless status is CLK_OK. */
bool bench_ok(clk_status status);

/* ---- suites; each false: reported ---- */
bool bench_device(struct bench *b); /* ceiling.c; also fills ceilings */
bool bench_gemm(struct bench *b);
bool bench_train(struct bench *b);
bool bench_files(struct bench *b);

/* ---- workload.c: the models that are trained ---- */
struct workload {
    const char *name;
    const char *const *layers; /* of a Sequential model, NULL-ended; or... */
    bool (*make)(clk_model **out);
    const char *optimizer;
    int64_t batch_size;
    int64_t n;        /* samples */
    int64_t shape[3]; /* of one, with `rank` */
    int rank;
    int epochs_a_run;       /* timed as one */
    double optimizer_bytes; /* read and written for each parameter */
    int n_slots;
    bool first_step; /* the time to the first step is measured too */
    bool images;     /* uint8 of Fashion-MNIST, else random numbers */
};
extern const struct workload bench_workloads[];
extern const size_t bench_n_workloads;
/* NULL: there is none of that name. */
const struct workload *workload_find(const char *name);
/* n rows of x as the model takes them. */
clk_array workload_rows(const struct workload *w, const void *x, int64_t n);
/* resnet50.c */
bool bench_resnet50(clk_model **out);
struct workload_data {
    clk_array x, y;
    void *memory[2];       /* owned */
    clk_ndarray *files[2]; /* owned */
    bool stand_in;         /* random numbers: the data set is not installed */
};
bool workload_open(struct workload_data *out, const struct workload *w);
void workload_close(struct workload_data *d);
/* A compiled model. @param device NULL: the model opens its own; out is freed by the caller */
bool workload_model(clk_model **out, const struct workload *w, clk_device *device);

/* ---- first_step.c: how long a process takes to its first step ---- */
bool bench_first_step(struct bench *b, const struct workload *w);
/* What the child does: one step, then a byte on stdout. @return exit code */
int bench_first_step_child(const char *workload, const char *device_spec);
