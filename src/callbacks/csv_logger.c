/* SPDX-License-Identifier: MIT */
/* CSVLogger: a line an epoch into a file, as Python's csv module writes it. Follows
 * keras/src/callbacks/csv_logger.py. */
#include "callbacks/callback.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct csv_logger {
    struct callback callback;
    char *filename;
    char *separator;
    bool append;

    FILE *file;
    clk_logs
        *keys; /* columns after "epoch", from the first epoch's logs; their values mean nothing */
    bool header_done;
};

static const struct field fields[] = {
    ARG_STRING(csv_logger, filename, REQUIRED),
    ARG_STRING(csv_logger, separator, DEFAULT(",")),
    ARG_BOOL(csv_logger, append, DEFAULT(false)),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    const struct csv_logger *l = (const struct csv_logger *)o;
    if (strlen(l->separator) != 1 || strchr("\"\r\n", l->separator[0]))
        return clk__fail(CLK_ERR_CONFIG,
            "separator must be one character, and no quote or line end, not \"%s\"", l->separator);
    return CLK_OK;
}

static void fini(struct object *o)
{
    struct csv_logger *l = (struct csv_logger *)o;
    if (l->file)
        (void)fclose(l->file);
    l->file = NULL;
    clk_logs_free(l->keys);
    l->keys = NULL;
}

static clk_status fail_file(const struct csv_logger *l, const char *verb)
{
    return clk__fail(CLK_ERR_IO, "CSVLogger: cannot %s %s: %s", verb, l->filename, strerror(errno));
}

/* A file that is there already has its header. */
static bool has_text(const char *path)
{
    FILE *file = fopen(path, "r");
    bool has = file && fgetc(file) != EOF;
    if (file)
        (void)fclose(file);
    return has;
}

static clk_status on_train_begin(struct callback *c, struct fit_state *s)
{
    struct csv_logger *l = (struct csv_logger *)c;
    (void)s;
    fini(&c->object);
    l->header_done = l->append && has_text(l->filename);
    l->file = fopen(l->filename, l->append ? "a" : "w");
    return l->file ? CLK_OK : fail_file(l, "open");
}

/* The logs' names sorted; those of a validation that there is not stand for it all the same, after them. */
static clk_status make_keys(struct csv_logger *l, const clk_logs *logs)
{
    TRY(clk__logs_create(&l->keys));
    bool validated = false;
    for (size_t i = 0; i < logs->n; i++) {
        TRY(clk__logs_set(l->keys, logs->names[i], 0));
        validated = validated || strncmp(logs->names[i], "val_", 4) == 0;
    }
    clk__logs_sort(l->keys);
    size_t n = validated ? 0 : l->keys->n;
    for (size_t i = 0; i < n; i++) {
        struct str name = {0};
        char *text = NULL;
        clk__str_addf(&name, "val_%s", l->keys->names[i]);
        TRY(clk__str_finish(&text, &name));
        clk_status status = clk__logs_set(l->keys, text, 0);
        clk_free(text);
        TRY(status);
    }
    return CLK_OK;
}

/* Quoted where it must be. */
static void add_text(struct str *out, const struct csv_logger *l, const char *text)
{
    if (!strpbrk(text, "\"\r\n") && !strstr(text, l->separator)) {
        clk__str_add(out, text);
        return;
    }
    clk__str_add(out, "\"");
    for (; *text; text++) {
        clk__str_add(out, *text == '"' ? "\"" : "");
        clk__str_addn(out, text, 1);
    }
    clk__str_add(out, "\"");
}

static void add_header(struct str *out, const struct csv_logger *l)
{
    clk__str_add(out, "epoch");
    for (size_t i = 0; i < l->keys->n; i++) {
        clk__str_add(out, l->separator);
        add_text(out, l, l->keys->names[i]);
    }
    clk__str_add(out, "\r\n");
}

static void add_epoch(
    struct str *out, const struct csv_logger *l, int64_t epoch, const clk_logs *logs)
{
    clk__str_addf(out, "%" PRId64, epoch);
    for (size_t i = 0; i < l->keys->n; i++) {
        const double *value = clk__logs_find(logs, l->keys->names[i]);
        clk__str_add(out, l->separator);
        if (value)
            clk__python_number(out, *value);
        else
            clk__str_add(out, "NA");
    }
    clk__str_add(out, "\r\n");
}

static clk_status on_epoch_end(struct callback *c, struct fit_state *s, clk_logs *logs)
{
    struct csv_logger *l = (struct csv_logger *)c;
    struct str text = {0};
    if (!l->keys)
        TRY(make_keys(l, logs));
    if (!l->header_done)
        add_header(&text, l);
    l->header_done = true;
    add_epoch(&text, l, s->epoch, logs);
    if (text.failed)
        return clk__fail_memory();
    bool written = fwrite(text.data, 1, text.len, l->file) == text.len && fflush(l->file) == 0;
    clk__str_fini(&text);
    return written ? CLK_OK : fail_file(l, "write");
}

static clk_status on_train_end(struct callback *c, struct fit_state *s)
{
    struct csv_logger *l = (struct csv_logger *)c;
    (void)s;
    bool closed = !l->file || fclose(l->file) == 0;
    l->file = NULL;
    return closed ? CLK_OK : fail_file(l, "write");
}

const struct callback_class clk__callback_csv_logger = {
    .object.name = "CSVLogger",
    .object.module = "keras.callbacks",
    .object.bytes = sizeof(struct csv_logger),
    .object.fields = fields,
    .object.check = check,
    .object.fini = fini,
    .on_train_begin = on_train_begin,
    .on_epoch_end = on_epoch_end,
    .on_train_end = on_train_end,
};
