/* SPDX-License-Identifier: MIT */
/* Makes a functional model of a graph's text: names become layers and tensors. */
#include "graph.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_TENSORS = 16, /* that one layer is called on */
    MESSAGE = 1024
};

/* What a name stands for; the last one of a name holds. */
struct meaning {
    struct span name;
    clk_tensor tensor;
    clk_layer *layer; /* NULL: a tensor */
    bool names_layer; /* a layer was named after it */
};

struct graph {
    struct cli *cli;
    clk_model *model;
    const struct graph_source *source;
    struct meaning *meanings;
    size_t n_meanings;
    bool returned;
};

/* What a layer is called on. */
struct call_inputs {
    clk_tensor tensors[MOST_TENSORS];
    size_t n;
    char *keywords; /* "attention_mask=2, use_causal_mask=True"; owned */
    FILE *writer;   /* of keywords */
    size_t size;
};

static const char *move(const char *p, int n_characters)
{
    while (*p && n_characters > 0) {
        for (p++; ((unsigned char)*p & 0xc0) == 0x80; p++) {
        }
        n_characters--;
    }
    return p;
}

/* One line that tells where: "graph.txt: line 3, column 5: ...". @return false */
static bool fail(const struct graph *g, const char *at, const char *format, ...) CLK_PRINTF(3, 4);
static bool fail(const struct graph *g, const char *at, const char *format, ...)
{
    int line = 1;
    int column = 1;
    for (const char *c = g->source->text; c < at; c++) {
        if (*c == '\n') {
            line++;
            column = 1;
        } else {
            column += ((unsigned char)*c & 0xc0) != 0x80;
        }
    }
    char message[MESSAGE];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    const char *file = g->source->file;
    cli_fail_text(g->cli, "%s%sline %d, column %d: %s", file ? file : "", file ? ": " : "", line,
        column, message);
    return false;
}

/* The library's last error, about the layer at `at`; where it counts columns, they are moved to those of the text. */
static bool fail_library(const struct graph *g, const char *at)
{
    static const char column[] = "column ";
    const char *text = clk_last_error();
    if (strncmp(text, column, sizeof column - 1) == 0) {
        char *end = NULL;
        const long n = strtol(text + sizeof column - 1, &end, 10);
        if (n > 0 && n < INT_MAX && strncmp(end, ": ", 2) == 0) {
            return fail(g, move(at, (int)n - 1), "%s", end + 2);
        }
    }
    return fail(g, at, "%s", text);
}

static struct meaning *find(const struct graph *g, struct span name)
{
    for (size_t i = g->n_meanings; i-- > 0;) {
        struct meaning *m = &g->meanings[i];
        if (m->name.n == name.n && strncmp(m->name.start, name.start, name.n) == 0) {
            return m;
        }
    }
    return NULL;
}

static bool define(struct graph *g, const struct meaning *meaning)
{
    struct meaning *grown = realloc(g->meanings, (g->n_meanings + 1) * sizeof *grown);
    if (!grown) {
        return fail(g, meaning->name.start, "out of memory");
    }
    g->meanings = grown;
    g->meanings[g->n_meanings++] = *meaning;
    return true;
}

static bool find_tensor(clk_tensor *out, const struct graph *g, struct span name)
{
    const struct meaning *m = find(g, name);
    if (!m) {
        return fail(g, name.start, "nothing is named \"%.*s\" above", (int)name.n, name.start);
    }
    if (m->layer) {
        return fail(g, name.start, "\"%.*s\" is a layer, not what a layer gives: call it first",
            (int)name.n, name.start);
    }
    *out = m->tensor;
    return true;
}

static bool add_tensor(const struct graph *g, struct call_inputs *in, struct span name)
{
    if (in->n == MOST_TENSORS) {
        return fail(g, name.start, "more than %d inputs of one layer", MOST_TENSORS);
    }
    return find_tensor(&in->tensors[in->n], g, name) && ++in->n > 0;
}

/* NAME=VALUE. The library knows a tensor by its number among the inputs. */
static bool add_keyword(
    const struct graph *g, struct call_inputs *in, struct span keyword, struct span value)
{
    fprintf(
        in->writer, "%s%.*s=", ftell(in->writer) > 0 ? ", " : "", (int)keyword.n, keyword.start);
    const struct meaning *m = find(g, value);
    if (m && !m->layer) {
        fprintf(in->writer, "%zu", in->n);
        return add_tensor(g, in, value);
    }
    fprintf(in->writer, "%.*s", (int)value.n, value.start);
    return true;
}

