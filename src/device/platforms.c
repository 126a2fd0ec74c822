/* SPDX-License-Identifier: MIT */
/* Listing: every device of every platform with what is known of it. Creates no context and allocates
 * nothing on any device. */
#include "device/platforms.h"

#include "base/mem.h"
#include "device/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PLATFORM_NOT_FOUND_KHR = -1001,
    MIN_MAJOR = 1,
    MIN_MINOR = 2
};

/* A string that clGetPlatformInfo or clGetDeviceInfo gives; "?" when the driver has none. */
typedef cl_int query_fn(void *object, cl_uint name, size_t bytes, void *value, size_t *bytes_out);

static cl_int query_platform(void *object, cl_uint name, size_t bytes, void *value, size_t *size)
{
    return clGetPlatformInfo(object, name, bytes, value, size);
}

static cl_int query_device(void *object, cl_uint name, size_t bytes, void *value, size_t *size)
{
    return clGetDeviceInfo(object, name, bytes, value, size);
}

static clk_status query_string(const char **out, query_fn *query, void *object, cl_uint name)
{
    size_t bytes = 0;
    if (query(object, name, 0, NULL, &bytes) != CL_SUCCESS || bytes == 0)
        bytes = 0;
    char *text = clk__alloc(bytes > 2 ? bytes : 2, 1);
    if (!text)
        return clk__fail_memory();
    if (bytes == 0 || query(object, name, bytes, text, NULL) != CL_SUCCESS)
        text[0] = '?';
    /* PoCL and Intel pad names with blanks. */
    size_t blanks = strspn(text, " ");
    memmove(text, text + blanks, strlen(text + blanks) + 1);
    for (size_t n = strlen(text); n > 0 && text[n - 1] == ' '; n--)
        text[n - 1] = '\0';
    *out = text;
    return CLK_OK;
}

/* A fixed-size property; stays zero when the driver does not know it. */
#define QUERY(id, name, value)                                                          \
    do {                                                                                \
        if (clGetDeviceInfo((id), (name), sizeof(value), &(value), NULL) != CL_SUCCESS) \
            memset(&(value), 0, sizeof(value));                                         \
    } while (0)

static clk_device_type type_of(cl_device_id id)
{
    cl_device_type type = 0;
    QUERY(id, CL_DEVICE_TYPE, type);
    if (type & CL_DEVICE_TYPE_GPU)
        return CLK_DEVICE_GPU;
    if (type & CL_DEVICE_TYPE_ACCELERATOR)
        return CLK_DEVICE_ACCELERATOR;
    return type & CL_DEVICE_TYPE_CPU ? CLK_DEVICE_CPU : CLK_DEVICE_OTHER;
}

void clk__parse_version(int *major, int *minor, const char *version)
{
    static const char start[] = "OpenCL ";
    *major = *minor = 0;
    if (strncmp(version, start, sizeof(start) - 1) != 0)
        return;
    char *end = NULL;
    long first = strtol(version + sizeof(start) - 1, &end, 10);
    if (*end != '.' || first < 0 || first > 99)
        return;
    long second = strtol(end + 1, NULL, 10);
    *major = (int)first;
    *minor = second >= 0 && second <= 99 ? (int)second : 0;
}

const char *clk__device_verdict(const struct device_facts *facts)
{
    if (!facts->available)
        return "the driver says it is not available now";
    if (facts->major < MIN_MAJOR || (facts->major == MIN_MAJOR && facts->minor < MIN_MINOR))
        return "its driver is older than OpenCL 1.2: a newer driver may help";
    if (!facts->compiler)
        return "its driver has no compiler for OpenCL C: install the full driver";
    if (!facts->little_endian)
        return "its byte order is not little-endian";
    return NULL;
}

static const char *verdict_of(cl_device_id id, const char *version)
{
    cl_bool available = CL_FALSE, compiler = CL_FALSE, little = CL_FALSE;
    QUERY(id, CL_DEVICE_AVAILABLE, available);
    QUERY(id, CL_DEVICE_COMPILER_AVAILABLE, compiler);
    QUERY(id, CL_DEVICE_ENDIAN_LITTLE, little);
    struct device_facts facts = {
        .available = available != CL_FALSE,
        .compiler = compiler != CL_FALSE,
        .little_endian = little != CL_FALSE,
    };
    clk__parse_version(&facts.major, &facts.minor, version);
    return clk__device_verdict(&facts);
}

static clk_status query_entry(struct device_entry *e, cl_platform_id platform, cl_device_id id)
{
    clk_device_info *info = &e->info;
    e->id = id;
    e->platform = platform;
    TRY(query_string(&info->platform, query_platform, platform, CL_PLATFORM_NAME));
    TRY(query_string(&info->name, query_device, id, CL_DEVICE_NAME));
    TRY(query_string(&info->vendor, query_device, id, CL_DEVICE_VENDOR));
    TRY(query_string(&info->driver, query_device, id, CL_DRIVER_VERSION));
    TRY(query_string(&info->version, query_device, id, CL_DEVICE_VERSION));
    const char *extensions = NULL;
    TRY(query_string(&extensions, query_device, id, CL_DEVICE_EXTENSIONS));
    info->fp16 = extensions && strstr(extensions, "cl_khr_fp16") != NULL;
    free((void *)(uintptr_t)extensions);

    cl_uint units = 0, clock = 0;
    cl_ulong memory = 0, max_alloc = 0;
    cl_device_fp_config fp64 = 0;
    cl_bool unified = CL_FALSE;
    QUERY(id, CL_DEVICE_MAX_COMPUTE_UNITS, units);
    QUERY(id, CL_DEVICE_MAX_CLOCK_FREQUENCY, clock);
    QUERY(id, CL_DEVICE_GLOBAL_MEM_SIZE, memory);
    QUERY(id, CL_DEVICE_MAX_MEM_ALLOC_SIZE, max_alloc);
    QUERY(id, CL_DEVICE_DOUBLE_FP_CONFIG, fp64);
    QUERY(id, CL_DEVICE_HOST_UNIFIED_MEMORY, unified);
    info->type = type_of(id);
    info->compute_units = units;
    info->memory_bytes = memory;
    info->max_alloc_bytes = max_alloc;
    info->fp64 = fp64 != 0;
    info->visible = true;
    info->why_unusable = verdict_of(id, info->version);
    e->shares_host_memory = unified != CL_FALSE;
    e->clock_mhz = clock;
    return CLK_OK;
}
#undef QUERY

