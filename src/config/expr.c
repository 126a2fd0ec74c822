/* SPDX-License-Identifier: MIT */
/* The parser of call expressions. It keeps a stack of the brackets that are open, so hostile nesting
 * costs no C stack, and bounds the text's length, the depth and the number of arguments. */
#include "config/expr.h"

#include "config/scan.h"

#include <assert.h>
#include <string.h>

enum {
    MAX_BYTES = 65536,
    MAX_DEPTH = 64,
    MAX_ARGS = 256,
};

enum frame_kind {
    FRAME_CALL,
    FRAME_TUPLE,
    FRAME_LIST,
    FRAME_DICT,
};

/* A bracket that is open. */
struct frame {
    enum frame_kind kind;
    struct expr *call;      /* CALL */
    struct expr_arg *first; /* CALL: the arguments; TUPLE, LIST that is an argument: the items */
    struct expr_arg *last;
    struct expr_arg *list; /* TUPLE, LIST: the argument that it is; NULL: it is none */
    int n_args;
    bool keywords; /* CALL: a keyword has been seen */
    bool comma;    /* a comma has been seen */
    json_t *items; /* the others: borrowed from what holds it */
    char *key;     /* CALL: the keyword, DICT: the key, of the item being read */
    int column;    /* of the item being read */
};

struct parser {
    struct scan in;
    struct expr_tree *tree;
    struct frame stack[MAX_DEPTH];
    int depth;
};

static clk_status copy_text(char **out, struct parser *s, const char *p, size_t n)
{
    *out = clk__arena_alloc(&s->tree->arena, n + 1, 1);
    if (!*out)
        return clk__fail_memory();
    memcpy(*out, p, n);
    return CLK_OK;
}

/* A dotted name's last part; p stands on a name. */
static clk_status read_name(char **out, struct parser *s)
{
    size_t n = clk__scan_name_len(s->in.p);
    while (s->in.p[n] == '.') {
        s->in.p += n + 1;
        n = clk__scan_name_len(s->in.p);
        if (n == 0)
            return clk__scan_expected(&s->in, "a name after the dot");
    }
    TRY(copy_text(out, s, s->in.p, n));
    s->in.p += n;
    return CLK_OK;
}

/* True, False, None; NULL if the name is none of them. */
static json_t *constant(const char *name)
{
    if (strcmp(name, "True") == 0)
        return json_true();
    if (strcmp(name, "False") == 0)
        return json_false();
    return strcmp(name, "None") == 0 ? json_null() : NULL;
}

static struct frame *top(struct parser *s)
{
    return &s->stack[s->depth - 1];
}

/* A new argument of the innermost call, or item of a list that is one: its frame's `last`. */
static clk_status add_arg(struct parser *s)
{
    struct frame *f = top(s);
    if (f->kind == FRAME_CALL && ++f->n_args > MAX_ARGS)
        return clk__scan_fail(&s->in, s->in.p, "more than %d arguments", MAX_ARGS);
    struct expr_arg *arg = clk__arena_alloc(&s->tree->arena, 1, sizeof(*arg));
    if (!arg)
        return clk__fail_memory();
    arg->keyword = f->key;
    arg->column = f->column;
    if (f->last)
        f->last->next = arg;
    else
        f->first = arg;
    f->last = arg;
    if (f->kind == FRAME_CALL)
        f->call->args = f->first;
    return CLK_OK;
}

/* Puts a value into the innermost bracket, taking it even on failure. */
static clk_status add_value(struct parser *s, json_t *value)
{
    struct frame *f = top(s);
    int rc = 0;
    if (f->kind == FRAME_CALL) {
        rc = json_array_append_new(s->tree->literals, value);
        if (rc == 0) {
            TRY(add_arg(s));
            f->last->value = value;
        }
    } else if (f->kind == FRAME_DICT) {
        rc = json_object_set_new_nocheck(f->items, f->key, value);
    } else {
        rc = json_array_append_new(f->items, value);
        if (rc == 0 && f->list) {
            TRY(add_arg(s));
            f->last->value = value;
        }
    }
    return rc == 0 ? CLK_OK : clk__fail_memory();
}

