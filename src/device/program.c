/* SPDX-License-Identifier: MIT */
/* Programs: from this process's set, from the disk cache, or from the compiler; and their kernels. */
#include "device/program.h"

#include "base/mem.h"
#include "base/str.h"
#include "device/program_cache.h"

#include <stdlib.h>
#include <string.h>

#define ALWAYS_OPTIONS "-cl-std=CL1.2"
/* Part of the key: raise it when what is stored under the same source changes its meaning. */
#define CACHE_FORMAT "1"

struct program {
    cl_program program;
    struct hash128 key;
    struct str kernels; /* names of those ever created, here or when it was saved: " a b " */
    bool dirty;         /* kernels has names that the file on disk lacks */
};

struct program_cache {
    struct program **items;
    size_t n;
    size_t capacity;
    char *folder; /* NULL: nothing on disk */
    struct program_counts counts;
};

clk_status clk__programs_create(struct program_cache **out, const clk_device_info *info)
{
    struct program_cache *programs = clk__alloc(1, sizeof(*programs));
    if (!programs)
        return clk__fail_memory();
    programs->folder = clk__cache_folder(info);
    *out = programs;
    return CLK_OK;
}

static void free_program(struct program *p)
{
    if (!p)
        return;
    if (p->program)
        (void)clReleaseProgram(p->program);
    clk__str_fini(&p->kernels);
    free(p);
}

void clk__programs_free(struct program_cache *programs)
{
    if (!programs)
        return;
    for (size_t i = programs->n; i > 0; i--)
        free_program(programs->items[i - 1]);
    free(programs->items);
    free(programs->folder);
    free(programs);
}

struct program_counts clk__programs_counts(const clk_device *d)
{
    return d->programs->counts;
}

const char *clk__log_error_line(size_t *n, const char *log)
{
    const char *found = NULL;
    const char *line = log;
    *n = 0;
    while (*line) {
        line += strspn(line, " \t\r\n");
        size_t len = strcspn(line, "\r\n");
        const char *error = strstr(line, "error:");
        bool has_error = error && error < line + len;
        if (len > 0 && (has_error || !found)) {
            found = line;
            *n = len;
        }
        if (has_error)
            break;
        line += len;
    }
    return found ? found : log;
}

static clk_status fail_build(clk_device *d, cl_program program)
{
    size_t bytes = 0;
    char *log = NULL;
    if (clGetProgramBuildInfo(program, d->id, CL_PROGRAM_BUILD_LOG, 0, NULL, &bytes) == CL_SUCCESS)
        log = clk__alloc(bytes + 1, 1);
    if (log && bytes > 0 &&
        clGetProgramBuildInfo(program, d->id, CL_PROGRAM_BUILD_LOG, bytes, log, NULL) != CL_SUCCESS)
        log[0] = '\0';
    size_t n = 0;
    const char *line = clk__log_error_line(&n, log ? log : "");
    clk_status status = clk__fail(CLK_ERR_BUILD, "kernels do not compile on \"%s\": %.*s",
        d->info.name, n > 0 ? (int)n : 20, n > 0 ? line : "the compiler is mute");
    clk__log(CLK_LOG_ERROR, "%s", log && log[0] ? log : clk_last_error());
    free(log);
    return status;
}

static clk_status compile(struct program *p, clk_device *d, const char *source, const char *options)
{
    cl_int code = CL_SUCCESS;
    cl_program program = clCreateProgramWithSource(d->context, 1, &source, NULL, &code);
    TRY(clk__cl_check(code, "clCreateProgramWithSource"));
    code = clBuildProgram(program, 1, &d->id, options, NULL, NULL);
    if (code == CL_BUILD_PROGRAM_FAILURE) {
        clk_status status = fail_build(d, program);
        (void)clReleaseProgram(program);
        return status;
    }
    if (code != CL_SUCCESS) {
        (void)clReleaseProgram(program);
        return clk__cl_check(code, "clBuildProgram");
    }
    p->program = program;
    p->dirty = true;
    d->programs->counts.compiled++;
    return CLK_OK;
}

/* True if the disk cache had it and the driver takes it. */
static bool load(struct program *p, clk_device *d, const char *options)
{
    struct cache_entry e = {0};
    if (!clk__cache_load(&e, d->programs->folder, p->key))
        return false;
    cl_int code = CL_SUCCESS, binary_code = CL_SUCCESS;
    const unsigned char *binary = e.binary;
    cl_program program = clCreateProgramWithBinary(
        d->context, 1, &d->id, &e.binary_bytes, &binary, &binary_code, &code);
    bool good = code == CL_SUCCESS && binary_code == CL_SUCCESS;
    if (good)
        good = clBuildProgram(program, 1, &d->id, options, NULL, NULL) == CL_SUCCESS;
    if (good) {
        clk__str_add(&p->kernels, e.kernels);
        p->program = program;
        d->programs->counts.loaded++;
    } else if (program) {
        (void)clReleaseProgram(program);
    }
    clk__cache_entry_fini(&e);
    return good;
}

