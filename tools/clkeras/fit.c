/* SPDX-License-Identifier: MIT */
/* clkeras fit: trains a model; compiles it first where options say how. */
#include "cli.h"

#include <clkeras/clkeras.h>

#include <stdlib.h>
#include <string.h>

struct fit_arguments {
    struct cli_list x;
    struct cli_list y;
    const char *out;
    const char *history;
    struct cli_list losses; /* one for all outputs, or one for each */
    const char *optimizer;
    const char *metrics;
    const char *validation[2];
    struct cli_list validation_x;
    struct cli_list validation_y;
    double validation_split;
    int64_t epochs;
    int64_t initial_epoch;
    int64_t batch_size;
    uint64_t seed;
    struct cli_list callbacks;
    bool no_shuffle;
    int verbose;
};

/* Everything a run holds; zeroed = none. */
struct fit_run {
    struct cli_session session;
    struct cli_arrays x;
    struct cli_arrays y;
    struct cli_arrays validation_x;
    struct cli_arrays validation_y;
    clk_history *history;
};

/* Only what options name changes: the rest stays as the file says, with the optimizer's state. */
static bool compile(struct cli *cli, struct fit_run *r, const struct fit_arguments *a)
{
    if (a->losses.n == 0 && !a->optimizer && !a->metrics) {
        return true;
    }
    struct cli_list metrics = {0};
    char *text = a->metrics ? strdup(a->metrics) : NULL;
    bool done = !a->metrics || (text && cli_list_split(&metrics, text));
    if (!done) {
        cli_fail_text(cli, "out of memory");
    } else {
        const bool one = a->losses.n == 1;
        const clk_compile_options *options =
            clk_compile_opts(.loss = one ? a->losses.items[0] : NULL,
                .losses = a->losses.n > 1 ? a->losses.items : NULL, .optimizer = a->optimizer,
                .metrics = metrics.items, .keep = true);
        done = clk_model_compile(r->session.model, options) == CLK_OK;
        if (!done) {
            cli_fail(cli);
        }
    }
    free(metrics.items);
    free(text);
    return done;
}

static int check_counts(struct cli *cli, const clk_model *model, const struct fit_arguments *a)
{
    int code = cli_check_count(cli, model, "-x", a->x.n, CLI_INPUT);
    if (code == CLI_DONE) {
        code = cli_check_count(cli, model, "-y", a->y.n, CLI_OUTPUT);
    }
    if (code == CLI_DONE && a->losses.n > 1) {
        code = cli_check_count(cli, model, "--loss", a->losses.n, CLI_OUTPUT);
    }
    if (code == CLI_DONE && a->validation_x.n > 0) {
        const bool pair = a->validation[0] != NULL;
        const char *const x = pair ? "--validation-data VX" : "--validation-x";
        const char *const y = pair ? "--validation-data VY" : "--validation-y";
        code = cli_check_count(cli, model, x, a->validation_x.n, CLI_INPUT);
        if (code == CLI_DONE) {
            code = cli_check_count(cli, model, y, a->validation_y.n, CLI_OUTPUT);
        }
    }
    return code;
}

static bool open_data(struct cli *cli, struct fit_run *r, const struct fit_arguments *a)
{
    const bool pair = a->validation[0] != NULL;
    return cli_open_arrays(&r->x, cli, "-x", &a->x) && cli_open_arrays(&r->y, cli, "-y", &a->y) &&
           cli_open_arrays(&r->validation_x, cli, pair ? "--validation-data" : "--validation-x",
               &a->validation_x) &&
           cli_open_arrays(&r->validation_y, cli, pair ? "--validation-data" : "--validation-y",
               &a->validation_y);
}

