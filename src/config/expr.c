/* SPDX-License-Identifier: MIT */
/* The parser of call expressions. It keeps a stack of the brackets that are open, so hostile nesting
 * costs no C stack, and bounds the text's length, the depth and the number of arguments. */
#include "config/expr.h"

#include "base/str.h"

#include <stdarg.h>
#include <string.h>

enum {
    MAX_BYTES = 65536,
    MAX_DEPTH = 64,
    MAX_ARGS = 256,
    MAX_NUMBER = 64,
    MAX_QUOTED = 60,
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
    struct expr *call; /* CALL */
    int n_args;
    bool keywords; /* CALL: a keyword has been seen */
    bool comma;    /* a comma has been seen */
    json_t *items; /* the others: borrowed from what holds it */
    char *key;     /* CALL: the keyword, DICT: the key, of the item being read */
    int column;    /* of the item being read */
};

struct parser {
    const char *text;
    const char *p;
    struct expr_tree *tree;
    struct frame stack[MAX_DEPTH];
    int depth;
};

/* Characters, not bytes: what an editor shows. */
static int column_at(const struct parser *s, const char *p)
{
    int column = 1;
    for (const char *q = s->text; q < p; q++)
        column += ((unsigned char)*q & 0xC0) != 0x80;
    return column;
}

clk_status clk__expr_fail(clk_status code, const char *text, int column, const char *message)
{
    size_t len = strlen(text);
    bool quote = len > 0 && len <= MAX_QUOTED;
    for (size_t i = 0; i < len && quote; i++)
        quote = (unsigned char)text[i] >= ' ';
    if (quote)
        return clk__fail(code, "column %d: %s, in %s", column, message, text);
    return clk__fail(code, "column %d: %s", column, message);
}

static clk_status fail_at(const struct parser *s, const char *p, const char *fmt, ...)
    CLK_PRINTF(3, 4);

static clk_status fail_at(const struct parser *s, const char *p, const char *fmt, ...)
{
    char message[256];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(message, sizeof(message), fmt, args);
    va_end(args);
    return clk__expr_fail(CLK_ERR_SYNTAX, s->text, column_at(s, p), message);
}

/* "expected WHAT, not X". */
static clk_status fail_expected(const struct parser *s, const char *what)
{
    unsigned char c = (unsigned char)*s->p;
    if (c == '\0')
        return fail_at(s, s->p, "expected %s, not the end of the text", what);
    if (c < ' ' || c > '~')
        return fail_at(s, s->p, "expected %s, not the byte 0x%02x", what, c);
    return fail_at(s, s->p, "expected %s, not %c", what, c);
}

static void skip_space(struct parser *s)
{
    s->p += strspn(s->p, " \t\r\n");
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t name_len(const char *p)
{
    size_t n = 0;
    if (!is_name_start(*p))
        return 0;
    while (is_name_start(p[n]) || is_digit(p[n]))
        n++;
    return n;
}

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
    size_t n = name_len(s->p);
    while (s->p[n] == '.') {
        s->p += n + 1;
        n = name_len(s->p);
        if (n == 0)
            return fail_expected(s, "a name after the dot");
    }
    TRY(copy_text(out, s, s->p, n));
    s->p += n;
    return CLK_OK;
}

static clk_status add_escape(struct parser *s, struct str *out)
{
    static const char codes[] = "\\'\"ntr";
    static const char bytes[] = "\\'\"\n\t\r";
    const char *code = s->p[1] ? strchr(codes, s->p[1]) : NULL;
    if (!code)
        return fail_at(s, s->p, "no such escape in a string; a backslash is written \\\\");
    clk__str_addn(out, &bytes[code - codes], 1);
    s->p += 2;
    return CLK_OK;
}

