/* SPDX-License-Identifier: MIT */
/* OpenCL codes as statuses and texts. */
#include "device/device.h"
#include "support/test.h"

/* Stands for an OpenCL call; its arguments are not to be in the text. */
static cl_int driver_call(cl_int code, const void *queue)
{
    return queue ? CL_SUCCESS : code;
}

static clk_status fail_in_call(void)
{
    TRY_CL(driver_call(CL_INVALID_COMMAND_QUEUE, NULL));
    return CLK_OK;
}

START_TEST(codes)
{
    ck_assert_str_eq(clk__cl_error_name(CL_SUCCESS), "CL_SUCCESS");
    ck_assert_str_eq(clk__cl_error_name(CL_OUT_OF_RESOURCES), "CL_OUT_OF_RESOURCES");
    ck_assert_str_eq(clk__cl_error_name(-1001), "CL_PLATFORM_NOT_FOUND_KHR");
    ck_assert_str_eq(clk__cl_error_name(-9999), "unknown OpenCL error");
    check_ok(clk__cl_check(CL_SUCCESS, "clFinish"));
    check_fails(CLK_ERR_DEVICE, "clFinish failed: CL_INVALID_VALUE (-30)",
        clk__cl_check(CL_INVALID_VALUE, "clFinish(queue)"));
    check_fails(CLK_ERR_DEVICE_MEMORY, "CL_MEM_OBJECT_ALLOCATION_FAILURE",
        clk__cl_check(CL_MEM_OBJECT_ALLOCATION_FAILURE, "clCreateBuffer"));
    check_fails(
        CLK_ERR_MEMORY, "clFinish failed", clk__cl_check(CL_OUT_OF_HOST_MEMORY, "clFinish"));
    check_fails(
        CLK_ERR_DEVICE, "driver_call failed: CL_INVALID_COMMAND_QUEUE (-36)", fail_in_call());
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("errors");
    TCase *t = tcase_create("errors");
    tcase_add_test(t, codes);
    suite_add_tcase(s, t);
    return s;
}
