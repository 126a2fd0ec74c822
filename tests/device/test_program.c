/* SPDX-License-Identifier: MIT */
/* Programs and their kernels: sharing, build errors, the disk cache in each of its states. */
#include "base/str.h"
#include "device/program.h"
#include "device/program_cache.h"
#include "support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char source[] =
    "__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void twice(__global float *x)\n"
    "{\n"
    "    x[get_global_id(0)] *= FACTOR;\n"
    "}\n"
    "__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void once(__global float *x)\n"
    "{\n"
    "    x[get_global_id(0)] += 1;\n"
    "}\n";
static const char options[] = "-DFACTOR=2.0f";

static char folder[64];
static char logged[4096];

static void keep_log(clk_log_level level, const char *text, void *user)
{
    (void)user;
    if (level == CLK_LOG_ERROR)
        (void)snprintf(logged, sizeof(logged), "%s", text);
}

static void set_up(void)
{
    strcpy(folder, "/tmp/clkeras-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    setenv("CLKERAS_CACHE_DIR", folder, 1);
}

/* The path of the one file in the cache, in `path`; how many there are. */
static int find_file(char *path, size_t bytes)
{
    int n = 0;
    DIR *dir = opendir(folder);
    if (!dir)
        return 0;
    for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        if (e->d_name[0] == '.')
            continue;
        (void)snprintf(path, bytes, "%s/%s", folder, e->d_name);
        n++;
    }
    closedir(dir);
    return n;
}

static void tear_down(void)
{
    char path[400];
    while (find_file(path, sizeof(path)) > 0)
        unlink(path);
    rmdir(folder);
}

/* Runs the kernel on 3; gives the result. */
static float run(clk_device *d, struct program *p, const char *name)
{
    cl_kernel kernel = NULL;
    struct buffer b = {0};
    float x = 3;
    const size_t one = 1;
    check_ok(clk__kernel_create(&kernel, p, name));
    check_ok(clk__buffer_init(&b, d, sizeof(x), "x"));
    check_ok(clk__buffer_write(d, &b, 0, &x, sizeof(x)));
    ck_assert_int_eq(clSetKernelArg(kernel, 0, sizeof(b.mem), (void *)&b.mem), CL_SUCCESS);
    ck_assert_int_eq(clEnqueueNDRangeKernel(d->queue, kernel, 1, NULL, &one, &one, 0, NULL,
                         clk__profile_slot(d, name)),
        CL_SUCCESS);
    check_ok(clk__buffer_read(d, &b, 0, &x, sizeof(x)));
    clk__buffer_fini(&b);
    clk__kernel_release(kernel);
    return x;
}

/* A device with the disk cache, also where the driver has its own. */
static clk_device *open_caching(void)
{
    clk_device *d = NULL;
    check_ok(clk_device_open(&d, NULL, NULL));
    clk_device_info info = d->info;
    info.platform = "a driver without a cache";
    clk__programs_free(d->programs);
    d->programs = NULL;
    check_ok(clk__programs_create(&d->programs, &info));
    return d;
}

/* Opens the device, runs `twice`, saves; gives what the set of programs did. */
static struct program_counts run_once(void)
{
    clk_device *d = open_caching();
    struct program *p = NULL;
    check_ok(clk__program_get(&p, d, source, options));
    ck_assert_float_eq(run(d, p, "twice"), 6);
    clk__device_save_programs(d);
    clk__device_save_programs(d);
    struct program_counts counts = clk__programs_counts(d);
    clk_device_close(d);
    return counts;
}

static void check_counts(
    struct program_counts c, unsigned compiled, unsigned loaded, unsigned saved)
{
    ck_assert_uint_eq(c.compiled, compiled);
    ck_assert_uint_eq(c.loaded, loaded);
    ck_assert_uint_eq(c.saved, saved);
}

START_TEST(shared)
{
    clk_device *d = NULL;
    struct program *a = NULL, *b = NULL, *c = NULL;
    check_ok(clk_device_open(&d, NULL, NULL));
    check_ok(clk__program_get(&a, d, source, options));
    check_ok(clk__program_get(&b, d, source, options));
    check_ok(clk__program_get(&c, d, source, "-DFACTOR=3.0f"));
    ck_assert_ptr_eq(a, b);
    ck_assert_ptr_ne(a, c);
    ck_assert_float_eq(run(d, c, "twice"), 9);
    cl_kernel kernel = NULL;
    check_fails(
        CLK_ERR_BUILD, "\"thrice\": not in the program", clk__kernel_create(&kernel, a, "thrice"));
    ck_assert_ptr_null(kernel);
    clk__kernel_release(NULL);
    clk_device_close(d);
}
END_TEST

