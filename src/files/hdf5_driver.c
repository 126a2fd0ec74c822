/* SPDX-License-Identifier: MIT */
/* The driver: what libhdf5 asks for is checked against the image's size and copied from it. See "HDF5 Virtual File
 * Layer" in libhdf5's documentation. */
#include "files/hdf5_driver.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What an access list holds; libhdf5 copies it byte by byte. */
struct image {
    const unsigned char *data;
    size_t n;
};

struct file {
    H5FD_t head; /* first */
    struct image image;
    haddr_t end; /* of what libhdf5 counts as the file */
};

static H5FD_t *open_file(const char *name, unsigned flags, hid_t access, haddr_t most)
{
    const struct image *image = H5Pget_driver_info(access);
    struct file *f = image && !(flags & H5F_ACC_RDWR) ? calloc(1, sizeof(*f)) : NULL;
    (void)name;
    (void)most;
    if (f)
        f->image = *image;
    return f ? &f->head : NULL;
}

static herr_t close_file(H5FD_t *file)
{
    free(file);
    return 0;
}

/* Two opened files are never one: each has an image of its own. */
static int compare(const H5FD_t *a, const H5FD_t *b)
{
    return a == b ? 0 : a < b ? -1 : 1;
}

static herr_t query(const H5FD_t *file, unsigned long *flags)
{
    (void)file;
    if (flags)
        *flags = 0; /* no accumulator, no sieve: it is memory already */
    return 0;
}

static haddr_t get_end(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const struct file *)file)->end;
}

static herr_t set_end(H5FD_t *file, H5FD_mem_t type, haddr_t end)
{
    (void)type;
    ((struct file *)file)->end = end;
    return 0;
}

static haddr_t get_size(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const struct file *)file)->image.n;
}

/* What is beyond the image are zeros, as with libhdf5's own drivers: it reads the first bytes without knowing how many
 * there are. */
static herr_t read_bytes(
    H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t n, void *out)
{
    const struct image *image = &((const struct file *)file)->image;
    size_t there = at < image->n ? image->n - (size_t)at : 0;
    (void)type;
    (void)transfer;
    if (!out)
        return -1;
    if (there > n)
        there = n;
    if (there > 0)
        memcpy(out, image->data + at, there);
    memset((unsigned char *)out + there, 0, n - there);
    return 0;
}

static herr_t write_bytes(
    H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t n, const void *data)
{
    (void)file;
    (void)type;
    (void)transfer;
    (void)at;
    (void)n;
    (void)data;
    return -1;
}

static const H5FD_class_t driver = {
    .name = "clkeras_memory",
    .maxaddr = HADDR_MAX,
    .fc_degree = H5F_CLOSE_WEAK,
    .fapl_size = sizeof(struct image),
    .open = open_file,
    .close = close_file,
    .cmp = compare,
    .query = query,
    .get_eoa = get_end,
    .set_eoa = set_end,
    .get_eof = get_size,
    .read = read_bytes,
    .write = write_bytes,
};

/* libhdf5 keeps it for the whole process. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static hid_t driver_id = H5I_INVALID_HID;

static void add_driver(void)
{
    driver_id = H5FDregister(&driver);
}

bool clk__hdf5_use_memory(hid_t access, const void *image, size_t bytes)
{
    const struct image info = {.data = image, .n = bytes};
    (void)pthread_once(&once, add_driver);
    return driver_id >= 0 && H5Pset_driver(access, driver_id, &info) >= 0;
}