/* An operand of an operation: ops.multiply()(x, 0.5). */
static bool read_number(
    const struct graph *g, struct call_inputs *in, const char **p, const char *end)
{
    char *stop = NULL;
    const double number = strtod(*p, &stop);
    if (stop == *p || stop > end) {
        return fail(g, *p, "expected the name of a tensor, or a number: one call a line");
    }
    if (in->n == MOST_TENSORS) {
        return fail(g, *p, "more than %d inputs of one layer", MOST_TENSORS);
    }
    in->tensors[in->n++] = clk_number(number);
    *p = cli_graph_skip(stop, end);
    return true;
}

/* Of integers, or as floats; an error latches in the model. */
static clk_tensor constant(clk_model *model, const struct graph_array *a)
{
    clk_array array = {.rank = a->rank, .dtype = a->integers ? CLK_INT32 : CLK_FLOAT32};
    int32_t *integers = calloc(a->n, sizeof *integers);
    float *floats = calloc(a->n, sizeof *floats);
    for (size_t i = 0; integers && floats && i < a->n; i++) {
        const double v = a->values[i];
        integers[i] = v > INT32_MIN && v < INT32_MAX ? (int32_t)v : INT32_MAX;
        floats[i] = (float)v;
    }
    array.data = a->integers ? (const void *)integers : floats;
    memcpy(array.shape, a->shape, sizeof array.shape);
    const clk_tensor t = clk_constant(model, array);
    free(integers);
    free(floats);
    return t;
}

/* An array as an operand: ops.take(axis=1)(x, [0, 2]). */
static bool read_array(
    const struct graph *g, struct call_inputs *in, const char **p, const char *end)
{
    const char *at = *p;
    struct graph_array array = {0};
    struct graph_fault fault = {0};
    bool done = cli_graph_array(&array, &fault, p, end);
    if (!done) {
        fail(g, fault.at, "%s", fault.message);
    } else if (in->n == MOST_TENSORS) {
        done = fail(g, at, "more than %d inputs of one layer", MOST_TENSORS);
    } else {
        in->tensors[in->n++] = constant(g->model, &array);
    }
    free(array.values);
    return done;
}

/* The next argument at *p. */
static bool read_input(
    const struct graph *g, struct call_inputs *in, const char **p, const char *end)
{
    const struct span name = {*p, cli_graph_name(*p, end)};
    if (name.n == 0) {
        return read_number(g, in, p, end);
    }
    *p = cli_graph_skip(*p + name.n, end);
    if (*p < end && **p == '=') {
        const char *value = cli_graph_skip(*p + 1, end);
        const char *stop = cli_graph_value_end(value, end);
        struct span text = {value, (size_t)(stop - value)};
        *p = stop;
        while (text.n > 0 && strchr(" \t\r\n", text.start[text.n - 1])) {
            text.n--;
        }
        return add_keyword(g, in, name, text);
    }
    if (*p < end && !strchr(",])", **p)) {
        return fail(g, *p, "expected \",\" or \")\": one call a line");
    }
    return add_tensor(g, in, name);
}

/* a, b  or  [a, b]  or  q, v, use_causal_mask=True */
static bool read_inputs(const struct graph *g, struct call_inputs *in, struct span text)
{
    const char *end = text.start + text.n;
    for (const char *p = cli_graph_skip(text.start, end); p < end; p = cli_graph_skip(p, end)) {
        if (cli_graph_is_array(p, end)) {
            if (!read_array(g, in, &p, end)) {
                return false;
            }
        } else if (strchr(",[]()", *p)) {
            p++;
        } else if (!read_input(g, in, &p, end)) {
            return false;
        }
    }
    return in->n > 0 || fail(g, text.start, "a layer is called on one tensor at least");
}

static bool has_name(struct span arguments)
{
    const char *end = arguments.start + arguments.n;
    for (const char *p = arguments.start; p < end; p++) {
        p = cli_graph_skip(p, end);
        const struct span word = {p, cli_graph_name(p, end)};
        const char *behind = cli_graph_skip(p + word.n, end);
        if (cli_span_is(word, "name") && behind < end && *behind == '=') {
            return true;
        }
        p = cli_graph_value_end(p, end);
    }
    return false;
}

/* "Dense(8, name='x')": on one line, so that columns count from `head`. Owned by the caller; NULL: no memory. */
static char *expression(const struct graph *g, const struct statement *s)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    if (!f) {
        return NULL;
    }
    const struct span arguments = s->first;
    const size_t opening = (size_t)(arguments.start - s->head.start);
    bool comment = false;
    bool empty = true;
    char last = '\0';
    for (size_t i = 0; i < opening + arguments.n; i++) {
        const char c = s->head.start[i];
        comment = c == '#' ? true : c == '\n' ? false : comment;
        const bool blank = comment || c == '\n';
        fputc(blank ? ' ' : c, f);
        if (i >= opening && !blank && !strchr(" \t\r", c)) {
            empty = false;
            last = c;
        }
    }
    if (!has_name(arguments)) {
        size_t earlier = 0;
        for (size_t i = 0; i < g->n_meanings; i++) {
            const struct meaning *m = &g->meanings[i];
            earlier += m->names_layer && m->name.n == s->names[0].n &&
                       strncmp(m->name.start, s->names[0].start, m->name.n) == 0;
        }
        fprintf(f, "%sname='%.*s",
            empty         ? ""
            : last == ',' ? " "
                          : ", ",
            (int)s->names[0].n, s->names[0].start);
        if (earlier > 0) {
            fprintf(f, "_%zu", earlier);
        }
        fputc('\'', f);
    }
    fputc(')', f);
    return fclose(f) == 0 ? text : NULL;
}

