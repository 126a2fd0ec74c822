/* SPDX-License-Identifier: MIT */
/* Arguments of a layer's call that come as text: "use_causal_mask=True, attention_mask=2". */
#include "base/str.h"
#include "config/expr.h"
#include "layers/layer.h"

#include <string.h>

static bool is_among(const char *const *names, const char *name)
{
    while (names && *names && strcmp(*names, name) != 0)
        names++;
    return names && *names;
}

static void add_names(struct str *s, const char *const *names)
{
    for (; names && *names; names++)
        clk__str_addf(s, "%s%s", s->len ? ", " : "", *names);
}

static clk_status fail_unknown(const struct layer *l, const char *name)
{
    const struct layer_class *class = clk__layer_class(l);
    char layer[LAYER_TEXT];
    struct str names = {0};
    add_names(&names, class->call_flags);
    add_names(&names, class->call_args);
    clk_status status =
        names.failed ? clk__fail_memory()
                     : clk__fail(CLK_ERR_ARG, "%s: its call has no argument \"%s\", only: %s",
                           clk__layer_text(layer, l), name, names.len ? names.data : "none");
    clk__str_fini(&names);
    return status;
}

static clk_status add_argument(
    json_t *kwargs, const struct layer *l, const struct expr_arg *arg, size_t n_inputs)
{
    const struct layer_class *class = clk__layer_class(l);
    const char *name = arg->keyword ? arg->keyword : "";
    char layer[LAYER_TEXT];
    bool flag = is_among(class->call_flags, name);
    if (!flag && !is_among(class->call_args, name))
        return fail_unknown(l, name);
    if (flag && !json_is_boolean(arg->value))
        return clk__fail(CLK_ERR_ARG, "%s: %s is True or False", clk__layer_text(layer, l), name);
    bool number = json_is_integer(arg->value) && json_integer_value(arg->value) > 0 &&
                  json_integer_value(arg->value) < (json_int_t)n_inputs;
    if (!flag && !number)
        return clk__fail(CLK_ERR_ARG, "%s: %s is the number of an input, 1 to %zu",
            clk__layer_text(layer, l), name, n_inputs - 1);
    json_t *value = (json_t *)(uintptr_t)arg->value;
    return json_object_set(kwargs, name, value) == 0 ? CLK_OK : clk__fail_memory();
}

clk_status clk__call_arguments(
    json_t **out, const struct layer *l, const char *text, size_t n_inputs)
{
    struct expr_tree tree = {0};
    struct str call = {0};
    json_t *kwargs = json_object();
    *out = NULL;
    clk__str_addf(&call, "call(%s)", text);
    clk_status status = call.failed || !kwargs ? clk__fail_memory() : CLK_OK;
    if (status == CLK_OK)
        status = clk__expr_parse(&tree, call.data);
    if (status == CLK_OK) {
        for (const struct expr_arg *a = tree.root->args; a && status == CLK_OK; a = a->next)
            status = add_argument(kwargs, l, a, n_inputs);
    }
    clk__expr_fini(&tree);
    clk__str_fini(&call);
    if (status == CLK_OK && json_object_size(kwargs) > 0)
        *out = json_incref(kwargs);
    json_decref(kwargs);
    return status;
}