static bool train(struct cli *cli, struct fit_run *r, const struct fit_arguments *a)
{
    const bool validates = r->validation_x.n > 0;
    const clk_fit_options *options = clk_fit_opts(.inputs = r->x.views, .n_inputs = r->x.n,
        .targets = r->y.views, .n_targets = r->y.n, .batch_size = a->batch_size,
        .epochs = a->epochs, .initial_epoch = a->initial_epoch,
        .validation_split = a->validation_split,
        .validation_inputs = validates ? r->validation_x.views : NULL,
        .validation_targets = validates ? r->validation_y.views : NULL, .no_shuffle = a->no_shuffle,
        .verbose = cli->quiet ? CLK_VERBOSE_SILENT : cli_auto_verbose(a->verbose),
        .callbacks = a->callbacks.items);
    const clk_status status = clk_model_fit(&r->history, r->session.model, options);
    if (status == CLK_ERR_STATE && a->losses.n == 0) {
        cli_fail_text(cli, "model \"%s\" is not compiled: give --loss, such as --loss mse",
            clk_model_name(r->session.model));
    } else if (status != CLK_OK) {
        cli_fail(cli);
    }
    return status == CLK_OK;
}

/* The model first: it is what cannot be had again. */
static bool save(struct cli *cli, struct fit_run *r, const struct fit_arguments *a)
{
    if (a->out && clk_model_save(r->session.model, a->out) != CLK_OK) {
        cli_fail(cli);
        return false;
    }
    if (!a->history) {
        return true;
    }
    char *text = NULL;
    if (clk_history_json(&text, r->history) != CLK_OK) {
        cli_fail(cli);
        return false;
    }
    const bool done = cli_replace_file(cli, a->history, text) == CLI_DONE;
    clk_free(text);
    return done;
}

static bool set_seed(struct cli *cli, struct fit_run *r, uint64_t seed)
{
    if (clk_model_set_seed(r->session.model, seed) != CLK_OK) {
        cli_fail(cli);
        return false;
    }
    return true;
}

static int fit(struct cli *cli, const struct fit_arguments *a)
{
    struct fit_run r = {0};
    int code = CLI_FAILED;
    if (cli_check_output(cli, "-o", a->out) != CLI_DONE ||
        cli_check_output(cli, "--history", a->history) != CLI_DONE) {
        goto done;
    }
    if (!a->out && a->callbacks.n == 0) {
        cli_warn(cli, "no -o: the trained model will not be saved");
    }
    if (!cli_load(&r.session, cli, cli->arguments[0])) {
        goto done;
    }
    code = check_counts(cli, r.session.model, a);
    if (code == CLI_DONE) {
        const bool done = open_data(cli, &r, a) && set_seed(cli, &r, a->seed) &&
                          compile(cli, &r, a) && cli_open_device(&r.session, cli) &&
                          train(cli, &r, a) && save(cli, &r, a);
        code = done ? CLI_DONE : CLI_FAILED;
    }
done:
    clk_history_free(r.history);
    cli_close(&r.session);
    cli_close_arrays(&r.validation_y);
    cli_close_arrays(&r.validation_x);
    cli_close_arrays(&r.y);
    cli_close_arrays(&r.x);
    return code;
}

/* What no single option can tell; --validation-data becomes one of -x and one of -y. */
static int check(struct cli *cli, struct fit_arguments *a)
{
    if (a->x.n == 0 || a->y.n == 0) {
        return cli_usage(cli, "%s is missing", a->x.n > 0 ? "-y" : "-x");
    }
    if (a->validation[0] && a->validation_split > 0.0) {
        return cli_usage(cli, "--validation-split and --validation-data exclude each other");
    }
    const bool lists = a->validation_x.n > 0 || a->validation_y.n > 0;
    if (lists && a->validation_split > 0.0) {
        return cli_usage(cli, "--validation-split and --validation-x exclude each other");
    }
    if (lists && a->validation[0]) {
        return cli_usage(cli,
            "--validation-data is short for one --validation-x and one "
            "--validation-y: give one or the other");
    }
    if (lists && (a->validation_x.n == 0 || a->validation_y.n == 0)) {
        return cli_usage(cli, "--validation-%c is missing", a->validation_x.n > 0 ? 'y' : 'x');
    }
    if (a->validation[0] && (!cli_list_add(&a->validation_x, a->validation[0]) ||
                                !cli_list_add(&a->validation_y, a->validation[1]))) {
        return cli_fail_text(cli, "out of memory");
    }
    return CLI_DONE;
}

