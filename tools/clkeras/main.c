/* SPDX-License-Identifier: MIT */
/* The command clkeras: finds the command asked for and runs it. */
#include "cli.h"

#include <errno.h>
#include <string.h>

static const struct command *const commands[] = {
    &cli_devices,
    &cli_new,
    &cli_summary,
    &cli_plot_model,
    &cli_check,
    &cli_convert,
    &cli_fit,
    &cli_evaluate,
    &cli_predict,
};
#define N_COMMANDS (sizeof commands / sizeof commands[0])

static void print_help(void)
{
    printf(
        "usage: clkeras COMMAND [ARGUMENT]...\n\n"
        "Keras models on any OpenCL device: define, train, evaluate and use them.\n\n"
        "Commands:\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        printf("  %-10s %s\n", commands[i]->name, commands[i]->about);
    }
    printf(
        "\n"
        "clkeras COMMAND --help tells more; clkeras --version prints the version.\n"
        "Exit code: 0 done, 1 failed (one line on stderr), 2 wrong usage.\n\n"
        "  clkeras new m.keras 'Input(100)' 'Dense(64, activation=\"relu\")' \\\n"
        "                      'Dense(10, activation=\"softmax\")'\n"
        "  clkeras fit m.keras -x x.npy -y y.npy -o trained.keras --epochs 10 \\\n"
        "      --loss sparse_categorical_crossentropy --optimizer adam --metrics accuracy\n"
        "  clkeras evaluate trained.keras -x x_test.npy -y y_test.npy\n"
        "  clkeras predict trained.keras -x x_test.npy -o predictions.npy\n");
}

static int run(struct cli *cli, int argc, char **argv)
{
    if (argc < 2) {
        return cli_usage(cli, "no command");
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return CLI_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("clkeras %s\n", CLK_VERSION);
        return CLI_DONE;
    }
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(argv[1], commands[i]->name) == 0) {
            cli->command = commands[i]->name;
            cli_log_to_stderr(cli);
            return commands[i]->run(cli, argc - 1, argv + 1);
        }
    }
    return cli_usage(cli, "unknown command \"%s\"", argv[1]);
}

int main(int argc, char **argv)
{
    struct cli cli = {0};
    const int code = run(&cli, argc, argv);
    /* a full disk behind stdout shows only now */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return cli_fail_text(&cli, "cannot write to stdout: %s", strerror(errno));
    }
    return code;
}
