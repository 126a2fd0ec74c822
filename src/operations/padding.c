/* SPDX-License-Identifier: MIT */
/* Operations that add to the ends of axes or cut them off: pad, with its modes, image.pad_images, image.crop_images. Follows
 * keras/src/ops/numpy.py and image.py. */
#include "base/json.h"
#include "layers/data_format.h"
#include "operations/operation.h"
#include "ops/ops.h"

enum pad_mode {
    PAD_CONSTANT,
    PAD_REFLECT,
    PAD_SYMMETRIC,
    PAD_EDGE
};

struct padding_operation {
    struct layer layer;
    struct int_list pad_width;
    int mode;
    int64_t top, left, bottom, right, height, width;
    bool has_top, has_left, has_bottom, has_right, has_height, has_width;
    int data_format;
};

static clk_status fail_padding(const struct layer *self, const char *why)
{
    char text[LAYER_TEXT];
    return clk__fail(CLK_ERR_UNSUPPORTED, "%s: %s", clk__layer_text(text, self), why);
}

/* ---- pad ---- */

/* n elements from `at` on, backwards; or the one there, n times. NULL: none. */
static struct value *border(
    struct graph *g, struct value *x, int axis, int64_t at, int64_t n, enum pad_mode mode)
{
    if (n == 0)
        return NULL;
    if (mode != PAD_EDGE)
        return clk__reverse(g, clk__slice_axis(g, x, axis, at, n), axis);
    struct value *one = clk__slice_axis(g, x, axis, at, 1);
    struct shape wide = x->shape;
    wide.dims[axis] = n;
    return clk__unary(g, "identity", one ? clk__broadcast(g, one, wide) : NULL);
}

/* Mirrored at the last element, or behind it; or the last element again and again. */
static clk_status pad_axis(struct value **x, const struct layer *self, struct call *c, int axis,
    const int64_t *pair, enum pad_mode mode)
{
    struct graph *g = c->graph;
    struct value *parts[3];
    int64_t n = (*x)->shape.dims[axis], skipped = mode == PAD_REFLECT;
    int k = 0;
    if (n < 1 || (mode != PAD_EDGE && (pair[0] > n - skipped || pair[1] > n - skipped)))
        return fail_padding(self, "more is added to an axis than it can mirror");
    struct value *before = border(g, *x, axis, skipped, pair[0], mode);
    int64_t last = mode == PAD_EDGE ? n - 1 : n - skipped - pair[1];
    struct value *after = border(g, *x, axis, last, pair[1], mode);
    if (pair[0] > 0)
        parts[k++] = before;
    parts[k++] = *x;
    if (pair[1] > 0)
        parts[k++] = after;
    *x = clk__concat(g, parts, k, axis);
    return g->status;
}

static clk_status pad_with(
    struct value **x, const struct layer *self, struct call *c, int64_t pairs[][2], double constant)
{
    enum pad_mode mode = (enum pad_mode)((const struct padding_operation *)self)->mode;
    int64_t before[CLK_MAX_RANK] = {0}, after[CLK_MAX_RANK] = {0};
    for (int i = 0; i < (*x)->shape.rank; i++) {
        if (pairs[i][0] == 0 && pairs[i][1] == 0)
            continue;
        TRY(clk__operation_not_batch(self, c, i));
        before[i] = pairs[i][0];
        after[i] = pairs[i][1];
        if (mode != PAD_CONSTANT)
            TRY(pad_axis(x, self, c, i, pairs[i], mode));
    }
    if (mode == PAD_CONSTANT)
        *x = clk__pad(c->graph, *x, before, after, (float)constant);
    return c->graph->status;
}

/* The constant is an argument of the call: {"constant_values": 2.0}. */
static clk_status call_pad(struct layer *self, struct call *c)
{
    const struct int_list *width = &((struct padding_operation *)self)->pad_width;
    int64_t pairs[CLK_MAX_RANK][2];
    double constant = 0.0;
    struct call plain = *c;
    const json_t *value = json_object_get(c->kwargs, "constant_values");
    if (value && !clk__json_number(&constant, value))
        return fail_padding(self, "constant_values must be a number");
    plain.kwargs = NULL;
    TRY(clk__operation_inputs(self, &plain, 1));
    struct value *x = clk__operation_float(c->graph, c->inputs[0]);
    TRY(c->graph->status);
    int rank = x->shape.rank;
    if (width->n != 2 && width->n != 2 * rank)
        return fail_padding(self, "pad_width must have a pair for each axis");
    for (int i = 0; i < rank; i++) {
        const int64_t *pair = width->n == 2 ? width->items : &width->items[(size_t)2 * (size_t)i];
        pairs[i][0] = pair[0];
        pairs[i][1] = pair[1];
    }
    TRY(pad_with(&x, self, c, pairs, constant));
    return clk__operation_done(c, x);
}