static void free_lists(struct fit_arguments *a)
{
    free(a->callbacks.items);
    free(a->losses.items);
    free(a->validation_y.items);
    free(a->validation_x.items);
    free(a->y.items);
    free(a->x.items);
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct fit_arguments a = {.epochs = 1, .batch_size = 32};
    struct cli_syntax syntax = {
        .usage = "fit MODEL -x X -y Y [-o OUT.keras] [options]",
        .about =
            "Trains a model and saves it to OUT.keras. --loss, --optimizer and --metrics default "
            "to\n"
            "what the file was compiled with, and the optimizer goes on where it stopped.\n"
            "Losses, optimizers, metrics and callbacks are written as in Keras, by name or "
            "call:\n\n"
            "  clkeras fit m.keras -x x.npy -y y.npy -o trained.keras --epochs 20 --batch-size 128 "
            "\\\n"
            "      --loss sparse_categorical_crossentropy --optimizer 'Adam(learning_rate=1e-3)' "
            "\\\n"
            "      --metrics accuracy --validation-split 0.1 --callback "
            "'EarlyStopping(patience=3)'\n"
            "\n" CLI_ABOUT_ARRAYS,
        .least_arguments = 1,
        .most_arguments = 1,
    };
    const struct cli_option options[] = {
        {NULL, 'x', CLI_TEXTS, &a.x, 0, "X", "the inputs"},
        {NULL, 'y', CLI_TEXTS, &a.y, 0, "Y", "the targets"},
        {NULL, 'o', CLI_ONCE, &a.out, 0, "OUT.keras", "where the trained model goes; may be MODEL"},
        {"loss", 0, CLI_TEXTS, &a.losses, 0, "L",
            "mse, categorical_crossentropy, ...; of all outputs, or once\n"
            "for each; None: the output is not trained on"},
        {"optimizer", 0, CLI_TEXT, &a.optimizer, 0, "O", "sgd, 'Adam(learning_rate=1e-3)', ..."},
        {"metrics", 0, CLI_TEXT, &a.metrics, 0, "M,M", "parted by commas: accuracy,mse"},
        {"epochs", 0, CLI_COUNT, &a.epochs, 1, "N", "the last epoch to run; default: 1"},
        {"initial-epoch", 0, CLI_COUNT, &a.initial_epoch, 0, "N",
            "the epoch to start from, to resume a run; default: 0"},
        {"batch-size", 0, CLI_COUNT, &a.batch_size, 1, "N", "samples a step; default: 32"},
        {"no-shuffle", 0, CLI_FLAG, &a.no_shuffle, 0, NULL, "take the samples in their order"},
        {"seed", 0, CLI_SEED, &a.seed, 0, "N", "of dropout; default: 0"},
        {"validation-split", 0, CLI_FRACTION, &a.validation_split, 0, "F",
            "hold back this part, from the end, and measure it\nafter each epoch"},
        {"validation-data", 0, CLI_PAIR, a.validation, 0, "VX VY",
            "measure these after each epoch"},
        {"validation-x", 0, CLI_TEXTS, &a.validation_x, 0, "VX",
            "the same for several inputs or outputs: once for each,"},
        {"validation-y", 0, CLI_TEXTS, &a.validation_y, 0, "VY", "in their order"},
        {"callback", 0, CLI_TEXTS, &a.callbacks, 0, "EXPR",
            "'EarlyStopping(monitor=\"val_loss\", patience=3)', ...;\nmay be given several times"},
        {"history", 0, CLI_TEXT, &a.history, 0, "FILE.json", "every epoch's numbers; - is stdout"},
        {"verbose", 0, CLI_VERBOSE, &a.verbose, 0, "V",
            "auto, 0 (silent), 1 (bar), 2 (one line an epoch); auto is\n1 on a terminal, else 2"},
    };
    syntax.options = options;
    syntax.n_options = sizeof options / sizeof options[0];
    int code = CLI_DONE;
    if (cli_parse(&code, cli, &syntax, argc, argv)) {
        code = check(cli, &a);
        if (code == CLI_DONE) {
            code = fit(cli, &a);
        }
    }
    free_lists(&a);
    return code;
}

const struct command cli_fit = {
    .name = "fit",
    .about = "train a model",
    .run = run,
};