/* The names to the left of = are the outputs of a call. */
static bool define_outputs(
    struct graph *g, const struct statement *s, clk_tensor tensor, bool names_layer)
{
    for (size_t i = 0; i < s->n_names; i++) {
        const struct meaning m = {.name = s->names[i],
            .tensor = {.id = tensor.id, .output = (int)i},
            .names_layer = names_layer && i == 0};
        if (!define(g, &m)) {
            return false;
        }
    }
    return true;
}

static bool call(struct graph *g, const struct statement *s, clk_layer *layer, bool names_layer)
{
    struct call_inputs in = {0};
    in.writer = open_memstream(&in.keywords, &in.size);
    if (!in.writer) {
        return fail(g, s->head.start, "out of memory");
    }
    bool done = read_inputs(g, &in, s->second.start ? s->second : s->first);
    if (fclose(in.writer) != 0 && done) {
        done = fail(g, s->head.start, "out of memory");
    }
    if (done) {
        const clk_tensor t = clk_layer_call_with(
            g->model, layer, in.tensors, in.n, in.keywords[0] ? in.keywords : NULL);
        done = t.id >= 0 ? define_outputs(g, s, t, names_layer) : fail_library(g, s->head.start);
    }
    free(in.keywords);
    return done;
}

/* A new layer: an Input, or one that is called now or kept for later. */
static bool make(struct graph *g, const struct statement *s)
{
    char *text = expression(g, s);
    bool done = text != NULL;
    if (!done) {
        fail(g, s->head.start, "out of memory");
    } else if (cli_span_is(s->head, "Input") || cli_span_is(s->head, "keras.Input")) {
        const clk_tensor t = clk_input(g->model, text);
        done = t.id >= 0 ? define_outputs(g, s, t, true) : fail_library(g, s->head.start);
    } else {
        clk_layer *layer = NULL;
        done = clk_layer_create(&layer, g->model, text) == CLK_OK;
        if (!done) {
            fail_library(g, s->head.start);
        } else if (s->second.start) {
            done = call(g, s, layer, true);
        } else {
            const struct meaning m = {.name = s->names[0], .layer = layer, .names_layer = true};
            done = define(g, &m);
        }
    }
    free(text);
    return done;
}

static bool assign(struct graph *g, const struct statement *s)
{
    const struct meaning *m = find(g, s->head);
    if (!s->first.start) {
        return fail(g, s->head.start + s->head.n, "expected \"(\"");
    }
    if (!m) {
        return make(g, s);
    }
    if (!m->layer) {
        return fail(g, s->head.start, "\"%.*s\" is no layer: it cannot be called", (int)s->head.n,
            s->head.start);
    }
    if (s->second.start) {
        return fail(g, s->second.start - 1, "expected the end of the line: one call a line");
    }
    return call(g, s, m->layer, false);
}

static bool set_outputs(struct graph *g, const struct statement *s)
{
    clk_tensor outputs[GRAPH_MOST_NAMES];
    for (size_t i = 0; i < s->n_names; i++) {
        if (!find_tensor(&outputs[i], g, s->names[i])) {
            return false;
        }
    }
    g->returned = true;
    return clk_model_outputs(g->model, outputs, s->n_names) == CLK_OK ||
           fail_library(g, s->names[0].start);
}

int cli_read_graph(struct cli *cli, clk_model *model, const struct graph_source *source)
{
    struct graph g = {.cli = cli, .model = model, .source = source};
    const char *p = source->text;
    bool done = true;
    while (done) {
        struct statement s;
        struct graph_fault fault = {0};
        if (!cli_graph_statement(&s, &fault, p)) {
            done = fail(&g, fault.at, "%s", fault.message);
        } else if (s.n_names == 0) {
            break;
        } else if (g.returned) {
            done = fail(&g, s.names[0].start, "nothing can follow return");
        } else {
            done = s.returns ? set_outputs(&g, &s) : assign(&g, &s);
        }
        p = s.next;
    }
    if (done && !g.returned) {
        done = fail(&g, source->text + strlen(source->text),
            "\"return\" is missing: it names what the model gives");
    }
    free(g.meanings);
    return done ? CLI_DONE : CLI_FAILED;
}
