/* SPDX-License-Identifier: MIT */
/* What kind a file is, and whole files written and read; failed writes leave the old file. */
#include "files/container.h"
#include "support/test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char data_folder[] = "tests/files/data/";
static char folder[] = "/tmp/clkeras-container-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void open_data(struct container *c, const char *name)
{
    char path[128];
    snprintf(path, sizeof(path), "%s%s", data_folder, name);
    check_ok(clk__container_open(c, path));
}

static void write_text(const char *path, const char *text, size_t n)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
}

static const char *name_of(const json_t *config)
{
    return json_string_value(json_object_get(json_object_get(config, "config"), "name"));
}

static float bias_of(struct container *c, const char *path)
{
    struct weight_info w = {.dtype = CLK_FLOAT32, .rank = 1, .shape = {2}};
    float bias[2] = {0};
    check_ok(clk__store_read(bias, &w, c->weights, path));
    return bias[1];
}

START_TEST(kinds)
{
    struct container c;
    static const char *const zips[] = {"tiny.keras", "deflated.keras"};
    for (int i = 0; i < 2; i++) {
        open_data(&c, zips[i]);
        ck_assert_int_eq(c.kind, CONTAINER_KERAS);
        ck_assert_str_eq(name_of(c.config), "tiny");
        ck_assert_ptr_nonnull(json_object_get(c.config, "compile_config"));
        ck_assert_ptr_nonnull(json_object_get(c.metadata, "keras_version"));
        ck_assert_ptr_null(c.training);
        ck_assert_float_eq(bias_of(&c, "layers/dense/vars/1"), 101.0f / 8);
        clk__container_close(&c);
    }
    open_data(&c, "tiny.weights.h5");
    ck_assert_int_eq(c.kind, CONTAINER_WEIGHTS);
    ck_assert_ptr_null(c.config);
    ck_assert_float_eq(bias_of(&c, "layers/dense/vars/1"), 101.0f / 8);
    clk__container_close(&c);
    open_data(&c, "legacy.h5");
    ck_assert_int_eq(c.kind, CONTAINER_LEGACY);
    ck_assert_str_eq(name_of(c.config), "tiny");
    ck_assert_ptr_nonnull(json_object_get(c.training, "optimizer_config"));
    clk__container_close(&c);
    open_data(&c, "legacy_weights.h5");
    ck_assert_int_eq(c.kind, CONTAINER_LEGACY_WEIGHTS);
    ck_assert_float_eq(bias_of(&c, "fc/fc/bias:0"), -0.5f);
    clk__container_close(&c);
    clk__container_close(&c);
}
END_TEST

START_TEST(not_ours)
{
    struct container c;
    check_fails(CLK_ERR_ARG, "no file name", clk__container_open(&c, ""));
    check_fails(CLK_ERR_IO, "nowhere.keras\": No such file",
        clk__container_open(&c, in_folder("nowhere.keras")));
    check_fails(CLK_ERR_IO, "is a folder", clk__container_open(&c, folder));
    const char *path = in_folder("other");
    write_text(path, "", 0);
    check_fails(CLK_ERR_FORMAT, "is empty", clk__container_open(&c, path));
    write_text(path, "PK", 2);
    check_fails(CLK_ERR_FORMAT, "no model or weights file", clk__container_open(&c, path));
    const char lfs[] = "version https://git-lfs.github.com/spec/v1\n";
    write_text(path, lfs, strlen(lfs));
    check_fails(CLK_ERR_FORMAT, "git lfs pull", clk__container_open(&c, path));
    write_text(path, "PK\3\4 and nothing else", 21);
    check_fails(CLK_ERR_FORMAT, "other\": ", clk__container_open(&c, path));
    write_text(path, "\x89HDF\r\n\x1a\n and nothing else", 25);
    check_fails(CLK_ERR_FORMAT, "other\": hdf5: ", clk__container_open(&c, path));
    check_fails(
        CLK_ERR_FORMAT, "not by keras", clk__container_open(&c, "tests/files/data/not_keras.h5"));
}
END_TEST

/* ---- writing ---- */

struct saved {
    float kernel[6];
    float bias[2];
    json_t *config;
    struct weight_list list;
};