START_TEST(build_error)
{
    clk_device *d = NULL;
    struct program *p = NULL;
    check_ok(clk_device_open(&d, NULL, NULL));
    clk_log_set(keep_log, NULL);
    logged[0] = '\0';
    check_fails(CLK_ERR_BUILD, "ops/bad.cl:7",
        clk__program_get(&p, d,
            "#line 5 \"ops/bad.cl\"\n__kernel void f(__global float *x)\n{\n    x[0] = y;\n}\n",
            NULL));
    ck_assert_ptr_nonnull(strstr(clk_last_error(), "error:"));
    ck_assert_ptr_nonnull(strstr(logged, "ops/bad.cl:7"));
    clk_log_set(NULL, NULL);
    ck_assert_ptr_null(p);
    clk_device_close(d);
}
END_TEST

START_TEST(log_lines)
{
    const struct {
        const char *log;
        const char *line;
    } cases[] = {
        {"", ""},
        {"\n\n  \n", ""},
        {"\n  warning: x\nf.cl:1:2: error: y\r\nerror: z", "f.cl:1:2: error: y"},
        {"build failed\nbecause", "build failed"},
        {"error: only", "error: only"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t n = 0;
        const char *line = clk__log_error_line(&n, cases[i].log);
        ck_assert_uint_eq(n, strlen(cases[i].line));
        ck_assert(strncmp(line, cases[i].line, n) == 0);
    }
}
END_TEST

START_TEST(cache_hit)
{
    char path[400];
    check_counts(run_once(), 1, 0, 1);
    ck_assert_int_eq(find_file(path, sizeof(path)), 1);
    check_counts(run_once(), 0, 1, 0);
    /* A kernel that the saved binary has no code for makes it be saved again, once. */
    for (unsigned i = 0; i < 2; i++) {
        clk_device *d = open_caching();
        struct program *p = NULL;
        check_ok(clk__program_get(&p, d, source, options));
        ck_assert_float_eq(run(d, p, "once"), 4);
        clk__device_save_programs(d);
        check_counts(clk__programs_counts(d), 0, 1, i == 0 ? 1 : 0);
        clk_device_close(d);
    }
}
END_TEST

START_TEST(cache_at_close)
{
    /* Neither a build nor a launch writes: only the end does, and it keeps the error text. */
    char path[400];
    clk_device *d = open_caching();
    struct program *p = NULL;
    check_ok(clk__program_get(&p, d, source, options));
    ck_assert_float_eq(run(d, p, "twice"), 6);
    ck_assert_int_eq(find_file(path, sizeof(path)), 0);
    ck_assert_int_eq(clk__fail(CLK_ERR_IO, "what the user is about to read"), CLK_ERR_IO);
    clk_device_close(d);
    ck_assert_int_eq(find_file(path, sizeof(path)), 1);
    ck_assert_str_eq(clk_last_error(), "what the user is about to read");
    check_counts(run_once(), 0, 1, 0);
}
END_TEST

/* Changes the file at `at` (from its end if negative), or cuts it there. */
static void damage(long at, bool cut)
{
    char path[400];
    ck_assert_int_eq(find_file(path, sizeof(path)), 1);
    FILE *f = fopen(path, "r+b");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(fseek(f, at, at < 0 ? SEEK_END : SEEK_SET), 0);
    if (cut) {
        ck_assert_int_eq(ftruncate(fileno(f), ftell(f)), 0);
    } else {
        int c = fgetc(f);
        ck_assert_int_eq(fseek(f, -1, SEEK_CUR), 0);
        fputc(c ^ 1, f);
    }
    fclose(f);
}

START_TEST(cache_damaged)
{
    check_counts(run_once(), 1, 0, 1);
    const struct {
        long at;
        bool cut;
    } cases[] = {{0, false}, {8, false}, {17, false}, {39, false}, {60, false}, {-1, false},
        {-1, true}, {48, true}, {20, true}, {0, true}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        damage(cases[i].at, cases[i].cut);
        struct program_counts c = run_once();
        ck_assert_msg(c.compiled == 1 && c.saved == 1, "case %zu", i);
    }
    check_counts(run_once(), 0, 1, 0);
}
END_TEST

START_TEST(cache_foreign)
{
    /* A whole file of ours with something that is no binary: the driver refuses it. */
    char path[400], other[480];
    check_counts(run_once(), 1, 0, 1);
    ck_assert_int_eq(find_file(path, sizeof(path)), 1);
    struct hash128 key = {0};
    unsigned long long hi = 0, lo = 0;
    ck_assert_int_eq(sscanf(strrchr(path, '/') + 1, "%16llx%16llx.clbin", &hi, &lo), 2);
    key.hi = hi;
    key.lo = lo;
    unsigned char text[] = "not a binary";
    char names[] = " twice ";
    struct cache_entry e = {.binary = text, .binary_bytes = sizeof(text), .kernels = names};
    ck_assert(clk__cache_store(folder, key, &e));
    check_counts(run_once(), 1, 0, 1);
    /* The file of another key is a miss. */
    struct cache_entry got;
    key.lo ^= 1;
    (void)snprintf(other, sizeof(other), "%s/%016llx%016llx.clbin", folder, hi, lo ^ 1);
    ck_assert_int_eq(link(path, other), 0);
    ck_assert(!clk__cache_load(&got, folder, key));
    key.lo ^= 1;
    ck_assert(clk__cache_load(&got, folder, key));
    ck_assert_str_eq(got.kernels, " twice ");
    clk__cache_entry_fini(&got);
}
END_TEST

START_TEST(cache_unwritable)
{
    char blocked[400];
    FILE *f = NULL;
    (void)snprintf(blocked, sizeof(blocked), "%s/file", folder);
    f = fopen(blocked, "w");
    ck_assert_ptr_nonnull(f);
    fclose(f);
    strcat(blocked, "/cache");
    setenv("CLKERAS_CACHE_DIR", blocked, 1);
    check_counts(run_once(), 1, 0, 0);
    setenv("CLKERAS_CACHE_DIR", folder, 1);
    setenv("CLKERAS_NO_CACHE", "1", 1);
    check_counts(run_once(), 1, 0, 0);
    unsetenv("CLKERAS_NO_CACHE");
}
END_TEST

static const char *platform = "";

static void check_folder(const char *expected)
{
    const clk_device_info info = {.platform = platform};
    char *path = clk__cache_folder(&info);
    if (expected)
        ck_assert_str_eq(path, expected);
    else
        ck_assert_ptr_null(path);
    clk_free(path);
}

START_TEST(cache_folder)
{
    char *home = getenv("HOME") ? strdup(getenv("HOME")) : NULL;
    check_folder(folder);
    unsetenv("CLKERAS_CACHE_DIR");
    setenv("XDG_CACHE_HOME", "/xdg", 1);
    check_folder("/xdg/clkeras");
    setenv("XDG_CACHE_HOME", "relative", 1);
    setenv("HOME", "/home/me", 1);
    check_folder("/home/me/.cache/clkeras");
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    check_folder(NULL);
    if (home)
        setenv("HOME", home, 1);
    free(home);
    setenv("CLKERAS_NO_CACHE", "0", 1);
    setenv("CLKERAS_CACHE_DIR", folder, 1);
    check_folder(folder);
    unsetenv("CLKERAS_NO_CACHE");
    platform = "Portable Computing Language";
    check_folder(NULL);
    setenv("POCL_KERNEL_CACHE", "0", 1);
    check_folder(folder);
    unsetenv("POCL_KERNEL_CACHE");
}
END_TEST

START_TEST(profiling)
{
    clk_device *d = NULL;
    struct program *p = NULL;
    clk_kernel_time times[2] = {0};
    size_t n = 0;
    check_fails(CLK_ERR_STATE, ".profiling", clk_device_profile(&n, times, 2, test_device()));
    ck_assert_ptr_null(clk__profile_slot(test_device(), "twice"));
    check_fails(CLK_ERR_ARG, "NULL", clk_device_profile(NULL, times, 2, test_device()));
    check_ok(clk_device_open(&d, NULL, clk_device_opts(.profiling = true)));
    check_ok(clk_device_profile(&n, times, 2, d));
    ck_assert_uint_eq(n, 0);
    check_ok(clk__program_get(&p, d, source, options));
    /* More launches than the table of pending events holds. */
    for (int i = 0; i < 600; i++)
        (void)run(d, p, "twice");
    (void)run(d, p, "once");
    ck_assert_ptr_nonnull(clk__profile_slot(d, "failed launch"));
    check_ok(clk_device_profile(&n, NULL, 0, d));
    ck_assert_uint_eq(n, 3);
    check_ok(clk_device_profile(&n, times, 2, d));
    ck_assert_str_eq(times[0].name, "twice");
    ck_assert_uint_eq(times[0].count, 600);
    ck_assert(times[0].seconds >= times[1].seconds && times[0].seconds < 60);
    ck_assert_str_eq(times[1].name, "once");
    clk_device_close(d);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("program");
    TCase *t = tcase_create("program");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, shared);
    tcase_add_test(t, build_error);
    tcase_add_test(t, log_lines);
    tcase_add_test(t, cache_hit);
    tcase_add_test(t, cache_at_close);
    tcase_add_test(t, cache_damaged);
    tcase_add_test(t, cache_foreign);
    tcase_add_test(t, cache_unwritable);
    tcase_add_test(t, cache_folder);
    tcase_add_test(t, profiling);
    suite_add_tcase(s, t);
    return s;
}
