/* SPDX-License-Identifier: MIT */
/* clkeras convert: a model's file in another form. */
#include "cli.h"

#include <string.h>

static bool ends_with(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static int convert(struct cli *cli, const char *in, const char *out)
{
    struct cli_session s = {0};
    int code = CLI_FAILED;
    if (cli_load(&s, cli, in)) {
        const bool weights = ends_with(out, ".weights.h5");
        const clk_status status =
            weights ? clk_model_save_weights(s.model, out) : clk_model_save(s.model, out);
        code = status == CLK_OK ? CLI_DONE : cli_fail(cli);
    }
    cli_close(&s);
    return code;
}

static int run(struct cli *cli, int argc, char **argv)
{
    const struct cli_syntax syntax = {
        .usage = "convert IN OUT",
        .about =
            "Writes the model IN, with its weights and what it was compiled with, as OUT. The end "
            "of\n"
            "OUT's name says what to write: .keras, .h5 (a legacy HDF5 file), .weights.h5 (the\n"
            "weights alone). What IN is is decided by its content.\n",
        .least_arguments = 2,
        .most_arguments = 2,
    };
    int code = CLI_DONE;
    if (!cli_parse(&code, cli, &syntax, argc, argv)) {
        return code;
    }
    const char *out = cli->arguments[1];
    if (!ends_with(out, ".keras") && !ends_with(out, ".h5") && !ends_with(out, ".hdf5")) {
        return cli_usage(cli, "OUT must end with .keras, .h5 or .weights.h5, not \"%s\"", out);
    }
    code = cli_check_output(cli, "OUT", out);
    return code == CLI_DONE ? convert(cli, cli->arguments[0], out) : code;
}

const struct command cli_convert = {
    .name = "convert",
    .about = "write a model's file in another form",
    .run = run,
};
