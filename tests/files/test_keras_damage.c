/* SPDX-License-Identifier: MIT */
/* Damaged model files are refused with one line, and a save that fails leaves the old file. */
#include "model/model.h"
#include "support/test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Read by the sanitizers, where there are any: libhdf5 1.10.8 leaks when it gives up on a damaged file, and
 * asks for what such a file says. */
const char *__asan_default_options(void);
const char *__lsan_default_suppressions(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}
const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5";
}

static char folder[] = "/tmp/clkeras-damage-XXXXXX";

static const char *in_folder(const char *name)
{
    static char paths[2][128];
    static int at;
    at = !at;
    snprintf(paths[at], sizeof(paths[at]), "%s/%s", folder, name);
    return paths[at];
}

static clk_model *make_model(int units)
{
    clk_model *m = NULL;
    char layer[32];
    snprintf(layer, sizeof(layer), "Dense(%d)", units);
    check_ok(clk_sequential_create(&m, NULL));
    check_ok(clk_model_input(m, CLK_SHAPE(3)));
    check_ok(clk_model_add(m, layer));
    check_ok(clk_model_compile(
        m, clk_compile_opts(.optimizer = "adam", .loss = "mse", .metrics = CLK_LIST("mae"))));
    return m;
}

static void check_same_weights(const clk_model *a, const clk_model *b)
{
    ck_assert_uint_eq(a->param_bytes, b->param_bytes);
    ck_assert_mem_eq(a->host, b->host, a->param_bytes);
}

static unsigned char *read_file(size_t *n, const char *path)
{
    FILE *f = fopen(path, "rb");
    ck_assert_ptr_nonnull(f);
    fseek(f, 0, SEEK_END);
    *n = (size_t)ftell(f);
    rewind(f);
    unsigned char *data = malloc(*n);
    ck_assert_uint_eq(fread(data, 1, *n, f), *n);
    fclose(f);
    return data;
}

static void write_bytes(const char *path, const unsigned char *data, size_t n)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(data, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
}

START_TEST(cut_off)
{
    clk_model *m = make_model(2), *copy = NULL;
    size_t n = 0;
    check_ok(clk_model_save(m, in_folder("m.keras")));
    unsigned char *data = read_file(&n, in_folder("m.keras"));
    for (size_t i = 0; i < 60; i++) {
        write_bytes(in_folder("cut.keras"), data, n * i / 60);
        check_fails(CLK_ERR_FORMAT, "cut.keras\"", clk_model_load(&copy, in_folder("cut.keras")));
    }
    ck_assert_ptr_null(copy);
    free(data);
    clk_model_free(m);
}
END_TEST

/* Members have checksums: what still opens is the same model. */
START_TEST(bits_flipped)
{
    clk_model *m = make_model(2);
    size_t n = 0, n_refused = 0;
    check_ok(clk_model_save(m, in_folder("m.keras")));
    unsigned char *data = read_file(&n, in_folder("m.keras"));
    for (size_t i = 0; i < 150; i++) {
        clk_model *copy = NULL;
        size_t at = i * (n / 150) + i % 7;
        data[at] ^= (unsigned char)(1u << i % 8);
        write_bytes(in_folder("cut.keras"), data, n);
        clk_status status = clk_model_load(&copy, in_folder("cut.keras"));
        data[at] ^= (unsigned char)(1u << i % 8);
        if (status == CLK_OK)
            check_same_weights(m, copy);
        else
            ck_assert(copy == NULL && clk_last_error()[0] != 0);
        n_refused += status != CLK_OK;
        clk_model_free(copy);
    }
    ck_assert_uint_gt(n_refused, 140);
    free(data);
    clk_model_free(m);
}
END_TEST

/* Files of weights have none: they must fail or load, and a failure changes nothing. */
START_TEST(bits_of_weights_flipped)
{
    clk_model *m = make_model(2);
    float before[6], after[6];
    size_t n = 0;
    check_ok(clk_model_save_weights(m, in_folder("m.weights.h5")));
    unsigned char *data = read_file(&n, in_folder("m.weights.h5"));
    for (size_t i = 0; i < 300; i++) {
        size_t at = (size_t)(i * (n / 300) + i % 5);
        check_ok(clk_model_get_weight(before, 6, m, 0));
        data[at] ^= (unsigned char)(1u << i % 8);
        write_bytes(in_folder("cut.weights.h5"), data, n);
        if (clk_model_load_weights(m, in_folder("cut.weights.h5")) != CLK_OK) {
            check_ok(clk_model_get_weight(after, 6, m, 0));
            ck_assert_mem_eq(before, after, sizeof(before));
        }
        data[at] ^= (unsigned char)(1u << i % 8);
    }
    free(data);
    clk_model_free(m);
}
END_TEST

/* ---- files that cannot be written ---- */

/* A full disk is played by a limit on the size of files. */
START_TEST(failed_saves_keep_the_old_file)
{
    clk_model *old = make_model(2), *new = make_model(64);
    const char *path = in_folder("m.keras");
    struct rlimit limit;
    check_ok(clk_model_save(old, path));
    check_fails(CLK_ERR_IO, "/nowhere/m.keras", clk_model_save(new, "/nowhere/m.keras"));
    if (geteuid() != 0) { /* the superuser may write anywhere */
        ck_assert_int_eq(chmod(folder, 0500), 0);
        check_fails(CLK_ERR_IO, "Permission denied", clk_model_save(new, path));
        ck_assert_int_eq(chmod(folder, 0700), 0);
    }
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    struct rlimit small = {.rlim_cur = 4096, .rlim_max = limit.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    clk_status status = clk_model_save(new, path);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    signal(SIGXFSZ, handler);
    check_fails(CLK_ERR_IO, "File too large", status);
    clk_model *copy = NULL;
    check_ok(clk_model_load(&copy, path));
    check_same_weights(old, copy);
    clk_model_free(copy);
    clk_model_free(new);
    clk_model_free(old);
}
END_TEST

static void begin(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void end(void)
{
    static const char *const names[] = {"m.keras", "m.weights.h5", "cut.keras", "cut.weights.h5"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        unlink(in_folder(names[i]));
    ck_assert_int_eq(rmdir(folder), 0);
}

Suite *test_suite(void)
{
    Suite *s = suite_create("files/keras_damage");
    TCase *t = tcase_create("damage");
    tcase_add_unchecked_fixture(t, begin, end);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, cut_off);
    tcase_add_test(t, bits_flipped);
    tcase_add_test(t, bits_of_weights_flipped);
    tcase_add_test(t, failed_saves_keep_the_old_file);
    suite_add_tcase(s, t);
    return s;
}
