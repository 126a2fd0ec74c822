/* SPDX-License-Identifier: MIT */
/* Listing: what is said of each device, and of those that cannot be used. */
#include "device/platforms.h"
#include "support/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a fresh process, before any OpenCL call: ocl-icd reads OCL_ICD_VENDORS once. Exits with 0 if the
 * list failed as it should. */
static int check_no_platform(void)
{
    clk_device_list *list = NULL;
    clk_status status = clk_device_list_create(&list);
    bool good = status == CLK_ERR_NO_PLATFORM && !list &&
                strstr(clk_last_error(), "pocl-opencl-icd") != NULL;
    clk_device *d = NULL;
    return good && clk_device_open(&d, "gpu", NULL) == CLK_ERR_NO_PLATFORM && !d ? 0 : 1;
}

START_TEST(no_platform)
{
    char folder[] = "/tmp/clkeras-no-icd-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        setenv("OCL_ICD_VENDORS", folder, 1);
        setenv("OPENCL_VENDOR_PATH", folder, 1);
        _exit(check_no_platform());
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    rmdir(folder);
}
END_TEST

START_TEST(verdicts)
{
    const struct device_facts good = {true, true, true, 1, 2};
    ck_assert_ptr_null(clk__device_verdict(&good));
    const struct device_facts newer = {true, true, true, 3, 0};
    ck_assert_ptr_null(clk__device_verdict(&newer));
    const struct {
        struct device_facts facts;
        const char *text;
    } bad[] = {
        {{false, true, true, 1, 2}, "not available"},
        {{true, true, true, 1, 1}, "older than OpenCL 1.2"},
        {{true, true, true, 1, 0}, "older than OpenCL 1.2"},
        {{true, true, true, 0, 0}, "older than OpenCL 1.2"},
        {{true, false, true, 3, 0}, "no compiler"},
        {{true, true, false, 1, 2}, "byte order"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *why = clk__device_verdict(&bad[i].facts);
        ck_assert_msg(why && strstr(why, bad[i].text), "%zu: %s", i, why ? why : "usable");
    }
}
END_TEST

START_TEST(versions)
{
    const struct {
        const char *text;
        int major, minor;
    } cases[] = {
        {"OpenCL 1.2 pocl", 1, 2},
        {"OpenCL 3.0", 3, 0},
        {"OpenCL 1.1 FULL", 1, 1},
        {"OpenCL", 0, 0},
        {"OpenCL x", 0, 0},
        {"1.2", 0, 0},
        {"", 0, 0},
        {"OpenCL 99999999999999999999.1", 0, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int major = -1, minor = -1;
        clk__parse_version(&major, &minor, cases[i].text);
        ck_assert_int_eq(major, cases[i].major);
        ck_assert_int_eq(minor, cases[i].minor);
    }
}
END_TEST

START_TEST(list)
{
    clk_device_list *devices = NULL;
    check_ok(clk_device_list_create(&devices));
    size_t n = clk_device_list_count(devices);
    ck_assert_uint_gt(n, 0);
    for (size_t i = 0; i < n; i++) {
        const clk_device_info *info = clk_device_list_get(devices, i);
        ck_assert_str_ne(info->name, "");
        ck_assert_str_ne(info->platform, "");
        ck_assert_int_ge(strncmp(info->version, "OpenCL ", 7), 0);
        ck_assert_uint_gt(info->compute_units, 0);
        ck_assert_uint_gt(info->memory_bytes, 0);
        ck_assert_uint_le(info->max_alloc_bytes, info->memory_bytes);
        ck_assert(info->visible);
        ck_assert_ptr_null(info->why_unusable);
    }
    ck_assert_ptr_null(clk_device_list_get(devices, n));
    clk_device_list_free(devices);
    clk_device_list_free(NULL);
    ck_assert_uint_eq(clk_device_list_count(NULL), 0);
    check_fails(CLK_ERR_ARG, "out is NULL", clk_device_list_create(NULL));
}
END_TEST

START_TEST(type_names)
{
    ck_assert_str_eq(clk_device_type_name(CLK_DEVICE_GPU), "GPU");
    ck_assert_str_eq(clk_device_type_name(CLK_DEVICE_ACCELERATOR), "ACCELERATOR");
    ck_assert_str_eq(clk_device_type_name(CLK_DEVICE_CPU), "CPU");
    ck_assert_str_eq(clk_device_type_name(CLK_DEVICE_OTHER), "OTHER");
    ck_assert_str_eq(clk_device_type_name(0), "OTHER");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("platforms");
    TCase *t = tcase_create("platforms");
    tcase_add_test(t, no_platform); /* first: forks before OpenCL is in use */
    tcase_add_test(t, verdicts);
    tcase_add_test(t, versions);
    tcase_add_test(t, list);
    tcase_add_test(t, type_names);
    suite_add_tcase(s, t);
    return s;
}