static clk_status push(struct parser *s, enum frame_kind kind)
{
    if (s->depth == MAX_DEPTH)
        return clk__scan_fail(&s->in, s->in.p, "nested deeper than %d levels", MAX_DEPTH);
    s->stack[s->depth++] = (struct frame){.kind = kind};
    return CLK_OK;
}

static clk_status open_literal(struct parser *s, enum frame_kind kind)
{
    json_t *items = kind == FRAME_DICT ? json_object() : json_array();
    if (!items)
        return clk__fail_memory();
    struct expr_arg *list = NULL;
    TRY(add_value(s, items));
    if (top(s)->kind == FRAME_CALL && kind != FRAME_DICT)
        list = top(s)->last;
    TRY(push(s, kind));
    top(s)->items = items;
    top(s)->list = list;
    s->in.p++;
    return CLK_OK;
}

/* A name: a constant, or one that stands for an object, whose call is opened if it is called. */
static clk_status read_named(bool *opened, struct parser *s)
{
    const char *start = s->in.p;
    char *name = NULL;
    TRY(read_name(&name, s));
    assert(name);
    json_t *value = s->depth > 0 ? constant(name) : NULL;
    if (value)
        return add_value(s, value);
    struct expr *e = clk__arena_alloc(&s->tree->arena, 1, sizeof(*e));
    if (!e)
        return clk__fail_memory();
    *e = (struct expr){.name = name, .column = clk__scan_column(&s->in, start)};
    if (s->depth == 0) {
        s->tree->root = e;
    } else if (top(s)->kind != FRAME_CALL && !top(s)->list) {
        return clk__scan_fail(&s->in, start,
            "%.40s inside a list or dict: expected a number, string, tuple or list", name);
    } else {
        TRY(add_arg(s));
        top(s)->last->call = e;
    }
    if (s->depth > 0 && top(s)->list) { /* it holds more than literals */
        top(s)->list->value = NULL;
        top(s)->list->items = top(s)->first;
    }
    clk__scan_space(&s->in);
    if (*s->in.p != '(')
        return CLK_OK;
    TRY(push(s, FRAME_CALL));
    top(s)->call = e;
    e->called = true;
    s->in.p++;
    *opened = true;
    return CLK_OK;
}

/* One value, or the opening of one. */
static clk_status read_value(bool *opened, struct parser *s)
{
    json_t *value = NULL;
    *opened = strchr("([{", *s->in.p) != NULL && *s->in.p != '\0';
    if (*s->in.p == '(')
        return open_literal(s, FRAME_TUPLE);
    if (*s->in.p == '[')
        return open_literal(s, FRAME_LIST);
    if (*s->in.p == '{')
        return open_literal(s, FRAME_DICT);
    if (clk__scan_name_start(*s->in.p))
        return read_named(opened, s);
    if (*s->in.p == '\'' || *s->in.p == '"')
        TRY(clk__scan_string(&value, &s->in));
    else if ((*s->in.p >= '0' && *s->in.p <= '9') || (*s->in.p != '\0' && strchr("+-.", *s->in.p)))
        TRY(clk__scan_number(&value, &s->in));
    else
        return clk__scan_expected(&s->in, "a value");
    return add_value(s, value);
}

/* The keyword of an argument, or the key of a dict's item, if there is one. */
static clk_status read_key(struct parser *s)
{
    struct frame *f = top(s);
    f->key = NULL;
    f->column = clk__scan_column(&s->in, s->in.p);
    if (f->kind == FRAME_DICT) {
        if (*s->in.p != '\'' && *s->in.p != '"')
            return clk__scan_expected(&s->in, "a key in quotes");
        json_t *key = NULL;
        TRY(clk__scan_string(&key, &s->in));
        clk_status status = copy_text(&f->key, s, json_string_value(key), json_string_length(key));
        json_decref(key);
        TRY(status);
        clk__scan_space(&s->in);
        if (*s->in.p != ':')
            return clk__scan_expected(&s->in, "a colon");
        s->in.p++;
    } else if (f->kind == FRAME_CALL) {
        size_t n = clk__scan_name_len(s->in.p);
        const char *after = s->in.p + n + strspn(s->in.p + n, " \t\r\n");
        bool keyword = n > 0 && *after == '=';
        if (f->keywords && !keyword)
            return clk__scan_fail(&s->in, s->in.p, "positional argument after one given by name");
        if (!keyword)
            return CLK_OK;
        TRY(copy_text(&f->key, s, s->in.p, n));
        for (const struct expr_arg *arg = f->call->args; arg; arg = arg->next) {
            if (arg->keyword && strcmp(f->key, arg->keyword) == 0)
                return clk__scan_fail(&s->in, s->in.p, "argument %.40s is given twice", f->key);
        }
        f->keywords = true;
        s->in.p = after + 1;
    }
    clk__scan_space(&s->in);
    return CLK_OK;
}

