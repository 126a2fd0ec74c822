/* SPDX-License-Identifier: MIT */
/* Which device a spec means, on a made-up list; and the environment, on the real one. */
#include "device/select.h"
#include "support/test.h"

#include <stdlib.h>

#define GB ((uint64_t)1 << 30)

static struct device_entry entry(
    int platform, int device, const char *name, clk_device_type type, uint64_t memory)
{
    return (struct device_entry){
        .info =
            {
                .platform_index = platform,
                .device_index = device,
                .name = name,
                .vendor = "Vendor",
                .platform = platform == 0 ? "Alpha" : "Beta",
                .type = type,
                .compute_units = 10,
                .memory_bytes = memory,
                .visible = true,
            },
        .clock_mhz = 1000,
    };
}

enum {
    CPU,
    INTEGRATED,
    CARD,
    BIG_CARD,
    OLD_CARD,
    FPGA,
    N_DEVICES
};
static struct device_entry entries[N_DEVICES];

static clk_device_list made_up(void)
{
    entries[CPU] = entry(0, 0, "pthread-EPYC", CLK_DEVICE_CPU, 128 * GB);
    entries[INTEGRATED] = entry(0, 1, "UHD Graphics", CLK_DEVICE_GPU, 64 * GB);
    entries[INTEGRATED].shares_host_memory = true;
    entries[INTEGRATED].info.compute_units = 96;
    entries[CARD] = entry(1, 0, "Radeon 7600", CLK_DEVICE_GPU, 8 * GB);
    entries[BIG_CARD] = entry(1, 1, "Radeon 7900", CLK_DEVICE_GPU, 24 * GB);
    entries[BIG_CARD].info.compute_units = 20;
    entries[OLD_CARD] = entry(1, 2, "Ancient 5870", CLK_DEVICE_GPU, 1 * GB);
    entries[OLD_CARD].info.why_unusable = "its driver is too old";
    entries[FPGA] = entry(1, 3, "Stratix", CLK_DEVICE_ACCELERATOR, 16 * GB);
    return (clk_device_list){.items = entries, .n = N_DEVICES, .capacity = N_DEVICES};
}

static void check_chosen(const clk_device_list *list, const char *spec, size_t expected)
{
    size_t chosen = SIZE_MAX;
    check_ok(clk__device_select(&chosen, list, spec));
    ck_assert_msg(chosen == expected, "%s: %zu, expected %zu", spec, chosen, expected);
}

START_TEST(specs)
{
    clk_device_list list = made_up();
    check_chosen(&list, NULL, BIG_CARD);
    check_chosen(&list, "", BIG_CARD);
    check_chosen(&list, "gpu", BIG_CARD);
    check_chosen(&list, "GPU:0", INTEGRATED);
    check_chosen(&list, "gpu:1", CARD);
    check_chosen(&list, "gpu:2", BIG_CARD);
    check_chosen(&list, "cpu", CPU);
    check_chosen(&list, "cpu:0", CPU);
    check_chosen(&list, "accelerator", FPGA);
    check_chosen(&list, "0:1", INTEGRATED);
    check_chosen(&list, "1:3", FPGA);
    check_chosen(&list, "most-memory", CPU);
    check_chosen(&list, "radeon", BIG_CARD);
    check_chosen(&list, "7600", CARD);
    check_chosen(&list, "epyc", CPU);
    check_chosen(&list, "alpha", INTEGRATED);
}
END_TEST

START_TEST(nothing_matches)
{
    clk_device_list list = made_up();
    size_t chosen = 0;
    check_fails(CLK_ERR_NO_DEVICE, "\"tpu\": nothing matches; there are: 0:0 CPU \"pthread-EPYC\"",
        clk__device_select(&chosen, &list, "tpu"));
    check_fails(CLK_ERR_NO_DEVICE, "nothing matches", clk__device_select(&chosen, &list, "gpu:4"));
    check_fails(CLK_ERR_NO_DEVICE, "nothing matches", clk__device_select(&chosen, &list, "gpu:"));
    check_fails(CLK_ERR_NO_DEVICE, "nothing matches", clk__device_select(&chosen, &list, "gpu:1x"));
    check_fails(CLK_ERR_NO_DEVICE, "nothing matches", clk__device_select(&chosen, &list, "7:0"));
    check_fails(CLK_ERR_NO_DEVICE, "nothing matches",
        clk__device_select(&chosen, &list, "99999999999999:0"));
    check_fails(CLK_ERR_NO_DEVICE, "1:2 \"Ancient 5870\" cannot be used: its driver is too old",
        clk__device_select(&chosen, &list, "gpu:3"));
    check_fails(CLK_ERR_NO_DEVICE, "cannot be used", clk__device_select(&chosen, &list, "ancient"));
    list.n = 0;
    check_fails(CLK_ERR_NO_DEVICE, "has a device", clk__device_select(&chosen, &list, NULL));
}
END_TEST

START_TEST(visible)
{
    clk_device_list list = made_up();
    clk__select_mark_visible(&list, "gpu:1, cpu,,1:3");
    for (size_t i = 0; i < list.n; i++)
        ck_assert_int_eq(list.items[i].info.visible, i == CARD || i == CPU || i == FPGA);
    check_chosen(&list, NULL, CARD);
    check_chosen(&list, "gpu:0", CARD);
    size_t chosen = 0;
    check_fails(CLK_ERR_NO_DEVICE, "hidden by CLKERAS_VISIBLE_DEVICES",
        clk__device_select(&chosen, &list, "7900"));
    check_fails(CLK_ERR_NO_DEVICE, "(hidden)", clk__device_select(&chosen, &list, "7900"));

    list = made_up();
    clk__select_mark_visible(&list, "radeon");
    check_chosen(&list, "most-memory", BIG_CARD);
    list = made_up();
    clk__select_mark_visible(&list, "most-memory");
    check_chosen(&list, NULL, CPU);
    list = made_up();
    clk__select_mark_visible(&list, "none-such");
    check_fails(CLK_ERR_NO_DEVICE, "hidden", clk__device_select(&chosen, &list, NULL));
    list = made_up();
    clk__select_mark_visible(&list, "");
    check_chosen(&list, NULL, BIG_CARD);
}
END_TEST

START_TEST(environment)
{
    clk_device *d = NULL;
    const char *kept = getenv("CLKERAS_DEVICE");
    setenv("CLKERAS_DEVICE", "none-such", 1);
    check_fails(
        CLK_ERR_NO_DEVICE, "CLKERAS_DEVICE: device \"none-such\"", clk_device_open(&d, NULL, NULL));
    ck_assert_ptr_null(d);
    setenv("CLKERAS_VISIBLE_DEVICES", "none-such", 1);
    check_fails(CLK_ERR_NO_DEVICE, "hidden", clk_device_open(&d, "0:0", NULL));
    unsetenv("CLKERAS_VISIBLE_DEVICES");
    setenv("CLKERAS_DEVICE", "0:0", 1);
    check_ok(clk_device_open(&d, NULL, NULL));
    ck_assert_int_eq(clk_device_get_info(d)->device_index, 0);
    clk_device_close(d);
    if (!kept)
        unsetenv("CLKERAS_DEVICE");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("select");
    TCase *t = tcase_create("select");
    tcase_add_test(t, specs);
    tcase_add_test(t, nothing_matches);
    tcase_add_test(t, visible);
    tcase_add_test(t, environment);
    suite_add_tcase(s, t);
    return s;
}
