/* SPDX-License-Identifier: MIT */
/* clkeras evaluate: loss and metrics of a compiled model over a data set. */
#include "cli.h"

#include <clkeras/clkeras.h>

static void print_logs(const clk_logs *logs, bool json)
{
    const size_t n = clk_logs_count(logs);
    for (size_t i = 0; i < n; i++) {
        if (json) {
            fputs(i > 0 ? ", " : "{", stdout);
            cli_print_json_text(stdout, clk_logs_name(logs, i));
            fputs(": ", stdout);
            cli_print_json_number(stdout, clk_logs_value(logs, i));
        } else {
            printf("%s: %.9g\n", clk_logs_name(logs, i), clk_logs_value(logs, i));
        }
    }
    if (json) {
        printf("%s}\n", n > 0 ? "" : "{");
    }
}

static int evaluate(struct cli *cli, const char *x, const char *y, int64_t batch_size, bool json)
{
    int code = CLI_FAILED;
    struct cli_session s = {0};
    clk_ndarray *x_array = NULL;
    clk_ndarray *y_array = NULL;
    clk_logs *logs = NULL;
    if (!cli_load(&s, cli, cli->arguments[0]) || !cli_open_array(&x_array, cli, "-x", x) ||
        !cli_open_array(&y_array, cli, "-y", y) || !cli_open_device(&s, cli)) {
        goto done;
    }
    const clk_evaluate_options *options = clk_evaluate_opts(.x = clk_ndarray_view(x_array),
        .y = clk_ndarray_view(y_array), .batch_size = batch_size,
        .verbose = cli->quiet ? CLK_VERBOSE_SILENT : cli_auto_verbose(CLK_VERBOSE_AUTO));
    if (clk_model_evaluate(&logs, s.model, options) != CLK_OK) {
        cli_fail(cli);
        goto done;
    }
    print_logs(logs, json);
    code = CLI_DONE;
done:
    clk_logs_free(logs);
    cli_close(&s);
    clk_ndarray_free(y_array);
    clk_ndarray_free(x_array);
    return code;
}

static int run(struct cli *cli, int argc, char **argv)
{
    const char *x = NULL;
    const char *y = NULL;
    int64_t batch_size = 32;
    bool json = false;
    const struct cli_option options[] = {
        {.letter = 'x', .kind = CLI_ONCE, .out = &x, .argument = "X", .help = "the inputs"},
        {.letter = 'y', .kind = CLI_ONCE, .out = &y, .argument = "Y", .help = "the targets"},
        {.name = "batch-size",
            .kind = CLI_COUNT,
            .out = &batch_size,
            .least = 1,
            .argument = "N",
            .help = "rows computed at once; default: 32"},
        {.name = "json", .kind = CLI_FLAG, .out = &json, .help = "one JSON object"},
    };
    const struct cli_syntax syntax = {
        .usage = "evaluate MODEL -x X -y Y [--batch-size N] [--json]",
        .about =
            "Prints the loss and the metrics that the model was compiled with, to 9 digits.\n"
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
    if (!x || !y) {
        return cli_usage(cli, "%s is missing", x ? "-y" : "-x");
    }
    return evaluate(cli, x, y, batch_size, json);
}

const struct command cli_evaluate = {
    .name = "evaluate",
    .about = "measure a model on a data set",
    .run = run,
};
