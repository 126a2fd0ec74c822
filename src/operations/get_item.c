/* SPDX-License-Identifier: MIT */
/* GetItem: x[:, 1:3, None, ..., -1]. The key is an argument of the call, as JSON: slices, numbers, None and Ellipsis
 * in the forms of keras/src/saving/serialization_lib.py. The batch is taken as a whole. */
#include "operations/operation.h"
#include "ops/ops.h"

#include <string.h>

/* What the key makes of a tensor, axis by axis. */
struct item {
    const struct layer *layer;
    const struct shape *from;
    int64_t starts[CLK_MAX_RANK];
    int64_t sizes[CLK_MAX_RANK];
    int64_t strides[CLK_MAX_RANK];
    int axis;           /* of the tensor, the next one */
    struct shape shape; /* after the slice: without axes of a number, with new ones */
};

enum part {
    PART_SLICE,
    PART_NUMBER,
    PART_NEW_AXIS,
    PART_ELLIPSIS,
    PART_OTHER
};

static enum part part_of(const json_t *key)
{
    const char *class = json_string_value(json_object_get(key, "class_name"));
    if (json_is_null(key))
        return PART_NEW_AXIS;
    if (json_is_integer(key))
        return PART_NUMBER;
    if (class && strcmp(class, "__slice__") == 0)
        return PART_SLICE;
    return class && strcmp(class, "__ellipsis__") == 0 ? PART_ELLIPSIS : PART_OTHER;
}

static clk_status fail_item(const struct item *it, const char *why)
{
    char text[LAYER_TEXT], shape[SHAPE_TEXT];
    return clk__fail(CLK_ERR_UNSUPPORTED, "%s: a part of shape %s: %s",
        clk__layer_text(text, it->layer), clk__shape_text(shape, it->from), why);
}

static clk_status add_axis(struct item *it, int64_t n)
{
    if (it->shape.rank == CLK_MAX_RANK)
        return fail_item(it, "too many axes");
    it->shape.dims[it->shape.rank++] = n;
    return CLK_OK;
}

static clk_status take_whole(struct item *it)
{
    it->sizes[it->axis] = -1;
    return add_axis(it, it->from->dims[it->axis++]);
}

/* As Python's slice.indices, for positive steps. */
static clk_status take_slice(struct item *it, const json_t *config)
{
    const json_t *start = json_object_get(config, "start"), *stop = json_object_get(config, "stop");
    const json_t *step = json_object_get(config, "step");
    int64_t n = it->from->dims[it->axis];
    int64_t stride = json_is_integer(step) ? json_integer_value(step) : 1;
    bool from_start =
        json_is_null(start) || !start || (json_is_integer(start) && !json_integer_value(start));
    bool to_end = json_is_null(stop) || !stop;
    if (from_start && to_end && stride == 1)
        return take_whole(it);
    if (it->axis == 0)
        return fail_item(it, "the batch can only be taken as a whole");
    if (n < 0)
        return fail_item(it, "the axis is of unknown size");
    if (stride < 1 || stride > n || (!from_start && !json_is_integer(start)) ||
        (!to_end && !json_is_integer(stop)))
        return fail_item(it, "steps must be at least 1 and bounds numbers");
    int64_t a = from_start ? 0 : json_integer_value(start),
            b = to_end ? n : json_integer_value(stop);
    a = a < -n ? 0 : a < 0 ? a + n : a > n ? n : a;
    b = b < -n ? 0 : b < 0 ? b + n : b > n ? n : b;
    if (b <= a)
        return fail_item(it, "nothing is left of an axis");
    it->starts[it->axis] = a;
    it->strides[it->axis] = stride;
    it->sizes[it->axis] = (b - a + stride - 1) / stride;
    return add_axis(it, it->sizes[it->axis++]);
}

static clk_status take_number(struct item *it, int64_t i)
{
    int64_t n = it->from->dims[it->axis];
    if (it->axis == 0)
        return fail_item(it, "the batch can only be taken as a whole");
    if (n < 0 || i < -n || i >= n)
        return fail_item(it, "a number is out of range");
    it->starts[it->axis] = i < 0 ? i + n : i;
    it->sizes[it->axis++] = 1;
    return CLK_OK;
}

/* Axes that the parts from `key` number i on stand for. */
static int n_axes(const json_t *key, size_t i)
{
    int n = 0;
    for (; i < json_array_size(key); i++) {
        enum part p = part_of(json_array_get(key, i));
        n += p == PART_SLICE || p == PART_NUMBER;
    }
    return n;
}

static clk_status take_part(struct item *it, const json_t *key, size_t i)
{
    const json_t *part = json_array_get(key, i);
    enum part p = part_of(part);
    if ((p == PART_SLICE || p == PART_NUMBER) && it->axis == it->from->rank)
        return fail_item(it, "more of them than axes");
    switch (p) {
    case PART_SLICE:
        return take_slice(it, json_object_get(part, "config"));
    case PART_NUMBER:
        return take_number(it, json_integer_value(part));
    case PART_NEW_AXIS:
        return it->axis == 0 ? fail_item(it, "the batch must stay the first axis")
                             : add_axis(it, 1);
    case PART_ELLIPSIS:
        for (int left = it->from->rank - it->axis - n_axes(key, i + 1); left > 0; left--)
            TRY(take_whole(it));
        return CLK_OK;
    case PART_OTHER:
        break;
    }
    return fail_item(it, "only slices, numbers, None and ... are supported");
}

static clk_status call(struct layer *self, struct call *c)
{
    json_t *key = json_object_get(c->kwargs, "key"), *list = NULL;
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = c->inputs[0];
    struct item it = {.layer = self, .from = &x->shape};
    for (int i = 0; i < CLK_MAX_RANK; i++)
        it.strides[i] = 1;
    if (!key)
        return fail_item(&it, "there is no key");
    list = json_is_array(key) ? json_incref(key) : json_pack("[O]", key);
    clk_status status = CLK_OK;
    for (size_t i = 0; status == CLK_OK && i < json_array_size(list); i++)
        status = take_part(&it, list, i);
    json_decref(list);
    TRY(status);
    while (it.axis < x->shape.rank)
        TRY(take_whole(&it));
    if (x->dtype != CLK_FLOAT32)
        x = clk__unary(c->graph, "identity", x);
    x = clk__slice(c->graph, x, it.starts, it.sizes, it.strides);
    return clk__operation_done(c, clk__reshape(c->graph, x, it.shape));
}

static const char *const call_args[] = {"key", NULL};

const struct layer_class clk__operation_get_item = {
    OPERATION_CLASS("GetItem", "numpy", layer, NULL),
    .call = call,
    .call_args = call_args,
};