static clk_status add_platform(clk_device_list *list, cl_platform_id platform, int index)
{
    cl_uint n = 0;
    cl_int code = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, NULL, &n);
    if (code == CL_DEVICE_NOT_FOUND || (code == CL_SUCCESS && n == 0))
        return CLK_OK;
    TRY(clk__cl_check(code, "clGetDeviceIDs"));
    cl_device_id *ids = clk__alloc(n, sizeof(cl_device_id));
    if (!ids)
        return clk__fail_memory();
    clk_status status =
        clk__cl_check(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, n, ids, NULL), "clGetDeviceIDs");
    for (cl_uint i = 0; status == CLK_OK && i < n; i++) {
        status = clk__grow(&list->items, &list->capacity, list->n, sizeof(list->items[0]));
        if (status != CLK_OK)
            break;
        struct device_entry *e = &list->items[list->n++];
        *e = (struct device_entry){.info = {.platform_index = index, .device_index = (int)i}};
        status = query_entry(e, platform, ids[i]);
    }
    free(ids);
    return status;
}

/* A driver that fails hides its own devices, not those of the others. */
static clk_status add_platforms(clk_device_list *list, const cl_platform_id *ids, cl_uint n)
{
    clk_status failed = CLK_OK;
    for (cl_uint i = 0; i < n; i++) {
        clk_status status = add_platform(list, ids[i], (int)i);
        if (status == CLK_OK)
            continue;
        if (status == CLK_ERR_MEMORY)
            return status;
        failed = clk__fail_in(status, "OpenCL platform %u", i);
        clk__log(CLK_LOG_WARNING, "%s", clk_last_error());
    }
    return list->n > 0 ? CLK_OK : failed;
}

clk_status clk_device_list_create(clk_device_list **out)
{
    if (!out)
        return clk__fail(CLK_ERR_ARG, "device list: no place for the result (out is NULL)");
    *out = NULL;
    cl_uint n = 0;
    cl_int code = clGetPlatformIDs(0, NULL, &n);
    if (code == PLATFORM_NOT_FOUND_KHR || (code == CL_SUCCESS && n == 0))
        return clk__fail(CLK_ERR_NO_PLATFORM,
            "no OpenCL platform is installed: install your GPU's (nvidia-opencl-icd, "
            "intel-opencl-icd, mesa-opencl-icd or rocm-opencl-icd), or pocl-opencl-icd for the "
            "CPU");
    TRY(clk__cl_check(code, "clGetPlatformIDs"));
    cl_platform_id *ids = clk__alloc(n, sizeof(cl_platform_id));
    clk_device_list *list = clk__alloc(1, sizeof(*list));
    clk_status status = CLK_OK;
    if (!ids || !list) {
        status = clk__fail_memory();
        goto done;
    }
    TRY_DONE(clk__cl_check(clGetPlatformIDs(n, ids, NULL), "clGetPlatformIDs"));
    TRY_DONE(add_platforms(list, ids, n));
    clk__select_mark_visible(list, getenv("CLKERAS_VISIBLE_DEVICES"));
    *out = list;
    list = NULL;
done:
    free(ids);
    clk_device_list_free(list);
    return status;
}

size_t clk_device_list_count(const clk_device_list *list)
{
    return list ? list->n : 0;
}

const clk_device_info *clk_device_list_get(const clk_device_list *list, size_t i)
{
    return list && i < list->n ? &list->items[i].info : NULL;
}

void clk_device_list_free(clk_device_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->n; i++)
        clk__info_fini(&list->items[i].info);
    free(list->items);
    free(list);
}

const char *clk_device_type_name(clk_device_type type)
{
    switch (type) {
    case CLK_DEVICE_GPU:
        return "GPU";
    case CLK_DEVICE_ACCELERATOR:
        return "ACCELERATOR";
    case CLK_DEVICE_CPU:
        return "CPU";
    case CLK_DEVICE_OTHER:
        break;
    }
    return "OTHER";
}

clk_status clk__info_copy(clk_device_info *out, const clk_device_info *info)
{
    *out = *info;
    out->name = clk__strdup(info->name);
    out->vendor = clk__strdup(info->vendor);
    out->platform = clk__strdup(info->platform);
    out->driver = clk__strdup(info->driver);
    out->version = clk__strdup(info->version);
    if (out->name && out->vendor && out->platform && out->driver && out->version)
        return CLK_OK;
    clk__info_fini(out);
    return clk__fail_memory();
}

/* The public struct's strings are const for its readers; here they are ours to free. */
static void free_string(const char **s)
{
    free((void *)(uintptr_t)*s);
    *s = NULL;
}

void clk__info_fini(clk_device_info *info)
{
    free_string(&info->name);
    free_string(&info->vendor);
    free_string(&info->platform);
    free_string(&info->driver);
    free_string(&info->version);
}
