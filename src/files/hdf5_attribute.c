/* SPDX-License-Identifier: MIT */
/* The three structures between an object's address and its text, as "HDF5 File Format Specification
 * Version 3.0" has them: object header (IV.A.1), attribute message (IV.A.2.m), global heap (III.E). */
#include "files/hdf5_attribute.h"

#include "base/mem.h"

#include <string.h>

enum {
    HEADER_BYTES = 16,        /* of an object header, before its messages */
    MESSAGE_BYTES = 8,        /* of a message, before its data */
    MESSAGE_ATTRIBUTE = 0x0c, /* types of message */
    MESSAGE_CONTINUATION = 0x10,
    MESSAGE_SHARED = 2,     /* a flag: its data are elsewhere */
    MAX_BLOCKS = 64,        /* of one object header */
    CLASS_FIXED_STRING = 3, /* classes of datatype */
    CLASS_VARIABLE = 9,
    REFERENCE_BYTES = 16, /* length, address and number of a heap object */
};

/* A part of the file, consumed from the front. A read past its end sets `bad` and gives 0. */
struct cursor {
    const unsigned char *data;
    size_t n;
    bool bad;
};

static const unsigned char *take(struct cursor *c, size_t n)
{
    if (n > c->n) {
        *c = (struct cursor){.bad = true};
        return NULL;
    }
    const unsigned char *data = c->data;
    if (n == 0) /* an empty part may have no place at all */
        return data ? data : (const unsigned char *)"";
    c->data += n;
    c->n -= n;
    return data;
}

