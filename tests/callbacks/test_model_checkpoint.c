/* SPDX-License-Identifier: MIT */
/* ModelCheckpoint: when it saves, under which names, and what it says; what it refuses. */
#include "as_keras.h"

START_TEST(test_as_keras)
{
    check_as_keras("ModelCheckpoint(");
}
END_TEST

START_TEST(test_wants_batches)
{
    static const struct {
        const char *expression;
        bool wants;
    } cases[] = {
        {"ModelCheckpoint('a.keras')", false},
        {"ModelCheckpoint('a.keras', save_freq='epoch')", false},
        {"ModelCheckpoint('a.keras', save_freq=10)", true},
    };
    for (size_t i = 0; i < 3; i++) {
        struct object *o = NULL;
        check_ok(clk__object_from_text(&o, &clk__callbacks, cases[i].expression));
        const struct callback_class *c = (const struct callback_class *)o->class;
        ck_assert_int_eq(c->wants_batches((struct callback *)o), cases[i].wants);
        clk__object_free(o);
    }
}
END_TEST

START_TEST(test_refusals)
{
    check_refused("ModelCheckpoint()", CLK_ERR_CONFIG, "filepath is missing");
    check_refused("ModelCheckpoint('a.npz')", CLK_ERR_CONFIG, "must end in .keras");
    check_refused("ModelCheckpoint('a.keras', save_freq='batch')", CLK_ERR_CONFIG, "epoch");
    check_refused("ModelCheckpoint('a.keras', save_freq=0)", CLK_ERR_CONFIG, "batches");
    check_refused("ModelCheckpoint('{epoch.keras')", CLK_ERR_CONFIG, "is not understood");
    check_refused("ModelCheckpoint('{epoch:>3}.keras')", CLK_ERR_CONFIG, "is not understood");
    check_refused("ModelCheckpoint('a.h5', save_weights_only=True)", CLK_ERR_CONFIG,
        "must end in .weights.h5");
    check_refused("ModelCheckpoint('a.weights.h5')", CLK_ERR_CONFIG, "must end in .keras");
}
END_TEST

START_TEST(test_path_refusals)
{
    char *path = NULL;
    clk_logs *logs = NULL;
    check_ok(clk__logs_create(&logs));
    check_ok(clk__logs_set(logs, "loss", 1));
    check_fails(CLK_ERR_CONFIG, "filepath: no value named \"val_loss\"; there are: loss",
        clk__checkpoint_path(&path, "{val_loss}.keras", 1, 0, logs));
    check_fails(CLK_ERR_CONFIG, "no value named \"batch\"",
        clk__checkpoint_path(&path, "{batch}.keras", 1, 0, logs));
    check_fails(CLK_ERR_CONFIG, "asks for an integer",
        clk__checkpoint_path(&path, "{loss:d}.keras", 1, 0, logs));
    clk_logs_free(logs);
}
END_TEST

START_TEST(test_folder_refused)
{
    struct stage s;
    open_stage(&s, "ModelCheckpoint('/dev/null/a.keras')");
    clk_logs *logs = NULL;
    check_ok(clk__logs_create(&logs));
    check_fails(CLK_ERR_IO, "/dev/null", class_of(&s)->on_epoch_end(s.callback, &s.fit, logs));
    clk_logs_free(logs);
    close_stage(&s);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("model_checkpoint");
    TCase *tests = tcase_create("model_checkpoint");
    tcase_add_test(tests, test_as_keras);
    tcase_add_test(tests, test_wants_batches);
    tcase_add_test(tests, test_refusals);
    tcase_add_test(tests, test_path_refusals);
    tcase_add_test(tests, test_folder_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
