/* SPDX-License-Identifier: MIT */
/* clkeras plot-model: the model's graph as a picture, drawn by graphviz' program dot. */
#include "plot.h"

#include <clkeras/clkeras.h>

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Of the file's name, "svg". @return NULL: none that dot would know everywhere */
static const char *format_of(const char *path)
{
    static const char *const formats[] = {"svg", "png", "pdf", "eps", "ps", "jpg", "gif", "dot"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof formats / sizeof formats[0]; i++) {
        if (strcmp(dot + 1, formats[i]) == 0) {
            return formats[i];
        }
    }
    return NULL;
}

/* Starts dot on two files. @return 0 or an error number */
static int start_dot(pid_t *out, const char *format, int source, int picture)
{
    char program[] = "dot";
    char resolution[] = "-Gdpi=200"; /* as Keras; a vector picture has its size in points */
    char option[16];
    const bool pixels = strcmp(format, "png") == 0 || strcmp(format, "jpg") == 0;
    snprintf(option, sizeof option, "-T%s", format);
    char *const argv[] = {program, option, pixels ? resolution : NULL, NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) {
        return error;
    }
    error = posix_spawn_file_actions_adddup2(&actions, source, STDIN_FILENO);
    if (error == 0) {
        error = posix_spawn_file_actions_adddup2(&actions, picture, STDOUT_FILENO);
    }
    if (error == 0) {
        error = posix_spawnp(out, program, &actions, NULL, argv, environ);
    }
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Runs dot to its end. @return CLI_DONE or CLI_FAILED, reported */
static int run_dot(struct cli *cli, const char *format, int source, int picture)
{
    pid_t dot = 0;
    int status = 0;
    const int error = start_dot(&dot, format, source, picture);
    if (error == ENOENT) {
        return cli_fail_text(cli,
            "the program dot is not installed: install the package graphviz, "
            "or write a .dot file");
    }
    if (error != 0) {
        return cli_fail_text(cli, "cannot start dot: %s", strerror(error));
    }
    while (waitpid(dot, &status, 0) < 0) {
        if (errno != EINTR) {
            return cli_fail_text(cli, "cannot wait for dot: %s", strerror(errno));
        }
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return cli_fail_text(cli, "dot failed; a .dot file shows what it was given");
    }
    return CLI_DONE;
}

/* mkstemp() allows the owner alone; a picture is as readable as any new file. */
static bool publish(const char *temporary, const char *path)
{
    const mode_t mask = umask(0);
    umask(mask);
    return chmod(temporary, 0666 & ~mask) == 0 && rename(temporary, path) == 0;
}

/* Through a temporary name: a failure leaves the old picture. */
static int draw(struct cli *cli, const char *path, const char *format, const char *text)
{
    const size_t size = strlen(path) + sizeof ".XXXXXX";
    char *temporary = malloc(size);
    if (!temporary) {
        return cli_fail_text(cli, "out of memory");
    }
    snprintf(temporary, size, "%s.XXXXXX", path);
    int code = CLI_FAILED;
    FILE *source = tmpfile();
    const int picture = source ? mkstemp(temporary) : -1;
    if (picture < 0 || fputs(text, source) < 0 || fflush(source) != 0 ||
        lseek(fileno(source), 0, SEEK_SET) != 0) {
        cli_fail_text(cli, "cannot write %s: %s", path, strerror(errno));
    } else {
        code = run_dot(cli, format, fileno(source), picture);
    }
    if (code == CLI_DONE && !publish(temporary, path)) {
        code = cli_fail_text(cli, "cannot write %s: %s", path, strerror(errno));
    }
    if (picture >= 0) {
        close(picture);
        if (code != CLI_DONE) {
            unlink(temporary);
        }
    }
    if (source) {
        (void)fclose(source);
    }
    free(temporary);
    return code;
}

static int plot(struct cli *cli, const char *out, const char *direction)
{
    struct cli_session s = {0};
    const char *format = format_of(out);
    int code = cli_check_output(cli, "-o", out);
    char *text = NULL;
    if (code == CLI_DONE) {
        text = cli_load(&s, cli, cli->arguments[0]) ? cli_plot_text(cli, s.model, direction) : NULL;
        code = text ? CLI_DONE : CLI_FAILED;
    }
    if (code == CLI_DONE) {
        code = strcmp(format, "dot") == 0 ? cli_replace_file(cli, out, text)
                                          : draw(cli, out, format, text);
    }
    free(text);
    cli_close(&s);
    return code;
}

static int run(struct cli *cli, int argc, char **argv)
{
    const char *out = NULL;
    const char *direction = "TB";
    const struct cli_option options[] = {
        {.letter = 'o',
            .kind = CLI_ONCE,
            .out = &out,
            .argument = "FILE",
            .help = ".svg, .png, .pdf, .eps, .ps, .jpg, .gif; .dot: its text,\n"
                    "which needs no graphviz"},
        {.name = "direction",
            .kind = CLI_TEXT,
            .out = &direction,
            .argument = "D",
            .help = "of the arrows: TB (down; the default), LR (right), BT, RL"},
    };
    const struct cli_syntax syntax = {
        .usage = "plot-model MODEL -o FILE [--direction D]",
        .about =
            "Draws a model: its layers, their shapes, and what they are called on. The\n"
            "package graphviz must be installed.\n\n"
            "  clkeras plot-model m.keras -o m.svg\n",
        .options = options,
        .n_options = sizeof options / sizeof options[0],
        .least_arguments = 1,
        .most_arguments = 1,
    };
    int code = CLI_DONE;
    if (!cli_parse(&code, cli, &syntax, argc, argv)) {
        return code;
    }
    if (!out) {
        return cli_usage(cli, "-o is missing");
    }
    if (!format_of(out)) {
        return cli_usage(
            cli, "-o: \"%s\" must end in .svg, .png, .pdf, .eps, .ps, .jpg, .gif or .dot", out);
    }
    static const char *const directions[] = {"TB", "LR", "BT", "RL"};
    for (size_t i = 0; i < sizeof directions / sizeof directions[0]; i++) {
        if (strcmp(direction, directions[i]) == 0) {
            return plot(cli, out, direction);
        }
    }
    return cli_usage(cli, "--direction: \"%s\" is not TB, LR, BT or RL", direction);
}

const struct command cli_plot_model = {
    .name = "plot-model",
    .about = "draw a model's graph",
    .run = run,
};
