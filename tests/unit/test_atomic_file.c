/* SPDX-License-Identifier: MIT */
/* Replacing files: all of the new one, or all of the old one, and nothing else left behind. */
#include "base/atomic_file.h"
#include "base/mapfile.h"
#include "support/test.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static char path[96];

static void setup(void)
{
    strcpy(folder, "/tmp/clkeras-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/file", folder);
}

static void teardown(void)
{
    unlink(path);
    rmdir(folder);
}

static void check_content(const char *file, const char *text)
{
    struct mapfile m;
    check_ok(clk__map_open(&m, file));
    ck_assert_uint_eq(m.len, strlen(text));
    ck_assert(memcmp(m.data, text, m.len) == 0);
    clk__map_close(&m);
}

static int count_files(void)
{
    int n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *e = readdir(d); e; e = readdir(d))
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    return n;
}

START_TEST(test_new_file)
{
    check_ok(clk__atomic_save(path, "new", 3));
    check_content(path, "new");
    struct stat st;
    mode_t mask = umask(0);
    umask(mask);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0666 & ~mask);
    check_ok(clk__atomic_save(path, "", 0));
    check_content(path, "");
    ck_assert_int_eq(count_files(), 1);
}
END_TEST

START_TEST(test_replacing_keeps_mode_and_link)
{
    char link[96];
    snprintf(link, sizeof(link), "%s/link", folder);
    check_ok(clk__atomic_save(path, "old", 3));
    ck_assert_int_eq(chmod(path, 0640), 0);
    ck_assert_int_eq(symlink("file", link), 0);
    check_ok(clk__atomic_save(link, "newer", 5));
    check_content(path, "newer");
    struct stat st;
    ck_assert_int_eq(lstat(link, &st), 0);
    ck_assert(S_ISLNK(st.st_mode));
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0640);
    ck_assert_int_eq(count_files(), 2);
    unlink(link);
}
END_TEST

START_TEST(test_nothing_before_commit)
{
    check_ok(clk__atomic_save(path, "old", 3));
    struct atomic_file f;
    check_ok(clk__atomic_open(&f, path));
    check_ok(clk__atomic_write(&f, "half", 4));
    fflush(f.stream);
    check_content(path, "old");
    ck_assert_int_eq(count_files(), 2);
    clk__atomic_abort(&f);
    clk__atomic_abort(&f);
    check_content(path, "old");
    ck_assert_int_eq(count_files(), 1);
}
END_TEST

START_TEST(test_two_writers)
{
    struct atomic_file a, b;
    check_ok(clk__atomic_open(&a, path));
    check_ok(clk__atomic_open(&b, path));
    ck_assert_str_ne(a.temp_path, b.temp_path);
    check_ok(clk__atomic_write(&a, "first", 5));
    check_ok(clk__atomic_write(&b, "second", 6));
    check_ok(clk__atomic_commit(&b));
    check_content(path, "second");
    check_ok(clk__atomic_commit(&a));
    check_content(path, "first");
    ck_assert_int_eq(count_files(), 1);
}
END_TEST

START_TEST(test_written_by_name)
{
    /* As a library does that puts a file of its own under the name. */
    struct atomic_file f;
    char other[96];
    snprintf(other, sizeof(other), "%s/other", folder);
    check_ok(clk__atomic_open(&f, path));
    check_ok(clk__atomic_save(other, "library", 7));
    ck_assert_int_eq(rename(other, f.temp_path), 0);
    check_ok(clk__atomic_commit(&f));
    check_content(path, "library");
    ck_assert_int_eq(count_files(), 1);
}
END_TEST

START_TEST(test_disk_full)
{
    static char large[1 << 20];
    struct rlimit before;
    check_ok(clk__atomic_save(path, "old", 3));
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    struct rlimit small = {4096, before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    clk_status status = clk__atomic_save(path, large, sizeof(large));
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    check_fails(CLK_ERR_IO, "/file\": File too large", status);
    check_content(path, "old");
    ck_assert_int_eq(count_files(), 1);
}
END_TEST

START_TEST(test_failed_write_to_the_stream)
{
    struct atomic_file f;
    check_ok(clk__atomic_open(&f, "/dev/full"));
    ck_assert(f.direct);
    check_ok(clk__atomic_write(&f, "x", 1)); /* buffered */
    check_fails(CLK_ERR_IO, "\"/dev/full\": No space left on device", clk__atomic_commit(&f));
    ck_assert_ptr_null(f.path);
}
END_TEST

START_TEST(test_devices_are_written_directly)
{
    check_ok(clk__atomic_save("/dev/null", "x", 1));
    struct stat st;
    ck_assert_int_eq(stat("/dev/null", &st), 0);
    ck_assert(S_ISCHR(st.st_mode));
}
END_TEST

START_TEST(test_folder_gone_before_commit)
{
    struct atomic_file f;
    check_ok(clk__atomic_open(&f, path));
    unlink(f.temp_path);
    rmdir(folder);
    check_fails(CLK_ERR_IO, "No such file or directory", clk__atomic_commit(&f));
}
END_TEST

START_TEST(test_refused)
{
    struct atomic_file f;
    check_fails(CLK_ERR_ARG, "no file name", clk__atomic_open(&f, NULL));
    check_fails(CLK_ERR_ARG, "no file name", clk__atomic_open(&f, ""));
    check_fails(CLK_ERR_IO, "Is a directory", clk__atomic_open(&f, folder));
    check_fails(CLK_ERR_IO, "cannot write \"/no/such/x\": No such file",
        clk__atomic_open(&f, "/no/such/x"));
    check_fails(CLK_ERR_IO, "Not a directory", clk__atomic_open(&f, "/dev/null/x"));
    ck_assert_ptr_null(f.stream);
    clk__atomic_abort(&f);
}
END_TEST

START_TEST(test_relative_name)
{
    char *before = getcwd(NULL, 0);
    ck_assert_int_eq(chdir(folder), 0);
    check_ok(clk__atomic_save("file", "here", 4));
    check_content("file", "here");
    ck_assert_int_eq(chdir(before), 0);
    free(before);
    check_content(path, "here");
}
END_TEST

START_TEST(test_map)
{
    struct mapfile m;
    check_fails(
        CLK_ERR_IO, "cannot read \"/no/such/x\": No such file", clk__map_open(&m, "/no/such/x"));
    check_fails(CLK_ERR_IO, "Is a directory", clk__map_open(&m, folder));
    check_fails(CLK_ERR_IO, "a pipe or a device", clk__map_open(&m, "/dev/null"));
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    check_fails(CLK_ERR_IO, "a pipe or a device", clk__map_open(&m, path)); /* and does not wait */
    ck_assert_ptr_null(m.data);
    clk__map_close(&m);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("atomic_file");
    TCase *t = tcase_create("files");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_new_file);
    tcase_add_test(t, test_replacing_keeps_mode_and_link);
    tcase_add_test(t, test_nothing_before_commit);
    tcase_add_test(t, test_two_writers);
    tcase_add_test(t, test_written_by_name);
    tcase_add_test(t, test_disk_full);
    tcase_add_test(t, test_failed_write_to_the_stream);
    tcase_add_test(t, test_devices_are_written_directly);
    tcase_add_test(t, test_folder_gone_before_commit);
    tcase_add_test(t, test_refused);
    tcase_add_test(t, test_relative_name);
    tcase_add_test(t, test_map);
    suite_add_tcase(s, t);
    return s;
}
