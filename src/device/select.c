/* SPDX-License-Identifier: MIT */
/* Which device a spec means. Looks only at the list, so it is tested on made-up ones. */
#include "device/select.h"

#include "base/mem.h"
#include "base/str.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum selector_kind {
    ANY,
    BY_TYPE,
    BY_INDEX,
    MOST_MEMORY,
    BY_NAME
};

struct selector {
    enum selector_kind kind;
    clk_device_type type;
    int first;  /* BY_TYPE: which of its type, -1 for all; BY_INDEX: the platform */
    int second; /* BY_INDEX: the device */
    const char *name;
};

/* Reads a decimal number of at most 6 digits and moves *s past it; false if there is none. */
static bool read_number(int *out, const char **s)
{
    int n = 0, digits = 0;
    while (isdigit((unsigned char)**s) && digits < 6) {
        n = n * 10 + (**s - '0');
        (*s)++;
        digits++;
    }
    *out = n;
    return digits > 0;
}

static bool parse_type(struct selector *s, const char *spec)
{
    static const clk_device_type types[] = {CLK_DEVICE_GPU, CLK_DEVICE_CPU, CLK_DEVICE_ACCELERATOR};
    char word[sizeof("accelerator")] = "";
    size_t n = strcspn(spec, ":");
    if (n >= sizeof(word))
        return false;
    memcpy(word, spec, n);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (!clk__str_eq_nocase(word, clk_device_type_name(types[i])))
            continue;
        const char *rest = spec + n;
        *s = (struct selector){.kind = BY_TYPE, .type = types[i], .first = -1};
        if (*rest == '\0')
            return true;
        rest++;
        return read_number(&s->first, &rest) && *rest == '\0';
    }
    return false;
}

static bool parse_index(struct selector *s, const char *spec)
{
    *s = (struct selector){.kind = BY_INDEX};
    if (!read_number(&s->first, &spec) || *spec++ != ':')
        return false;
    return read_number(&s->second, &spec) && *spec == '\0';
}

/* Every text is some selector: what is no other kind is part of a name. `spec` is borrowed. */
static struct selector parse(const char *spec)
{
    struct selector s = {.kind = ANY};
    if (!spec || !spec[0] || parse_type(&s, spec) || parse_index(&s, spec))
        return s;
    if (clk__str_eq_nocase(spec, "most-memory"))
        return (struct selector){.kind = MOST_MEMORY};
    return (struct selector){.kind = BY_NAME, .name = spec};
}

/* How many visible (or any) devices of entry i's type stand before it. */
static int rank_in_type(const clk_device_list *list, size_t i, bool only_visible)
{
    int n = 0;
    for (size_t k = 0; k < i; k++) {
        const clk_device_info *info = &list->items[k].info;
        if (info->type == list->items[i].info.type && (info->visible || !only_visible))
            n++;
    }
    return n;
}

static bool has_most_memory(const clk_device_list *list, size_t i, bool only_visible)
{
    const clk_device_info *mine = &list->items[i].info;
    if (mine->why_unusable)
        return false;
    for (size_t k = 0; k < list->n; k++) {
        const clk_device_info *other = &list->items[k].info;
        bool counts = !other->why_unusable && (other->visible || !only_visible);
        bool wins = other->memory_bytes > mine->memory_bytes ||
                    (other->memory_bytes == mine->memory_bytes && k < i);
        if (counts && wins)
            return false;
    }
    return true;
}

static bool matches(
    const struct selector *s, const clk_device_list *list, size_t i, bool only_visible)
{
    const clk_device_info *info = &list->items[i].info;
    if (only_visible && !info->visible)
        return false;
    switch (s->kind) {
    case ANY:
        return true;
    case BY_TYPE:
        return info->type == s->type &&
               (s->first < 0 || rank_in_type(list, i, only_visible) == s->first);
    case BY_INDEX:
        return info->platform_index == s->first && info->device_index == s->second;
    case MOST_MEMORY:
        return has_most_memory(list, i, only_visible);
    case BY_NAME:
        break;
    }
    return clk__str_has_nocase(info->name, s->name) || clk__str_has_nocase(info->vendor, s->name) ||
           clk__str_has_nocase(info->platform, s->name);
}

