/* SPDX-License-Identifier: MIT */
/* The suite "train": steps of fit(), against the floor that the device's ceilings set: the arithmetic
 * at the peak of multiply-adds, then the optimizer's traffic at the speed of a copy. Compiling, the
 * upload and the first epoch are excluded. */
#include "bench.h"

#include <math.h>
#include <string.h>

#define MOST_KERNELS 64

/* Of one step, from the shapes of weights and of what layers give. */
struct work {
    double flops; /* products, forward and backward; the first layer has no dX */
    double bytes; /* the optimizer's traffic */
    double n_parameters;
    double n_activations; /* outputs of the layers that have kernels, a sample */
};

/* How often a layer applies its kernel to a sample: at each place of a convolution's output, at each step of a
 * sequence. */
static bool count_places(double *out, const clk_model *model, size_t node, bool sequence)
{
    clk_shape shape;
    clk_tensor input;
    *out = 1.0;
    if (!sequence && !bench_ok(clk_model_node_shape(&shape, model, node, 0))) {
        return false;
    }
    if (sequence && (!bench_ok(clk_model_node_input(&input, model, node, 0)) ||
                        !bench_ok(clk_model_node_shape(&shape, model, (size_t)input.id, 0)))) {
        return false;
    }
    for (int i = 1; i < shape.rank - 1; i++) {
        *out *= (double)shape.dims[i];
    }
    return true;
}

/* The products of one node, and what it gives. */
static bool count_node(struct work *out, const struct workload *w, const clk_model *model,
    size_t node, const clk_node_info *layer)
{
    const size_t n = strlen(layer->layer);
    double places = 0.0, outputs = 0.0;
    if (!count_places(&places, model, node, strcmp(layer->class_name, "LSTM") == 0)) {
        return false;
    }
    for (size_t i = 0; i < clk_model_weight_count(model); i++) {
        clk_weight_info info;
        if (!bench_ok(clk_model_weight_info(&info, model, i))) {
            return false;
        }
        if (info.rank < 2 || strncmp(info.path, layer->layer, n) != 0 || info.path[n] != '/') {
            continue;
        }
        const double product = 2.0 * (double)w->batch_size * places * (double)info.len;
        out->flops += out->n_activations > 0.0 ? 3.0 * product : 2.0 * product;
        outputs = places * (double)info.shape[info.rank - 1];
    }
    out->n_activations += outputs;
    return true;
}

static bool count_work(struct work *out, const struct workload *w, clk_model *model)
{
    *out = (struct work){0};
    if (!bench_ok(clk_model_build(model))) {
        return false;
    }
    for (size_t i = 0; i < clk_model_weight_count(model); i++) {
        clk_weight_info info;
        if (!bench_ok(clk_model_weight_info(&info, model, i))) {
            return false;
        }
        out->n_parameters += (double)info.len;
    }
    for (size_t i = 0; i < clk_model_node_count(model); i++) {
        clk_node_info layer;
        if (!bench_ok(clk_model_node_info(&layer, model, i)) ||
            !count_node(out, w, model, i, &layer)) {
            return false;
        }
    }
    out->bytes = w->optimizer_bytes * out->n_parameters;
    return true;
}

/* What an epoch's end does: takes the time, or the number of launches. */
struct watch {
    clk_device *device;
    int epochs_a_run;
    double start;
    struct samples seconds; /* of a run of epochs */
    double launches[2];     /* up to the end of epoch 0 and 1 */
    bool failed;
};

static bool take_time(clk_model *model, int64_t epoch, const clk_logs *logs, void *user)
{
    (void)model;
    (void)logs;
    struct watch *watch = user;
    if (epoch % watch->epochs_a_run == 0) {
        const double now = bench_clock();
        if (epoch > 0) {
            samples_add(&watch->seconds, now - watch->start);
        }
        watch->start = bench_clock();
    }
    return true;
}

static bool count_launches(clk_model *model, int64_t epoch, const clk_logs *logs, void *user)
{
    (void)model;
    (void)logs;
    struct watch *watch = user;
    clk_kernel_time times[MOST_KERNELS];
    size_t n = 0;
    watch->failed = !bench_ok(clk_device_profile(&n, times, MOST_KERNELS, watch->device));
    if (watch->failed || epoch > 1) {
        return false;
    }
    for (size_t i = 0; i < n && i < MOST_KERNELS; i++) {
        watch->launches[epoch] += (double)times[i].count;
    }
    return true;
}

static bool fit(clk_model *model, const struct workload *w, const struct workload_data *data,
    int64_t epochs, clk_epoch_fn fn, struct watch *watch)
{
    return bench_ok(clk_model_fit(NULL, model,
        clk_fit_opts(.x = data->x, .y = data->y, .batch_size = w->batch_size, .epochs = epochs,
            .verbose = CLK_VERBOSE_SILENT, .on_epoch_end = fn, .user = watch)));
}

