/* SPDX-License-Identifier: MIT */
/* The header of a .npy file: a Python dict literal, of which just what NumPy writes is accepted:
 * {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), } padded by spaces, newline. */
#include "data/npy_header.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct cursor {
    const char *start;
    const char *p;
    const char *end;
    const char *file;
};

static clk_status fail_at(const struct cursor *c, const char *expected)
{
    return clk__fail(CLK_ERR_FORMAT,
        "\"%s\" is damaged: expected %s at byte %td of the .npy header", c->file, expected,
        c->p - c->start);
}

static void skip_spaces(struct cursor *c)
{
    while (c->p < c->end && *c->p == ' ')
        c->p++;
}

static bool accept(struct cursor *c, char ch)
{
    skip_spaces(c);
    if (c->p == c->end || *c->p != ch)
        return false;
    c->p++;
    return true;
}

static bool accept_word(struct cursor *c, const char *word)
{
    skip_spaces(c);
    size_t n = strlen(word);
    if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
        return false;
    c->p += n;
    return true;
}

/* A quoted string without escapes, cut to fit `out`. */
static clk_status parse_string(char out[32], struct cursor *c)
{
    skip_spaces(c);
    if (c->p == c->end || (*c->p != '\'' && *c->p != '"'))
        return fail_at(c, "a quoted string");
    const char *close = memchr(c->p + 1, *c->p, (size_t)(c->end - c->p - 1));
    if (!close)
        return fail_at(c, "a string with both quotes");
    size_t n = (size_t)(close - c->p - 1);
    snprintf(out, 32, "%.*s", n < 31 ? (int)n : 31, c->p + 1);
    c->p = close + 1;
    return CLK_OK;
}

static clk_status parse_dimension(int64_t *out, struct cursor *c)
{
    skip_spaces(c);
    if (c->p == c->end || *c->p < '0' || *c->p > '9')
        return fail_at(c, "a dimension");
    int64_t v = 0;
    for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++) {
        if (v > (INT64_MAX - 9) / 10)
            return fail_at(c, "a dimension below 2^63");
        v = v * 10 + (*c->p - '0');
    }
    if (c->p < c->end && *c->p == 'L') /* Python 2's long */
        c->p++;
    *out = v;
    return CLK_OK;
}

static clk_status parse_shape(struct npy_header *h, struct cursor *c)
{
    if (!accept(c, '('))
        return fail_at(c, "\"(\"");
    h->rank = 0;
    while (!accept(c, ')')) {
        if (h->rank == CLK_MAX_RANK)
            return clk__fail(
                CLK_ERR_UNSUPPORTED, "\"%s\" has more than %d dimensions", c->file, CLK_MAX_RANK);
        TRY(parse_dimension(&h->shape[h->rank++], c));
        bool comma = accept(c, ',');
        if (comma)
            continue;
        if (!accept(c, ')') || h->rank == 1) /* (3) is a number, not a tuple */
            return fail_at(c, "\",\" or \")\" of a tuple");
        break;
    }
    if (h->rank == 0)
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\" holds a single number of shape (), at least one axis, the rows, is needed",
            c->file);
    return CLK_OK;
}

static clk_status parse_descr(struct npy_header *h, struct cursor *c)
{
    skip_spaces(c);
    if (c->p < c->end && *c->p == '[')
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "\"%s\" has a structured dtype; float32, float64, int32, int64, uint8 and bool work",
            c->file);
    TRY(parse_string(h->descr, c));
    static const struct {
        const char *code;
        clk_dtype dtype;
    } known[] = {
        {"f4", CLK_FLOAT32},
        {"f8", CLK_FLOAT64},
        {"i4", CLK_INT32},
        {"i8", CLK_INT64},
        {"u1", CLK_UINT8},
        {"b1", CLK_UINT8},
    };
    char order = h->descr[0];
    if (order != '\0' && strchr("<>=|", order)) {
        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
            if (strcmp(h->descr + 1, known[i].code) != 0)
                continue;
            h->dtype = known[i].dtype;
            h->swapped =
                (order == '<' || order == '>') && (order == '>') != clk__host_is_big_endian();
            return CLK_OK;
        }
    }
    return clk__fail(CLK_ERR_UNSUPPORTED,
        "\"%s\" has dtype \"%s\"; float32, float64, int32, int64, uint8 and bool work", c->file,
        h->descr);
}

