/* SPDX-License-Identifier: MIT */
/* Softmax cross-entropy: loss and gradients, with class numbers and with probabilities, and that both come from
 * one launch. */
#include "ops/op_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* args[0]: dense */
static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    return clk__softmax_xent(g, inputs[0], inputs[1], c->args[0]);
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct shape *s = &c->inputs[0].shape;
    size_t cols = (size_t)s->dims[s->rank - 1], rows = (size_t)clk__shape_len(s) / cols;
    for (size_t r = 0; r < rows; r++) {
        const double *z = inputs[0] + r * cols;
        double top = -INFINITY, sum = 0, loss = 0;
        for (size_t i = 0; i < cols; i++)
            top = z[i] > top ? z[i] : top;
        for (size_t i = 0; i < cols; i++)
            sum += exp(z[i] - top);
        for (size_t i = 0; i < cols; i++) {
            double y = c->args[0] ? inputs[1][r * cols + i] : inputs[1][r] == (double)i;
            loss -= y * (z[i] - top - log(sum));
        }
        out[r] = loss;
    }
}

static void check_classes(uint64_t seed, struct shape shape, clk_dtype dtype)
{
    int64_t n = clk__shape_len(&shape), cols = shape.dims[shape.rank - 1], rows = n / cols;
    float *z = op_random(seed, (size_t)n, -4.0f, 4.0f);
    int32_t *labels = malloc((size_t)rows * sizeof *labels);
    float *as_floats = malloc((size_t)rows * sizeof *as_floats);
    for (int64_t i = 0; i < rows; i++) {
        labels[i] = (int32_t)((test_random(seed, 1000 + i) + 1.0f) / 2.0f * (float)cols);
        as_floats[i] = (float)labels[i];
    }
    struct shape label_shape = shape;
    label_shape.rank--;
    const struct op_case c = {.name = "class numbers",
        .build = build,
        .reference = reference,
        .inputs = {{.shape = shape, .data = z},
            {.shape = label_shape,
                .dtype = dtype,
                .data = dtype == CLK_INT32 ? (const void *)labels : as_floats,
                .constant = true}},
        .n_inputs = 2};
    op_check(&c, 1e-6, 1e-5);
    op_check_grad(&c, 1e-5, 1e-4);
    free(z);
    free(labels);
    free(as_floats);
}

static void check_dense(uint64_t seed, struct shape shape, bool label_grad)
{
    size_t n = (size_t)clk__shape_len(&shape);
    float *z = op_random(seed, n, -4.0f, 4.0f), *y = op_random(seed + 1, n, 0.0f, 1.0f);
    const struct op_case c = {.name = "probabilities",
        .build = build,
        .reference = reference,
        .inputs = {{.shape = shape, .data = z},
            {.shape = shape, .data = y, .constant = !label_grad}},
        .n_inputs = 2,
        .args = {1}};
    op_check(&c, 1e-5, 1e-5);
    op_check_grad(&c, 1e-5, 1e-4);
    free(z);
    free(y);
}

START_TEST(class_numbers)
{
    for (int i = 0; i < OP_SIZES; i++) {
        check_classes(i, SHAPE(op_sizes[(i * 4 + 3) % OP_SIZES], op_sizes[i]),
            i % 2 ? CLK_INT32 : CLK_FLOAT32);
    }
    check_classes(20, SHAPE(4, 3, 10), CLK_INT32);
    check_classes(21, SHAPE(3, 3000), CLK_INT32);
}
END_TEST

START_TEST(probabilities)
{
    for (int i = 0; i < OP_SIZES; i++)
        check_dense(i, SHAPE(op_sizes[(i * 4 + 3) % OP_SIZES], op_sizes[i]), i % 2);
    check_dense(20, SHAPE(4, 3, 10), true);
    check_dense(21, SHAPE(3, 3000), false);
}
END_TEST

START_TEST(random_sizes)
{
    uint64_t seed = op_seed();
    int64_t rows = 1 + (int64_t)((test_random(seed, 0) + 1.0f) * 50.0f);
    int64_t cols = 1 + (int64_t)((test_random(seed, 1) + 1.0f) * 50.0f);
    check_classes(seed, SHAPE(rows, cols), CLK_INT32);
    check_dense(seed, SHAPE(rows, cols), true);
}
END_TEST

