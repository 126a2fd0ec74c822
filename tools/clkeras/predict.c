/* SPDX-License-Identifier: MIT */
/* clkeras predict: the model's output for a data set, as .npy files. */
#include "cli.h"

#include <clkeras/clkeras.h>

#include <stdlib.h>
#include <string.h>

struct predict_arguments {
    struct cli_list x;
    struct cli_list out;
    int64_t batch_size;
};

/* Outputs of the model, once each. @return false: reported */
static bool write_outputs(struct cli *cli, clk_model *model, const struct cli_arrays *x,
    const struct predict_arguments *a)
{
    const clk_predict_options *options =
        clk_predict_opts(.inputs = x->views, .n_inputs = x->n, .batch_size = a->batch_size,
            .verbose = cli->quiet ? CLK_VERBOSE_SILENT : cli_auto_verbose(CLK_VERBOSE_AUTO));
    clk_ndarray **results = calloc(a->out.n, sizeof(clk_ndarray *));
    if (!results) {
        cli_fail_text(cli, "out of memory");
        return false;
    }
    clk_status status = clk_model_predict_all(results, a->out.n, model, options);
    for (size_t i = 0; status == CLK_OK && i < a->out.n; i++) {
        status = clk_array_save(clk_ndarray_view(results[i]), a->out.items[i]);
    }
    for (size_t i = 0; i < a->out.n; i++) {
        clk_ndarray_free(results[i]);
    }
    free(results);
    if (status != CLK_OK) {
        cli_fail(cli);
    }
    return status == CLK_OK;
}

/* One file for two outputs would keep the last one. */
static int check_distinct(struct cli *cli, const struct cli_list *out)
{
    for (size_t i = 0; i < out->n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(out->items[i], out->items[k]) == 0) {
                return cli_usage(cli, "-o %s is given twice", out->items[i]);
            }
        }
    }
    return CLI_DONE;
}

static int predict(struct cli *cli, const struct predict_arguments *a)
{
    int code = check_distinct(cli, &a->out);
    struct cli_session s = {0};
    struct cli_arrays x = {0};
    for (size_t i = 0; code == CLI_DONE && i < a->out.n; i++) {
        code = cli_check_output(cli, "-o", a->out.items[i]);
    }
    if (code == CLI_DONE && !cli_load(&s, cli, cli->arguments[0])) {
        code = CLI_FAILED;
    }
    if (code == CLI_DONE) {
        code = cli_check_count(cli, s.model, "-x", a->x.n, CLI_INPUT);
    }
    if (code == CLI_DONE) {
        code = cli_check_count(cli, s.model, "-o", a->out.n, CLI_OUTPUT);
    }
    if (code == CLI_DONE) {
        const bool done = cli_open_arrays(&x, cli, "-x", &a->x) && cli_open_device(&s, cli) &&
                          write_outputs(cli, s.model, &x, a);
        code = done ? CLI_DONE : CLI_FAILED;
    }
    cli_close(&s);
    cli_close_arrays(&x);
    return code;
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct predict_arguments a = {.batch_size = 32};
    const struct cli_option options[] = {
        {.letter = 'x', .kind = CLI_TEXTS, .out = &a.x, .argument = "X", .help = "the inputs"},
        {.letter = 'o',
            .kind = CLI_TEXTS,
            .out = &a.out,
            .argument = "OUT.npy",
            .help = "the outputs: float32, one row for each sample; a model of\n"
                    "several outputs takes -o once for each, in its order"},
        {.name = "batch-size",
            .kind = CLI_COUNT,
            .out = &a.batch_size,
            .least = 1,
            .argument = "N",
            .help = "rows computed at once; default: 32"},
    };
    const struct cli_syntax syntax = {
        .usage = "predict MODEL -x X -o OUT.npy [--batch-size N]",
        .about =
            "Writes the model's outputs for X. The model need not be compiled.\n"
            "\n" CLI_ABOUT_ARRAYS,
        .options = options,
        .n_options = sizeof options / sizeof options[0],
        .least_arguments = 1,
        .most_arguments = 1,
    };
    int code = CLI_DONE;
    if (cli_parse(&code, cli, &syntax, argc, argv)) {
        const bool missing = a.x.n == 0 || a.out.n == 0;
        code =
            missing ? cli_usage(cli, "%s is missing", a.x.n > 0 ? "-o" : "-x") : predict(cli, &a);
    }
    free(a.out.items);
    free(a.x.items);
    return code;
}

const struct command cli_predict = {
    .name = "predict",
    .about = "write a model's outputs for a data set",
    .run = run,
};
