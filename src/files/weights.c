/* SPDX-License-Identifier: MIT */
/* The list of arrays that a model wants written. */
#include "files/weights.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static bool is_path(const char *path)
{
    size_t n = strlen(path);
    return n > 0 && path[0] != '/' && path[n - 1] != '/' && !strstr(path, "//");
}

clk_status clk__weight_list_group(struct weight_list *list, const char *path, const char *name)
{
    if (!is_path(path))
        return clk__fail(
            CLK_ERR_ARG, "\"%s\" is no path of a group, such as layers/dense/vars", path);
    for (size_t i = 0; i < list->n_groups; i++) {
        if (strcmp(list->groups[i].path, path) == 0)
            return clk__fail(CLK_ERR_ARG, "the group \"%s\" is there already", path);
    }
    TRY(clk__grow(&list->groups, &list->capacity, list->n_groups, sizeof(*list->groups)));
    struct weight_group group = {.path = clk__strdup(path)};
    if (!group.path)
        return clk__fail_memory();
    if (name && !(group.name = clk__strdup(name))) {
        free(group.path);
        return clk__fail_memory();
    }
    list->groups[list->n_groups++] = group;
    return CLK_OK;
}

clk_status clk__weight_list_add(struct weight_list *list, clk_array array)
{
    if (list->n_groups == 0)
        return clk__fail(CLK_ERR_ARG, "an array needs a group to stand in");
    struct weight_group *group = &list->groups[list->n_groups - 1];
    if (array.rank < 0 || array.rank > CLK_MAX_RANK || clk_dtype_bytes(array.dtype) == 0)
        return clk__fail(CLK_ERR_ARG, "%s/%zu: rank %d or dtype %d is not valid", group->path,
            group->n_weights, array.rank, (int)array.dtype);
    struct weight w = {.dtype = array.dtype,
        .rank = array.rank,
        .data = array.data,
        .bytes = clk_dtype_bytes(array.dtype)};
    for (int i = 0; i < array.rank; i++) {
        w.shape[i] = array.shape[i];
        if (w.shape[i] < 0 || !clk__size_mul(&w.bytes, w.bytes, (size_t)w.shape[i]))
            return clk__fail(CLK_ERR_ARG, "%s/%zu: dimension %d is %lld", group->path,
                group->n_weights, i, (long long)w.shape[i]);
    }
    if (!w.data && w.bytes > 0)
        return clk__fail(CLK_ERR_ARG, "%s/%zu: no data", group->path, group->n_weights);
    TRY(clk__grow(&group->weights, &group->capacity, group->n_weights, sizeof(*group->weights)));
    group->weights[group->n_weights++] = w;
    return CLK_OK;
}

void clk__weight_list_narrow(struct weight_list *list, enum precision p)
{
    struct weight_group *group = &list->groups[list->n_groups - 1];
    group->weights[group->n_weights - 1].precision = p;
}

clk_status clk__names_add(struct name_list *names, const char *name)
{
    TRY(clk__grow(&names->items, &names->capacity, names->n, sizeof(*names->items)));
    names->items[names->n] = clk__strdup(name);
    if (!names->items[names->n])
        return clk__fail_memory();
    names->n++;
    return CLK_OK;
}

clk_status clk__weight_list_text(
    struct weight_list *list, size_t group, const char *list_name, const char *text)
{
    list->groups[group].list_name = list_name;
    return text ? clk__names_add(&list->groups[group].texts, text) : CLK_OK;
}

clk_status clk__weight_list_add_named(
    struct weight_list *list, clk_array array, const char *list_name, const char *name)
{
    TRY(clk__weight_list_add(list, array));
    struct weight_group *group = &list->groups[list->n_groups - 1];
    char **copy = &group->weights[group->n_weights - 1].name;
    *copy = clk__strdup(name);
    if (!*copy)
        return clk__fail_memory();
    return clk__weight_list_text(list, list->n_groups - 1, list_name, name);
}

clk_status clk__weight_list_attribute(struct weight_list *list, const char *name, char *text)
{
    clk_status status =
        clk__grow(&list->texts, &list->texts_capacity, list->n_texts, sizeof(*list->texts));
    if (status != CLK_OK) {
        free(text);
        return status;
    }
    list->texts[list->n_texts++] = (struct weight_text){.name = name, .text = text};
    return CLK_OK;
}

void clk__weight_list_fini(struct weight_list *list)
{
    for (size_t i = 0; i < list->n_texts; i++)
        free(list->texts[i].text);
    free(list->texts);
    for (size_t i = 0; i < list->n_groups; i++) {
        for (size_t k = 0; k < list->groups[i].n_weights; k++)
            free(list->groups[i].weights[k].name);
        clk__names_fini(&list->groups[i].texts);
        free(list->groups[i].path);
        free(list->groups[i].name);
        free(list->groups[i].weights);
    }
    free(list->groups);
    *list = (struct weight_list){0};
}

void clk__names_fini(struct name_list *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->items[i]);
    free(names->items);
    *names = (struct name_list){0};
}
