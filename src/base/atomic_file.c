/* SPDX-License-Identifier: MIT */
/* Replacing a file as a whole; see the header. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "base/atomic_file.h"

#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Leftovers of killed processes that had our process id, at most. */
#define MAX_ATTEMPTS 1000u

static clk_status fail_errno(const char *path, int error)
{
    return clk__fail(CLK_ERR_IO, "cannot write \"%s\": %s", path, strerror(error));
}

static void release(struct atomic_file *f)
{
    free(f->temp_path);
    free(f->path);
    free(f->name);
    *f = (struct atomic_file){0};
}

/* The folder of `path` with its slash; "" where the path has none. */
static clk_status folder_of(char **out, const char *path)
{
    const char *slash = strrchr(path, '/');
    *out = clk__strndup(path, slash ? (size_t)(slash - path) + 1 : 0);
    return *out ? CLK_OK : clk__fail_memory();
}

/* Creates a new file in the folder of f->path. open() and not mkstemp(), which would force mode 0600:
 * this way the umask decides, as for any new file. */
static clk_status create_temp(int *fd_out, struct atomic_file *f)
{
    char *folder = NULL;
    TRY(folder_of(&folder, f->path));
    clk_status status = CLK_OK;
    int fd = -1;
    for (unsigned i = 0; fd < 0 && i < MAX_ATTEMPTS; i++) {
        struct str name = {0};
        clk__str_addf(&name, "%s.clkeras-%ld-%u.tmp", folder, (long)getpid(), i);
        free(f->temp_path);
        f->temp_path = NULL;
        TRY_DONE(clk__str_finish(&f->temp_path, &name));
        fd = open(f->temp_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0)
        status = fail_errno(f->name, errno);
    *fd_out = fd;
done:
    free(folder);
    return status;
}

/* What is at f->name now decides where and how to write. */
static clk_status resolve(struct atomic_file *f, struct stat *old, bool *exists_out)
{
    *exists_out = stat(f->name, old) == 0;
    if (!*exists_out && errno != ENOENT)
        return fail_errno(f->name, errno);
    if (*exists_out && S_ISDIR(old->st_mode))
        return fail_errno(f->name, EISDIR);
    f->direct = *exists_out && !S_ISREG(old->st_mode);
    if (*exists_out && !f->direct) {
        f->path = realpath(f->name, NULL);
        return f->path ? CLK_OK : fail_errno(f->name, errno);
    }
    f->path = clk__strdup(f->name);
    return f->path ? CLK_OK : clk__fail_memory();
}

static clk_status open_stream(struct atomic_file *f)
{
    struct stat old;
    bool exists = false;
    TRY(resolve(f, &old, &exists));
    int fd = -1;
    if (f->direct) {
        f->temp_path = clk__strdup(f->path);
        if (!f->temp_path)
            return clk__fail_memory();
        fd = open(f->path, O_WRONLY | O_CLOEXEC);
        if (fd < 0)
            return fail_errno(f->name, errno);
    } else {
        TRY(create_temp(&fd, f));
        /* Best effort: a file system without modes still takes the data. */
        if (exists && fchmod(fd, old.st_mode & 07777) != 0)
            errno = 0;
    }
    f->stream = fdopen(fd, "wb");
    if (f->stream)
        return CLK_OK;
    int error = errno;
    close(fd);
    if (!f->direct)
        unlink(f->temp_path);
    return fail_errno(f->name, error);
}

/* Flushes what lies at `path` to disk; by name, since a library may have put another file there.
 * Pipes, devices and some file systems cannot be flushed and say EINVAL: that is no loss. */
static bool sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = fsync(fd) == 0 || errno == EINVAL || errno == EROFS;
    int error = errno;
    close(fd);
    errno = error;
    return ok;
}

static clk_status rename_synced(struct atomic_file *f)
{
    char *folder = NULL;
    TRY(folder_of(&folder, f->path));
    if (!sync_path(f->temp_path, 0) || rename(f->temp_path, f->path) != 0) {
        int rename_error = errno;
        free(folder);
        return fail_errno(f->name, rename_error);
    }
    /* Another thread may take the name from now on: abort must not unlink it. */
    free(f->temp_path);
    f->temp_path = NULL;
    bool ok = sync_path(folder[0] ? folder : ".", O_DIRECTORY);
    int error = errno;
    free(folder);
    return ok ? CLK_OK
              : clk__fail(CLK_ERR_IO, "\"%s\" is written, but its folder cannot be flushed: %s",
                    f->name, strerror(error));
}

clk_status clk__atomic_open(struct atomic_file *f, const char *path)
{
    *f = (struct atomic_file){0};
    if (!path || !path[0])
        return clk__fail(CLK_ERR_ARG, "no file name to write to");
    f->name = clk__strdup(path);
    clk_status status = f->name ? open_stream(f) : clk__fail_memory();
    if (status != CLK_OK)
        release(f);
    return status;
}

clk_status clk__atomic_write(struct atomic_file *f, const void *data, size_t n)
{
    errno = 0;
    if (n > 0 && fwrite(data, 1, n, f->stream) != n)
        return fail_errno(f->name, errno);
    return CLK_OK;
}

clk_status clk__atomic_commit(struct atomic_file *f)
{
    errno = 0;
    bool failed_before = ferror(f->stream) != 0;
    bool ok = fflush(f->stream) == 0 && !failed_before;
    int error = errno ? errno : EIO;
    if (fclose(f->stream) != 0 && ok) {
        ok = false;
        error = errno;
    }
    f->stream = NULL;
    clk_status status = ok ? CLK_OK : fail_errno(f->name, error);
    if (ok && !f->direct)
        status = rename_synced(f);
    clk__atomic_abort(f);
    return status;
}

void clk__atomic_abort(struct atomic_file *f)
{
    if (f->stream)
        fclose(f->stream);
    if (f->temp_path && !f->direct)
        unlink(f->temp_path);
    release(f);
}

clk_status clk__atomic_save(const char *path, const void *data, size_t n)
{
    struct atomic_file f;
    TRY(clk__atomic_open(&f, path));
    clk_status status = clk__atomic_write(&f, data, n);
    if (status == CLK_OK)
        return clk__atomic_commit(&f);
    clk__atomic_abort(&f);
    return status;
}
