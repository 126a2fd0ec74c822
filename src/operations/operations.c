/* SPDX-License-Identifier: MIT */
/* The table of operations, and what their calls share. */
#include "operations/operation.h"
#include "ops/ops.h"

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

static bool is_call_arg(const struct layer_class *class, const char *key)
{
    const char *const *names = class->call_args;
    while (names && *names && strcmp(*names, key) != 0)
        names++;
    return names && *names;
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
        if (strcmp(key, "name") != 0 && !is_call_arg(clk__layer_class(self), key))
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

clk_status clk__operation_axes(unsigned *out, const struct layer *self, const struct call *c,
    const struct int_list *axes, int rank)
{
    *out = axes->n < 0 ? (1u << rank) - 1 : 0;
    if (axes->n < 0)
        return clk__operation_not_batch(self, c, 0);
    for (int i = 0; i < axes->n; i++) {
        int a = 0;
        TRY(clk__operation_axis(&a, self, axes->items[i], rank));
        TRY(clk__operation_not_batch(self, c, a));
        *out |= 1u << a;
    }
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

struct value *clk__operation_float(struct graph *g, struct value *x)
{
    return x && x->dtype != CLK_FLOAT32 ? clk__unary(g, "identity", x) : x;
}

struct value *clk__operation_last(struct graph *g, struct value *x, int axis)
{
    int perm[CLK_MAX_RANK];
    if (!x || axis == x->shape.rank - 1)
        return x;
    for (int i = 0; i < x->shape.rank; i++)
        perm[i] = i;
    perm[axis] = x->shape.rank - 1;
    perm[x->shape.rank - 1] = axis;
    return clk__transpose(g, x, perm);
}

bool clk__operation_is_shared(const struct call *c, int i)
{
    return c->any_axis || c->constants >> i & 1;
}

struct value *clk__operation_named(const struct call *c, const char *name, int place)
{
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)c->kwargs, key, v)
    {
        bool input = json_is_integer(v) && json_integer_value(v) > 0 &&
                     json_integer_value(v) < (json_int_t)c->n_inputs;
        if (strcmp(key, name) == 0)
            return input ? c->inputs[json_integer_value(v)] : NULL;
        if (input && json_integer_value(v) == place)
            return NULL;
    }
    return place < c->n_inputs ? c->inputs[place] : NULL;
}

clk_status clk__operation_integers(struct call *c, struct value *y)
{
    if (y)
        y->precision = PRECISION_INTEGER;
    return clk__operation_done(c, y);
}

clk_status clk__operation_done(struct call *c, struct value *y)
{
    c->outputs[0] = y;
    c->n_outputs = 1;
    return c->graph->status;
}
