/* SPDX-License-Identifier: MIT */
/* Classes of layers that were added at run time: a list that only grows, so that a class that was found stays. */
#include "layers/layer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct added {
    const struct layer_class *class;
    struct added *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct added *first;

/* Under the lock. */
static const struct object_class *find(const char *name)
{
    for (const struct added *a = first; a; a = a->next) {
        if (strcmp(a->class->object.name, name) == 0)
            return &a->class->object;
    }
    return NULL;
}

const struct object_class *clk__layers_added(const char *name)
{
    pthread_mutex_lock(&lock);
    const struct object_class *class = find(name);
    pthread_mutex_unlock(&lock);
    return class;
}

clk_status clk__layers_add(const struct layer_class *class)
{
    struct added *a = malloc(sizeof(*a));
    if (!a)
        return clk__fail_memory();
    pthread_mutex_lock(&lock);
    bool taken = find(class->object.name) != NULL;
    if (!taken) {
        *a = (struct added){.class = class, .next = first};
        first = a;
    }
    pthread_mutex_unlock(&lock);
    if (!taken)
        return CLK_OK;
    free(a);
    return clk__fail(
        CLK_ERR_STATE, "a layer named \"%s\" is registered already", class->object.name);
}
