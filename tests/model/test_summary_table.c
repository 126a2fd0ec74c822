/* SPDX-License-Identifier: MIT */
/* The table of a summary where only numbers matter: thousands, units, an unbuilt layer, widths. What Keras prints of
 * whole models is compared in test_summary.c. */
#include "model/summary_table.h"
#include "support/test.h"

#include <string.h>

static char *make_text(const struct summary *s, int columns)
{
    struct str text = {0};
    char *out = NULL;
    check_ok(clk__summary_text(&text, s, columns));
    check_ok(clk__str_finish(&out, &text));
    return out;
}

START_TEST(test_counts)
{
    static const struct {
        int64_t n;
        const char *text;
    } cases[] = {
        {0, " Total params: 0 (0.00 B)\n"},
        {1, " Total params: 1 (4.00 B)\n"},
        {255, " Total params: 255 (1020.00 B)\n"},
        {256, " Total params: 256 (1.00 KB)\n"},
        {999, " Total params: 999 (3.90 KB)\n"},
        {1000, " Total params: 1,000 (3.91 KB)\n"},
        {305312, " Total params: 305,312 (1.16 MB)\n"},
        {1234567890, " Total params: 1,234,567,890 (4.60 GB)\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct summary s = {.name = "m", .n_trainable = cases[i].n, .n_optimizer = -1};
        char *text = make_text(&s, 80);
        ck_assert_msg(strstr(text, cases[i].text) != NULL, "%s", text);
        clk_free(text);
    }
}
END_TEST

START_TEST(test_optimizer_line)
{
    struct summary s = {.name = "m", .n_trainable = 10, .n_optimizer = -1};
    char *without = make_text(&s, 80);
    s.n_optimizer = 22;
    char *with = make_text(&s, 80);
    ck_assert(strstr(without, "Optimizer") == NULL);
    ck_assert(strstr(with, " Optimizer params: 22 (88.00 B)\n") != NULL);
    ck_assert(strstr(with, " Total params: 32 (128.00 B)\n") != NULL);
    clk_free(without);
    clk_free(with);
}
END_TEST

static size_t count_columns(const char *line, size_t n)
{
    size_t columns = 0;
    for (size_t i = 0; i < n; i++)
        columns += ((unsigned char)line[i] & 0xc0) != 0x80;
    return columns;
}

/* Whatever the width, every line of the table has it. */
START_TEST(test_widths)
{
    const struct summary_row rows[] = {
        {.name = "first", .class_name = "Dense", .shape = "(None, 10)", .n_params = 1234567},
        {.name = "sch\xc3\xb6n_zweite_schicht",
            .class_name = "Dense",
            .shape = "?",
            .unbuilt = true},
    };
    struct summary s = {.name = "m", .rows = rows, .n_rows = 2, .n_optimizer = -1};
    for (int columns = MIN_SUMMARY_COLUMNS; columns < 130; columns++) {
        char *text = make_text(&s, columns);
        size_t expected = columns - 4 < 88 ? (size_t)columns - 4 : 88;
        char *line = strchr(text, '\n') + 1;
        for (char *end; *line != ' '; line = end + 1) {
            end = strchr(line, '\n');
            ck_assert_msg(
                count_columns(line, (size_t)(end - line)) == expected, "%d:\n%s", columns, text);
        }
        clk_free(text);
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("summary_table");
    TCase *tests = tcase_create("summary_table");
    tcase_add_test(tests, test_counts);
    tcase_add_test(tests, test_optimizer_line);
    tcase_add_test(tests, test_widths);
    suite_add_tcase(suite, tests);
    return suite;
}
