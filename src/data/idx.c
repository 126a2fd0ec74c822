/* SPDX-License-Identifier: MIT */
/* IDX files, plain and gzipped, as MNIST is published (http://yann.lecun.com/exdb/mnist/): bytes 0 0
 * type rank, rank dimensions as big-endian 32-bit numbers, big-endian elements. */
#include "base/mem.h"
#include "data/formats.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct idx_type {
    const char *name;
    clk_dtype dtype; /* what it is read as */
    uint8_t code;
    uint8_t bytes; /* in the file */
};
static const struct idx_type types[] = {
    {"uint8", CLK_UINT8, 0x08, 1},
    {"int8", CLK_INT32, 0x09, 1},
    {"int16", CLK_INT32, 0x0b, 2},
    {"int32", CLK_INT32, 0x0c, 4},
    {"float32", CLK_FLOAT32, 0x0d, 4},
    {"float64", CLK_FLOAT64, 0x0e, 8},
};

struct idx_header {
    const struct idx_type *type;
    struct claim claim;
    size_t data_at;
};

/* The first 4 bytes: type and rank, and so how long the header is. */
static clk_status parse_magic(struct idx_header *h, const struct data_file *in)
{
    const unsigned char *d = in->data;
    *h = (struct idx_header){0};
    if (in->len < 4 || d[0] != 0 || d[1] != 0)
        return clk__fail(
            CLK_ERR_FORMAT, "\"%s\" is not an IDX file: it does not start as one", in->name);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (types[i].code == d[2])
            h->type = &types[i];
    }
    if (!h->type)
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\" is not an IDX file or damaged: its type is 0x%02x, none of 08, 09, 0b to 0e",
            in->name, d[2]);
    if (d[3] < 1 || d[3] > CLK_MAX_RANK)
        return clk__fail(CLK_ERR_UNSUPPORTED, "\"%s\" is IDX with %u dimensions, 1 to %d work",
            in->name, d[3], CLK_MAX_RANK);
    h->claim.type_name = h->type->name;
    h->claim.element_bytes = h->type->bytes;
    h->claim.rank = d[3];
    h->data_at = 4 + 4 * (size_t)d[3];
    return CLK_OK;
}

static clk_status parse_header(struct idx_header *h, const struct data_file *in)
{
    TRY(parse_magic(h, in));
    if (in->len < h->data_at)
        return clk__fail(
            CLK_ERR_FORMAT, "\"%s\" is cut short: it ends within the IDX header", in->name);
    for (int i = 0; i < h->claim.rank; i++) {
        const unsigned char *p = in->data + 4 + 4 * (size_t)i;
        h->claim.shape[i] = (int64_t)p[0] << 24 | (int64_t)p[1] << 16 | p[2] << 8 | p[3];
    }
    return CLK_OK;
}

static void widen(int32_t *to, const unsigned char *from, size_t n, size_t bytes)
{
    for (size_t i = 0; i < n; i++) {
        int32_t v = from[i * bytes];
        if (bytes == 2)
            v = v << 8 | from[2 * i + 1];
        int32_t sign = bytes == 2 ? 0x8000 : 0x80;
        to[i] = v >= sign ? v - 2 * sign : v;
    }
}

clk_status clk__idx_parse(clk_ndarray **out, const struct data_file *in)
{
    *out = NULL;
    struct idx_header h;
    TRY(parse_header(&h, in));
    size_t bytes = 0;
    TRY(clk__claim_check(&bytes, in, &h.claim, in->len - h.data_at));
    const unsigned char *data = in->data + h.data_at;
    size_t n = bytes / h.type->bytes;
    if (h.type->dtype == CLK_UINT8)
        return clk__ndarray_over(out, CLK_UINT8, h.claim.rank, h.claim.shape, data);
    TRY(clk__ndarray_create(out, h.type->dtype, h.claim.rank, h.claim.shape));
    void *own = clk__ndarray_data(*out);
    if (h.type->bytes < 4) {
        widen(own, data, n, h.type->bytes);
        return CLK_OK;
    }
    memcpy(own, data, bytes);
    if (!clk__host_is_big_endian())
        clk__swap_bytes(own, n, h.type->bytes);
    return CLK_OK;
}

/* A gzip stream over memory; zlib counts in 32 bits, so it is fed in pieces. */
struct gz {
    z_stream z;
    const unsigned char *end; /* of the input */
    const char *name;
    bool ended; /* checksum and length were right */
};

