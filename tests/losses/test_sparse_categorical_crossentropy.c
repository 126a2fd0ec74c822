/* SPDX-License-Identifier: MIT */
#include "losses/loss_check.h"

#include <string.h>

START_TEST(configs)
{
    check_configs(&clk__losses, "losses", "SparseCategoricalCrossentropy");
}
END_TEST

/* log p of class j of row i, p = softmax(x) or x / sum(x), clipped where Keras clips. */
static double log_p(const double *row, const struct op_case *c, int j)
{
    double sum = 0;
    bool exps = c->args[ARG_HEAD] == HEAD_SOFTMAX || strstr(c->name, "from_logits");
    for (int k = 0; k < c->args[ARG_COLS]; k++)
        sum += exps ? exp(row[k]) : row[k];
    double p = (exps ? exp(row[j]) : row[j]) / sum;
    bool clipped = !exps || c->args[ARG_CLIP];
    return clipped ? log(ref_clip(p, 1e-7, 1 - 1e-7)) : log(p);
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    int cols = c->args[ARG_COLS];
    double s = strstr(c->name, "label_smoothing") ? 0.2 : 0;
    for (int i = 0; i < c->args[ARG_ROWS]; i++) {
        for (int j = 0; j < cols; j++) {
            double y = ref_target(inputs, c, i, j) * (1 - s) + s / cols;
            out[i] -= y * log_p(inputs[0] + i * cols, c, j);
        }
    }
}

START_TEST(values)
{
    static const struct loss_case cases[] = {
        {"sparse_categorical_crossentropy", reference, HEAD_SOFTMAX, false, -4, 4, 0, 0},
        {"sparse_categorical_crossentropy", reference, HEAD_SOFTMAX, false, -60, 60, 0, 0},
        {"sparse_categorical_crossentropy", reference, HEAD_SOFTMAX, true, -2, 2, 0, 0},
        {"sparse_categorical_crossentropy", reference, HEAD_NONE, false, 0.1f, 0.9f, 0, 0},
        {"SparseCategoricalCrossentropy(from_logits=True)", reference, HEAD_NONE, false, -4, 4, 0,
            0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        check_loss_of_classes(&cases[i], 5, 3);
        check_loss_of_classes(&cases[i], 7, 33);
    }
}
END_TEST

START_TEST(targets)
{
    const char *scce = "sparse_categorical_crossentropy";
    float y[60];
    check_targets(scce, clk_i32(y, 60), SHAPE(60, 10), TARGET_CLASSES);
    check_targets(scce, clk_f32(y, 60, 1), SHAPE(60, 10), TARGET_CLASSES);
    check_targets(scce, clk_u8(y, 6, 5), SHAPE(6, 5, 10), TARGET_CLASSES);
    check_no_targets(
        "sparse_categorical_crossentropy: y has shape (6, 10), predictions have (6, 10); y "
        "must be class numbers: use categorical_crossentropy for one-hot targets",
        scce, clk_f32(y, 6, 10), SHAPE(6, 10));
    check_no_targets("y has shape (6, 9)", scce, clk_f32(y, 6, 9), SHAPE(6, 10));
}
END_TEST

START_TEST(refused)
{
    struct object *o = NULL;
    check_fails(CLK_ERR_UNSUPPORTED, "ignore_class",
        clk__object_from_text(&o, &clk__losses, "SparseCategoricalCrossentropy(ignore_class=0)"));
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("losses/sparse_categorical_crossentropy");
    TCase *t = tcase_create("sparse_categorical_crossentropy");
    tcase_add_test(t, configs);
    tcase_add_test(t, values);
    tcase_add_test(t, targets);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
