/* SPDX-License-Identifier: MIT */
/* Keras' progress bar, byte for byte, as CLK_LOG_PROGRESS text. Follows keras/src/utils/progbar.py and
 * keras/src/callbacks/progbar_logger.py. */
#include "train/train.h"

#include <inttypes.h>
#include <math.h>
#include <time.h>

enum {
    BAR_WIDTH = 20,
    SILENT = 0,
    BAR = 1,
    LINE = 2,
};

/* Between two showings. Keras shows every 0.05 s, having the numbers at hand; here each showing reads
 * sums back from the device. */
static const double interval = 0.1;

/* Below this, numbers are shown with an exponent. */
static const double small = 1e-3;

/* ANSI: bold, green, white, and back. */
#define BOLD  "\x1b[1m"
#define GREEN "\x1b[32m"
#define WHITE "\x1b[37m"
#define RESET "\x1b[0m"

double clk__clock(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void clk__progress_epoch(const struct progress *p, int64_t epoch, int64_t n_epochs)
{
    if (p->verbose != SILENT && n_epochs > 1)
        clk__log(CLK_LOG_PROGRESS, "Epoch %" PRId64 "/%" PRId64 "\n", epoch + 1, n_epochs);
}

clk_status clk__progress_verbose(int *out, int verbose)
{
    static const int numbers[] = {[CLK_VERBOSE_AUTO] = 1,
        [CLK_VERBOSE_SILENT] = 0,
        [CLK_VERBOSE_BAR] = 1,
        [CLK_VERBOSE_LINE] = 2};
    if (verbose < 0 || verbose > CLK_VERBOSE_LINE)
        return clk__fail(CLK_ERR_ARG, "verbose must be one of CLK_VERBOSE_*, not %d", verbose);
    *out = numbers[verbose];
    return CLK_OK;
}

void clk__progress_init(struct progress *p, int verbose, int64_t steps)
{
    *p = (struct progress){
        .verbose = verbose,
        .target = steps,
        .start = clk__clock(),
        .last_update = -HUGE_VAL,
        .time_after_first = -HUGE_VAL,
    };
}

bool clk__progress_due(const struct progress *p, int64_t step)
{
    if (p->verbose != BAR)
        return false;
    return step >= p->target || clk__clock() - p->last_update >= interval;
}

/* Leaves out the first step, which also compiles, as soon as there is another. */
static double step_seconds(struct progress *p, int64_t step, double now)
{
    if (step < 1)
        return 0;
    double seconds = (now - p->start) / (double)step;
    if (p->time_after_first > -HUGE_VAL && step > 1)
        seconds = (now - p->time_after_first) / (double)(step - 1);
    if (step == 1)
        p->time_after_first = now;
    return seconds;
}

static void add_step_time(struct str *out, double seconds)
{
    if (seconds >= 1 || seconds == 0)
        clk__str_addf(out, " %.0fs/step", seconds);
    else if (seconds >= 1e-3)
        clk__str_addf(out, " %.0fms/step", seconds * 1e3);
    else
        clk__str_addf(out, " %.0fus/step", seconds * 1e6);
}

static void add_remaining(struct str *out, double seconds)
{
    int64_t whole = (int64_t)seconds;
    if (seconds > 3600)
        clk__str_addf(out, "%" PRId64 ":%02d:%02d", whole / 3600, (int)(whole % 3600 / 60),
            (int)(whole % 60));
    else if (seconds > 60)
        clk__str_addf(out, "%" PRId64 ":%02d", whole / 60, (int)(whole % 60));
    else
        clk__str_addf(out, "%" PRId64 "s", whole);
}

/* C may write "-nan", Python never does. */
static void add_metrics(struct str *out, const struct progress *p, const clk_logs *logs)
{
    for (size_t i = 0; logs && i < logs->n; i++) {
        double v = logs->values[i];
        double size = p->verbose == BAR ? fabs(v) : v;
        clk__str_addf(out, " - %s: ", logs->names[i]);
        if (isnan(v))
            clk__str_add(out, "nan");
        else
            clk__str_addf(out, size > small ? "%.4f" : "%.4e", v);
    }
}

static int count_digits(int64_t n)
{
    int digits = 1;
    for (; n >= 10; n /= 10)
        digits++;
    return digits;
}

static void add_repeated(struct str *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        clk__str_add(out, text);
}

/* Columns that the text takes on a terminal: characters outside of escape sequences. */
static size_t count_columns(const char *text)
{
    size_t n = 0;
    bool escaped = false;
    for (; *text; text++) {
        if (*text == '\x1b')
            escaped = true;
        bool continues = ((unsigned char)*text & 0xc0) == 0x80;
        if (!escaped && !continues)
            n++;
        if (*text == 'm')
            escaped = false;
    }
    return n;
}

static void add_bar(struct str *out, const struct progress *p, int64_t step)
{
    clk__str_addf(
        out, BOLD "%*" PRId64 "/%" PRId64 RESET " ", count_digits(p->target), step, p->target);
    size_t done = (size_t)(BAR_WIDTH * ((double)step / (double)p->target));
    if (done > BAR_WIDTH)
        done = BAR_WIDTH;
    if (done > 0) {
        clk__str_add(out, GREEN);
        add_repeated(out, "━", done);
        clk__str_add(out, RESET);
    }
    clk__str_add(out, WHITE);
    add_repeated(out, "━", BAR_WIDTH - done);
    clk__str_add(out, RESET);
}

/* The bar over what is on the line: rewound by backspaces, the rest wiped by spaces. */
static void add_bar_line(struct str *out, struct progress *p, int64_t step, const clk_logs *logs,
    bool finalize, double now)
{
    double seconds = step_seconds(p, step, now);
    struct str line = {0};
    add_bar(&line, p, step);
    clk__str_add(&line, " " BOLD);
    if (finalize)
        clk__str_addf(&line, "%.0fs", now - p->start);
    else
        add_remaining(&line, seconds * (double)(p->target - step));
    clk__str_add(&line, RESET);
    add_step_time(&line, seconds);
    add_metrics(&line, p, logs);
    add_repeated(out, "\b", p->width);
    clk__str_add(out, "\r");
    if (line.failed)
        out->failed = true;
    else
        clk__str_add(out, line.data);
    size_t width = line.failed ? 0 : count_columns(line.data);
    if (p->width > width)
        add_repeated(out, " ", p->width - width);
    p->width = width;
    clk__str_add(out, finalize ? "\n" : "");
    clk__str_fini(&line);
}

void clk__progress_text(struct str *out, struct progress *p, int64_t step, const clk_logs *logs,
    bool finalize, double now)
{
    if (p->verbose == BAR) {
        add_bar_line(out, p, step, logs, finalize, now);
    } else if (p->verbose == LINE && finalize) {
        clk__str_addf(out, "%*" PRId64 "/%" PRId64 " - %.0fs -", count_digits(p->target), step,
            p->target, now - p->start);
        add_step_time(out, step_seconds(p, step, now));
        add_metrics(out, p, logs);
        clk__str_add(out, "\n");
    }
    p->seen = step;
    p->last_update = now;
}

void clk__progress_show(struct progress *p, int64_t step, const clk_logs *logs, bool finalize)
{
    struct str text = {0};
    clk__progress_text(&text, p, step, logs, finalize, clk__clock());
    /* Without memory for a line there is none; training goes on. */
    if (!text.failed && text.len > 0)
        clk__log(CLK_LOG_PROGRESS, "%s", text.data);
    clk__str_fini(&text);
}

void clk__progress_show_sorted(
    struct progress *p, int64_t step, const clk_logs *logs, bool finalize)
{
    clk_logs *sorted = NULL;
    /* Without memory to sort, nothing is shown. */
    if (clk__logs_create(&sorted) == CLK_OK && clk__logs_add_sorted(sorted, logs, "") == CLK_OK)
        clk__progress_show(p, step, sorted, finalize);
    clk_logs_free(sorted);
}
