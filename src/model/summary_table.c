/* SPDX-License-Identifier: MIT */
/* The table of a summary, byte for byte. Follows keras/src/utils/summary_utils.py, and the package rich, which draws
 * it: where words wrap, what becomes an ellipsis, how columns share the width. */
#include "model/summary_table.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_COLUMNS = 4,
    NUMBER_COLUMN = 2,
    MARGIN = 4, /* of the table in the terminal */
    PARAM_BYTES = 4,
    NUMBER_TEXT = 64,
};

/* Keras gives the columns parts of the line and forgets borders and padding; rich then takes the 10 or 13 characters
 * that are too many from all columns alike. */
struct layout {
    int n_columns;
    int max_line;
    double ends[MOST_COLUMNS];
    int taken[MOST_COLUMNS];
};
static const struct layout plain = {3, 88, {0.45, 0.80, 1.0}, {3, 4, 3}};
static const struct layout connected = {4, 108, {0.3, 0.56, 0.74, 1.0}, {3, 3, 4, 3}};

struct table {
    struct str *out;
    int n_columns;
    size_t widths[MOST_COLUMNS];
};

/* Where the lines of a wrapped text begin, in bytes. Zeroed = none. */
struct lines {
    size_t *starts;
    size_t n, capacity;
};

struct cell {
    const char *text;
    struct lines lines;
    size_t width;
    bool right; /* justified */
};

/* ---- columns of a terminal: one a character (wide characters are not known here) ---- */

static bool starts_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

static size_t count_columns(const char *s, size_t n_bytes)
{
    size_t n = 0;
    for (size_t i = 0; i < n_bytes; i++)
        n += starts_character(s[i]);
    return n;
}

/* Bytes of the first n characters. */
static size_t bytes_of(const char *s, size_t n_bytes, size_t n)
{
    size_t i = 0;
    for (; i < n_bytes; i++) {
        if (starts_character(s[i]) && n-- == 0)
            break;
    }
    return i;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* ---- wrapping ---- */

static clk_status add_line(struct lines *l, size_t start)
{
    TRY(clk__grow(&l->starts, &l->capacity, l->n, sizeof(*l->starts)));
    l->starts[l->n++] = start;
    return CLK_OK;
}

/* A word that fits on no line, cut into pieces of the width. @param used of the last piece's line */
static clk_status fold_word(
    struct lines *l, size_t *used, const char *text, size_t start, size_t end, size_t width)
{
    while (start < end) {
        size_t n = bytes_of(text + start, end - start, width);
        if (start > 0)
            TRY(add_line(l, start));
        *used = count_columns(text + start, n);
        start += n;
    }
    return CLK_OK;
}

/* rich's divide_line: a word is what is between spaces, with those that follow it. */
static clk_status wrap(struct lines *l, const char *text, size_t width, bool fold)
{
    size_t used = 0, start = 0;
    TRY(add_line(l, 0));
    while (text[start] != '\0') {
        size_t end = start, next;
        while (is_space(text[end]))
            end++;
        while (text[end] != '\0' && !is_space(text[end]))
            end++;
        for (next = end; is_space(text[next]);)
            next++;
        size_t word = count_columns(text + start, end - start);
        size_t whole = count_columns(text + start, next - start);
        if (used + word <= width) {
            used += whole;
        } else if (word > width && fold) {
            TRY(fold_word(l, &used, text, start, next, width));
        } else {
            if (start > 0)
                TRY(add_line(l, start));
            used = whole;
        }
        start = next;
    }
    return CLK_OK;
}

/* Line i, without the spaces that stand beyond the width. */
static const char *line_at(
    size_t *n_bytes, const struct lines *l, const char *text, size_t i, size_t width)
{
    const char *line = text + l->starts[i];
    size_t n = i + 1 < l->n ? l->starts[i + 1] - l->starts[i] : strlen(line);
    size_t columns = count_columns(line, n);
    for (; columns > width && n > 0 && is_space(line[n - 1]); columns--)
        n--;
    *n_bytes = n;
    return line;
}

/* A line above or below the table; a word too long is cut. */
static clk_status add_wrapped(struct str *out, const char *text, size_t width)
{
    struct lines lines = {0};
    clk_status status = wrap(&lines, text, width, true);
    for (size_t i = 0; status == CLK_OK && i < lines.n; i++) {
        size_t n;
        const char *line = line_at(&n, &lines, text, i, width);
        clk__str_addn(out, line, n);
        clk__str_add(out, "\n");
    }
    free(lines.starts);
    return status;
}

/* ---- the table ---- */

static void add_repeated(struct str *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        clk__str_add(out, text);
}

/* Line i of a cell (blank after the last one), filled to its width; what is too long ends in an ellipsis. */
static void add_cell_line(struct str *out, const struct cell *c, size_t i)
{
    size_t n = 0;
    const char *line = i < c->lines.n ? line_at(&n, &c->lines, c->text, i, c->width) : "";
    while (c->right && n > 0 && is_space(line[n - 1]))
        n--;
    size_t columns = count_columns(line, n);
    bool cut = columns > c->width;
    if (cut) {
        n = bytes_of(line, n, c->width - 1);
        columns = c->width;
    }
    if (c->right)
        add_repeated(out, " ", c->width - columns);
    clk__str_addn(out, line, n);
    clk__str_add(out, cut ? "…" : "");
    if (!c->right)
        add_repeated(out, " ", c->width - columns);
}

/* @param bottom the head's cells stand at the bottom of their row, others at its top */
static clk_status add_row(
    const struct table *t, const char *const texts[MOST_COLUMNS], const char *border, bool bottom)
{
    clk_status status = CLK_OK;
    struct cell cells[MOST_COLUMNS] = {{0}};
    size_t height = 0;
    for (int c = 0; c < t->n_columns; c++) {
        cells[c] =
            (struct cell){.text = texts[c], .width = t->widths[c], .right = c == NUMBER_COLUMN};
        TRY_DONE(wrap(&cells[c].lines, texts[c], t->widths[c], false));
        if (cells[c].lines.n > height)
            height = cells[c].lines.n;
    }
    for (size_t i = 0; i < height; i++) {
        for (int c = 0; c < t->n_columns; c++) {
            clk__str_addf(t->out, "%s ", border);
            size_t n = cells[c].lines.n, above = bottom ? height - n : 0;
            add_cell_line(t->out, &cells[c], i < above ? n : i - above);
            clk__str_add(t->out, " ");
        }
        clk__str_addf(t->out, "%s\n", border);
    }
done:
    for (int c = 0; c < t->n_columns; c++)
        free(cells[c].lines.starts);
    return status;
}

/* A line between rows: its left end, its line, its crossings, its right end. */
static void add_rule(const struct table *t, const char *const parts[4])
{
    for (int c = 0; c < t->n_columns; c++) {
        clk__str_add(t->out, parts[c == 0 ? 0 : 2]);
        add_repeated(t->out, parts[1], t->widths[c] + 2);
    }
    clk__str_addf(t->out, "%s\n", parts[3]);
}

static void share_width(struct table *t, const struct layout *l, int columns)
{
    int line = columns - MARGIN < l->max_line ? columns - MARGIN : l->max_line;
    int start = 0;
    t->n_columns = l->n_columns;
    for (int c = 0; c < l->n_columns; c++) {
        int end = (int)(l->ends[c] * line);
        t->widths[c] = (size_t)(end - start - l->taken[c]);
        start = end;
    }
}

/* "1,234,567" */
static const char *number_text(char buf[NUMBER_TEXT], int64_t n)
{
    char digits[NUMBER_TEXT / 2];
    int len = snprintf(digits, sizeof(digits), "%" PRId64, n), at = 0;
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            buf[at++] = ',';
        buf[at++] = digits[i];
    }
    buf[at] = '\0';
    return buf;
}

