/* SPDX-License-Identifier: MIT */
/* clkeras new: a model from layers as Keras spells them, from a graph of them, or from a config. */
#include "graph.h"

#include <clkeras/clkeras.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct new_arguments {
    const char *name;
    const char *graph;
    const char *config;
    uint64_t seed;
};

/* The whole file, owned by the caller. @return NULL: reported */
static char *read_file(struct cli *cli, const char *path)
{
    char *text = NULL;
    size_t size = 0;
    errno = 0;
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    /* a file that holds a zero byte ends there, and is no text */
    const bool some = f && getdelim(&text, &size, '\0', f) >= 0;
    const bool done = some || (f && !ferror(f));
    const int error = errno;
    if (f && f != stdin) {
        (void)fclose(f);
    }
    if (some) {
        return text;
    }
    free(text);
    if (!done) {
        cli_fail_text(cli, "cannot read %s: %s", path, strerror(error));
        return NULL;
    }
    text = strdup("");
    if (!text) {
        cli_fail_text(cli, "out of memory");
    }
    return text;
}

/* The arguments after the first, a line each; owned by the caller. @return NULL: reported */
static char *join_arguments(struct cli *cli)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    for (int i = 1; f && i < cli->n_arguments; i++) {
        fprintf(f, "%s\n", cli->arguments[i]);
    }
    if (!f || fclose(f) != 0) {
        cli_fail_text(cli, "out of memory");
        free(text);
        return NULL;
    }
    return text;
}

static int make_graph(clk_model **model, struct cli *cli, const struct new_arguments *a)
{
    char *text = a->graph ? read_file(cli, a->graph) : join_arguments(cli);
    int code = CLI_FAILED;
    if (text && clk_functional_create(model, a->name) != CLK_OK) {
        code = cli_fail(cli);
    } else if (text) {
        const struct graph_source source = {.file = a->graph, .text = text};
        code = cli_read_graph(cli, *model, &source);
    }
    free(text);
    return code;
}

static int make_config(clk_model **model, struct cli *cli, const struct new_arguments *a)
{
    char *text = read_file(cli, a->config);
    int code = CLI_FAILED;
    if (text) {
        code = clk_model_from_json(model, text) == CLK_OK
                   ? CLI_DONE
                   : cli_fail_text(cli, "%s: %s", a->config, clk_last_error());
    }
    free(text);
    return code;
}

static int make_sequential(clk_model **model, struct cli *cli, const struct new_arguments *a)
{
    clk_status status = clk_sequential_create(model, a->name);
    for (int i = 1; status == CLK_OK && i < cli->n_arguments; i++) {
        status = clk_model_add(*model, cli->arguments[i]);
    }
    return status == CLK_OK ? CLI_DONE : cli_fail(cli);
}

static int make(struct cli *cli, const struct new_arguments *a)
{
    clk_model *model = NULL;
    int code = cli_check_output(cli, "OUT.keras", cli->arguments[0]);
    if (code == CLI_DONE) {
        const bool statements = cli->n_arguments > 1 && cli_is_statement(cli->arguments[1]);
        code = a->config                ? make_config(&model, cli, a)
               : a->graph || statements ? make_graph(&model, cli, a)
                                        : make_sequential(&model, cli, a);
    }
    if (code == CLI_DONE &&
        (clk_model_set_seed(model, a->seed) != CLK_OK || clk_model_build(model) != CLK_OK ||
            clk_model_save(model, cli->arguments[0]) != CLK_OK)) {
        code = cli_fail(cli);
    }
    clk_model_free(model);
    return code;
}

static int check(struct cli *cli, const struct new_arguments *a)
{
    const bool file = a->graph || a->config;
    if (a->graph && a->config) {
        return cli_usage(cli, "--graph and --config exclude each other");
    }
    if (a->config && a->name) {
        return cli_usage(cli, "--name and --config exclude each other: the config has a name");
    }
    if (file && cli->n_arguments > 1) {
        return cli_usage(cli, "layers and --%s exclude each other: \"%s\"",
            a->graph ? "graph" : "config", cli->arguments[1]);
    }
    if (!file && cli->n_arguments < 2) {
        return cli_usage(cli, "too few arguments: layers, --graph or --config are missing");
    }
    return CLI_DONE;
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct new_arguments a = {0};
    const struct cli_option options[] = {
        {"graph", 0, CLI_ONCE, &a.graph, 0, "FILE", "read the graph from a file; - is stdin"},
        {"config", 0, CLI_ONCE, &a.config, 0, "FILE.json",
            "a config as Keras' model.to_json() writes it, or config.json\n"
            "of a .keras file; - is stdin"},
        {"name", 0, CLI_TEXT, &a.name, 0, "NAME",
            "the model's name; default: sequential or functional"},
        {"seed", 0, CLI_SEED, &a.seed, 0, "N", "of the initial weights; default: 0"},
    };
    const struct cli_syntax syntax = {
        .usage = "new OUT.keras LAYER... | STATEMENT... | --graph FILE | --config FILE.json",
        .about =
            "Makes a model with initial weights, and saves it. A Sequential model is a list of\n"
            "layers, written as in Keras; the first one is Input:\n\n"
            "  clkeras new m.keras 'Input((28, 28))' 'Rescaling(1/255)' 'Flatten()' \\\n"
            "      'Dense(512, activation=\"relu\")' 'Dense(10, activation=\"softmax\")'\n\n"
            "A functional model is a graph of them, a statement an argument or a line of FILE.\n"
            "Names become those of the layers; a layer that is called twice shares its weights:\n\n"
            "  clkeras new m.keras 'a = Input((8,))' 'b = Input((8,))' 'd = Dense(4)' \\\n"
            "      'u = d(a)' 'v = d(b)' 'x = Concatenate()(u, v)' 'out = Dense(1)(x)' \\\n"
            "      'return out'\n",
        .options = options,
        .n_options = sizeof options / sizeof options[0],
        .least_arguments = 1,
        .most_arguments = -1,
    };
    int code = CLI_DONE;
    if (cli_parse(&code, cli, &syntax, argc, argv)) {
        code = check(cli, &a);
        if (code == CLI_DONE) {
            code = make(cli, &a);
        }
    }
    return code;
}

const struct command cli_new = {
    .name = "new",
    .about = "make a model from layers",
    .run = run,
};