static uint64_t take_number(struct cursor *c, size_t width)
{
    const unsigned char *bytes = take(c, width);
    uint64_t value = 0;
    for (size_t i = width; bytes && i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

static struct cursor part(struct hdf5_bytes file, uint64_t offset, uint64_t n)
{
    if (offset > file.n || n > file.n - offset)
        return (struct cursor){.bad = true};
    return (struct cursor){.data = file.data + offset, .n = (size_t)n};
}

static struct cursor take_part(struct cursor *c, size_t n)
{
    const unsigned char *data = take(c, n);
    return (struct cursor){.data = data, .n = data ? n : 0, .bad = !data};
}

/* ---- strings ---- */

static enum hdf5_found add_text(struct name_list *out, const unsigned char *text, size_t n)
{
    if (clk__grow(&out->items, &out->capacity, out->n, sizeof(*out->items)) != CLK_OK)
        return HDF5_NO_MEMORY;
    char *copy = clk__strndup(n > 0 ? (const char *)text : "", n);
    if (!copy)
        return HDF5_NO_MEMORY;
    out->items[out->n++] = copy;
    return HDF5_FOUND;
}

/* The string that a reference in the attribute leads to; its heap collection is a chain of objects. */
static enum hdf5_found add_referenced(
    struct name_list *out, struct hdf5_bytes file, struct cursor *references)
{
    size_t n = (size_t)take_number(references, 4);
    uint64_t address = take_number(references, 8);
    uint64_t number = take_number(references, 4);
    if (references->bad)
        return HDF5_DAMAGED;
    if (n == 0)
        return add_text(out, NULL, 0);
    struct cursor head = part(file, address, HEADER_BYTES);
    const unsigned char *magic = take(&head, 8);
    uint64_t bytes = take_number(&head, 8);
    if (head.bad || memcmp(magic, "GCOL\1\0\0\0", 8) != 0 || bytes < HEADER_BYTES)
        return HDF5_DAMAGED;
    struct cursor heap = part(file, address, bytes);
    take(&heap, HEADER_BYTES);
    while (!heap.bad && heap.n >= HEADER_BYTES) {
        uint64_t found = take_number(&heap, 2);
        take(&heap, 6);
        uint64_t size = take_number(&heap, 8);
        if (found == 0 || size > heap.n)
            return HDF5_DAMAGED;
        if (found == number)
            return size < n ? HDF5_DAMAGED : add_text(out, heap.data, n);
        take(&heap, ((size_t)size + 7) / 8 * 8);
    }
    return HDF5_DAMAGED;
}

/* ---- the attribute message ---- */

/* Number of elements; only what a list or one value has. */
static enum hdf5_found read_space(uint64_t *n, struct cursor space)
{
    uint64_t version = take_number(&space, 1);
    uint64_t rank = take_number(&space, 1);
    take(&space, 1);
    uint64_t kind = take_number(&space, 1); /* of version 2; reserved in version 1 */
    if (version == 1)
        take(&space, 4);
    *n = version == 2 && kind == 2 ? 0 : 1;
    if (rank > 0)
        *n = take_number(&space, 8);
    if (space.bad)
        return HDF5_DAMAGED;
    return (version == 1 || version == 2) && rank <= 1 ? HDF5_FOUND : HDF5_OTHER_FORM;
}

static enum hdf5_found read_values(struct name_list *out, struct hdf5_bytes file,
    struct cursor type, uint64_t n, struct cursor values)
{
    unsigned class = (unsigned)take_number(&type, 1) & 15;
    unsigned bits = (unsigned)take_number(&type, 3);
    size_t bytes = (size_t)take_number(&type, 4);
    if (type.bad)
        return HDF5_DAMAGED;
    if (n == 0)
        return HDF5_FOUND;
    bool variable = class == CLASS_VARIABLE && (bits & 15) == 1;
    if (!variable && class != CLASS_FIXED_STRING)
        return HDF5_NO_TEXT;
    if (variable && bytes != REFERENCE_BYTES)
        return HDF5_OTHER_FORM;
    if (bytes == 0 || n > values.n / bytes)
        return HDF5_DAMAGED;
    enum hdf5_found found = HDF5_FOUND;
    for (uint64_t i = 0; found == HDF5_FOUND && i < n; i++) {
        if (variable)
            found = add_referenced(out, file, &values);
        else
            found = add_text(out, take(&values, bytes), bytes);
    }
    return found;
}

/* Version 1 pads name, datatype and dataspace to multiples of 8; version 3 adds the name's encoding. */
static enum hdf5_found read_message(
    struct name_list *out, struct hdf5_bytes file, struct cursor message, const char *name)
{
    uint64_t version = take_number(&message, 1);
    uint64_t flags = take_number(&message, 1);
    size_t bytes[3];
    for (int i = 0; i < 3; i++)
        bytes[i] = (size_t)take_number(&message, 2);
    if (version == 3)
        take(&message, 1);
    struct cursor parts[3];
    for (int i = 0; i < 3; i++)
        parts[i] = take_part(&message, version == 1 ? (bytes[i] + 7) / 8 * 8 : bytes[i]);
    if (message.bad)
        return HDF5_DAMAGED;
    size_t n = strlen(name) + 1;
    if (bytes[0] != n || memcmp(parts[0].data, name, n) != 0)
        return HDF5_ABSENT;
    if (version < 1 || version > 3 || (version > 1 && flags != 0))
        return HDF5_OTHER_FORM;
    uint64_t count = 0;
    enum hdf5_found found = read_space(&count, parts[2]);
    return found == HDF5_FOUND ? read_values(out, file, parts[1], count, message) : found;
}

/* ---- the object header ---- */

/* The parts of an object header, in the order they are met. */
struct blocks {
    struct cursor items[MAX_BLOCKS];
    int n;
};

/* Looks through one block and notes the blocks that it continues in. */
static enum hdf5_found read_block(struct name_list *out, struct blocks *blocks, struct cursor block,
    struct hdf5_bytes file, const char *name)
{
    while (block.n >= MESSAGE_BYTES) {
        uint64_t type = take_number(&block, 2);
        size_t bytes = (size_t)take_number(&block, 2);
        uint64_t flags = take_number(&block, 1);
        take(&block, 3);
        struct cursor message = take_part(&block, bytes);
        if (block.bad)
            return HDF5_DAMAGED;
        if (type == MESSAGE_ATTRIBUTE) {
            enum hdf5_found found =
                flags & MESSAGE_SHARED ? HDF5_OTHER_FORM : read_message(out, file, message, name);
            if (found != HDF5_ABSENT)
                return found;
        } else if (type == MESSAGE_CONTINUATION) {
            uint64_t offset = take_number(&message, 8);
            uint64_t n = take_number(&message, 8);
            struct cursor next = part(file, offset, n);
            if (message.bad || next.bad || blocks->n == MAX_BLOCKS)
                return HDF5_DAMAGED;
            blocks->items[blocks->n++] = next;
        }
    }
    return block.bad ? HDF5_DAMAGED : HDF5_ABSENT;
}

enum hdf5_found clk__hdf5_attribute(
    struct name_list *out, struct hdf5_bytes file, uint64_t address, const char *name)
{
    struct cursor head = part(file, address, HEADER_BYTES);
    uint64_t version = take_number(&head, 1);
    take(&head, 7);
    uint64_t bytes = take_number(&head, 4);
    if (head.bad)
        return HDF5_DAMAGED;
    if (version != 1)
        return HDF5_OTHER_FORM;
    struct blocks blocks = {.items = {part(file, address + HEADER_BYTES, bytes)}, .n = 1};
    enum hdf5_found found = HDF5_ABSENT;
    for (int i = 0; found == HDF5_ABSENT && i < blocks.n; i++)
        found = blocks.items[i].bad ? HDF5_DAMAGED
                                    : read_block(out, &blocks, blocks.items[i], file, name);
    return found;
}
