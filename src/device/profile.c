/* SPDX-License-Identifier: MIT */
/* Kernel times from OpenCL events. Events are kept in a table of fixed size and summed up when it is
 * full or when the times are asked for. */
#include "device/profile.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
    PENDING = 512
};

struct timing {
    char *name; /* owned: a plan may end before the device does */
    uint64_t count;
    double seconds;
};

struct profile {
    struct timing *items;
    size_t n;
    size_t capacity;
    struct {
        cl_event event; /* NULL: the launch failed */
        size_t item;
    } pending[PENDING];
    size_t n_pending;
};

clk_status clk__profile_create(struct profile **out)
{
    *out = clk__alloc(1, sizeof(struct profile));
    return *out ? CLK_OK : clk__fail_memory();
}

/* Sums up the pending events; waits for those that are not done. */
static clk_status drain(struct profile *p)
{
    clk_status status = CLK_OK;
    for (size_t i = 0; i < p->n_pending; i++) {
        cl_event event = p->pending[i].event;
        cl_ulong start = 0, end = 0;
        if (!event)
            continue;
        cl_int code = clWaitForEvents(1, &event);
        if (code == CL_SUCCESS)
            code = clGetEventProfilingInfo(
                event, CL_PROFILING_COMMAND_START, sizeof(start), &start, NULL);
        if (code == CL_SUCCESS)
            code =
                clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof(end), &end, NULL);
        if (code == CL_SUCCESS) {
            struct timing *t = &p->items[p->pending[i].item];
            t->count++;
            t->seconds += end > start ? (double)(end - start) * 1e-9 : 0.0;
        } else if (status == CLK_OK) {
            status = clk__cl_check(code, "clGetEventProfilingInfo");
        }
        (void)clReleaseEvent(event);
    }
    p->n_pending = 0;
    return status;
}

void clk__profile_free(struct profile *profile)
{
    if (!profile)
        return;
    for (size_t i = 0; i < profile->n_pending; i++) {
        if (profile->pending[i].event)
            (void)clReleaseEvent(profile->pending[i].event);
    }
    for (size_t i = 0; i < profile->n; i++)
        free(profile->items[i].name);
    free(profile->items);
    free(profile);
}

/* Index of the kernel's sum, made if need be; SIZE_MAX when there is no memory. */
static size_t find_item(struct profile *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++) {
        if (strcmp(p->items[i].name, name) == 0)
            return i;
    }
    if (clk__grow(&p->items, &p->capacity, p->n, sizeof(p->items[0])) != CLK_OK)
        return SIZE_MAX;
    char *copy = clk__strdup(name);
    if (!copy)
        return SIZE_MAX;
    p->items[p->n] = (struct timing){.name = copy};
    return p->n++;
}

cl_event *clk__profile_slot(clk_device *d, const char *name)
{
    struct profile *p = d->profile;
    if (!p)
        return NULL;
    /* A failing event would fail the next blocking call too, which says so: here it is only lost. */
    if (p->n_pending == PENDING && drain(p) != CLK_OK)
        clk__log(CLK_LOG_WARNING, "profiling: %s", clk_last_error());
    size_t item = find_item(p, name);
    if (item == SIZE_MAX)
        return NULL;
    size_t i = p->n_pending++;
    p->pending[i].item = item;
    p->pending[i].event = NULL;
    return &p->pending[i].event;
}

static int compare_slowest_first(const void *a, const void *b)
{
    const struct timing *x = a, *y = b;
    if (x->seconds != y->seconds)
        return x->seconds < y->seconds ? 1 : -1;
    return strcmp(x->name, y->name);
}

clk_status clk_device_profile(
    size_t *count_out, clk_kernel_time *out, size_t capacity, clk_device *device)
{
    if (!count_out || !device || (!out && capacity > 0))
        return clk__fail(CLK_ERR_ARG, "device profile: device, count_out or out is NULL");
    *count_out = 0;
    struct profile *p = device->profile;
    if (!p)
        return clk__fail(CLK_ERR_STATE,
            "device profile: \"%s\" is not profiling, open it with .profiling = true",
            device->info.name);
    TRY(clk__device_finish(device));
    TRY(drain(p));
    if (p->n > 0)
        qsort(p->items, p->n, sizeof(p->items[0]), compare_slowest_first);
    for (size_t i = 0; i < p->n && i < capacity; i++) {
        const struct timing *t = &p->items[i];
        out[i] = (clk_kernel_time){.name = t->name, .count = t->count, .seconds = t->seconds};
    }
    *count_out = p->n;
    return CLK_OK;
}
