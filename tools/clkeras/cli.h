/* SPDX-License-Identifier: MIT */
/* What the commands share: options, errors and progress on stderr, results on stdout, and the device
 * and model that most of them open. Everything stands on the public interface. */
#pragma once

#include <clkeras/clkeras.h>

#include <stdio.h>

/* Exit codes. */
enum {
    CLI_DONE = 0,
    CLI_FAILED = 1,
    CLI_USAGE = 2
};

/* For the help of commands that read arrays. */
#define CLI_ABOUT_ARRAYS                                                                       \
    "X, Y: FILE.npy, FILE.npz:KEY, FILE.csv[:COLUMNS], FILE-idx3-ubyte[.gz]; samples first.\n" \
    "COLUMNS are numbers from 0, ranges and header names: 0-3,label\n"                         \
    "A model of several inputs or outputs takes -x or -y once for each, in its order.\n"

/* A list of borrowed strings, NULL-ended once it holds any. Freed with free(items). */
struct cli_list {
    const char **items;
    size_t n;
};

/* The options of every command and what is left of the line. */
struct cli {
    const char *command; /* "fit" */
    const char *device;  /* NULL: CLKERAS_DEVICE or the best there is */
    uint64_t memory_limit;
    bool quiet;
    bool help;
    char **arguments; /* what is no option, borrowed from argv */
    int n_arguments;
    bool in_line; /* the progress bar has left the cursor inside a line */
};

enum cli_kind {
    CLI_FLAG,     /* bool: takes no argument */
    CLI_TEXT,     /* const char * */
    CLI_ONCE,     /* const char *, refused when given twice */
    CLI_TEXTS,    /* struct cli_list: may be given several times */
    CLI_PAIR,     /* const char *[2]: takes two arguments */
    CLI_COUNT,    /* int64_t, from `least` */
    CLI_SEED,     /* uint64_t */
    CLI_BYTES,    /* uint64_t, with K, M, G or T for powers of 1024 */
    CLI_FRACTION, /* double, in [0, 1) */
    CLI_VERBOSE,  /* int, CLK_VERBOSE_*: auto, 0, 1, 2 */
};

struct cli_option {
    const char *name; /* NULL: only a letter */
    char letter;      /* 0: only a name */
    enum cli_kind kind;
    void *out; /* what the kind says */
    int64_t least;
    const char *argument; /* in the help: "N"; NULL for flags */
    const char *help;     /* lines parted by \n */
};

/* What one command takes. */
struct cli_syntax {
    const char *usage; /* after "usage: clkeras " */
    const char *about; /* whole lines */
    const struct cli_option *options;
    size_t n_options;
    int least_arguments;
    int most_arguments; /* -1: any number */
};

struct command {
    const char *name;
    const char *about;
    int (*run)(struct cli *cli, int argc, char **argv);
};
extern const struct command cli_check;
extern const struct command cli_convert;
extern const struct command cli_devices;
extern const struct command cli_evaluate;
extern const struct command cli_fit;
extern const struct command cli_new;
extern const struct command cli_plot_model;
extern const struct command cli_predict;
extern const struct command cli_summary;

/* ---- options.c ---- */
/* Reads the line, or prints the help. argv[0] is the command's name.
 * @return true: go on; false: end with *code */
bool cli_parse(int *code, struct cli *cli, const struct cli_syntax *syntax, int argc, char **argv);
/* Appends; false: no memory. */
bool cli_list_add(struct cli_list *list, const char *text);
/* Parts at commas outside of brackets and quotes, in place: "TopKCategoricalAccuracy(k=3, name='t'),mse".
 * @return false: no memory */
bool cli_list_split(struct cli_list *list, char *text);

/* ---- values.c: an option's argument; each returns NULL or what would work ---- */
const char *cli_read_count(int64_t *out, const char *text, int64_t least);
const char *cli_read_seed(uint64_t *out, const char *text);
const char *cli_read_bytes(uint64_t *out, const char *text);
const char *cli_read_fraction(double *out, const char *text);
const char *cli_read_verbose(int *out, const char *text);

/* ---- help.c ---- */
void cli_print_help(const struct cli_syntax *syntax);

/* ---- report.c ---- */
/* Sends warnings and, unless --quiet, progress to stderr. `cli` must outlive all use of clkeras. */
void cli_log_to_stderr(struct cli *cli);
/* One line on stderr: the library's last error. @return CLI_FAILED */
int cli_fail(struct cli *cli);
/* One line on stderr. @return CLI_FAILED */
int cli_fail_text(struct cli *cli, const char *format, ...) CLK_PRINTF(2, 3);
/* One line on stderr that ends with where to read more. @return CLI_USAGE */
int cli_usage(struct cli *cli, const char *format, ...) CLK_PRINTF(2, 3);
/* What "auto" means here: the bar on a terminal, one line an epoch in a log file. */
int cli_auto_verbose(int verbose);
void cli_warn(struct cli *cli, const char *format, ...) CLK_PRINTF(2, 3);

/* ---- output.c ---- */
/* Text in quotes, as JSON. */
void cli_print_json_text(FILE *f, const char *text);
/* One more member of an object, ', "key": "text"'; a text of NULL is null. */
void cli_print_json_pair(FILE *f, const char *key, const char *text);
/* A number to 9 digits; null where JSON has none (infinity, not a number). */
void cli_print_json_number(FILE *f, double value);
/* Fails early on what a long run would end on: a folder that is not there or not writable, a path that
 * is a folder. @return CLI_DONE or CLI_FAILED, reported */
int cli_check_output(struct cli *cli, const char *option, const char *path);
/* Replaces the file as a whole: temporary name, flush to disk, rename. "-" is stdout.
 * @return CLI_DONE or CLI_FAILED, reported */
int cli_replace_file(struct cli *cli, const char *path, const char *text);

/* ---- session.c ---- */
/* A model on its device; zeroed = none. */
struct cli_session {
    clk_device *device;
    clk_model *model;
};
/* Loads the model. @return false: reported */
bool cli_load(struct cli_session *s, struct cli *cli, const char *path);
/* Opens the device that the options name and puts the model there. @return false: reported */
bool cli_open_device(struct cli_session *s, struct cli *cli);
void cli_close(struct cli_session *s);
/* @return false: reported */
bool cli_open_array(clk_ndarray **out, struct cli *cli, const char *option, const char *spec);

/* ---- arrays.c ---- */
/* An array for each input or output; zeroed = none. */
struct cli_arrays {
    clk_ndarray **items;
    clk_array *views;
    size_t n;
};
/* @return false: reported; what was opened is in *out */
bool cli_open_arrays(
    struct cli_arrays *out, struct cli *cli, const char *option, const struct cli_list *specs);
void cli_close_arrays(struct cli_arrays *arrays);
enum cli_end {
    CLI_INPUT,
    CLI_OUTPUT
};
/* Is an option that is wanted for each of the model's inputs or outputs given that many times?
 * @return CLI_DONE or CLI_USAGE, reported with their names */
int cli_check_count(
    struct cli *cli, const clk_model *model, const char *option, size_t n, enum cli_end end);