/* Large logits neither overflow nor lose the loss; the loss of a certain and right answer is 0. */
START_TEST(large_logits)
{
    const float z[] = {1000, 0, -1000, -1000, 0, 1000, 5, 5, 5};
    const int32_t labels[] = {0, 0, 1};
    const struct op_case c = {.name = "large",
        .build = build,
        .reference = reference,
        .inputs = {{.shape = SHAPE(3, 3), .data = z},
            {.shape = SHAPE(3), .dtype = CLK_INT32, .data = labels}},
        .n_inputs = 2};
    op_check_grad(&c, 1e-6, 1e-5);
}
END_TEST

/* A number that is no class reads nothing out of bounds and adds nothing. */
START_TEST(no_class)
{
    const float z[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    const int32_t labels[] = {-1, 3, 2147483647};
    const struct op_case c = {.name = "no class",
        .build = build,
        .reference = reference,
        .inputs = {{.shape = SHAPE(3, 3), .data = z},
            {.shape = SHAPE(3), .dtype = CLK_INT32, .data = labels}},
        .n_inputs = 2};
    op_check_grad(&c, 0, 0);
}
END_TEST

/* Bias before, loss, gradient times 1 / rows: one launch. */
START_TEST(one_launch)
{
    struct rig r;
    float *z = op_random(1, 12 * 10, -1.0f, 1.0f), *b = op_random(2, 10, -1.0f, 1.0f);
    int32_t labels[12];
    for (int i = 0; i < 12; i++)
        labels[i] = i % 10;
    rig_init(&r);
    struct value *in = rig_input(&r, CLK_FLOAT32, SHAPE(12, 10), z, true);
    struct value *bias = rig_input(&r, CLK_FLOAT32, SHAPE(10), b, false);
    struct value *y = rig_input(&r, CLK_INT32, SHAPE(12), labels, false);
    struct value *loss = clk__softmax_xent(&r.graph, clk__add(&r.graph, in, bias), y, false);
    struct value *seed = clk__broadcast(&r.graph, clk__constant(&r.graph, 1.0f / 12.0f), SHAPE(12));
    struct value *grad = NULL;
    rig_gradients(&r, loss, seed, &in, &grad, 1);
    int out = rig_output(&r, grad);
    (void)rig_output(&r, loss);
    rig_run(&r, 1);
    ck_assert_int_eq(r.n_launches, 1);
    for (int i = 0; i < 12; i++) {
        double top = -INFINITY, sum = 0;
        for (int k = 0; k < 10; k++)
            top = fmax(top, (double)z[i * 10 + k] + b[k]);
        for (int k = 0; k < 10; k++)
            sum += exp((double)z[i * 10 + k] + b[k] - top);
        for (int k = 0; k < 10; k++) {
            double p = exp((double)z[i * 10 + k] + b[k] - top) / sum;
            float expected = (float)((p - (labels[i] == k)) / 12.0);
            test_check_close("gradient", rig_read(&r, out) + i * 10 + k, &expected, 1, 1e-7, 1e-5);
        }
    }
    rig_fini(&r);
    free(z);
    free(b);
}
END_TEST

START_TEST(shapes_are_checked)
{
    struct graph g;
    clk__graph_init(&g, false, true);
    struct value *z = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 10), false);
    struct value *y = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 9), false);
    ck_assert_ptr_null(clk__softmax_xent(&g, z, y, true));
    check_fails(CLK_ERR_SHAPE, "labels have shape (None, 9), logits ask for (None, 10)", g.status);
    clk__graph_fini(&g);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("softmax_xent");
    TCase *t = tcase_create("softmax_xent");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, class_numbers);
    tcase_add_test(t, probabilities);
    tcase_add_test(t, random_sizes);
    tcase_add_test(t, large_logits);
    tcase_add_test(t, no_class);
    tcase_add_test(t, one_launch);
    tcase_add_test(t, shapes_are_checked);
    suite_add_tcase(s, t);
    return s;
}
