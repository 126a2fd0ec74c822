/* SPDX-License-Identifier: MIT */
/* Names of classes: how they are found, and what is suggested. */
#include "config/registry.h"
#include "support/test.h"
#include "toys.h"

#include <string.h>

START_TEST(finds_names)
{
    ck_assert_ptr_eq(clk__registry_find(&toy_layers, "Dense"), &dense);
    ck_assert_ptr_eq(clk__registry_find(&toy_layers, "zero_padding2d"), &pad);
    ck_assert_ptr_eq(clk__registry_find(&toy_initializers, "random_normal"), &normal);
    ck_assert_ptr_eq(clk__registry_find(&toy_optimizers, "sgd"), &sgd);
    ck_assert_ptr_eq(clk__registry_find(&toy_optimizers, "Custom>SGD"), &sgd);
    ck_assert_ptr_eq(clk__registry_find(&toy_optimizers, "keras.optimizers.SGD"), &sgd);
    ck_assert_ptr_eq(clk__registry_find(&toy_activations, "LeakyReLU"), &leaky);
    ck_assert_ptr_null(clk__registry_find(&toy_layers, "Dens"));
    ck_assert_ptr_null(clk__registry_find(&toy_layers, ""));
    ck_assert_ptr_null(clk__registry_find(&toy_layers, "___"));
    ck_assert_ptr_null(clk__registry_find(&toy_layers, "Dense."));
}
END_TEST

START_TEST(suggests_names)
{
    check_fails(CLK_ERR_CONFIG, "unknown layer \"Dens\"; did you mean Dense?",
        clk__registry_unknown(&toy_layers, "Dens"));
    check_fails(CLK_ERR_CONFIG, "did you mean Dense?", clk__registry_unknown(&toy_layers, "Desne"));
    check_fails(CLK_ERR_CONFIG, "did you mean SGD?", clk__registry_unknown(&toy_optimizers, "SDG"));
    check_fails(CLK_ERR_CONFIG, "unknown initializer \"xyz\"; accepted: Zeros, RandomNormal",
        clk__registry_unknown(&toy_initializers, "xyz"));
    check_fails(CLK_ERR_CONFIG, "unknown layer \"\"", clk__registry_unknown(&toy_layers, ""));
    char name[300];
    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    check_fails(CLK_ERR_CONFIG, "accepted: ", clk__registry_unknown(&toy_layers, name));
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("config/registry");
    TCase *t = tcase_create("registry");
    tcase_add_test(t, finds_names);
    tcase_add_test(t, suggests_names);
    suite_add_tcase(s, t);
    return s;
}
