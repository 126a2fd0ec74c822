/* SPDX-License-Identifier: MIT */
/* clkeras summary: the model as Keras prints it, and the plan of its training step. */
#include "cli.h"

#include <clkeras/clkeras.h>

#include <sys/ioctl.h>
#include <unistd.h>

/* Of the terminal; 0: stdout is none. */
static int terminal_columns(void)
{
    struct winsize size = {0};
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) {
        return 0;
    }
    return size.ws_col;
}

static int run(struct cli *cli, int argc, char **argv)
{
    bool plan = false;
    int64_t batch_size = 32;
    const struct cli_option options[] = {
        {.name = "plan",
            .kind = CLI_FLAG,
            .out = &plan,
            .help = "add the steps of a training step on the device: kernels,\n"
                    "sizes, bytes; the model must be compiled"},
        {.name = "batch-size",
            .kind = CLI_COUNT,
            .out = &batch_size,
            .least = 1,
            .argument = "N",
            .help = "rows of that step; default: 32"},
    };
    const struct cli_syntax syntax = {
        .usage = "summary MODEL [--plan [--batch-size N]]",
        .about = "Prints the layers of a model, their output shapes and parameters.\n",
        .options = options,
        .n_options = sizeof options / sizeof options[0],
        .least_arguments = 1,
        .most_arguments = 1,
    };
    int code = CLI_DONE;
    if (!cli_parse(&code, cli, &syntax, argc, argv)) {
        return code;
    }
    code = CLI_FAILED;
    struct cli_session s = {0};
    char *text = NULL;
    if (!cli_load(&s, cli, cli->arguments[0]) || (plan && !cli_open_device(&s, cli))) {
        goto done;
    }
    const clk_summary_options *summary =
        clk_summary_opts(.columns = terminal_columns(), .plan = plan, .batch_size = batch_size);
    if (clk_model_summary(&text, s.model, summary) != CLK_OK) {
        cli_fail(cli);
        goto done;
    }
    fputs(text, stdout);
    code = CLI_DONE;
done:
    clk_free(text);
    cli_close(&s);
    return code;
}

const struct command cli_summary = {
    .name = "summary",
    .about = "show a model's layers and, with --plan, what runs",
    .run = run,
};