static bool report_times(struct bench *b, const struct workload *w,
    const struct workload_data *data, const struct work *work, const struct watch *watch)
{
    const double n_steps = ceil((double)w->n / (double)w->batch_size) * w->epochs_a_run;
    const struct samples step = samples_scale(&watch->seconds, 1e6 / n_steps);
    const struct samples rate = samples_rate(&watch->seconds, (double)w->n * w->epochs_a_run);
    const struct samples flops = samples_rate(&step, 1e-3 * work->flops);
    const double floor_us =
        b->only_steps
            ? 0.0
            : 1e-3 * (work->flops / b->ceilings.gflops + work->bytes / b->ceilings.gbytes);
    struct result r = {
        .suite = "train", .unit = "us", .lower_is_better = true, .ceiling = floor_us};
    snprintf(r.name, sizeof r.name, "%s: step of %lld", w->name, (long long)w->batch_size);
    if (data->stand_in) {
        snprintf(r.note, sizeof r.note, "random images: dataset-fashion-mnist is not installed");
    } else if (!b->only_steps) {
        snprintf(r.note, sizeof r.note, "floor %.4g us", floor_us);
    }
    bool done = bench_report(b, &r, &step);
    r = (struct result){.suite = "train", .unit = "samples/s"};
    snprintf(r.name, sizeof r.name, "%s: samples", w->name);
    done = done && bench_report(b, &r, &rate);
    r = (struct result){.suite = "train", .unit = "GFLOP/s", .ceiling = b->ceilings.gflops};
    snprintf(r.name, sizeof r.name, "%s: matrix products", w->name);
    snprintf(r.note, sizeof r.note, "%.4g MFLOP a step", 1e-6 * work->flops);
    return done && bench_report(b, &r, &flops);
}

static bool report_memory(struct bench *b, const struct workload *w,
    const struct workload_data *data, const struct work *work, uint64_t peak_bytes)
{
    double data_bytes = (double)clk_dtype_bytes(data->x.dtype);
    for (int i = 0; i < data->x.rank; i++) {
        data_bytes *= (double)data->x.shape[i];
    }
    data_bytes += (double)clk_dtype_bytes(data->y.dtype) * (double)w->n;
    const double parameters = 4.0 * work->n_parameters * (2 + w->n_slots);
    const double activations = 4.0 * work->n_activations * (double)w->batch_size;
    struct result r = {.suite = "train", .unit = "MB", .lower_is_better = true};
    r.ceiling = 1e-6 * (parameters + data_bytes + activations);
    snprintf(r.name, sizeof r.name, "%s: peak device memory", w->name);
    snprintf(r.note, sizeof r.note,
        "least: parameters, gradients, slots %.4g, data %.4g, activations %.4g", 1e-6 * parameters,
        1e-6 * data_bytes, 1e-6 * activations);
    struct samples s = {0};
    samples_add(&s, 1e-6 * (double)peak_bytes);
    return bench_report(b, &r, &s);
}

/* On a device of its own: timing each kernel slows the others. */
static bool report_launches(
    struct bench *b, const struct workload *w, const struct workload_data *data)
{
    struct watch watch = {0};
    clk_model *model = NULL;
    struct samples s = {0};
    bool done = bench_ok(
        clk_device_open(&watch.device, b->device_spec, clk_device_opts(.profiling = true)));
    done = done && workload_model(&model, w, watch.device) &&
           fit(model, w, data, 2, count_launches, &watch) && !watch.failed;
    clk_model_free(model);
    clk_device_close(watch.device);
    if (!done) {
        return false;
    }
    struct result r = {.suite = "train", .unit = "launches", .lower_is_better = true};
    snprintf(r.name, sizeof r.name, "%s: kernels a step", w->name);
    samples_add(
        &s, (watch.launches[1] - watch.launches[0]) / ceil((double)w->n / (double)w->batch_size));
    return bench_report(b, &r, &s);
}

static bool train(struct bench *b, const struct workload *w)
{
    struct workload_data data;
    struct watch watch = {.epochs_a_run = w->epochs_a_run};
    struct work work = {0};
    clk_device *device = NULL; /* of its own: its peak is this model's */
    clk_model *model = NULL;
    uint64_t peak_bytes = 0;
    const int64_t epochs = 1 + (int64_t)b->runs * w->epochs_a_run;
    bool done = workload_open(&data, w) &&
                bench_ok(clk_device_open(&device, b->device_spec, NULL)) &&
                workload_model(&model, w, device) && count_work(&work, w, model) &&
                fit(model, w, &data, epochs, take_time, &watch);
    if (done) {
        peak_bytes = clk_device_get_memory(device).peak_bytes;
    }
    clk_model_free(model);
    clk_device_close(device);
    done = done && report_times(b, w, &data, &work, &watch);
    if (!b->only_steps) {
        done = done && report_memory(b, w, &data, &work, peak_bytes) &&
               report_launches(b, w, &data) && (!w->first_step || bench_first_step(b, w));
    }
    workload_close(&data);
    return done;
}

bool bench_train(struct bench *b)
{
    const struct workload *one = b->workload ? workload_find(b->workload) : NULL;
    if (b->workload && !one) {
        return bench_fail(
            "--model: \"%s\" is not tutorial, fashion, cnn, lstm or resnet50", b->workload);
    }
    for (size_t i = 0; i < bench_n_workloads; i++) {
        if ((!one || one == &bench_workloads[i]) && !train(b, &bench_workloads[i])) {
            return false;
        }
    }
    return true;
}
