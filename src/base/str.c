/* SPDX-License-Identifier: MIT */
/* A growing string, comparison without regard to case, and snake_case as Keras names things. */
#include "base/str.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_CAPACITY = 64
};

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static char to_lower(char c)
{
    if (is_upper(c))
        return (char)(c - 'A' + 'a');
    return c;
}

/* Python's \w, with every byte of a multi-byte character taken for a letter. */
static bool is_word(char c)
{
    return is_upper(c) || is_lower(c) || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 128;
}

/* Room for n more bytes and the final 0. */
static bool reserve(struct str *s, size_t n)
{
    size_t need = 0;
    if (s->failed || !clk__size_add(&need, s->len, n) || !clk__size_add(&need, need, 1)) {
        s->failed = true;
        return false;
    }
    if (s->data && need <= s->capacity)
        return true;
    size_t capacity = s->capacity > 0 ? s->capacity : FIRST_CAPACITY;
    while (capacity < need) {
        if (!clk__size_mul(&capacity, capacity, 2))
            capacity = need;
    }
    char *data = realloc(s->data, capacity);
    if (!data) {
        s->failed = true;
        return false;
    }
    s->data = data;
    s->capacity = capacity;
    return true;
}

void clk__str_addn(struct str *s, const char *text, size_t n)
{
    if (!reserve(s, n))
        return;
    if (n > 0)
        memcpy(s->data + s->len, text, n);
    s->len += n;
    s->data[s->len] = '\0';
}

void clk__str_add(struct str *s, const char *text)
{
    clk__str_addn(s, text, strlen(text));
}

void clk__str_addf(struct str *s, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int wanted = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (wanted < 0) {
        s->failed = true;
    } else if (reserve(s, (size_t)wanted)) {
        (void)vsnprintf(s->data + s->len, (size_t)wanted + 1, fmt, again);
        s->len += (size_t)wanted;
    }
    va_end(again);
}

clk_status clk__str_finish(char **out, struct str *s)
{
    *out = NULL;
    clk__str_addn(s, "", 0);
    if (s->failed) {
        clk__str_fini(s);
        return clk__fail_memory();
    }
    *out = s->data;
    *s = (struct str){0};
    return CLK_OK;
}

void clk__str_fini(struct str *s)
{
    free(s->data);
    *s = (struct str){0};
}

bool clk__str_eq_nocase(const char *a, const char *b)
{
    while (*a && to_lower(*a) == to_lower(*b)) {
        a++;
        b++;
    }
    return to_lower(*a) == to_lower(*b);
}

bool clk__str_has_nocase(const char *text, const char *needle)
{
    for (;; text++) {
        size_t i = 0;
        while (needle[i] && to_lower(text[i]) == to_lower(needle[i]))
            i++;
        if (!needle[i])
            return true;
        if (!*text)
            return false;
    }
}

/* re.sub("(.)([A-Z][a-z]+)", "\\1_\\2"): a match takes the whole run of small letters. */
static void split_words(struct str *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        clk__str_addn(out, s + i, 1);
        i++;
        if (i + 1 >= n || !is_upper(s[i]) || !is_lower(s[i + 1]))
            continue;
        size_t end = i + 1;
        while (end < n && is_lower(s[end]))
            end++;
        clk__str_add(out, "_");
        clk__str_addn(out, s + i, end - i);
        i = end;
    }
}

clk_status clk__snake_case(char **out, const char *camel)
{
    struct str word = {0}, split = {0}, snake = {0};
    for (const char *p = camel; *p; p++) {
        if (is_word(*p))
            clk__str_addn(&word, p, 1);
    }
    split_words(&split, word.data, word.len);
    for (size_t i = 0; i < split.len; i++) {
        char c = to_lower(split.data[i]);
        if (i > 0 && is_lower(split.data[i - 1]) && is_upper(split.data[i]))
            clk__str_add(&snake, "_");
        clk__str_addn(&snake, &c, 1);
    }
    snake.failed = snake.failed || word.failed || split.failed;
    clk__str_fini(&word);
    clk__str_fini(&split);
    return clk__str_finish(out, &snake);
}
