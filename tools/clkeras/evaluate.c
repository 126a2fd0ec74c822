/* SPDX-License-Identifier: MIT */
/* clkeras evaluate: loss and metrics of a compiled model over a data set. */
#include "cli.h"

#include <clkeras/clkeras.h>

#include <stdlib.h>

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

struct evaluate_arguments {
    struct cli_list x;
    struct cli_list y;
    int64_t batch_size;
    bool json;
};

static int evaluate(struct cli *cli, const struct evaluate_arguments *a)
{
    int code = CLI_FAILED;
    struct cli_session s = {0};
    struct cli_arrays x = {0};
    struct cli_arrays y = {0};
    clk_logs *logs = NULL;
    if (!cli_load(&s, cli, cli->arguments[0])) {
        goto done;
    }
    code = cli_check_count(cli, s.model, "-x", a->x.n, CLI_INPUT);
    if (code == CLI_DONE) {
        code = cli_check_count(cli, s.model, "-y", a->y.n, CLI_OUTPUT);
    }
    if (code != CLI_DONE) {
        goto done;
    }
    code = CLI_FAILED;
    if (!cli_open_arrays(&x, cli, "-x", &a->x) || !cli_open_arrays(&y, cli, "-y", &a->y) ||
        !cli_open_device(&s, cli)) {
        goto done;
    }
    const clk_evaluate_options *options = clk_evaluate_opts(.inputs = x.views, .n_inputs = x.n,
        .targets = y.views, .n_targets = y.n, .batch_size = a->batch_size,
        .verbose = cli->quiet ? CLK_VERBOSE_SILENT : cli_auto_verbose(CLK_VERBOSE_AUTO));
    if (clk_model_evaluate(&logs, s.model, options) != CLK_OK) {
        cli_fail(cli);
        goto done;
    }
    print_logs(logs, a->json);
    code = CLI_DONE;
done:
    clk_logs_free(logs);
    cli_close(&s);
    cli_close_arrays(&y);
    cli_close_arrays(&x);
    return code;
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct evaluate_arguments a = {.batch_size = 32};
    const struct cli_option options[] = {
        {.letter = 'x', .kind = CLI_TEXTS, .out = &a.x, .argument = "X", .help = "the inputs"},
        {.letter = 'y', .kind = CLI_TEXTS, .out = &a.y, .argument = "Y", .help = "the targets"},
        {.name = "batch-size",
            .kind = CLI_COUNT,
            .out = &a.batch_size,
            .least = 1,
            .argument = "N",
            .help = "rows computed at once; default: 32"},
        {.name = "json", .kind = CLI_FLAG, .out = &a.json, .help = "one JSON object"},
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
    if (cli_parse(&code, cli, &syntax, argc, argv)) {
        const bool missing = a.x.n == 0 || a.y.n == 0;
        code =
            missing ? cli_usage(cli, "%s is missing", a.x.n > 0 ? "-y" : "-x") : evaluate(cli, &a);
    }
    free(a.y.items);
    free(a.x.items);
    return code;
}

const struct command cli_evaluate = {
    .name = "evaluate",
    .about = "measure a model on a data set",
    .run = run,
};