/* Inflates up to n bytes, fewer where the stream ends. */
static clk_status inflate_up_to(size_t *got_out, struct gz *g, unsigned char *to, size_t n)
{
    size_t got = 0;
    while (got < n && !g->ended) {
        size_t in_left = (size_t)(g->end - g->z.next_in);
        g->z.avail_in = in_left < (1u << 30) ? (uInt)in_left : 1u << 30;
        g->z.avail_out = n - got < (1u << 30) ? (uInt)(n - got) : 1u << 30;
        g->z.next_out = to + got;
        int rc = inflate(&g->z, Z_NO_FLUSH);
        got = (size_t)(g->z.next_out - to);
        g->ended = rc == Z_STREAM_END;
        if (rc == Z_BUF_ERROR)
            return clk__fail(
                CLK_ERR_FORMAT, "\"%s\" is cut short: the gzip data ends too early", g->name);
        if (rc == Z_MEM_ERROR)
            return clk__fail_memory();
        if (rc != Z_OK && rc != Z_STREAM_END)
            return clk__fail(CLK_ERR_FORMAT, "\"%s\" is damaged: gzip: %s", g->name,
                g->z.msg ? g->z.msg : zError(rc));
    }
    *got_out = got;
    return CLK_OK;
}

/* The header of what is packed, its bytes in `head`. */
static clk_status inflate_header(
    struct idx_header *h, unsigned char head[4 + 4 * CLK_MAX_RANK], struct gz *g)
{
    struct data_file inner = {.data = head, .name = g->name};
    TRY(inflate_up_to(&inner.len, g, head, 4));
    if (inner.len < 4 || head[0] != 0 || head[1] != 0)
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "\"%s\" is gzip without an IDX file in it; unpack other files first", g->name);
    TRY(parse_magic(h, &inner));
    size_t more = 0;
    TRY(inflate_up_to(&more, g, head + 4, h->data_at - 4));
    inner.len += more;
    return parse_header(h, &inner);
}

/* Everything, header included, in new memory of the size that the header claims. */
static clk_status inflate_all(unsigned char **out, size_t *len_out, struct gz *g, size_t packed_len)
{
    struct idx_header h;
    unsigned char head[4 + 4 * CLK_MAX_RANK];
    TRY(inflate_header(&h, head, g));
    struct data_file file = {.name = g->name};
    size_t bytes = h.claim.element_bytes, most = 0;
    for (int i = 0; i < h.claim.rank; i++)
        bytes *= (size_t)h.claim.shape[i]; /* should it wrap, the check below says so */
    TRY(clk__claim_check(&bytes, &file, &h.claim, bytes));
    /* Deflate packs at most 1032 to 1: a claim beyond that is a lie, and never allocated. */
    if (clk__size_mul(&most, packed_len, 1032) && bytes > most)
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\" is cut short: its header claims %zu bytes, %zu packed bytes cannot hold as "
            "much",
            g->name, bytes, packed_len);
    unsigned char *data = malloc(h.data_at + bytes);
    if (!data)
        return clk__fail_memory();
    *out = data;
    memcpy(data, head, h.data_at);
    size_t got = 0, extra = 0;
    TRY(inflate_up_to(&got, g, data + h.data_at, bytes));
    if (got < bytes)
        return clk__claim_check(&bytes, &file, &h.claim, got);
    TRY(inflate_up_to(&extra, g, head, 1)); /* reads the checksum too */
    if (extra > 0 || g->z.next_in != g->end)
        return clk__fail(CLK_ERR_FORMAT, "\"%s\" is damaged: bytes follow the array", g->name);
    *len_out = h.data_at + bytes;
    return CLK_OK;
}

clk_status clk__idx_gz_parse(clk_ndarray **out, const struct data_file *in)
{
    *out = NULL;
    struct gz g = {.end = in->data + in->len, .name = in->name};
    g.z.next_in = (z_const Bytef *)(uintptr_t)in->data;
    if (inflateInit2(&g.z, 15 + 16) != Z_OK) /* 16: gzip, not zlib */
        return clk__fail_memory();
    unsigned char *data = NULL;
    struct data_file inner = {.name = in->name};
    clk_status status = inflate_all(&data, &inner.len, &g, in->len);
    inflateEnd(&g.z);
    inner.data = data;
    if (status == CLK_OK)
        status = clk__idx_parse(out, &inner);
    if (status == CLK_OK)
        clk__ndarray_keep_memory(*out, data);
    else
        free(data);
    return status;
}
