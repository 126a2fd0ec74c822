/* SPDX-License-Identifier: MIT */
/* Finding a class by name, and what to say when there is none. */
#include "config/registry.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_COMPARED = 63, /* longer names are not compared by edits */
    MAX_LISTED = 12,
    MAX_SHOWN = 60,
};

static char fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c;
}

/* Equal without regard to case and underscores. */
static bool same_name(const char *a, const char *b)
{
    for (;; a++, b++) {
        a += strspn(a, "_");
        b += strspn(b, "_");
        if (fold(*a) != fold(*b))
            return false;
        if (*a == '\0')
            return true;
    }
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static const struct object_class *find_by(
    const struct registry *r, const char *name, bool (*same)(const char *, const char *))
{
    for (size_t i = 0; i < r->n_classes; i++) {
        const struct object_class *c = r->classes[i];
        if (same(name, c->name))
            return c;
        for (const char *const *alias = c->aliases; alias && *alias; alias++) {
            if (same(name, *alias))
                return c;
        }
    }
    return NULL;
}

const char *clk__name_strip(const char *name)
{
    const char *package_end = strrchr(name, '>');
    if (package_end)
        name = package_end + 1;
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

const struct object_class *clk__registry_find(const struct registry *r, const char *name)
{
    const char *bare = clk__name_strip(name);
    if (*bare == '\0')
        return NULL;
    const struct object_class *c = r->added ? r->added(bare) : NULL;
    if (!c)
        c = find_by(r, bare, same_text);
    return c ? c : find_by(r, bare, same_name);
}

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

/* Edits (insert, delete, replace, swap of neighbours: optimal string alignment) that make b of a, a
 * change of case counting nothing; names too long to compare are far apart. */
static int edit_distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > MAX_COMPARED || m > MAX_COMPARED)
        return MAX_COMPARED;
    int rows[3][MAX_COMPARED + 1];
    int *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= m; j++)
        last[j] = before[j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int replaced = last[j - 1] + (fold(a[i - 1]) != fold(b[j - 1]));
            row[j] = min_int(replaced, min_int(last[j], row[j - 1]) + 1);
            bool swapped = i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
                           fold(a[i - 2]) == fold(b[j - 1]);
            if (swapped)
                row[j] = min_int(row[j], before[j - 2] + 1);
        }
        int *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[m];
}

/* What a spelling error may cost: a third of the name, at least 1 edit. */
static bool is_near(int distance, const char *name)
{
    size_t len = strlen(name), allowed = len / 3;
    return len <= MAX_COMPARED && distance <= (int)(allowed > 0 ? allowed : 1);
}

/* The nearest of the names that are further than number `after`, or as far and later in the list; n: none is left. */
static size_t next_nearest(const int *distances, size_t n, size_t after)
{
    size_t best = n;
    for (size_t i = 0; i < n; i++) {
        bool beyond = after == n || distances[i] > distances[after] ||
                      (distances[i] == distances[after] && i > after);
        if (beyond && (best == n || distances[i] < distances[best]))
            best = i;
    }
    return best;
}

static void suggest(struct str *out, const char *name, const char *const *names,
    const int *distances, size_t n, bool list)
{
    size_t i = next_nearest(distances, n, n);
    bool near = i < n && is_near(distances[i], name);
    if (near)
        clk__str_addf(out, "; did you mean %s?", names[i]);
    if (near && !list)
        return;
    clk__str_add(out, near ? " accepted: " : n > 0 ? "; accepted: " : "; accepted: none");
    for (size_t listed = 0; i < n && listed < MAX_LISTED; listed++) {
        clk__str_addf(out, "%s%s", listed > 0 ? ", " : "", names[i]);
        i = next_nearest(distances, n, i);
    }
    if (i < n)
        clk__str_add(out, ", ...");
}

void clk__names_suggest(
    struct str *out, const char *name, const char *const *names, size_t n, bool list)
{
    int *distances = calloc(n + 1, sizeof(*distances));
    out->failed |= !distances;
    for (size_t i = 0; distances && i < n; i++)
        distances[i] = edit_distance(name, names[i]);
    if (distances)
        suggest(out, name, names, distances, n, list);
    free(distances);
}

clk_status clk__registry_unknown(const struct registry *r, const char *name)
{
    struct str text = {0};
    clk_status status = CLK_ERR_CONFIG;
    const char **names = calloc(r->n_classes + 1, sizeof(*names));
    if (!names)
        return clk__fail_memory();
    for (size_t i = 0; i < r->n_classes; i++)
        names[i] = r->classes[i]->name;
    clk__names_suggest(&text, clk__name_strip(name), names, r->n_classes, false);
    if (r->added)
        clk__str_add(&text, " (a class of your own: clk_layer_register)");
    if (text.failed)
        status = clk__fail_memory();
    else
        status =
            clk__fail(CLK_ERR_CONFIG, "unknown %s \"%.*s\"%s", r->kind, MAX_SHOWN, name, text.data);
    free(names);
    clk__str_fini(&text);
    return status;
}
