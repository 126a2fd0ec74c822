/* SPDX-License-Identifier: MIT */
/* clkeras-bench: runs the suites asked for and prints their figures. */
#include "bench.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: clkeras-bench [device] [gemm] [train] [files] [options]\n\n"
    "Measures a device, and what clkeras makes of it. Without a suite, all of them.\n\n"
    "  device   multiply-adds, copying, transfers, launches: the ceilings\n"
    "  gemm     matrix products as models use them\n"
    "  train    steps of fit(): the tutorial's model, a dense network and a convolutional one on\n"
    "           Fashion-MNIST, an LSTM, ResNet50; time to the first step\n"
    "  files    opening a model of 100 MB, beside copying its file\n\n"
    "Options:\n"
    "  --device SPEC  as clkeras takes it; default: $CLKERAS_DEVICE, else the best there is\n"
    "  --runs N       timed runs of everything, 5 to 64; default: 7\n"
    "  --model NAME   train only tutorial, fashion, cnn, lstm or resnet50\n"
    "  --steps        train: only the time of steps, no ceilings, memory or first step\n"
    "  --json         one JSON object on stdout\n"
    "  --help         this text\n\n"
    "Every figure is a median, with the lowest and the highest; a share is that of the ceiling\n"
    "measured in the same run. Compare figures of one run only.\n";

struct suites {
    bool device, gemm, train, files;
};

static bool choose(struct suites *s, int argc, char **argv)
{
    for (int i = optind; i < argc; i++) {
        if (strcmp(argv[i], "device") == 0) {
            s->device = true;
        } else if (strcmp(argv[i], "gemm") == 0) {
            s->gemm = true;
        } else if (strcmp(argv[i], "train") == 0) {
            s->train = true;
        } else if (strcmp(argv[i], "files") == 0) {
            s->files = true;
        } else {
            return bench_fail("\"%s\" is no suite: device, gemm, train or files", argv[i]);
        }
    }
    if (optind == argc) {
        *s = (struct suites){true, true, true, true};
    }
    return true;
}

static bool read_runs(int *out, const char *text)
{
    char *end = NULL;
    const long value = strtol(text, &end, 10);
    *out = (int)value;
    return end != text && *end == '\0' && value >= 5 && value <= MOST_SAMPLES;
}

/* @return true: run; false: end with *code */
static bool read_options(int *code, struct bench *b, struct suites *s, int argc, char **argv)
{
    static const struct option options[] = {
        {"device", required_argument, NULL, 'd'},
        {"runs", required_argument, NULL, 'r'},
        {"model", required_argument, NULL, 'm'},
        {"steps", no_argument, NULL, 's'},
        {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option = 0;
    opterr = 0;
    *code = 2;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'd':
            b->device_spec = optarg;
            break;
        case 'r':
            if (!read_runs(&b->runs, optarg)) {
                return bench_fail("--runs: \"%s\" is not from 5 to %d", optarg, MOST_SAMPLES);
            }
            break;
        case 'm':
            b->workload = optarg;
            break;
        case 's':
            b->only_steps = true;
            break;
        case 'j':
            b->json = true;
            break;
        case 'h':
            fputs(help, stdout);
            *code = 0;
            return false;
        default:
            return bench_fail("%s: unknown option or no argument (see --help)", argv[optind - 1]);
        }
    }
    return choose(s, argc, argv);
}

static void warn(clk_log_level level, const char *text, void *user)
{
    (void)user;
    if (level == CLK_LOG_WARNING) {
        bench_fail("warning: %s", text);
    }
}

static bool run(struct bench *b, const struct suites *s)
{
    if (!bench_ok(clk_device_open(&b->device, b->device_spec, NULL))) {
        return false;
    }
    if (!b->json) {
        bench_print_head(b);
    }
    /* the ceilings are part of every other suite's figures */
    return (b->only_steps || bench_device(b)) && (!s->gemm || bench_gemm(b)) &&
           (!s->train || bench_train(b)) && (!s->files || bench_files(b));
}

int main(int argc, char **argv)
{
    clk_log_set(warn, NULL);
    if (argc >= 3 && strcmp(argv[1], "--first-step") == 0) {
        return bench_first_step_child(argv[2], argc > 3 ? argv[3] : NULL);
    }
    struct bench b = {.program = argv[0], .runs = 7};
    struct suites suites = {0};
    int code = 0;
    if (!read_options(&code, &b, &suites, argc, argv)) {
        return code;
    }
    code = run(&b, &suites) ? 0 : 1;
    if (code == 0 && b.json) {
        bench_print_json(&b);
    }
    free(b.results);
    clk_device_close(b.device);
    if (fflush(stdout) != 0) {
        bench_fail("cannot write to stdout");
        code = 1;
    }
    return code;
}
