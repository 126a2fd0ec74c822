/* SPDX-License-Identifier: MIT */
/* Kernel sources: includes, line marks, the folder that overrides the embedded ones; and the device's
 * Philox against the host's. */
#include "base/philox.h"
#include "base/str.h"
#include "device/device.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static void write_file(const char *name, const char *text)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

START_TEST(includes)
{
    strcpy(folder, "/tmp/clkeras-source-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    write_file("a.clh", "A1\n#include \"b.clh\"\nA3\n");
    write_file("b.clh", "#include \"a.clh\"\nB2");
    write_file("x.cl", "X1\n#include \"a.clh\"\n#include \"b.clh\"\nX4\n");
    write_file("loop.cl", "#include \"loop.cl\"\n");
    write_file("lost.cl", "L1\n#include \"none.clh\"\n");
    write_file("empty.cl", "");
    setenv("CLKERAS_KERNEL_DIR", folder, 1);
    struct str s = {0};
    check_ok(clk__source_add(&s, "x.cl"));
    ck_assert_str_eq(s.data,
        "#line 1 \"x.cl\"\nX1\n#line 1 \"a.clh\"\nA1\n#line 1 \"b.clh\"\n\nB2\n"
        "#line 3 \"a.clh\"\nA3\n#line 3 \"x.cl\"\n\nX4\n");
    /* .clh once in a text, .cl as often as it is added. */
    size_t len = s.len;
    check_ok(clk__source_add(&s, "a.clh"));
    ck_assert_uint_eq(s.len, len);
    check_ok(clk__source_add(&s, "x.cl"));
    ck_assert_str_eq(s.data + len, "#line 1 \"x.cl\"\nX1\n\n\nX4\n");
    clk__str_fini(&s);
    check_ok(clk__source_add(&s, "empty.cl"));
    ck_assert_str_eq(s.data, "#line 1 \"empty.cl\"\n");
    check_fails(CLK_ERR_IO, "none.clh", clk__source_add(&s, "lost.cl"));
    check_fails(CLK_ERR_IO, "CLKERAS_KERNEL_DIR must hold", clk__source_add(&s, "none.cl"));
    check_fails(CLK_ERR_ARG, "nested deeper", clk__source_add(&s, "loop.cl"));
    clk__str_fini(&s);
    unsetenv("CLKERAS_KERNEL_DIR");
    check_fails(CLK_ERR_ARG, "\"none.cl\": not in the library", clk__source_add(&s, "none.cl"));
    clk__str_fini(&s);
    static const char *const names[] = {"a.clh", "b.clh", "x.cl", "loop.cl", "lost.cl", "empty.cl"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[128];
        (void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}
END_TEST

START_TEST(philox_twin)
{
    enum {
        N = 64
    };
    static const char kernel_source[] =
        "__kernel __attribute__((reqd_work_group_size(1, 1, 1)))\n"
        "void words(__global uint4 *out, uint2 key)\n"
        "{\n"
        "    uint i = (uint)get_global_id(0);\n"
        "    out[i] = philox4x32((uint4)(i * 0x9E3779B9u, ~i, i, 7u), key);\n"
        "}\n";
    clk_device *d = test_device();
    struct str s = {0};
    struct program *p = NULL;
    struct buffer b = {0};
    cl_kernel kernel = NULL;
    const size_t n = N, one = 1;
    const uint32_t key[2] = {0x12345678, 0xFEDCBA98};
    uint32_t got[N][4];
    check_ok(clk__source_add(&s, "lib/philox.clh"));
    clk__str_add(&s, kernel_source);
    check_ok(clk__program_get(&p, d, s.data, NULL));
    check_ok(clk__kernel_create(&kernel, p, "words"));
    check_ok(clk__buffer_init(&b, d, sizeof(got), "words"));
    ck_assert_int_eq(clSetKernelArg(kernel, 0, sizeof(b.mem), (void *)&b.mem), CL_SUCCESS);
    ck_assert_int_eq(clSetKernelArg(kernel, 1, sizeof(key), key), CL_SUCCESS);
    ck_assert_int_eq(
        clEnqueueNDRangeKernel(d->queue, kernel, 1, NULL, &n, &one, 0, NULL, NULL), CL_SUCCESS);
    check_ok(clk__buffer_read(d, &b, 0, got, sizeof(got)));
    for (uint32_t i = 0; i < N; i++) {
        uint32_t expected[4];
        clk__philox(expected, (uint32_t[4]){i * 0x9E3779B9u, ~i, i, 7}, key);
        ck_assert_mem_eq(got[i], expected, sizeof(expected));
    }
    clk__buffer_fini(&b);
    clk__kernel_release(kernel);
    clk__str_fini(&s);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("source");
    TCase *t = tcase_create("source");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, includes);
    tcase_add_test(t, philox_twin);
    suite_add_tcase(s, t);
    return s;
}