/* A small model; `value` tells one from another. */
static void make_saved(struct saved *s, float value)
{
    *s = (struct saved){.bias = {0, value}};
    s->config = json_pack("{s:s, s:{s:s, s:f}}", "class_name", "Sequential", "config", "name",
        "tiny", "value", (double)value);
    check_ok(clk__weight_list_group(&s->list, "vars", "tiny"));
    check_ok(clk__weight_list_group(&s->list, "layers/dense/vars", "fc"));
    check_ok(clk__weight_list_add(&s->list, clk_f32(s->kernel, 3, 2)));
    check_ok(clk__weight_list_add(&s->list, clk_f32(s->bias, 2)));
}

static void free_saved(struct saved *s)
{
    json_decref(s->config);
    clk__weight_list_fini(&s->list);
}

static void check_saved(const char *path, float value)
{
    struct container c;
    check_ok(clk__container_open(&c, path));
    ck_assert_float_eq(bias_of(&c, "layers/dense/vars/1"), value);
    if (c.kind == CONTAINER_KERAS) {
        ck_assert_str_eq(name_of(c.config), "tiny");
        const char *date = json_string_value(json_object_get(c.metadata, "date_saved"));
        ck_assert_uint_eq(strlen(date), 19);
        ck_assert_int_eq(date[10], '@');
    }
    clk__container_close(&c);
}

static clk_status write_file(const char *path, const struct saved *s)
{
    return strstr(path, ".keras") ? clk__container_write_keras(path, s->config, NULL, &s->list)
                                  : clk__container_write_weights(path, &s->list);
}

static const char *const written[] = {"a.keras", "a.weights.h5"};

START_TEST(round_trip)
{
    for (int i = 0; i < 2; i++) {
        const char *path = in_folder(written[i]);
        for (float value = 1; value <= 2; value++) {
            struct saved s;
            make_saved(&s, value);
            check_ok(write_file(path, &s));
            free_saved(&s);
            check_saved(path, value);
        }
        struct stat info;
        ck_assert_int_eq(chmod(path, 0640), 0);
        struct saved s;
        make_saved(&s, 3);
        check_ok(write_file(path, &s));
        free_saved(&s);
        check_saved(path, 3);
        ck_assert_int_eq(stat(path, &info), 0);
        ck_assert_int_eq(info.st_mode & 0777, 0640);
    }
}
END_TEST

/* Python refuses a zip member whose attributes or encoding it does not know; what we write has the
 * plain form: stored, and the three members in Keras' order. */
START_TEST(bytes_are_stored)
{
    const char *path = in_folder("a.keras");
    struct saved s;
    make_saved(&s, 5);
    check_ok(write_file(path, &s));
    free_saved(&s);
    FILE *f = fopen(path, "rb");
    char text[512] = {0};
    ck_assert(fread(text, 1, sizeof(text) - 1, f) > 0);
    fclose(f);
    ck_assert(memcmp(text, "PK\3\4", 4) == 0);
    ck_assert_msg(text[8] == 0 && text[9] == 0, "the first member is not stored");
    ck_assert(memcmp(text + 30, "metadata.json", 13) == 0);
}
END_TEST

/* Copies the arrays of the groups of Keras' file into a list, in the order in which Keras made them. */
static void copy_weights(
    struct weight_list *list, float (*values)[6], int32_t *steps, struct weight_store *store)
{
    static const char *const groups[] = {"vars", "layers/dense/vars", "layers/flatten/vars",
        "layers/batch_normalization/vars", "layers/dense_1/vars", "optimizer/vars"};
    int n_values = 0;
    for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
        char *name = NULL;
        size_t n = 0;
        check_ok(clk__store_text(&name, store, groups[g], "name"));
        check_ok(clk__weight_list_group(list, groups[g], name));
        check_ok(clk__store_count(&n, store, groups[g]));
        free(name);
        for (size_t i = 0; i < n; i++) {
            char path[96];
            struct weight_info info;
            snprintf(path, sizeof(path), "%s/%zu", groups[g], i);
            check_ok(clk__store_find(&info, store, path));
            ck_assert(info.n_elements <= 6 && n_values < 16);
            void *data = info.dtype == CLK_INT32 ? (void *)steps : values[n_values++];
            check_ok(clk__store_read(data, &info, store, path));
            clk_array array = {.data = data, .dtype = info.dtype, .rank = info.rank};
            memcpy(array.shape, info.shape, sizeof(array.shape));
            check_ok(clk__weight_list_add(list, array));
        }
    }
}

