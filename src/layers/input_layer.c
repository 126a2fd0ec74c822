/* SPDX-License-Identifier: MIT */
/* Input, in configs InputLayer: the shape a model takes. Follows keras/src/layers/core/input_layer.py. */
#include "layers/layer.h"

#include <string.h>

struct input_layer {
    struct layer layer;
    struct int_list shape; /* without the batch axis; turned into batch_shape by the check */
    bool has_batch_size;
    int64_t batch_size;
    struct int_list batch_shape;
};

/* No trainable; optional and ragged are younger than Keras 3.0, which refuses a config that has them. */
static const struct field fields[] = {
    ARG_SHAPE(input_layer, shape, DEFAULT(null), AT_LEAST(1), NONE_ITEMS, ALLOW_INT, HIDDEN),
    ARG_INT_OR_NONE(input_layer, batch_size, DEFAULT(null), AT_LEAST(1), HIDDEN),
    ARG(FIELD_DTYPE, "dtype", input_layer, layer.dtype, DEFAULT("float32")),
    ARG_UNSUPPORTED("sparse", DEFAULT(false)),
    ARG_UNSUPPORTED("ragged", DEFAULT(false), HIDDEN),
    ARG_SHAPE(input_layer, batch_shape, DEFAULT(null), AT_LEAST(1), NONE_ITEMS,
        ALIAS("batch_input_shape")),
    ARG_UNSUPPORTED("optional", DEFAULT(false), HIDDEN),
    ARG(FIELD_STRING, "name", input_layer, layer.name, DEFAULT(null)),
    ARGS_END,
};

static bool is_supported(const char *dtype)
{
    static const char *const dtypes[] = {"int32", "int64", "int16", "int8", "uint8", "uint16",
        "uint32", "uint64", "bool", "float32", "float16", "bfloat16", "float64"};
    for (size_t i = 0; i < sizeof(dtypes) / sizeof(*dtypes); i++) {
        if (strcmp(dtype, dtypes[i]) == 0)
            return true;
    }
    return false;
}

static clk_status check(struct object *o)
{
    struct input_layer *in = (struct input_layer *)o;
    char text[LAYER_TEXT];
    const char *shown = clk__layer_text(text, &in->layer);
    in->layer.trainable = true;
    const char *dtype = in->layer.dtype ? in->layer.dtype : "float32";
    if (!is_supported(dtype))
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "%s: dtype \"%s\" is not supported, only float16, bfloat16, float32, float64, int8 to "
            "int64, uint8 to uint64 and bool",
            shown, dtype);
    in->layer.policy = clk__policy_find(dtype);
    if (in->batch_shape.n < 0) {
        if (in->shape.n < 0)
            return clk__fail(CLK_ERR_CONFIG, "%s: shape is missing, such as (28, 28)", shown);
        if (in->shape.n >= CLK_MAX_RANK)
            return clk__fail(CLK_ERR_CONFIG,
                "%s: shape has %d dimensions, at most %d and the batch", shown, in->shape.n,
                CLK_MAX_RANK - 1);
        in->batch_shape.n = in->shape.n + 1;
        in->batch_shape.items[0] = in->has_batch_size ? in->batch_size : -1;
        memcpy(in->batch_shape.items + 1, in->shape.items,
            (size_t)in->shape.n * sizeof(*in->shape.items));
    }
    in->shape.n = -1;
    if (in->batch_shape.n == 0)
        return clk__fail(CLK_ERR_CONFIG, "%s: batch_shape () has no batch axis", shown);
    return CLK_OK;
}

static clk_status call(struct layer *self, struct call *c)
{
    (void)self;
    c->outputs[0] = c->inputs[0];
    c->n_outputs = 1;
    return CLK_OK;
}

static const char *const aliases[] = {"Input", NULL};

const struct layer_class clk__layer_input_layer = {
    .object.name = "InputLayer",
    .object.module = "keras.layers",
    .object.aliases = aliases,
    .object.bytes = sizeof(struct input_layer),
    .object.fields = fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .casting = CAST_NOTHING,
    .call = call,
};

const struct int_list *clk__input_batch_shape(const struct layer *l)
{
    return l->object.class == &clk__layer_input_layer.object
               ? &((const struct input_layer *)l)->batch_shape
               : NULL;
}
