/* SPDX-License-Identifier: MIT */
/* The model and the device of a command, and the arrays that its options name. */
#include "cli.h"

#include <clkeras/clkeras.h>

bool cli_load(struct cli_session *s, struct cli *cli, const char *path)
{
    if (clk_model_load(&s->model, path) != CLK_OK) {
        cli_fail(cli);
        return false;
    }
    return true;
}

bool cli_open_device(struct cli_session *s, struct cli *cli)
{
    const clk_device_options *options = clk_device_opts(.memory_limit_bytes = cli->memory_limit);
    if (clk_device_open(&s->device, cli->device, options) != CLK_OK ||
        clk_model_set_device(s->model, s->device) != CLK_OK) {
        cli_fail(cli);
        return false;
    }
    return true;
}

void cli_close(struct cli_session *s)
{
    clk_model_free(s->model);
    clk_device_close(s->device);
}

bool cli_open_array(clk_ndarray **out, struct cli *cli, const char *option, const char *spec)
{
    if (clk_ndarray_open(out, spec) != CLK_OK) {
        cli_fail_text(cli, "%s: %s", option, clk_last_error());
        return false;
    }
    return true;
}