/* Keras' file written by us. With CLKERAS_KEEP=FOLDER the files stay there, for open_with_keras.py. */
START_TEST(rewritten)
{
    const char *keep = getenv("CLKERAS_KEEP");
    struct container c;
    struct weight_list list = {0};
    float values[16][6];
    int32_t steps = 0;
    open_data(&c, "tiny.keras");
    copy_weights(&list, values, &steps, c.weights);
    ck_assert_int_eq(steps, 7);
    for (int i = 0; i < 2; i++) {
        char path[256];
        snprintf(path, sizeof(path), "%s/%s", keep ? keep : folder, written[i]);
        check_ok(i == 0 ? clk__container_write_keras(path, c.config, NULL, &list)
                        : clk__container_write_weights(path, &list));
        struct container again;
        check_ok(clk__container_open(&again, path));
        ck_assert_float_eq(bias_of(&again, "layers/dense_1/vars/1"), 701.0f / 8);
        ck_assert(i == 1 || json_equal(again.config, c.config));
        clk__container_close(&again);
    }
    clk__weight_list_fini(&list);
    clk__container_close(&c);
}
END_TEST

static size_t count_files(void)
{
    char command[160];
    snprintf(command, sizeof(command), "ls -A %s | wc -l", folder);
    FILE *p = popen(command, "r");
    size_t n = 0;
    ck_assert_int_eq(fscanf(p, "%zu", &n), 1);
    pclose(p);
    return n;
}

START_TEST(failed_writes)
{
    struct saved s;
    make_saved(&s, 8);
    check_fails(CLK_ERR_IO, "No such file or directory",
        clk__container_write_keras("/nowhere/a.keras", s.config, NULL, &s.list));
    check_fails(
        CLK_ERR_IO, "/nowhere/a.h5", clk__container_write_weights("/nowhere/a.h5", &s.list));
    check_fails(CLK_ERR_IO, "pipe or a device",
        clk__container_write_keras("/dev/null", s.config, NULL, &s.list));
    check_fails(CLK_ERR_IO, "/dev/full", clk__container_write_weights("/dev/full", &s.list));
    /* The superuser may write anywhere. */
    if (geteuid() != 0) {
        ck_assert_int_eq(chmod(folder, 0500), 0);
        check_fails(CLK_ERR_IO, "Permission denied", write_file(in_folder("a.keras"), &s));
        check_fails(CLK_ERR_IO, "Permission denied", write_file(in_folder("a.weights.h5"), &s));
        ck_assert_int_eq(chmod(folder, 0700), 0);
    }
    struct stat info;
    ck_assert(stat("/dev/null", &info) == 0 && S_ISCHR(info.st_mode));
    free_saved(&s);
}
END_TEST

/* A full disk, played by a limit on the size of files. */
START_TEST(full_disk)
{
    struct rlimit old;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    void (*old_handler)(int) = signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < 2; i++) {
        const char *path = in_folder(written[i]);
        struct saved s;
        make_saved(&s, 3);
        check_ok(write_file(path, &s));
        free_saved(&s);
        size_t n_files = count_files();
        make_saved(&s, 4);
        for (rlim_t limit = 0; limit <= 4096; limit += 512) {
            struct rlimit small = {.rlim_cur = limit, .rlim_max = old.rlim_max};
            ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
            clk_status status = write_file(path, &s);
            ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
            check_fails(CLK_ERR_IO, "File too large", status);
            check_saved(path, 3);
            ck_assert_uint_eq(count_files(), n_files);
        }
        free_saved(&s);
    }
    signal(SIGXFSZ, old_handler);
}
END_TEST

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    static const char *const names[] = {"a.keras", "a.weights.h5", "other"};
    for (int i = 0; i < 3; i++)
        unlink(in_folder(names[i]));
    ck_assert_int_eq(rmdir(folder), 0);
}

Suite *test_suite(void)
{
    Suite *s = suite_create("files/container");
    TCase *t = tcase_create("container");
    tcase_add_unchecked_fixture(t, make_folder, remove_folder);
    tcase_add_test(t, kinds);
    tcase_add_test(t, not_ours);
    tcase_add_test(t, round_trip);
    tcase_add_test(t, bytes_are_stored);
    tcase_add_test(t, rewritten);
    tcase_add_test(t, failed_writes);
    tcase_add_test(t, full_disk);
    suite_add_tcase(s, t);
    return s;
}
