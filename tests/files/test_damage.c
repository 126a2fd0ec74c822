/* SPDX-License-Identifier: MIT */
/* Damaged files: cut short, and with bits flipped at seeded places. Never a crash; a
 * .keras file, which has checksums, either fails or gives the very same model. */
#include "files/container.h"
#include "files/legacy.h"
#include "files/zip.h"
#include "support/test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    N_FLIPS = 300,
    ALL_BYTES =
        4096, /* smaller files are cut at every byte, larger ones at both ends and by strides */
    STRIDE = 37
};

/* Read by the sanitizers, where there are any. libhdf5 1.10.8 asks for what a damaged file says, and
 * leaks when it gives up on one. */
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
static char path[64];

static char *load(const char *name, size_t *n)
{
    char full[128];
    snprintf(full, sizeof(full), "tests/files/data/%s", name);
    FILE *f = fopen(full, "rb");
    ck_assert_ptr_nonnull(f);
    char *data = malloc(1 << 16);
    *n = fread(data, 1, 1 << 16, f);
    ck_assert(*n > 0 && *n < 1 << 16);
    fclose(f);
    return data;
}

static void save(const char *data, size_t n)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(data, 1, n, f), n);
    fclose(f);
}

/* Adds up the numbers, so that they are looked at. */
static clk_status read_array(double *sum, struct weight_store *store, const char *array)
{
    float values[6] = {0};
    struct weight_info info;
    clk_status status = clk__store_find(&info, store, array);
    if (status != CLK_OK || info.n_elements > 6)
        return status;
    info.dtype = CLK_FLOAT32;
    status = clk__store_read(values, &info, store, array);
    for (int k = 0; k < 6; k++)
        *sum += (double)values[k] * (k + 1);
    return status;
}

/* Everything a model would ask for. */
static clk_status read_weights(double *sum, struct weight_store *store, const char *group)
{
    size_t n = 0;
    char *name = NULL;
    clk_status status = clk__store_count(&n, store, group);
    if (status == CLK_OK && n > 0)
        status = clk__store_text(&name, store, group, "name");
    free(name);
    for (size_t i = 0; status == CLK_OK && i < n && i < 100; i++) {
        char array[96];
        snprintf(array, sizeof(array), "%s/%zu", group, i);
        status = read_array(sum, store, array);
    }
    return status;
}

static clk_status read_all(double *sum, char **config)
{
    static const char *const groups[] = {"vars", "layers/dense/vars",
        "layers/batch_normalization/vars", "layers/dense_1/vars", "optimizer/vars"};
    *sum = 0;
    *config = NULL;
    struct container c;
    clk_status status = clk__container_open(&c, path);
    for (size_t g = 0;
         status == CLK_OK && c.kind != CONTAINER_LEGACY && g < sizeof(groups) / sizeof(groups[0]);
         g++)
        status = read_weights(sum, c.weights, groups[g]);
    struct legacy_weights legacy = {0};
    if (status == CLK_OK && c.kind == CONTAINER_LEGACY)
        status = clk__legacy_list(&legacy, c.weights);
    for (size_t l = 0; status == CLK_OK && l < legacy.n_layers; l++) {
        for (size_t i = 0; status == CLK_OK && i < legacy.layers[l].paths.n; i++)
            status = read_array(sum, c.weights, legacy.layers[l].paths.items[i]);
    }
    clk__legacy_fini(&legacy);
    if (status == CLK_OK && c.config)
        status = clk__json_text(config, c.config);
    clk__container_close(&c);
    return status;
}

/* Fails as a damaged file does: a code for it, and one line. */
static void check_damage(clk_status status, size_t at)
{
    const char *text = clk_last_error();
    ck_assert_msg(status == CLK_ERR_FORMAT || status == CLK_ERR_UNSUPPORTED ||
                      status == CLK_ERR_SHAPE || status == CLK_ERR_MEMORY,
        "damage at %zu: %s: %s", at, clk_status_name(status), text);
    ck_assert_msg(text[0] && !strchr(text, '\n'), "damage at %zu: \"%s\"", at, text);
}

static const char *const names[] = {"tiny.keras", "deflated.keras", "tiny.weights.h5", "legacy.h5"};

START_TEST(cut_short)
{
    size_t n = 0;
    char *data = load(names[_i], &n);
    save(data, n);
    double sum = 0;
    char *config = NULL;
    check_ok(read_all(&sum, &config));
    free(config);
    for (size_t left = n; left-- > 0;) {
        if (n > ALL_BYTES && left > 64 && left < n - 64 && left % STRIDE != 0)
            continue;
        ck_assert_int_eq(truncate(path, (off_t)left), 0);
        clk_status status = read_all(&sum, &config);
        ck_assert_msg(status == CLK_ERR_FORMAT, "%zu of %zu bytes: %s: %s", left, n,
            clk_status_name(status), clk_last_error());
        free(config);
    }
    free(data);
}
END_TEST

