/* SPDX-License-Identifier: MIT */
/* Numbers and file names as Python writes them. */
#include "callbacks/callback.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NUMBER_TEXT = 400, /* DBL_MAX with %f */
    MAX_DIGITS = 17,   /* tell any double from its neighbours */
    MAX_WIDTH = 99,
    MAX_FIELD_NAME = 64,
    ANY_PRECISION = -1,
    DEFAULT_PRECISION = 6,
};

/* C may write "-nan". */
static const char *not_finite(double value)
{
    return isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

void clk__python_number(struct str *out, double value)
{
    if (!isfinite(value)) {
        clk__str_add(out, not_finite(value));
        return;
    }
    char text[NUMBER_TEXT];
    int digits = 1;
    for (; digits <= MAX_DIGITS; digits++) {
        (void)snprintf(text, sizeof(text), "%.*e", digits - 1, value);
        if (!(strtod(text, NULL) < value || strtod(text, NULL) > value))
            break;
    }
    int exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
    if (exponent >= -4 && exponent < 16) {
        int decimals = digits - 1 - exponent;
        (void)snprintf(text, sizeof(text), "%.*f", decimals > 1 ? decimals : 1, value);
    }
    clk__str_add(out, text);
}

void clk__python_fixed(struct str *out, double value, int decimals)
{
    if (isfinite(value))
        clk__str_addf(out, "%.*f", decimals, value);
    else
        clk__str_add(out, not_finite(value));
}

/* "{name:0width.precision type}" */
struct replacement {
    char name[MAX_FIELD_NAME];
    bool zeros;
    int width;
    int precision; /* ANY_PRECISION: not given */
    char type;     /* 0: not given */
};

static int read_number(const char **text)
{
    int n = 0;
    for (; **text >= '0' && **text <= '9'; (*text)++)
        n = n > MAX_WIDTH ? n : 10 * n + (**text - '0');
    return n;
}

/* Reads what follows "{", and its "}". @return where it goes on; NULL: not understood */
static const char *read_replacement(struct replacement *r, const char *text)
{
    *r = (struct replacement){.precision = ANY_PRECISION};
    size_t n = strcspn(text, "{}:!.[");
    if (n == 0 || n >= sizeof(r->name))
        return NULL;
    memcpy(r->name, text, n);
    text += n;
    if (*text == ':') {
        text++;
        r->zeros = *text == '0';
        r->width = read_number(&text);
        if (*text == '.') {
            text++;
            if (*text < '0' || *text > '9')
                return NULL;
            r->precision = read_number(&text);
        }
        if (*text != '\0' && strchr("dfeEgG", *text))
            r->type = *text++;
    }
    bool ok = *text == '}' && r->width <= MAX_WIDTH && r->precision <= MAX_WIDTH;
    /* Python gives ".3" without a type a meaning of its own, and refuses ".3d". */
    bool wants_type = r->precision != ANY_PRECISION && (r->type == '\0' || r->type == 'd');
    return ok && !wants_type ? text + 1 : NULL;
}

static void add_padded(struct str *out, const struct replacement *r, const char *text)
{
    size_t n = strlen(text), width = (size_t)r->width;
    if (r->zeros && *text == '-') {
        clk__str_add(out, "-");
        text++;
    }
    for (size_t i = n; i < width; i++)
        clk__str_add(out, r->zeros ? "0" : " ");
    clk__str_add(out, text);
}

/* A finite number in one of the formats that C and Python share. */
static void add_formatted(struct str *out, char type, int precision, double value)
{
    switch (type) {
    case 'e':
        clk__str_addf(out, "%.*e", precision, value);
        break;
    case 'E':
        clk__str_addf(out, "%.*E", precision, value);
        break;
    case 'g':
        clk__str_addf(out, "%.*g", precision, value);
        break;
    case 'G':
        clk__str_addf(out, "%.*G", precision, value);
        break;
    default:
        clk__str_addf(out, "%.*f", precision, value);
        break;
    }
}

static void add_float(struct str *out, const struct replacement *r, double value)
{
    struct str text = {0};
    if (r->type == '\0')
        clk__python_number(&text, value);
    else if (!isfinite(value))
        clk__str_add(&text, not_finite(value));
    else
        add_formatted(&text, r->type,
            r->precision != ANY_PRECISION ? r->precision : DEFAULT_PRECISION, value);
    if (text.failed)
        out->failed = true;
    else
        add_padded(out, r, text.data);
    clk__str_fini(&text);
}

static clk_status add_value(struct str *out, const struct replacement *r, int64_t epoch,
    int64_t batch, const clk_logs *logs)
{
    const double *value = clk__logs_find(logs, r->name);
    bool is_epoch = strcmp(r->name, "epoch") == 0;
    bool is_count = is_epoch || (batch > 0 && strcmp(r->name, "batch") == 0);
    if (is_count && (r->type == '\0' || r->type == 'd')) {
        char text[NUMBER_TEXT];
        (void)snprintf(text, sizeof(text), "%" PRId64, is_epoch ? epoch : batch);
        add_padded(out, r, text);
    } else if (is_count) {
        add_float(out, r, (double)(is_epoch ? epoch : batch));
    } else if (value && r->type == 'd') {
        return clk__fail(CLK_ERR_CONFIG,
            "ModelCheckpoint: {%s:d} in filepath asks for an integer; {%s:.4f} would work", r->name,
            r->name);
    } else if (value) {
        add_float(out, r, *value);
    } else {
        clk_status status = clk__logs_unknown(logs, r->name);
        return status == CLK_ERR_MEMORY ? status
                                        : clk__fail_in(CLK_ERR_CONFIG, "ModelCheckpoint: filepath");
    }
    return CLK_OK;
}

clk_status clk__checkpoint_path(
    char **out, const char *pattern, int64_t epoch, int64_t batch, const clk_logs *logs)
{
    struct str path = {0};
    clk_status status = CLK_OK;
    *out = NULL;
    for (const char *p = pattern; status == CLK_OK && *p;) {
        if ((*p == '{' || *p == '}') && p[1] == *p) {
            clk__str_addn(&path, p, 1);
            p += 2;
        } else if (*p == '{' || *p == '}') {
            struct replacement r;
            const char *next = *p == '{' ? read_replacement(&r, p + 1) : NULL;
            if (!next)
                status = clk__fail(CLK_ERR_CONFIG,
                    "ModelCheckpoint: filepath \"%s\": \"%.20s\" is not understood; fields like "
                    "{epoch:02d} and {val_loss:.2f} are, and {{ for a brace",
                    pattern, p);
            else if (logs)
                status = add_value(&path, &r, epoch, batch, logs);
            p = next;
        } else {
            clk__str_addn(&path, p++, 1);
        }
    }
    if (status == CLK_OK && logs)
        return clk__str_finish(out, &path);
    clk__str_fini(&path);
    return status;
}
