/* SPDX-License-Identifier: MIT */
/* clkeras new: a Sequential model from layers as Keras spells them. */
#include "cli.h"

#include <clkeras/clkeras.h>

static clk_status build(clk_model **model, const struct cli *cli, const char *name, uint64_t seed)
{
    clk_status status = clk_sequential_create(model, name);
    if (status == CLK_OK) {
        status = clk_model_set_seed(*model, seed);
    }
    for (int i = 1; status == CLK_OK && i < cli->n_arguments; i++) {
        status = clk_model_add(*model, cli->arguments[i]);
    }
    if (status == CLK_OK) {
        status = clk_model_build(*model);
    }
    return status;
}

static int run(struct cli *cli, int argc, char **argv)
{
    const char *name = NULL;
    uint64_t seed = 0;
    const struct cli_option options[] = {
        {.name = "name",
            .kind = CLI_TEXT,
            .out = &name,
            .argument = "NAME",
            .help = "the model's name; default: sequential"},
        {.name = "seed",
            .kind = CLI_SEED,
            .out = &seed,
            .argument = "N",
            .help = "of the initial weights; default: 0"},
    };
    const struct cli_syntax syntax = {
        .usage = "new OUT.keras LAYER... [--name NAME] [--seed N]",
        .about =
            "Makes a Sequential model of the layers, with initial weights, and saves it.\n"
            "A layer is written as in Keras; the first one is Input:\n\n"
            "  clkeras new m.keras 'Input((28, 28))' 'Rescaling(1/255)' 'Flatten()' \\\n"
            "      'Dense(512, activation=\"relu\")' 'Dense(10, activation=\"softmax\")'\n",
        .options = options,
        .n_options = sizeof options / sizeof options[0],
        .least_arguments = 2,
        .most_arguments = -1,
    };
    int code = CLI_DONE;
    if (!cli_parse(&code, cli, &syntax, argc, argv)) {
        return code;
    }
    clk_model *model = NULL;
    if (build(&model, cli, name, seed) != CLK_OK ||
        clk_model_save(model, cli->arguments[0]) != CLK_OK) {
        code = cli_fail(cli);
    }
    clk_model_free(model);
    return code;
}

const struct command cli_new = {
    .name = "new",
    .about = "make a model from layers",
    .run = run,
};