static clk_status make_key(
    struct hash128 *out, const clk_device *d, const char *source, const char *options)
{
    struct hasher *h = clk__hasher_create();
    if (!h)
        return clk__fail_memory();
    clk__hasher_add_str(h, CACHE_FORMAT);
    clk__hasher_add_str(h, source);
    clk__hasher_add_str(h, options);
    clk__hasher_add_str(h, d->info.name);
    clk__hasher_add_str(h, d->info.vendor);
    clk__hasher_add_str(h, d->info.driver);
    clk__hasher_add_str(h, d->info.version);
    clk__hasher_add_str(h, d->info.platform);
    *out = clk__hasher_finish(h);
    return CLK_OK;
}

static struct program *find(const struct program_cache *programs, struct hash128 key)
{
    for (size_t i = 0; i < programs->n; i++) {
        struct program *p = programs->items[i];
        if (p->key.lo == key.lo && p->key.hi == key.hi)
            return p;
    }
    return NULL;
}

clk_status clk__program_get(
    struct program **out, clk_device *d, const char *source, const char *options)
{
    *out = NULL;
    struct program_cache *programs = d->programs;
    struct program *p = NULL;
    char *all_options = NULL;
    struct str text = {0};
    struct hash128 key = {0};
    clk_status status = CLK_OK;
    clk__str_add(&text, ALWAYS_OPTIONS);
    if (options && options[0])
        clk__str_addf(&text, " %s", options);
    TRY_DONE(clk__str_finish(&all_options, &text));
    TRY_DONE(make_key(&key, d, source, all_options));
    *out = find(programs, key);
    if (*out)
        goto done;
    TRY_DONE(
        clk__grow(&programs->items, &programs->capacity, programs->n, sizeof(struct program *)));
    p = clk__alloc(1, sizeof(*p));
    if (!p) {
        status = clk__fail_memory();
        goto done;
    }
    p->key = key;
    if (!load(p, d, all_options))
        TRY_DONE(compile(p, d, source, all_options));
    programs->items[programs->n++] = p;
    *out = p;
    p = NULL;
done:
    free_program(p);
    free(all_options);
    return status;
}

/* Remembers that the kernel is used, so that the next save holds its code. */
static void note_kernel(struct program *p, const char *name)
{
    struct str word = {0};
    clk__str_addf(&word, " %s ", name);
    if (!word.failed && !(p->kernels.data && strstr(p->kernels.data, word.data))) {
        clk__str_add(&p->kernels, word.data);
        p->dirty = true;
    }
    clk__str_fini(&word);
}

clk_status clk__kernel_create(cl_kernel *out, struct program *p, const char *name)
{
    cl_int code = CL_SUCCESS;
    *out = NULL;
    cl_kernel kernel = clCreateKernel(p->program, name, &code);
    if (code == CL_INVALID_KERNEL_NAME)
        return clk__fail(CLK_ERR_BUILD, "kernel \"%s\": not in the program built for it", name);
    TRY(clk__cl_check(code, "clCreateKernel"));
    note_kernel(p, name);
    *out = kernel;
    return CLK_OK;
}

void clk__kernel_release(cl_kernel k)
{
    if (k)
        (void)clReleaseKernel(k);
}

/* PoCL's binaries hold a kernel's code only once it has been launched: hence not when it is built. */
static clk_status save(struct program_cache *programs, struct program *p)
{
    struct cache_entry e = {.kernels = p->kernels.data};
    TRY_CL(clGetProgramInfo(
        p->program, CL_PROGRAM_BINARY_SIZES, sizeof(e.binary_bytes), &e.binary_bytes, NULL));
    if (e.binary_bytes == 0)
        return CLK_OK;
    e.binary = clk__alloc(e.binary_bytes, 1);
    if (!e.binary)
        return clk__fail_memory();
    clk_status status = clk__cl_check(clGetProgramInfo(p->program, CL_PROGRAM_BINARIES,
                                          sizeof(e.binary), (void *)&e.binary, NULL),
        "clGetProgramInfo");
    if (status == CLK_OK && clk__cache_store(programs->folder, p->key, &e))
        programs->counts.saved++;
    free(e.binary);
    return status;
}

static clk_status save_dirty(clk_device *d)
{
    struct program_cache *programs = d->programs;
    TRY(clk__device_finish(d));
    for (size_t i = 0; i < programs->n; i++) {
        struct program *p = programs->items[i];
        bool wanted = p->dirty && p->kernels.data && !p->kernels.failed;
        /* One try for each new set of kernels: an unwritable folder is not asked again and again. */
        p->dirty = false;
        if (wanted)
            TRY(save(programs, p));
    }
    return CLK_OK;
}

void clk__device_save_programs(clk_device *d)
{
    bool dirty = false;
    for (size_t i = 0; i < d->programs->n; i++)
        dirty = dirty || d->programs->items[i]->dirty;
    if (!dirty || !d->programs->folder)
        return;
    /* Often called while another error is on its way to the user. */
    char *kept = clk__strdup(clk_last_error());
    clk_status status = save_dirty(d);
    if (status != CLK_OK)
        clk__log(CLK_LOG_DEBUG, "program cache: %s", clk_last_error());
    status = clk__fail(status, "%s", kept ? kept : "");
    (void)status; /* only the text was wanted */
    free(kept);
}
