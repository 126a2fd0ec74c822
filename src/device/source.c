/* SPDX-License-Identifier: MIT */
/* Kernel sources: found in the library or in CLKERAS_KERNEL_DIR, with their includes pasted in, so
 * that one text goes to the compiler and is the cache's key. Includes stand outside of #if, but for
 * the file's own guard. */
#include "base/str.h"
#include "device/device.h"
#include "device/embedded.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_NESTING = 16,
    MAX_PATH_LEN = 200,
    READ_CHUNK = 16384
};

/* A file being pasted. */
struct source {
    const char *text; /* borrowed from the table, or `owned` */
    char *owned;
    size_t len;
    size_t at;
    unsigned line; /* of text[at], from 1 */
    char path[MAX_PATH_LEN + 1];
};

static clk_status read_file(struct source *s, const char *folder)
{
    struct str name = {0}, text = {0};
    char *full = NULL;
    FILE *f = NULL;
    clk_status status = CLK_OK;
    char chunk[READ_CHUNK];
    clk__str_addf(&name, "%s/%s", folder, s->path);
    TRY_DONE(clk__str_finish(&full, &name));
    f = fopen(full, "rb");
    if (!f) {
        status = clk__fail(CLK_ERR_IO,
            "kernel source \"%s\": %s; CLKERAS_KERNEL_DIR must hold every file of cl/, or be unset",
            full, strerror(errno));
        goto done;
    }
    size_t n = 0;
    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        clk__str_addn(&text, chunk, n);
    if (ferror(f)) {
        status = clk__fail(CLK_ERR_IO, "kernel source \"%s\": cannot be read", full);
        goto done;
    }
    s->len = text.len;
    TRY_DONE(clk__str_finish(&s->owned, &text));
    s->text = s->owned;
done:
    if (f)
        (void)fclose(f);
    free(full);
    clk__str_fini(&text);
    return status;
}

static clk_status open_source(struct source *s, const char *path, size_t n)
{
    *s = (struct source){.line = 1};
    if (n > MAX_PATH_LEN)
        return clk__fail(
            CLK_ERR_ARG, "kernel source: path of %zu characters, at most %d", n, MAX_PATH_LEN);
    memcpy(s->path, path, n);
    const char *folder = getenv("CLKERAS_KERNEL_DIR");
    if (folder && folder[0])
        return read_file(s, folder);
    for (const struct embedded_file *f = clk__embedded_files; f->path; f++) {
        if (strcmp(f->path, s->path) == 0) {
            s->text = (const char *)f->bytes;
            s->len = f->len;
            return CLK_OK;
        }
    }
    return clk__fail(CLK_ERR_ARG, "kernel source \"%s\": not in the library", s->path);
}

/* True for a file that is pasted once (all but .cl) and already stands in `out`. */
static bool is_there(const struct str *out, const char *path, size_t n)
{
    if (n >= 3 && memcmp(path + n - 3, ".cl", 3) == 0)
        return false;
    char mark[MAX_PATH_LEN + 32];
    (void)snprintf(mark, sizeof(mark), "#line 1 \"%.*s\"\n", (int)n, path);
    return out->data && strstr(out->data, mark) != NULL;
}

/* The path in `#include "path"`, its length in *n; NULL if the line is something else. */
static const char *included(size_t *n, const char *line, size_t len)
{
    static const char start[] = "#include \"";
    size_t skip = sizeof(start) - 1;
    if (len <= skip || memcmp(line, start, skip) != 0)
        return NULL;
    const char *end = memchr(line + skip, '"', len - skip);
    if (!end)
        return NULL;
    *n = (size_t)(end - line) - skip;
    return line + skip;
}

static void add_mark(struct str *out, const struct source *s)
{
    if (out->len > 0 && out->data[out->len - 1] != '\n')
        clk__str_add(out, "\n");
    clk__str_addf(out, "#line %u \"%s\"\n", s->line, s->path);
}

/* Copies lines until the file ends (returns NULL) or an include that is not in `out` yet. */
static const char *copy_lines(struct str *out, struct source *s, size_t *n)
{
    while (s->at < s->len) {
        const char *line = s->text + s->at;
        const char *end = memchr(line, '\n', s->len - s->at);
        size_t len = end ? (size_t)(end - line) + 1 : s->len - s->at;
        s->at += len;
        s->line++;
        const char *path = included(n, line, len);
        if (!path)
            clk__str_addn(out, line, len);
        else if (is_there(out, path, *n))
            clk__str_add(out, "\n");
        else
            return path;
    }
    return NULL;
}

clk_status clk__source_add(struct str *out, const char *path)
{
    if (is_there(out, path, strlen(path)))
        return CLK_OK;
    struct source stack[MAX_NESTING];
    size_t depth = 0;
    clk_status status = open_source(&stack[depth++], path, strlen(path));
    if (status == CLK_OK)
        add_mark(out, &stack[0]);
    while (status == CLK_OK && depth > 0) {
        size_t n = 0;
        const char *include = copy_lines(out, &stack[depth - 1], &n);
        if (!include) {
            free(stack[--depth].owned);
            if (depth > 0)
                add_mark(out, &stack[depth - 1]);
        } else if (depth == MAX_NESTING) {
            status = clk__fail(CLK_ERR_ARG, "kernel source \"%s\": includes nested deeper than %d",
                path, MAX_NESTING);
        } else {
            status = open_source(&stack[depth++], include, n);
            if (status == CLK_OK)
                add_mark(out, &stack[depth - 1]);
        }
    }
    while (depth > 0)
        free(stack[--depth].owned);
    if (out->len > 0 && out->data[out->len - 1] != '\n')
        clk__str_add(out, "\n");
    return status == CLK_OK && out->failed ? clk__fail_memory() : status;
}
