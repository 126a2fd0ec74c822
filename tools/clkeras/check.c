/* SPDX-License-Identifier: MIT */
/* clkeras check: what of a model's file is supported, and why the rest is not. */
#include "cli.h"

#include <string.h>

static clk_check_part part_at(const clk_check *check, size_t i)
{
    clk_check_part part = {0};
    (void)!clk_check_get(&part, check, i);
    return part;
}

static size_t count_problems(const clk_check *check)
{
    size_t n = 0;
    for (size_t i = 0; i < clk_check_count(check); i++) {
        n += part_at(check, i).problem != NULL;
    }
    return n;
}

static int longest(int so_far, const char *text)
{
    const int n = (int)strlen(text);
    return n > so_far ? n : so_far;
}

static void print_table(const clk_check *check, const char *file)
{
    const char *version = clk_check_keras_version(check);
    const size_t n = clk_check_count(check), problems = count_problems(check);
    int path = 4, class = 5;
    for (size_t i = 0; i < n; i++) {
        path = longest(path, part_at(check, i).path);
        class = longest(class, part_at(check, i).class_name);
    }
    printf("%s: %s", file, clk_check_container(check));
    if (version) {
        printf(", by Keras %s", version);
    }
    printf("\n%-9s  %-*s  %-*s  %s\n", "PART", path, "NAME", class, "CLASS", "SUPPORTED");
    for (size_t i = 0; i < n; i++) {
        const clk_check_part p = part_at(check, i);
        const char *answer = p.problem ? "no: " : p.note ? "yes: " : "yes";
        const char *why = p.problem ? p.problem : p.note ? p.note : "";
        printf("%-9s  %-*s  %-*s  %s%s\n", clk_check_kind_name(p.kind), path, p.path, class,
            p.class_name, answer, why);
    }
    if (problems > 0) {
        printf("%zu of %zu parts are not supported\n", problems, n);
    } else {
        printf("all %zu parts are supported\n", n);
    }
}

static void print_json(const clk_check *check, const char *file)
{
    printf("{\"supported\": %s", clk_check_supported(check) ? "true" : "false");
    cli_print_json_pair(stdout, "file", file);
    cli_print_json_pair(stdout, "container", clk_check_container(check));
    cli_print_json_pair(stdout, "keras_version", clk_check_keras_version(check));
    printf(", \"parts\": [");
    for (size_t i = 0; i < clk_check_count(check); i++) {
        const clk_check_part p = part_at(check, i);
        printf("%s\n  {\"kind\": \"%s\"", i > 0 ? "," : "", clk_check_kind_name(p.kind));
        cli_print_json_pair(stdout, "path", p.path);
        cli_print_json_pair(stdout, "class_name", p.class_name);
        cli_print_json_pair(stdout, "problem", p.problem);
        cli_print_json_pair(stdout, "note", p.note);
        printf("}");
    }
    printf("\n]}\n");
}

static int run(struct cli *cli, int argc, char **argv)
{
    bool json = false;
    const struct cli_option options[] = {
        {.name = "json",
            .kind = CLI_FLAG,
            .out = &json,
            .help = "a JSON object, with one object a part"},
    };
    const struct cli_syntax syntax = {
        .usage = "check MODEL [--json]",
        .about =
            "Says of each layer of a model's file, and of what it was compiled with, whether it "
            "is\n"
            "supported. Neither weights nor a device are needed. Exit code 0: all of it is.\n",
        .options = options,
        .n_options = sizeof options / sizeof options[0],
        .least_arguments = 1,
        .most_arguments = 1,
    };
    int code = CLI_DONE;
    if (!cli_parse(&code, cli, &syntax, argc, argv)) {
        return code;
    }
    const char *file = cli->arguments[0];
    clk_check *check = NULL;
    if (clk_check_file(&check, file) != CLK_OK) {
        return cli_fail(cli);
    }
    if (json) {
        print_json(check, file);
    } else {
        print_table(check, file);
    }
    code = clk_check_supported(check) ? CLI_DONE : CLI_FAILED;
    clk_check_free(check);
    return code;
}

const struct command cli_check = {
    .name = "check",
    .about = "say what of a model's file is supported",
    .run = run,
};
