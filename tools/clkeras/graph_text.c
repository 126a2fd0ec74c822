/* SPDX-License-Identifier: MIT */
/* The words of a graph's text: statements, names, brackets. */
#include "graph.h"

#include <ctype.h>
#include <string.h>

bool cli_span_is(struct span s, const char *text)
{
    return strlen(text) == s.n && strncmp(s.start, text, s.n) == 0;
}

static bool starts_name(char c)
{
    return isalpha((unsigned char)c) || c == '_' || ((unsigned char)c & 0x80) != 0;
}

size_t cli_graph_name(const char *p, const char *end)
{
    size_t n = 0;
    if (p < end && starts_name(*p)) {
        while (p + n < end && (starts_name(p[n]) || isdigit((unsigned char)p[n]))) {
            n++;
        }
    }
    return n;
}

static const char *skip_comment(const char *p, const char *end)
{
    while (p < end && *p != '\n') {
        p++;
    }
    return p;
}

const char *cli_graph_skip(const char *p, const char *end)
{
    while (p < end && (isspace((unsigned char)*p) || *p == '#')) {
        p = *p == '#' ? skip_comment(p, end) : p + 1;
    }
    return p;
}

static const char *skip_blanks(const char *p)
{
    while (*p == ' ' || *p == '\t' || *p == '\r') {
        p++;
    }
    return p;
}

/* Behind the quote that closes the string at p; `end` if none does. */
static const char *skip_string(const char *p, const char *end)
{
    const char quote = *p++;
    while (p < end && *p != quote && *p != '\n') {
        p += *p == '\\' && p + 1 < end ? 2 : 1;
    }
    return p < end && *p == quote ? p + 1 : end;
}

const char *cli_graph_value_end(const char *p, const char *end)
{
    int depth = 0;
    while (p < end) {
        if (*p == '\'' || *p == '"') {
            p = skip_string(p, end);
            continue;
        }
        if (*p == '#') {
            p = skip_comment(p, end);
            continue;
        }
        const bool closes = strchr(")]}", *p) != NULL;
        if (depth == 0 && (*p == ',' || closes)) {
            return p;
        }
        depth += (strchr("([{", *p) != NULL) - closes;
        p++;
    }
    return end;
}

static bool fail(struct graph_fault *fault, const char *at, const char *message)
{
    fault->at = at;
    fault->message = message;
    return false;
}

/* What is in the brackets at *p, which open there. */
static bool read_brackets(struct span *out, struct graph_fault *fault, const char **p)
{
    const char *open = *p;
    const char *end = open + strlen(open);
    const char *at = open + 1;
    for (;;) {
        at = cli_graph_value_end(at, end);
        if (at == end) {
            return fail(fault, open, "this bracket is not closed");
        }
        if (*at != ',') {
            break;
        }
        at++;
    }
    if (*at != ')') {
        return fail(fault, at, "expected \")\"");
    }
    out->start = open + 1;
    out->n = (size_t)(at - out->start);
    *p = at + 1;
    return true;
}

static bool read_names(struct statement *s, struct graph_fault *fault, const char **p)
{
    const char *const end = *p + strlen(*p);
    for (;;) {
        const char *at = skip_blanks(*p);
        const size_t n = cli_graph_name(at, end);
        if (n == 0) {
            return fail(fault, at, "expected a name");
        }
        if (s->n_names == GRAPH_MOST_NAMES) {
            return fail(fault, at, "more than 16 names");
        }
        s->names[s->n_names].start = at;
        s->names[s->n_names++].n = n;
        *p = skip_blanks(at + n);
        if (**p != ',') {
            return true;
        }
        ++*p;
    }
}

static bool read_return(struct statement *s, struct graph_fault *fault, const char **p)
{
    *p = skip_blanks(*p);
    const bool list = **p == '[';
    const bool tuple = **p == '(';
    *p += list || tuple;
    if (!read_names(s, fault, p)) {
        return false;
    }
    if (list && **p != ']') {
        return fail(fault, *p, "expected \"]\"");
    }
    if (tuple && **p != ')') {
        return fail(fault, *p, "expected \")\"");
    }
    *p += list || tuple;
    return true;
}

/* keras.layers.Dense(1)(x) */
static bool read_call(struct statement *s, struct graph_fault *fault, const char **p)
{
    const char *const end = *p + strlen(*p);
    s->head.start = *p = skip_blanks(*p);
    size_t n = cli_graph_name(*p, end);
    if (n == 0) {
        return fail(fault, *p, "expected a layer, such as Dense(10)");
    }
    for (*p += n; **p == '.' && (n = cli_graph_name(*p + 1, end)) > 0; *p += n) {
        ++*p;
    }
    s->head.n = (size_t)(*p - s->head.start);
    *p = skip_blanks(*p);
    if (**p == '(' && !read_brackets(&s->first, fault, p)) {
        return false;
    }
    *p = skip_blanks(*p);
    return !s->first.start || **p != '(' || read_brackets(&s->second, fault, p);
}

bool cli_graph_statement(struct statement *out, struct graph_fault *fault, const char *p)
{
    const char *const end = p + strlen(p);
    memset(out, 0, sizeof *out);
    p = cli_graph_skip(p, end);
    out->next = p;
    if (p == end) {
        return true;
    }
    const struct span word = {p, cli_graph_name(p, end)};
    out->returns = cli_span_is(word, "return");
    if (out->returns) {
        p += word.n;
        if (!read_return(out, fault, &p)) {
            return false;
        }
    } else {
        if (!read_names(out, fault, &p)) {
            return false;
        }
        if (*p != '=') {
            return fail(fault, p, "expected \"=\", as in x = Dense(10)(x)");
        }
        p++;
        if (!read_call(out, fault, &p)) {
            return false;
        }
    }
    p = skip_blanks(p);
    if (p < end && *p != '\n' && *p != '#') {
        return fail(fault, p, "expected the end of the line: one call a line");
    }
    out->next = p;
    return true;
}

bool cli_is_statement(const char *text)
{
    const char *const end = text + strlen(text);
    const char *p = cli_graph_skip(text, end);
    const struct span word = {p, cli_graph_name(p, end)};
    const char *behind = skip_blanks(p + word.n);
    return word.n > 0 && (*behind == '=' || *behind == ',' || cli_span_is(word, "return"));
}