/* A tuple of one item without a comma is that item in parentheses. */
static clk_status unwrap(struct parser *s, const struct frame *closed)
{
    if (closed->kind != FRAME_TUPLE || closed->comma)
        return CLK_OK;
    if (closed->list && closed->list->items) {
        closed->list->call = closed->list->items->call;
        closed->list->items = NULL;
    }
    if (json_array_size(closed->items) != 1)
        return CLK_OK;
    json_t *item = json_array_get(closed->items, 0);
    struct frame *f = top(s);
    int rc = 0;
    if (f->kind == FRAME_CALL) {
        f->last->value = item;
    } else if (f->kind == FRAME_DICT) {
        rc = json_object_set_nocheck(f->items, f->key, item);
    } else {
        rc = json_array_set(f->items, json_array_size(f->items) - 1, item);
        if (f->list)
            f->last->value = item;
    }
    return rc == 0 ? CLK_OK : clk__fail_memory();
}

/* What follows an item: commas to the next item, and closing brackets; false in *more at the end. */
static clk_status read_after(bool *more, struct parser *s)
{
    static const char closers[] = {
        [FRAME_CALL] = ')', [FRAME_TUPLE] = ')', [FRAME_LIST] = ']', [FRAME_DICT] = '}'};
    bool item = true; /* an item, not a bracket or comma, stands before p */
    while (s->depth > 0) {
        clk__scan_space(&s->in);
        struct frame *f = top(s);
        char closer = closers[f->kind];
        if (*s->in.p == closer) {
            s->in.p++;
            s->depth--;
            if (s->depth > 0)
                TRY(unwrap(s, f));
            item = true;
        } else if (item && *s->in.p == ',') {
            s->in.p++;
            f->comma = true;
            item = false;
        } else if (item) {
            return clk__scan_expected(&s->in, closer == ')'   ? ", or )"
                                              : closer == ']' ? ", or ]"
                                                              : ", or }");
        } else {
            *more = true;
            return CLK_OK;
        }
    }
    *more = false;
    return CLK_OK;
}

static clk_status parse(struct parser *s)
{
    static const char closers[] = ")]}";
    clk__scan_space(&s->in);
    if (!clk__scan_name_start(*s->in.p))
        return clk__scan_expected(&s->in, "a name, such as Dense or adam");
    bool opened = false, more = true;
    TRY(read_named(&opened, s));
    while (more && s->depth > 0) {
        clk__scan_space(&s->in);
        /* An empty bracket; read_after closes it if it is the right one. */
        bool closes = opened && *s->in.p != '\0' && strchr(closers, *s->in.p);
        if (!closes) {
            TRY(read_key(s));
            TRY(read_value(&opened, s));
        }
        if (closes || !opened)
            TRY(read_after(&more, s));
        if (closes)
            opened = false;
    }
    clk__scan_space(&s->in);
    return *s->in.p == '\0' ? CLK_OK : clk__scan_expected(&s->in, "the end of the text");
}

clk_status clk__expr_parse(struct expr_tree *out, const char *text)
{
    *out = (struct expr_tree){0};
    size_t n = 0;
    while (n <= MAX_BYTES && text[n] != '\0')
        n++;
    if (n > MAX_BYTES)
        return clk__expr_fail(CLK_ERR_SYNTAX, "", 1, "expression of more than 65536 bytes");
    struct parser s = {.in = {.text = text, .p = text}, .tree = out};
    out->literals = json_array();
    if (!out->literals)
        return clk__fail_memory();
    return parse(&s);
}

void clk__expr_fini(struct expr_tree *t)
{
    json_decref(t->literals);
    clk__arena_fini(&t->arena);
    *t = (struct expr_tree){0};
}
