/* SPDX-License-Identifier: MIT */
/* CSVLogger: the file, appending to one, and what it refuses. */
#include "as_keras.h"

START_TEST(test_as_keras)
{
    check_as_keras("CSVLogger(");
}
END_TEST

static clk_status run_fit(struct stage *s, int64_t n_epochs)
{
    clk_logs *logs = NULL;
    check_ok(clk__logs_create(&logs));
    check_ok(clk__logs_set(logs, "val_loss", 0.5));
    TRY(class_of(s)->on_train_begin(s->callback, &s->fit));
    for (s->fit.epoch = 0; s->fit.epoch < n_epochs; s->fit.epoch++)
        run_epoch(s, logs, 0);
    TRY(class_of(s)->on_train_end(s->callback, &s->fit));
    clk_logs_free(logs);
    return CLK_OK;
}

START_TEST(test_append)
{
    struct stage s;
    open_stage(&s, "CSVLogger('@/log.csv', append=True)");
    check_ok(run_fit(&s, 1));
    check_ok(run_fit(&s, 2));
    check_csv(&s, "append", "epoch,val_loss\r\n0,0.5\r\n0,0.5\r\n1,0.5\r\n");
    close_stage(&s);
}
END_TEST

START_TEST(test_overwrite)
{
    struct stage s;
    open_stage(&s, "CSVLogger('@/log.csv')");
    check_ok(run_fit(&s, 2));
    check_ok(run_fit(&s, 1));
    check_csv(&s, "overwrite", "epoch,val_loss\r\n0,0.5\r\n");
    close_stage(&s);
}
END_TEST

START_TEST(test_refusals)
{
    struct object *o = NULL;
    check_refused("CSVLogger()", CLK_ERR_CONFIG, "filename is missing");
    check_refused("CSVLogger('a.csv', separator='ab')", CLK_ERR_CONFIG, "one character");
    check_refused("CSVLogger('a.csv', separator='')", CLK_ERR_CONFIG, "one character");
    check_ok(clk__object_from_text(&o, &clk__callbacks, "CSVLogger('/no/such/folder/a.csv')"));
    struct fit_state fit = {0};
    check_fails(CLK_ERR_IO, "cannot open /no/such/folder/a.csv",
        ((const struct callback_class *)o->class)->on_train_begin((struct callback *)o, &fit));
    clk__object_free(o);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("csv_logger");
    TCase *tests = tcase_create("csv_logger");
    tcase_add_test(tests, test_as_keras);
    tcase_add_test(tests, test_append);
    tcase_add_test(tests, test_overwrite);
    tcase_add_test(tests, test_refusals);
    suite_add_tcase(suite, tests);
    return suite;
}