static clk_status add_layer(const struct table *t, const struct summary_row *row)
{
    char number[NUMBER_TEXT];
    struct str name = {0}, params = {0};
    clk__str_addf(&name, "%s (%s)", row->name, row->class_name);
    clk__str_addf(
        &params, "%s%s", number_text(number, row->n_params), row->unbuilt ? " (unbuilt)" : "");
    const char *const texts[MOST_COLUMNS] = {name.data, row->shape, params.data, row->connections};
    bool failed = name.failed || params.failed;
    clk_status status = failed ? clk__fail_memory() : add_row(t, texts, "│", false);
    clk__str_fini(&name);
    clk__str_fini(&params);
    return status;
}

static clk_status add_table(struct str *out, const struct summary *s, int columns)
{
    static const char *const top[] = {"┏", "━", "┳", "┓"};
    static const char *const head[] = {"┡", "━", "╇", "┩"};
    static const char *const between[] = {"├", "─", "┼", "┤"};
    static const char *const bottom[] = {"└", "─", "┴", "┘"};
    static const char *const titles[MOST_COLUMNS] = {
        "Layer (type)", "Output Shape", "Param #", "Connected to"};
    struct table t = {.out = out};
    share_width(&t, s->connected ? &connected : &plain, columns);
    add_rule(&t, top);
    TRY(add_row(&t, titles, "┃", true));
    add_rule(&t, head);
    for (size_t i = 0; i < s->n_rows; i++) {
        if (i > 0)
            add_rule(&t, between);
        TRY(add_layer(&t, &s->rows[i]));
    }
    add_rule(&t, bottom);
    return CLK_OK;
}

/* ---- the counts ---- */

static clk_status add_count(
    struct str *out, const char *what, int64_t n, int64_t more, size_t columns)
{
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB", "PB"};
    double size = (double)n * PARAM_BYTES + (double)more;
    int unit = 0;
    for (; size >= 1024 && unit < 5; unit++)
        size /= 1024;
    char number[NUMBER_TEXT], line[3 * NUMBER_TEXT];
    (void)snprintf(line, sizeof(line), " %s params: %s (%.2f %s)", what, number_text(number, n),
        size, units[unit]);
    return add_wrapped(out, line, columns);
}

clk_status clk__summary_text(struct str *out, const struct summary *s, int columns)
{
    size_t width = (size_t)columns;
    struct str title = {0};
    clk__str_addf(&title, "Model: \"%s\"", s->name);
    clk_status status = title.failed ? clk__fail_memory() : add_wrapped(out, title.data, width);
    clk__str_fini(&title);
    TRY(status);
    TRY(add_table(out, s, columns));
    int64_t optimizer = s->n_optimizer > 0 ? s->n_optimizer : 0;
    TRY(add_count(out, "Total", s->n_trainable + s->n_non_trainable + optimizer,
        s->more_trainable + s->more_non_trainable + s->more_optimizer, width));
    TRY(add_count(out, "Trainable", s->n_trainable, s->more_trainable, width));
    TRY(add_count(out, "Non-trainable", s->n_non_trainable, s->more_non_trainable, width));
    if (s->n_optimizer >= 0)
        TRY(add_count(out, "Optimizer", s->n_optimizer, s->more_optimizer, width));
    return CLK_OK;
}
