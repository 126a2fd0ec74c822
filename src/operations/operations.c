/* SPDX-License-Identifier: MIT */
/* The table of operations, and what their calls share. */
#include "operations/operation.h"

#include <string.h>

const struct field clk__operation_fields[] = {
    ARG_STRING(layer, name, DEFAULT(null)),
    ARG_DTYPE(layer, dtype, DEFAULT("float32"), AS_POLICY, HIDDEN),
    ARG_BOOL(layer, trainable, DEFAULT(true), HIDDEN),
    ARGS_END,
};

const struct field clk__operation_name[] = {
    ARG_STRING(layer, name, DEFAULT(null)),
    ARGS_END,
};

#define CLASS_OF(tag) &clk__operation_##tag.object,
static const struct object_class *const classes[] = {OPERATIONS(CLASS_OF)};
#undef CLASS_OF

const struct registry clk__operations = {
    .kind = "operation",
    .classes = classes,
    .n_classes = sizeof(classes) / sizeof(classes[0]),
};

bool clk__is_operation_module(const char *module)
{
    return module &&
           (strncmp(module, "keras.src.ops", 13) == 0 || strncmp(module, "keras.ops", 9) == 0);
}

bool clk__is_operation(const struct layer *l)
{
    return clk__is_operation_module(l->object.class->module);
}

clk_status clk__operation_inputs(const struct layer *self, const struct call *c, int n)
{
    char text[LAYER_TEXT];
    if (c->n_inputs == 0 || (n > 0 && c->n_inputs != n))
        return clk__fail(CLK_ERR_CONFIG, "%s: %d tensors or numbers, it takes %d",
            clk__layer_text(text, self), c->n_inputs, n > 0 ? n : 1);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)c->kwargs, key, value)
    {
        if (strcmp(key, "name") != 0 && strcmp(key, "key") != 0)
            return clk__fail(CLK_ERR_UNSUPPORTED, "%s: its argument %.40s is not supported",
                clk__layer_text(text, self), key);
    }
    return CLK_OK;
}

clk_status clk__operation_axis(int *out, const struct layer *self, int64_t axis, int rank)
{
    char text[LAYER_TEXT];
    if (axis < -rank || axis >= rank)
        return clk__fail(CLK_ERR_SHAPE, "%s: axis %lld, there are %d", clk__layer_text(text, self),
            (long long)axis, rank);
    *out = (int)(axis < 0 ? axis + rank : axis);
    return CLK_OK;
}

clk_status clk__operation_not_batch(const struct layer *self, const struct call *c, int axis)
{
    char text[LAYER_TEXT];
    if (axis > 0 || c->any_axis)
        return CLK_OK;
    return clk__fail(CLK_ERR_UNSUPPORTED,
        "%s: works along axis 0, the batch, which is not supported", clk__layer_text(text, self));
}

clk_status clk__operation_done(struct call *c, struct value *y)
{
    c->outputs[0] = y;
    c->n_outputs = 1;
    return c->graph->status;
}
