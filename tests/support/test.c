/* SPDX-License-Identifier: MIT */
/* The main of every test program, and its checks. */
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static clk_device *device;

void test_check_failure(const char *call, clk_status code, const char *text, clk_status got)
{
    ck_assert_msg(got == code, "%s: %s, expected %s; text: %s", call, clk_status_name(got),
        clk_status_name(code), clk_last_error());
    ck_assert_msg(strstr(clk_last_error(), text) != NULL, "%s: text \"%s\" lacks \"%s\"", call,
        clk_last_error(), text);
    ck_assert_msg(strchr(clk_last_error(), '\n') == NULL, "%s: text has several lines: %s", call,
        clk_last_error());
}

void test_check_close(
    const char *what, const float *a, const float *b, size_t n, double abs, double rel)
{
    for (size_t i = 0; i < n; i++) {
        double x = (double)a[i], y = (double)b[i];
        bool same = isnan(x) ? isnan(y) : x == y || fabs(x - y) <= abs + rel * fabs(y);
        ck_assert_msg(same, "%s[%zu]: %.9g, expected %.9g", what, i, x, y);
    }
}

float test_random(uint64_t seed, uint64_t index)
{
    uint64_t z = seed * 0x9e3779b97f4a7c15u + index * 0xbf58476d1ce4e5b9u + 0x94d049bb133111ebu;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return (float)((double)(z >> 40) / 8388608.0 - 1.0);
}

clk_device *test_device(void)
{
    if (!device)
        check_ok(clk_device_open(&device, NULL, NULL));
    return device;
}

int main(void)
{
    SRunner *runner = srunner_create(test_suite());
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    clk_device_close(device);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