START_TEST(bit_flips)
{
    size_t n = 0;
    char *data = load(names[_i], &n);
    save(data, n);
    double sum = 0;
    char *config = NULL;
    check_ok(read_all(&sum, &config));
    bool zip = strstr(names[_i], ".keras") != NULL;
    for (uint64_t k = 0; k < N_FLIPS; k++) {
        size_t at = (size_t)((double)(test_random(1, k) + 1.0f) / 2 * (double)n);
        int bit = (int)((test_random(2, k) + 1.0f) * 4);
        data[at] ^= (char)(1 << bit);
        save(data, n);
        double other = 0;
        char *other_config = NULL;
        clk_status status = read_all(&other, &other_config);
        if (status != CLK_OK)
            check_damage(status, at);
        else if (zip)
            ck_assert_msg(other == sum && strcmp(config, other_config) == 0,
                "bit %d of byte %zu: another model without an error", bit, at);
        free(other_config);
        data[at] ^= (char)(1 << bit);
    }
    free(config);
    free(data);
}
END_TEST

/* Where each member's data begins is found by its name in the local header. */
START_TEST(checksum_names_member)
{
    static const char *const members[] = {"metadata.json", "config.json", "model.weights.h5"};
    for (int i = 0; i < 3; i++) {
        size_t n = 0;
        char *data = load("tiny.keras", &n);
        size_t at = 0;
        while (memcmp(data + at, members[i], strlen(members[i])) != 0)
            at++;
        data[at + strlen(members[i]) + 20] ^= 1;
        save(data, n);
        free(data);
        struct container c;
        check_fails(CLK_ERR_FORMAT, members[i], clk__container_open(&c, path));
        check_fails(CLK_ERR_FORMAT, "CRC error", clk__container_open(&c, path));
    }
}
END_TEST

/* ---- archives that lie or lack something ---- */

START_TEST(members)
{
    struct container c;
    const struct zip_part parts[] = {
        {"metadata.json", "{}", 2},
        {"config.json", "{\"a\": ", 6},
        {"model.weights.npz", "PK", 2},
    };
    check_ok(clk__zip_write(path, parts, 1));
    check_fails(CLK_ERR_FORMAT, "has no member config.json", clk__container_open(&c, path));
    check_ok(clk__zip_write(path, parts, 2));
    check_fails(CLK_ERR_FORMAT, "config.json: line 1", clk__container_open(&c, path));
    check_ok(clk__zip_write(path, parts, 3));
    check_fails(CLK_ERR_UNSUPPORTED, "model.weights.npz", clk__container_open(&c, path));

    struct zip_reader *z = NULL;
    void *data = NULL;
    size_t n = 0;
    check_ok(clk__zip_open(&z, path));
    check_ok(clk__zip_read(&data, &n, z, "config.json", 6));
    ck_assert(n == 6 && memcmp(data, "{\"a\": ", 7) == 0);
    free(data);
    check_fails(CLK_ERR_FORMAT, "6 bytes, more than the 5 allowed",
        clk__zip_read(&data, &n, z, "config.json", 5));
    ck_assert(clk__zip_has(z, "metadata.json") && !clk__zip_has(z, "../metadata.json"));
    clk__zip_close(z);
}
END_TEST

/* Two members of one name: the second's name is changed to the first's, in both places. */
START_TEST(twice_the_same)
{
    const struct zip_part parts[] = {
        {"config.json", "{}", 2},
        {"konfig.json", "{}", 2},
    };
    check_ok(clk__zip_write(path, parts, 2));
    FILE *f = fopen(path, "r+b");
    char data[1024];
    size_t n = fread(data, 1, sizeof(data), f);
    fclose(f);
    for (size_t i = 0; i + 6 < n; i++) {
        if (memcmp(data + i, "konfig", 6) == 0)
            data[i] = 'c';
    }
    save(data, n);
    struct container c;
    check_fails(CLK_ERR_FORMAT, "two members are named config.json", clk__container_open(&c, path));
}
END_TEST

/* A directory that promises more than deflate gives, as a zip bomb does: nothing is allocated. */
START_TEST(promised_size)
{
    size_t n = 0;
    char *data = load("deflated.keras", &n);
    for (size_t i = 0; i + 46 < n; i++) {
        if (memcmp(data + i, "PK\1\2", 4) != 0 ||
            memcmp(data + i + 46, "model.weights.h5", 16) != 0)
            continue;
        memcpy(data + i + 24, "\xff\xff\xff\x7f", 4);
    }
    save(data, n);
    free(data);
    struct container c;
    check_fails(CLK_ERR_FORMAT, "claims to be 2147483647 bytes", clk__container_open(&c, path));
}
END_TEST

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/file", folder);
}

static void remove_folder(void)
{
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

Suite *test_suite(void)
{
    Suite *s = suite_create("files/damage");
    TCase *t = tcase_create("damage");
    tcase_set_timeout(t, 120);
    tcase_add_unchecked_fixture(t, make_folder, remove_folder);
    tcase_add_loop_test(t, cut_short, 0, 4);
    tcase_add_loop_test(t, bit_flips, 0, 4);
    tcase_add_test(t, checksum_names_member);
    tcase_add_test(t, members);
    tcase_add_test(t, twice_the_same);
    tcase_add_test(t, promised_size);
    suite_add_tcase(s, t);
    return s;
}
