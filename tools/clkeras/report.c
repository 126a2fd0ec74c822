/* SPDX-License-Identifier: MIT */
/* What goes to stderr: errors, warnings and progress, each error one line. */
#include "cli.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

/* A message starts its own line, wherever the progress bar stands. */
static void begin(struct cli *cli)
{
    if (cli->in_line) {
        fputc('\n', stderr);
        cli->in_line = false;
    }
    fprintf(stderr, "clkeras%s%s: ", cli->command ? " " : "", cli->command ? cli->command : "");
}

static void log_text(clk_log_level level, const char *text, void *user)
{
    struct cli *cli = user;
    switch (level) {
    case CLK_LOG_PROGRESS:
        if (!cli->quiet && *text) {
            fputs(text, stderr);
            fflush(stderr);
            cli->in_line = text[strlen(text) - 1] != '\n';
        }
        break;
    case CLK_LOG_WARNING:
        cli_warn(cli, "%s", text);
        break;
    case CLK_LOG_ERROR: /* comes again as the status of the call, and is reported there */
    case CLK_LOG_INFO:
    case CLK_LOG_DEBUG:
        break;
    }
}

void cli_log_to_stderr(struct cli *cli)
{
    clk_log_set(log_text, cli);
}

int cli_auto_verbose(int verbose)
{
    if (verbose != CLK_VERBOSE_AUTO) {
        return verbose;
    }
    return isatty(STDERR_FILENO) ? CLK_VERBOSE_BAR : CLK_VERBOSE_LINE;
}

int cli_fail(struct cli *cli)
{
    return cli_fail_text(cli, "%s", clk_last_error());
}

int cli_fail_text(struct cli *cli, const char *format, ...)
{
    begin(cli);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return CLI_FAILED;
}

int cli_usage(struct cli *cli, const char *format, ...)
{
    begin(cli);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, " (see clkeras%s%s --help)\n", cli->command ? " " : "",
        cli->command ? cli->command : "");
    return CLI_USAGE;
}

void cli_warn(struct cli *cli, const char *format, ...)
{
    begin(cli);
    fputs("warning: ", stderr);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}
