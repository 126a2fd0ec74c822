/* SPDX-License-Identifier: MIT */
/* Options of a command and those of all commands, by getopt_long(), from a table that also makes the
 * help. */
#include "cli.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* Options of one command, with the common ones. */
#define MOST_OPTIONS 32
/* getopt's values for options without a letter: past all characters. */
#define FIRST_VALUE 256

struct table {
    struct cli_option options[MOST_OPTIONS];
    struct option longs[MOST_OPTIONS + 1];
    char shorts[2 * MOST_OPTIONS + 2];
    size_t n;
};

bool cli_list_add(struct cli_list *list, const char *text)
{
    const char **items = realloc(list->items, (list->n + 2) * sizeof *items);
    if (!items) {
        return false;
    }
    items[list->n++] = text;
    items[list->n] = NULL;
    list->items = items;
    return true;
}

bool cli_list_split(struct cli_list *list, char *text)
{
    int depth = 0;
    char quote = '\0';
    const char *start = text;
    for (char *c = text;; c++) {
        const bool ends = *c == '\0';
        if (ends || (*c == ',' && depth == 0 && !quote)) {
            *c = '\0';
            if (!cli_list_add(list, start)) {
                return false;
            }
            start = c + 1;
        } else if (quote) {
            if (*c == quote) {
                quote = '\0';
            }
        } else if (*c == '\'' || *c == '"') {
            quote = *c;
        } else {
            depth += (strchr("([{", *c) != NULL) - (strchr(")]}", *c) != NULL);
        }
        if (ends) {
            return true;
        }
    }
}

static void table_fill(struct table *t, struct cli *cli, const struct cli_syntax *syntax)
{
    const struct cli_option common[] = {
        {.name = "device", .kind = CLI_TEXT, .out = &cli->device},
        {.name = "memory-limit", .kind = CLI_BYTES, .out = &cli->memory_limit},
        {.name = "quiet", .letter = 'q', .kind = CLI_FLAG, .out = &cli->quiet},
        {.name = "help", .letter = 'h', .kind = CLI_FLAG, .out = &cli->help},
    };
    const size_t n_common = sizeof common / sizeof common[0];
    for (size_t i = 0; i < syntax->n_options; i++) {
        t->options[t->n++] = syntax->options[i];
    }
    for (size_t i = 0; i < n_common; i++) {
        t->options[t->n++] = common[i];
    }
    char *shorts = t->shorts;
    *shorts++ = ':'; /* getopt then tells a missing argument from an unknown option */
    struct option *longs = t->longs;
    for (size_t i = 0; i < t->n; i++) {
        const struct cli_option *o = &t->options[i];
        const int needs = o->kind == CLI_FLAG ? no_argument : required_argument;
        if (o->letter) {
            *shorts++ = o->letter;
            if (needs == required_argument) {
                *shorts++ = ':';
            }
        }
        if (o->name) {
            const struct option l = {o->name, needs, NULL, FIRST_VALUE + (int)i};
            *longs++ = l;
        }
    }
}

static const struct cli_option *table_find(const struct table *t, int value)
{
    if (value >= FIRST_VALUE) {
        return &t->options[value - FIRST_VALUE];
    }
    for (size_t i = 0; i < t->n; i++) {
        if (t->options[i].letter == value) {
            return &t->options[i];
        }
    }
    return NULL;
}

/* As the user writes it: "--epochs", "-x". */
static const char *option_text(char buffer[32], const struct cli_option *o)
{
    if (o->name) {
        snprintf(buffer, 32, "--%s", o->name);
    } else {
        snprintf(buffer, 32, "-%c", o->letter);
    }
    return buffer;
}

/* Stores what an option came with. @return CLI_DONE, or another code, reported */
static int store(struct cli *cli, const struct cli_option *o, int argc, char **argv)
{
    char name[32];
    const char *wanted = NULL;
    switch (o->kind) {
    case CLI_FLAG:
        *(bool *)o->out = true;
        break;
    case CLI_TEXT:
        *(const char **)o->out = optarg;
        break;
    case CLI_ONCE:
        if (*(const char **)o->out) {
            return cli_usage(cli, "%s is given twice", option_text(name, o));
        }
        *(const char **)o->out = optarg;
        break;
    case CLI_TEXTS:
        if (!cli_list_add(o->out, optarg)) {
            return cli_fail_text(cli, "out of memory");
        }
        break;
    case CLI_PAIR:
        if (optind >= argc || argv[optind][0] == '-') {
            return cli_usage(cli, "%s needs two arguments: %s", option_text(name, o), o->argument);
        }
        ((const char **)o->out)[0] = optarg;
        ((const char **)o->out)[1] = argv[optind++];
        break;
    case CLI_COUNT:
        wanted = cli_read_count(o->out, optarg, o->least);
        break;
    case CLI_SEED:
        wanted = cli_read_seed(o->out, optarg);
        break;
    case CLI_BYTES:
        wanted = cli_read_bytes(o->out, optarg);
        break;
    case CLI_FRACTION:
        wanted = cli_read_fraction(o->out, optarg);
        break;
    case CLI_VERBOSE:
        wanted = cli_read_verbose(o->out, optarg);
        break;
    }
    if (wanted) {
        return cli_usage(cli, "%s: \"%s\" is not %s", option_text(name, o), optarg, wanted);
    }
    return CLI_DONE;
}

static int misread(struct cli *cli, int value, char **argv)
{
    const char *text = argv[optind - 1];
    if (value == ':') {
        return cli_usage(cli, "%s needs an argument", text);
    }
    if (optopt >= FIRST_VALUE) {
        return cli_usage(cli, "%.*s takes no argument", (int)strcspn(text, "="), text);
    }
    if (optopt != 0) {
        return cli_usage(cli, "unknown option -%c", optopt);
    }
    return cli_usage(cli, "unknown or ambiguous option %s", text);
}

bool cli_parse(int *code, struct cli *cli, const struct cli_syntax *syntax, int argc, char **argv)
{
    struct table table = {0};
    table_fill(&table, cli, syntax);
    opterr = 0;
    optind = 1;
    *code = CLI_DONE;
    int value = 0;
    while ((value = getopt_long(argc, argv, table.shorts, table.longs, NULL)) != -1) {
        const struct cli_option *o =
            value == '?' || value == ':' ? NULL : table_find(&table, value);
        *code = o ? store(cli, o, argc, argv) : misread(cli, value, argv);
        if (*code != CLI_DONE) {
            return false;
        }
    }
    if (cli->help) {
        cli_print_help(syntax);
        return false;
    }
    cli->arguments = argv + optind;
    cli->n_arguments = argc - optind;
    if (cli->n_arguments < syntax->least_arguments) {
        *code = cli_usage(cli, "too few arguments: %s", syntax->usage);
    } else if (syntax->most_arguments >= 0 && cli->n_arguments > syntax->most_arguments) {
        *code =
            cli_usage(cli, "one argument too many: \"%s\"", cli->arguments[syntax->most_arguments]);
    }
    return *code == CLI_DONE;
}
