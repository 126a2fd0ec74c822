/* SPDX-License-Identifier: MIT */
/* The text of --help, made from the table of options. */
#include "cli.h"

#include <string.h>

/* Where the options' explanations start. */
#define COLUMN 28

static void print_option(const struct cli_option *o)
{
    char left[64] = "";
    if (o->letter && o->name) {
        snprintf(left, sizeof left, "  -%c, --%s", o->letter, o->name);
    } else if (o->name) {
        snprintf(left, sizeof left, "      --%s", o->name);
    } else {
        snprintf(left, sizeof left, "  -%c", o->letter);
    }
    fputs(left, stdout);
    int width = (int)strlen(left);
    if (o->argument) {
        width += printf(" %s", o->argument);
    }
    const char *line = o->help;
    for (bool first = true; *line; first = false) {
        const size_t length = strcspn(line, "\n");
        if (first && width >= COLUMN) {
            printf("\n");
            width = 0;
        }
        printf("%*s%.*s\n", first ? COLUMN - width : COLUMN, "", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

void cli_print_help(const struct cli_syntax *syntax)
{
    static const struct cli_option common[] = {
        {.name = "device",
            .argument = "SPEC",
            .help = "gpu, gpu:1, cpu, 0:1 (platform:device), most-memory or part\n"
                    "of a name; default: $CLKERAS_DEVICE, else the best there is"},
        {.name = "memory-limit",
            .argument = "BYTES",
            .help = "take no more memory on the device; K, M, G, T work: 512M"},
        {.name = "quiet", .letter = 'q', .help = "no progress; results and errors stay"},
        {.name = "help", .letter = 'h', .help = "this text"},
    };
    printf("usage: clkeras %s\n\n%s", syntax->usage, syntax->about);
    if (syntax->n_options > 0) {
        printf("\nOptions:\n");
    }
    for (size_t i = 0; i < syntax->n_options; i++) {
        print_option(&syntax->options[i]);
    }
    printf("\nOptions of every command:\n");
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
        print_option(&common[i]);
    }
}