static clk_status parse_entry(struct npy_header *h, unsigned *seen, struct cursor *c)
{
    static const char *const names[] = {"descr", "fortran_order", "shape"};
    const struct cursor at = *c;
    char name[32];
    TRY(parse_string(name, c));
    unsigned i = 0;
    while (i < 3 && strcmp(name, names[i]) != 0)
        i++;
    if (i == 3 || (*seen & 1u << i))
        return fail_at(&at, "each of 'descr', 'fortran_order' and 'shape' once");
    *seen |= 1u << i;
    if (!accept(c, ':'))
        return fail_at(c, "\":\"");
    if (i == 0)
        return parse_descr(h, c);
    if (i == 2)
        return parse_shape(h, c);
    h->fortran = accept_word(c, "True");
    return h->fortran || accept_word(c, "False") ? CLK_OK : fail_at(c, "True or False");
}

static clk_status parse_dict(struct npy_header *h, struct cursor *c)
{
    unsigned seen = 0;
    if (!accept(c, '{'))
        return fail_at(c, "\"{\"");
    while (!accept(c, '}')) {
        TRY(parse_entry(h, &seen, c));
        if (accept(c, ','))
            continue;
        if (!accept(c, '}'))
            return fail_at(c, "\",\" or \"}\"");
        break;
    }
    if (seen != 7)
        return fail_at(c, "'descr', 'fortran_order' and 'shape' before the end");
    skip_spaces(c);
    if (c->p < c->end && *c->p == '\n')
        c->p++;
    return c->p == c->end ? CLK_OK : fail_at(c, "spaces and a newline up to the end");
}

clk_status clk__npy_header_parse(struct npy_header *out, const struct data_file *in)
{
    *out = (struct npy_header){0};
    const unsigned char *d = in->data;
    if (in->len < NPY_MAGIC_LEN + 2 || memcmp(d, NPY_MAGIC, NPY_MAGIC_LEN) != 0)
        return clk__fail(
            CLK_ERR_FORMAT, "\"%s\" is not a .npy file: it does not start as one", in->name);
    unsigned major = d[NPY_MAGIC_LEN];
    if (major < 1 || major > 3 || d[NPY_MAGIC_LEN + 1] != 0)
        return clk__fail(CLK_ERR_UNSUPPORTED, "\"%s\" is .npy version %u.%u; 1.0, 2.0 and 3.0 work",
            in->name, major, d[NPY_MAGIC_LEN + 1]);
    size_t start = major == 1 ? 10 : 12;
    size_t n = SIZE_MAX;
    if (in->len >= start) {
        n = d[8] | (size_t)d[9] << 8;
        if (major > 1)
            n |= (size_t)d[10] << 16 | (size_t)d[11] << 24;
    }
    if (in->len < start || n > in->len - start)
        return clk__fail(
            CLK_ERR_FORMAT, "\"%s\" is cut short: it ends within the .npy header", in->name);
    const char *text = (const char *)d + start;
    struct cursor c = {text, text, text + n, in->name};
    TRY(parse_dict(out, &c));
    out->data_at = start + n;
    return CLK_OK;
}

size_t clk__npy_header_format(char out[512], clk_dtype dtype, int rank, const int64_t *shape)
{
    static const char *const codes[] = {
        [CLK_FLOAT32] = "f4",
        [CLK_FLOAT64] = "f8",
        [CLK_INT32] = "i4",
        [CLK_INT64] = "i8",
        [CLK_UINT8] = "u1",
    };
    const char *order = dtype == CLK_UINT8 ? "|" : clk__host_is_big_endian() ? ">" : "<";
    const char start[8] = {NPY_MAGIC "\x01"}; /* version 1.0 */
    size_t n = 10;
    n += (size_t)snprintf(out + n, 512 - n, "{'descr': '%s%s', 'fortran_order': False, 'shape': (",
        order, codes[dtype]);
    for (int i = 0; i < rank; i++)
        n += (size_t)snprintf(out + n, 512 - n, "%s%" PRId64, i ? ", " : "", shape[i]);
    n += (size_t)snprintf(out + n, 512 - n, "%s), }", rank == 1 ? "," : "");
    while ((n + 1) % 64 != 0)
        out[n++] = ' ';
    out[n++] = '\n';
    memcpy(out, start, sizeof(start));
    out[8] = (char)((n - 10) & 0xff);
    out[9] = (char)((n - 10) >> 8);
    return n;
}
