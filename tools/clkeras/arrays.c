/* SPDX-License-Identifier: MIT */
/* Options that name an array for each input or output of the model: -x A -x B. */
#include "cli.h"

#include <clkeras/clkeras.h>

#include <stdlib.h>

bool cli_open_arrays(
    struct cli_arrays *out, struct cli *cli, const char *option, const struct cli_list *specs)
{
    out->items = calloc(specs->n, sizeof *out->items);
    out->views = calloc(specs->n, sizeof *out->views);
    if (specs->n > 0 && (!out->items || !out->views)) {
        cli_fail_text(cli, "out of memory");
        return false;
    }
    for (size_t i = 0; i < specs->n; i++) {
        if (!cli_open_array(&out->items[i], cli, option, specs->items[i])) {
            return false;
        }
        out->views[out->n++] = clk_ndarray_view(out->items[i]);
    }
    return true;
}

void cli_close_arrays(struct cli_arrays *arrays)
{
    for (size_t i = arrays->n; i-- > 0;) {
        clk_ndarray_free(arrays->items[i]);
    }
    free(arrays->views);
    free(arrays->items);
}

/* Names of the inputs or outputs, parted by commas; cut where there are too many of them. */
static void list_names(char *out, size_t size, const clk_model *model, bool inputs)
{
    const size_t n = inputs ? clk_model_input_count(model) : clk_model_output_count(model);
    size_t at = 0;
    for (size_t i = 0; i < n && at < size; i++) {
        const char *name =
            inputs ? clk_model_input_name(model, i) : clk_model_output_name(model, i);
        at += (size_t)snprintf(out + at, size - at, "%s\"%s\"", i > 0 ? ", " : "", name);
    }
}

int cli_check_count(
    struct cli *cli, const clk_model *model, const char *option, size_t n, enum cli_end end)
{
    const bool inputs = end == CLI_INPUT;
    const size_t wanted = inputs ? clk_model_input_count(model) : clk_model_output_count(model);
    if (n == wanted) {
        return CLI_DONE;
    }
    char names[1024] = "";
    list_names(names, sizeof names, model, inputs);
    const char *what = inputs ? "input" : "output";
    if (wanted == 1) {
        return cli_usage(cli, "%s is given %zu times, model \"%s\" has 1 %s: %s", option, n,
            clk_model_name(model), what, names);
    }
    return cli_usage(cli,
        "model \"%s\" has %zu %ss, %s is given %zu time%s: once each, in order: %s",
        clk_model_name(model), wanted, what, option, n, n == 1 ? "" : "s", names);
}