void clk__select_mark_visible(clk_device_list *list, const char *specs)
{
    if (!specs || !specs[0])
        return;
    for (size_t i = 0; i < list->n; i++)
        list->items[i].info.visible = false;
    while (*specs) {
        specs += strspn(specs, ", ");
        size_t n = strcspn(specs, ",");
        size_t end = n;
        while (end > 0 && specs[end - 1] == ' ')
            end--;
        char *spec = end > 0 ? clk__strndup(specs, end) : NULL;
        bool found = false;
        struct selector s = parse(spec);
        for (size_t i = 0; spec && i < list->n; i++) {
            if (!matches(&s, list, i, false))
                continue;
            list->items[i].info.visible = true;
            found = true;
        }
        if (spec && !found)
            clk__log(CLK_LOG_WARNING, "CLKERAS_VISIBLE_DEVICES: no device matches \"%s\"", spec);
        free(spec);
        specs += n;
    }
}

/* True if a should be taken before b: GPUs first, cards before integrated ones, then by speed as far
 * as two numbers tell it. */
static bool is_better(const struct device_entry *a, const struct device_entry *b)
{
    if (a->info.type != b->info.type)
        return a->info.type < b->info.type;
    if (a->shares_host_memory != b->shares_host_memory)
        return !a->shares_host_memory;
    return (uint64_t)a->info.compute_units * a->clock_mhz >
           (uint64_t)b->info.compute_units * b->clock_mhz;
}

/* Why nothing could be chosen: the reason of the one that matches, or what there is. */
static clk_status fail_none(const clk_device_list *list, const char *spec)
{
    struct selector s = parse(spec);
    const char *asked = spec && spec[0] ? spec : "any";
    if (list->n == 0)
        return clk__fail(CLK_ERR_NO_DEVICE,
            "device \"%s\": no OpenCL platform here has a device: is the driver's hardware there, "
            "and may you open /dev/dri or /dev/nvidia*?",
            asked);
    for (size_t i = 0; i < list->n; i++) {
        const clk_device_info *info = &list->items[i].info;
        if (info->why_unusable && matches(&s, list, i, true))
            return clk__fail(CLK_ERR_NO_DEVICE, "device \"%s\": %d:%d \"%s\" cannot be used: %s",
                asked, info->platform_index, info->device_index, info->name, info->why_unusable);
    }
    struct str text = {0};
    bool hidden = false;
    for (size_t i = 0; i < list->n; i++) {
        const clk_device_info *info = &list->items[i].info;
        hidden = hidden || (!info->visible && matches(&s, list, i, false));
        clk__str_addf(&text, "%s%d:%d %s \"%s\"%s", i > 0 ? ", " : "", info->platform_index,
            info->device_index, clk_device_type_name(info->type), info->name,
            info->visible ? "" : " (hidden)");
    }
    clk_status status = clk__fail(CLK_ERR_NO_DEVICE, "device \"%s\": %s; there are: %s", asked,
        hidden ? "hidden by CLKERAS_VISIBLE_DEVICES" : "nothing matches",
        text.data ? text.data : "?");
    clk__str_fini(&text);
    return status;
}

clk_status clk__device_select(size_t *out, const clk_device_list *list, const char *spec)
{
    struct selector s = parse(spec);
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < list->n; i++) {
        const struct device_entry *e = &list->items[i];
        if (e->info.why_unusable || !matches(&s, list, i, true))
            continue;
        if (best == SIZE_MAX || is_better(e, &list->items[best]))
            best = i;
    }
    if (best == SIZE_MAX)
        return fail_none(list, spec);
    *out = best;
    return CLK_OK;
}
