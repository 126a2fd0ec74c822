/* SPDX-License-Identifier: MIT */
/* clkeras predict: the model's output for a data set, as a .npy file. */
#include "cli.h"

#include <clkeras/clkeras.h>

static int predict(struct cli *cli, const char *x, const char *out, int64_t batch_size)
{
    int code = CLI_FAILED;
    struct cli_session s = {0};
    clk_ndarray *x_array = NULL;
    clk_ndarray *result = NULL;
    if (cli_check_output(cli, "-o", out) != CLI_DONE || !cli_load(&s, cli, cli->arguments[0]) ||
        !cli_open_array(&x_array, cli, "-x", x) || !cli_open_device(&s, cli)) {
        goto done;
    }
    const clk_predict_options *options =
        clk_predict_opts(.x = clk_ndarray_view(x_array), .batch_size = batch_size,
            .verbose = cli->quiet ? CLK_VERBOSE_SILENT : cli_auto_verbose(CLK_VERBOSE_AUTO));
    if (clk_model_predict(&result, s.model, options) != CLK_OK ||
        clk_array_save(clk_ndarray_view(result), out) != CLK_OK) {
        cli_fail(cli);
        goto done;
    }
    code = CLI_DONE;
done:
    clk_ndarray_free(result);
    cli_close(&s);
    clk_ndarray_free(x_array);
    return code;
}

static int run(struct cli *cli, int argc, char **argv)
{
    const char *x = NULL;
    const char *out = NULL;
    int64_t batch_size = 32;
    const struct cli_option options[] = {
        {.letter = 'x', .kind = CLI_ONCE, .out = &x, .argument = "X", .help = "the inputs"},
        {.letter = 'o',
            .kind = CLI_ONCE,
            .out = &out,
            .argument = "OUT.npy",
            .help = "the outputs: float32, one row for each input"},
        {.name = "batch-size",
            .kind = CLI_COUNT,
            .out = &batch_size,
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
    if (!cli_parse(&code, cli, &syntax, argc, argv)) {
        return code;
    }
    if (!x || !out) {
        return cli_usage(cli, "%s is missing", x ? "-o" : "-x");
    }
    return predict(cli, x, out, batch_size);
}

const struct command cli_predict = {
    .name = "predict",
    .about = "write a model's outputs for a data set",
    .run = run,
};
