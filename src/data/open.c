/* SPDX-License-Identifier: MIT */
/* clk_ndarray_open(): which file and which part of it a text such as "train.npz:x" means, and which
 * format the file's content has. */
#include "base/mem.h"
#include "data/formats.h"
#include "data/npy_header.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool starts_with(const struct data_file *in, const char *magic, size_t n)
{
    return in->len >= n && memcmp(in->data, magic, n) == 0;
}

static bool name_ends(const struct data_file *in, const char *end)
{
    size_t n = strlen(in->name), m = strlen(end);
    return n >= m && strcmp(in->name + n - m, end) == 0;
}

/* Text is what is left; better to say what is wrong than to find its first line odd. */
static clk_status check_text(const struct data_file *in)
{
    static const char *const binary[] = {".npy", ".npz", "-ubyte", ".gz"};
    if (in->len == 0)
        return clk__fail(CLK_ERR_FORMAT, "\"%s\" is empty", in->name);
    for (size_t i = 0; i < sizeof(binary) / sizeof(binary[0]); i++) {
        if (name_ends(in, binary[i]))
            return clk__fail(CLK_ERR_FORMAT,
                "\"%s\" has the name of a %s file, but not the content", in->name, binary[i]);
    }
    if (starts_with(in, "\x89HDF", 4))
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "\"%s\" is an HDF5 file; data is read from .npy, .npz, .csv and IDX files", in->name);
    size_t n = in->len < 4096 ? in->len : 4096;
    if (memchr(in->data, 0, n))
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\" is neither .npy, .npz, IDX (plain or .gz) nor 8-bit text", in->name);
    return CLK_OK;
}

static clk_status refuse_selector(const struct data_file *in, const char *selector)
{
    return !selector ? CLK_OK
                     : clk__fail(CLK_ERR_ARG,
                           "\"%s\" holds one array, \":%s\" selects nothing in it; leave it out",
                           in->name, selector);
}

clk_status clk__data_parse(clk_ndarray **out, const struct data_file *in, const char *selector)
{
    *out = NULL;
    if (starts_with(in, "PK\x03\x04", 4) || starts_with(in, "PK\x05\x06", 4))
        return clk__npz_parse(out, in, selector);
    bool npy = starts_with(in, NPY_MAGIC, NPY_MAGIC_LEN);
    bool gz = starts_with(in, "\x1f\x8b", 2);
    bool idx = starts_with(in, "\0\0", 2);
    if (!npy && !gz && !idx) {
        TRY(check_text(in));
        return clk__csv_parse(out, in, selector);
    }
    TRY(refuse_selector(in, selector));
    if (npy)
        return clk__npy_parse(out, in);
    return gz ? clk__idx_gz_parse(out, in) : clk__idx_parse(out, in);
}

/* Cuts `name` at the colon before the selector. The longest name that exists wins, so a file whose
 * name has a colon can be opened; where none exists, nothing is cut and opening fails. */
static const char *split_selector(char *name)
{
    for (char *end = name + strlen(name); end > name; end--) {
        if (*end != ':' && *end != '\0')
            continue;
        char kept = *end;
        *end = '\0';
        if (access(name, F_OK) == 0)
            return kept == ':' ? end + 1 : NULL;
        *end = kept;
    }
    return NULL;
}

clk_status clk_ndarray_open(clk_ndarray **out, const char *spec)
{
    if (!out)
        return clk__fail(CLK_ERR_ARG, "opening data: out is NULL");
    *out = NULL;
    if (!spec || !spec[0])
        return clk__fail(CLK_ERR_ARG,
            "opening data: no file named; FILE.npy, FILE.npz:KEY, FILE.csv and IDX files work");
    char *name = clk__strdup(spec);
    if (!name)
        return clk__fail_memory();
    const char *selector = split_selector(name);
    struct mapfile map;
    clk_status status = clk__map_open(&map, name);
    if (status == CLK_OK) {
        const struct data_file in = {map.data, map.len, name};
        status = clk__data_parse(out, &in, selector);
    }
    if (status == CLK_OK)
        clk__ndarray_keep_map(*out, &map);
    clk__map_close(&map);
    free(name);
    return status;
}
