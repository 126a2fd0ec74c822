/* SPDX-License-Identifier: MIT */
/* clkeras devices: every device, usable or not, as a table or as JSON. */
#include "cli.h"

#include <clkeras/clkeras.h>

#include <inttypes.h>
#include <string.h>

static const char *state(const clk_device_info *d)
{
    if (d->why_unusable) {
        return d->why_unusable;
    }
    return d->visible ? "ready" : "hidden by CLKERAS_VISIBLE_DEVICES";
}

static void print_table(const clk_device_list *list)
{
    const size_t n = clk_device_list_count(list);
    if (n == 0) {
        printf("no devices\n");
        return;
    }
    int width = 4; /* of the longest name */
    for (size_t i = 0; i < n; i++) {
        const int length = (int)strlen(clk_device_list_get(list, i)->name);
        width = length > width ? length : width;
    }
    printf("%-5s %-11s %-*s %10s %6s %-9s  %s\n", "ID", "TYPE", width, "NAME", "MEMORY", "UNITS",
        "FP16 FP64", "STATE");
    for (size_t i = 0; i < n; i++) {
        const clk_device_info *d = clk_device_list_get(list, i);
        char id[32];
        snprintf(id, sizeof id, "%d:%d", d->platform_index, d->device_index);
        char memory[32];
        snprintf(memory, sizeof memory, "%.1f GiB", (double)d->memory_bytes / (1U << 30));
        printf("%-5s %-11s %-*s %10s %6u %-4s %-4s  %s\n", id, clk_device_type_name(d->type), width,
            d->name, memory, d->compute_units, d->fp16 ? "yes" : "no", d->fp64 ? "yes" : "no",
            state(d));
        printf("%-5s %s, driver %s, %s\n", "", d->platform, d->driver, d->version);
    }
}

static void print_json(const clk_device_list *list)
{
    printf("[");
    for (size_t i = 0; i < clk_device_list_count(list); i++) {
        const clk_device_info *d = clk_device_list_get(list, i);
        printf("%s\n  {\"id\": \"%d:%d\"", i > 0 ? "," : "", d->platform_index, d->device_index);
        cli_print_json_pair(stdout, "name", d->name);
        cli_print_json_pair(stdout, "type", clk_device_type_name(d->type));
        cli_print_json_pair(stdout, "vendor", d->vendor);
        cli_print_json_pair(stdout, "platform", d->platform);
        cli_print_json_pair(stdout, "driver", d->driver);
        cli_print_json_pair(stdout, "version", d->version);
        printf(", \"compute_units\": %u, \"memory_bytes\": %" PRIu64
               ", \"max_alloc_bytes\": %" PRIu64 ", \"fp16\": %s, \"fp64\": %s, \"visible\": %s",
            d->compute_units, d->memory_bytes, d->max_alloc_bytes, d->fp16 ? "true" : "false",
            d->fp64 ? "true" : "false", d->visible ? "true" : "false");
        cli_print_json_pair(stdout, "why_unusable", d->why_unusable);
        printf("}");
    }
    printf("\n]\n");
}

static int run(struct cli *cli, int argc, char **argv)
{
    bool json = false;
    const struct cli_option options[] = {
        {.name = "json",
            .kind = CLI_FLAG,
            .out = &json,
            .help = "a JSON array, one object a device"},
    };
    const struct cli_syntax syntax = {
        .usage = "devices [--json]",
        .about =
            "Lists the OpenCL devices of all platforms, also those that can't be used, with the "
            "reason.\nNothing is allocated on any of them.\n",
        .options = options,
        .n_options = sizeof options / sizeof options[0],
    };
    int code = CLI_DONE;
    if (!cli_parse(&code, cli, &syntax, argc, argv)) {
        return code;
    }
    clk_device_list *list = NULL;
    if (clk_device_list_create(&list) != CLK_OK) {
        return cli_fail(cli);
    }
    if (json) {
        print_json(list);
    } else {
        print_table(list);
    }
    clk_device_list_free(list);
    return CLI_DONE;
}

const struct command cli_devices = {
    .name = "devices",
    .about = "list the devices there are",
    .run = run,
};
