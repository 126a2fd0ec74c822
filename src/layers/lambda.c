/* SPDX-License-Identifier: MIT */
/* Lambda: Python code, which is not run: a class that was registered under the layer's name, or that of its function,
 * stands for it and takes `arguments`. Follows keras/src/layers/core/lambda_layer.py. */
#include "layers/layer.h"

#include <string.h>

struct lambda {
    struct layer layer;
    json_t *function; /* code, or the name of a function: kept for the file, as the next two */
    json_t *output_shape;
    json_t *mask;
    json_t *arguments;
    json_t *of_tf_keras[4];
    struct layer *body; /* what stands for the code; owned */
};

#define ARG_OF_TF_KERAS(name, i) ARG(FIELD_ANY, name, lambda, of_tf_keras[i], HIDDEN)

static const struct field fields[] = {
    ARG_ANY(lambda, function, DEFAULT(null)),
    ARG_ANY(lambda, output_shape, DEFAULT(null), YOUNGER),
    ARG_ANY(lambda, mask, DEFAULT(null), YOUNGER),
    ARG_ANY(lambda, arguments, DEFAULT({}), OR_NONE),
    ARG_OF_TF_KERAS("function_type", 0),
    ARG_OF_TF_KERAS("module", 1),
    ARG_OF_TF_KERAS("output_shape_type", 2),
    ARG_OF_TF_KERAS("output_shape_module", 3),
    ARGS_END,
};

/* The name of a function that is no lambda: "f" or {"class_name": "function", "config": "f"}; NULL. */
static const char *function_name(const json_t *function)
{
    const char *class = json_string_value(json_object_get(function, "class_name"));
    if (class && strcmp(class, "function") == 0)
        return json_string_value(json_object_get(function, "config"));
    return json_string_value(function);
}

static clk_status check(struct object *o)
{
    struct lambda *l = (struct lambda *)o;
    const char *function = function_name(l->function), *name = l->layer.name;
    struct object *body = NULL;
    char text[LAYER_TEXT];
    TRY(clk__layer_check(o));
    if (!name || !clk__layers_added(name))
        name = function;
    if (!name || !clk__layers_added(name))
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "%s: a Lambda holds Python code, which is not run; register a layer in C under the "
            "name \"%s\" (clk_layer_register), or write it as operations (x * 2 + 1, keras.ops) "
            "and save the model anew",
            clk__layer_text(text, &l->layer),
            l->layer.name ? l->layer.name
            : function    ? function
                          : "lambda");
    json_t *config =
        json_pack("{s: s, s: O?}", "class_name", name, "config", (json_t *)l->arguments);
    clk_status status =
        clk__object_from_json(&body, &clk__layers, config, true, clk__layer_text(text, &l->layer));
    json_decref(config);
    l->body = (struct layer *)body;
    return status;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the class registered puts layers within one another */
static bool has_variables(const struct layer *l)
{
    bool any = l->n_variables > 0;
    for (int i = 0; i < l->n_children && !any; i++)
        any = has_variables(l->children[i].layer);
    return any;
}

static clk_status call(struct layer *self, struct call *c)
{
    struct layer *body = ((struct lambda *)self)->body;
    char text[LAYER_TEXT];
    body->stream = self->stream;
    TRY(clk__layer_call(body, c));
    if (!has_variables(body))
        return CLK_OK;
    return clk__fail(CLK_ERR_UNSUPPORTED, "%s: a Lambda has no weights, the layer \"%s\" has some",
        clk__layer_text(text, self), body->object.class->name);
}

static void fini(struct object *o)
{
    struct lambda *l = (struct lambda *)o;
    if (l->body)
        clk__object_free(&l->body->object);
    clk__layer_fini(o);
}

const struct layer_class clk__layer_lambda = {
    .object.name = "Lambda",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct lambda),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = fini,
    .call = call,
};