static const char *const pad_modes[] = {[PAD_CONSTANT] = "constant",
    [PAD_REFLECT] = "reflect",
    [PAD_SYMMETRIC] = "symmetric",
    [PAD_EDGE] = "edge",
    NULL};
static const struct field pad_fields[] = {
    ARG_SHAPE(padding_operation, pad_width, REQUIRED, ALLOW_INT, AT_LEAST(0), .pairs = true),
    ARG_CHOICE(padding_operation, mode, pad_modes, DEFAULT("constant")),
    ARGS_END,
};

const struct layer_class clk__operation_pad = {
    OPERATION_CLASS("Pad", "numpy", padding_operation, pad_fields),
    .call = call_pad,
};

/* ---- images ---- */

/* Of `before`, `after` and the target size two say the third; of an image of n. */
static clk_status ends(int64_t pair[2], const struct layer *self, int64_t n, bool crops,
    const int64_t *before, const int64_t *after, const int64_t *target)
{
    int64_t more = target ? (crops ? n - *target : *target - n) : 0;
    if (n < 0 || (before != NULL) + (after != NULL) + (target != NULL) != 2)
        return fail_padding(self, "two of both ends and the size are needed, of a known size");
    pair[0] = before ? *before : more - *after;
    pair[1] = after ? *after : more - *before;
    if (pair[0] < 0 || pair[1] < 0 || (crops && pair[0] + pair[1] >= n))
        return fail_padding(self, crops ? "nothing is left, or more than there is"
                                        : "the target is smaller than the image");
    return CLK_OK;
}

static clk_status call_images(struct layer *self, struct call *c, bool crops)
{
    const struct padding_operation *p = (struct padding_operation *)self;
    int64_t pairs[CLK_MAX_RANK][2] = {{0}};
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = clk__operation_float(c->graph, c->inputs[0]);
    TRY(c->graph->status);
    int rank = x->shape.rank, rows = p->data_format == CHANNELS_FIRST ? rank - 2 : rank - 3;
    if (rank < 3 || rank > 4)
        return fail_padding(self, "images have (batch, height, width, channels)");
    TRY(ends(pairs[rows], self, x->shape.dims[rows], crops, p->has_top ? &p->top : NULL,
        p->has_bottom ? &p->bottom : NULL, p->has_height ? &p->height : NULL));
    TRY(ends(pairs[rows + 1], self, x->shape.dims[rows + 1], crops, p->has_left ? &p->left : NULL,
        p->has_right ? &p->right : NULL, p->has_width ? &p->width : NULL));
    for (int i = 0; i < rank && crops; i++) {
        pairs[i][0] = -pairs[i][0];
        pairs[i][1] = -pairs[i][1];
    }
    TRY(pad_with(&x, self, c, pairs, 0.0));
    return clk__operation_done(c, x);
}

static clk_status check_images(struct object *o)
{
    clk__data_format_default(&((struct padding_operation *)o)->data_format);
    return clk__layer_check(o);
}

#define END_FIELD(name_, member)                                                                  \
    ARG(FIELD_INT, name_, padding_operation, member, DEFAULT(null), OR_NONE, BETWEEN(0, 1 << 24), \
        .has_offset = offsetof(struct padding_operation, has_##member))
#define SIZE_FIELDS                                                                                \
    END_FIELD("target_height", height), END_FIELD("target_width", width),                          \
        ARG_CHOICE(                                                                                \
            padding_operation, data_format, clk__data_formats, DEFAULT("channels_last"), OR_NONE), \
        ARGS_END
#define IMAGES_CLASS(name_, fields_)                                              \
    .object.name = (name_), .object.module = "keras.src.ops.image",               \
    .object.bytes = sizeof(struct padding_operation), .object.fields = (fields_), \
    .object.common = clk__operation_fields, .object.check = check_images,         \
    .object.fini = clk__layer_fini

static clk_status call_pad_images(struct layer *self, struct call *c)
{
    return call_images(self, c, false);
}

static const struct field pad_images_fields[] = {
    END_FIELD("top_padding", top),
    END_FIELD("left_padding", left),
    END_FIELD("bottom_padding", bottom),
    END_FIELD("right_padding", right),
    SIZE_FIELDS,
};

const struct layer_class clk__operation_pad_images = {
    IMAGES_CLASS("PadImages", pad_images_fields),
    .call = call_pad_images,
};

static clk_status call_crop_images(struct layer *self, struct call *c)
{
    return call_images(self, c, true);
}

static const struct field crop_images_fields[] = {
    END_FIELD("top_cropping", top),
    END_FIELD("left_cropping", left),
    END_FIELD("bottom_cropping", bottom),
    END_FIELD("right_cropping", right),
    SIZE_FIELDS,
};

const struct layer_class clk__operation_crop_images = {
    IMAGES_CLASS("CropImages", crop_images_fields),
    .call = call_crop_images,
};
