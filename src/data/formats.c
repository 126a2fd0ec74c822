/* SPDX-License-Identifier: MIT */
/* What the parsers of binary array files share: checking a header's claim, byte order. */
#include "data/formats.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* "(60000, 28, 28)"; 8 dimensions of 20 digits fit. */
static void shape_text(char text[256], const struct claim *c)
{
    size_t at = 0;
    for (int i = 0; i < c->rank; i++)
        at += (size_t)snprintf(text + at, 256 - at, "%s%" PRId64, i ? ", " : "(", c->shape[i]);
    snprintf(text + at, 256 - at, c->rank == 1 ? ",)" : ")");
}

clk_status clk__claim_check(
    size_t *bytes_out, const struct data_file *in, const struct claim *c, size_t have)
{
    char shape[256];
    shape_text(shape, c);
    size_t bytes = c->element_bytes;
    bool fits = true;
    for (int i = 0; i < c->rank; i++) {
        if (c->shape[i] == 0)
            return clk__fail(CLK_ERR_FORMAT,
                "\"%s\" is empty: its shape is %s, at least one row "
                "of at least one number is needed",
                in->name, shape);
        fits = fits && (uint64_t)c->shape[i] <= SIZE_MAX &&
               clk__size_mul(&bytes, bytes, (size_t)c->shape[i]);
    }
    if (!fits)
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\" is damaged: shape %s of %s is larger than any memory", in->name, shape,
            c->type_name);
    if (bytes > have)
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\" is cut short: shape %s of %s needs %zu bytes, %zu are there", in->name, shape,
            c->type_name, bytes, have);
    if (bytes < have)
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\" is damaged: shape %s of %s needs %zu bytes, %zu more follow", in->name, shape,
            c->type_name, bytes, have - bytes);
    *bytes_out = bytes;
    return CLK_OK;
}

static void swap32(unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++, p += 4) {
        uint32_t v;
        memcpy(&v, p, 4);
        v = v >> 24 | (v >> 8 & 0xff00u) | (v << 8 & 0xff0000u) | v << 24;
        memcpy(p, &v, 4);
    }
}

void clk__swap_bytes(void *data, size_t n, size_t element_bytes)
{
    unsigned char *p = data;
    if (element_bytes == 4) {
        swap32(p, n);
        return;
    }
    for (size_t i = 0; i < n; i++, p += element_bytes) {
        for (size_t a = 0, b = element_bytes - 1; a < b; a++, b--) {
            unsigned char t = p[a];
            p[a] = p[b];
            p[b] = t;
        }
    }
}

bool clk__host_is_big_endian(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 0;
}