static clk_status read_string(json_t **out, struct parser *s)
{
    const char *start = s->p;
    char quote = *s->p++;
    struct str text = {0};
    clk_status status = CLK_OK;
    while (*s->p != quote) {
        char stops[] = {quote, '\\', '\n', '\0'};
        size_t n = strcspn(s->p, stops);
        clk__str_addn(&text, s->p, n);
        s->p += n;
        if (*s->p == '\\')
            TRY_DONE(add_escape(s, &text));
        else if (*s->p != quote)
            TRY_DONE(fail_at(s, start, "string without a closing %c", quote));
    }
    s->p++;
    if (text.failed)
        TRY_DONE(clk__fail_memory());
    *out = json_stringn(text.data ? text.data : "", text.len);
    if (!*out) /* jansson refuses bad UTF-8 the same way as it reports no memory */
        status = fail_at(s, start, "string that is not UTF-8");
done:
    clk__str_fini(&text);
    return status;
}

/* Writes Python's spelling of a number as JSON's: no _, no +, digits on both sides of the point. */
static clk_status normal_number(char json[MAX_NUMBER + 4], struct parser *s)
{
    const char *start = s->p;
    size_t n = 0;
    bool point = false, exponent = false;
    if (*s->p == '-' || *s->p == '+') {
        if (*s->p == '-')
            json[n++] = '-';
        s->p++;
    }
    if (!is_digit(*s->p) && !(*s->p == '.' && is_digit(s->p[1])))
        return fail_expected(s, "a digit");
    for (; n < MAX_NUMBER; s->p++) {
        char c = *s->p;
        if (is_digit(c)) {
            json[n++] = c;
        } else if (c == '_' && is_digit(s->p[-1]) && is_digit(s->p[1])) {
            continue;
        } else if (c == '.' && !point && !exponent) {
            point = true;
            if (!(s->p > start && is_digit(s->p[-1])))
                json[n++] = '0';
            json[n++] = '.';
            if (!is_digit(s->p[1]))
                json[n++] = '0';
        } else if ((c == 'e' || c == 'E') && !exponent) {
            exponent = true;
            json[n++] = 'e';
            if (s->p[1] == '-' || s->p[1] == '+')
                json[n++] = *++s->p;
        } else {
            json[n] = '\0';
            break;
        }
    }
    if (n >= MAX_NUMBER)
        return fail_at(s, start, "number of more than %d characters", MAX_NUMBER - 1);
    if (name_len(s->p) > 0 || *s->p == '.')
        return fail_at(s, start, "not a number");
    return CLK_OK;
}

static clk_status read_plain_number(json_t **out, struct parser *s)
{
    char text[MAX_NUMBER + 4];
    const char *start = s->p;
    TRY(normal_number(text, s));
    clk_status status = clk__json_parse(out, text, strlen(text), "number");
    if (status == CLK_ERR_FORMAT)
        return fail_at(s, start, "number out of range or badly formed");
    return status;
}

