/* SPDX-License-Identifier: MIT */
#include "model/config_index.h"

#include "base/mem.h"

#include <stdlib.h>

clk_status clk__index_layer(struct call_index *ix, const char *name)
{
    if (!ix->by_name && !(ix->by_name = json_object()))
        return clk__fail_memory();
    TRY(clk__grow(&ix->slots, &ix->capacity, ix->n, sizeof(*ix->slots)));
    ix->slots[ix->n] = (struct layer_slot){{0}, {0}};
    if (!json_object_get(ix->by_name, name) &&
        json_object_set_new(ix->by_name, name, json_integer((json_int_t)ix->n)) != 0)
        return clk__fail_memory();
    ix->n++;
    return CLK_OK;
}

int clk__index_find(const struct call_index *ix, const char *name)
{
    const json_t *number = json_object_get(ix->by_name, name);
    return number ? (int)json_integer_value(number) : -1;
}

int clk__index_node(const struct call_index *ix, int layer, int64_t call)
{
    const struct numbers *nodes = &ix->slots[layer].nodes;
    return call >= 0 && (uint64_t)call < nodes->n ? nodes->items[call] : -1;
}

clk_status clk__numbers_add(struct numbers *list, int number)
{
    TRY(clk__grow(&list->items, &list->capacity, list->n, sizeof(*list->items)));
    list->items[list->n++] = number;
    return CLK_OK;
}

void clk__index_fini(struct call_index *ix)
{
    for (size_t i = 0; i < ix->n; i++) {
        free(ix->slots[i].nodes.items);
        free(ix->slots[i].waiting.items);
    }
    free(ix->slots);
    json_decref(ix->by_name);
    *ix = (struct call_index){0};
}
