/* SPDX-License-Identifier: MIT */
/* A file mapped into memory for reading; see the header. */
#include "base/mapfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static clk_status fail_errno(const char *path, int error)
{
    return clk__fail(CLK_ERR_IO, "cannot read \"%s\": %s", path, strerror(error));
}

static clk_status map_fd(struct mapfile *m, int fd, const char *path)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return fail_errno(path, errno);
    if (S_ISDIR(st.st_mode))
        return fail_errno(path, EISDIR);
    if (!S_ISREG(st.st_mode))
        return clk__fail(CLK_ERR_IO,
            "cannot read \"%s\": it is a pipe or a device, only regular files can be mapped", path);
    if (st.st_size == 0) { /* mmap refuses length 0 */
        m->data = (const unsigned char *)"";
        return CLK_OK;
    }
    if ((uintmax_t)st.st_size > SIZE_MAX)
        return fail_errno(path, EFBIG);
    void *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED)
        return fail_errno(path, errno);
    m->data = data;
    m->len = (size_t)st.st_size;
    return CLK_OK;
}

clk_status clk__map_open(struct mapfile *m, const char *path)
{
    *m = (struct mapfile){0};
    /* Without O_NONBLOCK, opening a pipe would wait for its writer before it is refused. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail_errno(path, errno);
    clk_status status = map_fd(m, fd, path);
    close(fd);
    return status;
}

void clk__map_close(struct mapfile *m)
{
    if (m->len > 0)
        munmap((void *)(uintptr_t)m->data, m->len);
    *m = (struct mapfile){0};
}