/* NUMBER, or NUMBER / NUMBER and NUMBER * NUMBER from the left, as in Rescaling(1/255). */
static clk_status read_number(json_t **out, struct parser *s)
{
    const char *start = s->p;
    TRY(read_plain_number(out, s));
    for (;;) {
        skip_space(s);
        char sign = *s->p;
        if (sign != '/' && sign != '*')
            return CLK_OK;
        s->p++;
        skip_space(s);
        json_t *right = NULL;
        clk_status status = read_plain_number(&right, s);
        json_t *left = *out;
        double a = json_number_value(left), b = json_number_value(right);
        bool integers = sign == '*' && json_is_integer(left) && json_is_integer(right);
        long long product = 0;
        bool large = integers && __builtin_mul_overflow(
                                     json_integer_value(left), json_integer_value(right), &product);
        *out = NULL;
        if (status == CLK_OK && integers && !large)
            *out = json_integer(product);
        else if (status == CLK_OK && !integers && !(sign == '/' && b == 0.0))
            *out = json_real(sign == '/' ? a / b : a * b); /* refuses what is not finite */
        json_decref(left);
        json_decref(right);
        TRY(status);
        if (!*out)
            return fail_at(s, start, "result that is not a finite number");
    }
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

/* The new argument at the end of the innermost call. */
static clk_status add_arg(struct expr_arg **out, struct parser *s)
{
    struct frame *f = &s->stack[s->depth - 1];
    struct expr_arg **tail = &f->call->args;
    while (*tail)
        tail = &(*tail)->next;
    if (++f->n_args > MAX_ARGS)
        return fail_at(s, s->p, "more than %d arguments", MAX_ARGS);
    *tail = *out = clk__arena_alloc(&s->tree->arena, 1, sizeof(**tail));
    if (!*tail)
        return clk__fail_memory();
    (*tail)->keyword = f->key;
    (*tail)->column = f->column;
    return CLK_OK;
}

/* Puts a value into the innermost bracket, taking it even on failure. */
static clk_status add_value(struct parser *s, json_t *value)
{
    struct frame *f = &s->stack[s->depth - 1];
    int rc = 0;
    if (f->kind == FRAME_CALL) {
        struct expr_arg *arg = NULL;
        rc = json_array_append_new(s->tree->literals, value);
        if (rc == 0) {
            TRY(add_arg(&arg, s));
            arg->value = value;
        }
    } else if (f->kind == FRAME_DICT) {
        rc = json_object_set_new_nocheck(f->items, f->key, value);
    } else {
        rc = json_array_append_new(f->items, value);
    }
    return rc == 0 ? CLK_OK : clk__fail_memory();
}

static clk_status push(struct frame **out, struct parser *s, enum frame_kind kind)
{
    if (s->depth == MAX_DEPTH)
        return fail_at(s, s->p, "nested deeper than %d levels", MAX_DEPTH);
    *out = &s->stack[s->depth++];
    **out = (struct frame){.kind = kind};
    return CLK_OK;
}

static clk_status open_literal(struct parser *s, enum frame_kind kind)
{
    json_t *items = kind == FRAME_DICT ? json_object() : json_array();
    if (!items)
        return clk__fail_memory();
    TRY(add_value(s, items));
    struct frame *f = NULL;
    TRY(push(&f, s, kind));
    f->items = items;
    s->p++;
    return CLK_OK;
}

/* A name: a constant, or one that stands for an object, whose call is opened if it is called. */
static clk_status read_named(bool *opened, struct parser *s)
{
    const char *start = s->p;
    char *name = NULL;
    TRY(read_name(&name, s));
    json_t *value = s->depth > 0 ? constant(name) : NULL;
    if (value)
        return add_value(s, value);
    struct expr *e = clk__arena_alloc(&s->tree->arena, 1, sizeof(*e));
    if (!e)
        return clk__fail_memory();
    *e = (struct expr){.name = name, .column = column_at(s, start)};
    if (s->depth == 0) {
        s->tree->root = e;
    } else if (s->stack[s->depth - 1].kind != FRAME_CALL) {
        return fail_at(s, start,
            "%.40s inside a list or dict: expected a number, string, tuple or list", name);
    } else {
        struct expr_arg *arg = NULL;
        TRY(add_arg(&arg, s));
        arg->call = e;
    }
    skip_space(s);
    if (*s->p != '(')
        return CLK_OK;
    struct frame *f = NULL;
    TRY(push(&f, s, FRAME_CALL));
    f->call = e;
    e->called = true;
    s->p++;
    *opened = true;
    return CLK_OK;
}

/* One value, or the opening of one. */
static clk_status read_value(bool *opened, struct parser *s)
{
    json_t *value = NULL;
    *opened = strchr("([{", *s->p) != NULL && *s->p != '\0';
    if (*s->p == '(')
        return open_literal(s, FRAME_TUPLE);
    if (*s->p == '[')
        return open_literal(s, FRAME_LIST);
    if (*s->p == '{')
        return open_literal(s, FRAME_DICT);
    if (is_name_start(*s->p))
        return read_named(opened, s);
    if (*s->p == '\'' || *s->p == '"')
        TRY(read_string(&value, s));
    else if (is_digit(*s->p) || (*s->p != '\0' && strchr("+-.", *s->p)))
        TRY(read_number(&value, s));
    else
        return fail_expected(s, "a value");
    return add_value(s, value);
}

/* The keyword of an argument, or the key of a dict's item, if there is one. */
static clk_status read_key(struct parser *s)
{
    struct frame *f = &s->stack[s->depth - 1];
    f->key = NULL;
    f->column = column_at(s, s->p);
    if (f->kind == FRAME_DICT) {
        if (*s->p != '\'' && *s->p != '"')
            return fail_expected(s, "a key in quotes");
        json_t *key = NULL;
        TRY(read_string(&key, s));
        clk_status status = copy_text(&f->key, s, json_string_value(key), json_string_length(key));
        json_decref(key);
        TRY(status);
        skip_space(s);
        if (*s->p != ':')
            return fail_expected(s, "a colon");
        s->p++;
    } else if (f->kind == FRAME_CALL) {
        size_t n = name_len(s->p);
        const char *after = s->p + n + strspn(s->p + n, " \t\r\n");
        bool keyword = n > 0 && *after == '=';
        if (f->keywords && !keyword)
            return fail_at(s, s->p, "positional argument after one given by name");
        if (!keyword)
            return CLK_OK;
        TRY(copy_text(&f->key, s, s->p, n));
        for (const struct expr_arg *arg = f->call->args; arg; arg = arg->next) {
            if (arg->keyword && strcmp(f->key, arg->keyword) == 0)
                return fail_at(s, s->p, "argument %.40s is given twice", f->key);
        }
        f->keywords = true;
        s->p = after + 1;
    }
    skip_space(s);
    return CLK_OK;
}

/* A tuple of one item without a comma is that item in parentheses. */
static clk_status unwrap(struct parser *s, const struct frame *closed)
{
    if (closed->kind != FRAME_TUPLE || closed->comma || json_array_size(closed->items) != 1)
        return CLK_OK;
    json_t *item = json_array_get(closed->items, 0);
    struct frame *f = &s->stack[s->depth - 1];
    int rc = 0;
    if (f->kind == FRAME_CALL) {
        struct expr_arg *arg = f->call->args;
        while (arg->next)
            arg = arg->next;
        arg->value = item;
    } else if (f->kind == FRAME_DICT) {
        rc = json_object_set_nocheck(f->items, f->key, item);
    } else {
        rc = json_array_set(f->items, json_array_size(f->items) - 1, item);
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
        skip_space(s);
        struct frame *f = &s->stack[s->depth - 1];
        char closer = closers[f->kind];
        if (*s->p == closer) {
            s->p++;
            s->depth--;
            if (s->depth > 0)
                TRY(unwrap(s, f));
            item = true;
        } else if (item && *s->p == ',') {
            s->p++;
            f->comma = true;
            item = false;
        } else if (item) {
            return fail_expected(s, closer == ')' ? ", or )" : closer == ']' ? ", or ]" : ", or }");
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
    skip_space(s);
    if (!is_name_start(*s->p))
        return fail_expected(s, "a name, such as Dense or adam");
    bool opened = false, more = true;
    TRY(read_named(&opened, s));
    while (more && s->depth > 0) {
        skip_space(s);
        /* An empty bracket; read_after closes it if it is the right one. */
        bool closes = opened && *s->p != '\0' && strchr(closers, *s->p);
        if (!closes) {
            TRY(read_key(s));
            TRY(read_value(&opened, s));
        }
        if (closes || !opened)
            TRY(read_after(&more, s));
        if (closes)
            opened = false;
    }
    skip_space(s);
    return *s->p == '\0' ? CLK_OK : fail_expected(s, "the end of the text");
}

clk_status clk__expr_parse(struct expr_tree *out, const char *text)
{
    *out = (struct expr_tree){0};
    size_t n = 0;
    while (n <= MAX_BYTES && text[n] != '\0')
        n++;
    if (n > MAX_BYTES)
        return clk__expr_fail(CLK_ERR_SYNTAX, "", 1, "expression of more than 65536 bytes");
    struct parser s = {.text = text, .p = text, .tree = out};
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
