/* SPDX-License-Identifier: MIT */
/* Registering a class: its signature becomes a table of fields, so that expressions, configs and error texts treat it
 * as they treat Keras' own. */
#include "base/str.h"
#include "config/expr.h"
#include "custom/custom.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

clk_status clk__custom_failed(const struct custom *c, clk_status status, const char *function)
{
    char text[LAYER_TEXT];
    clk__layer_text(text, &c->layer);
    if (*clk_last_error())
        return clk__fail_in(status, "%s", text);
    return clk__fail(status, "%s: its %s failed with %s", text, function, clk_status_name(status));
}

/* ---- an object of such a class ---- */

static clk_status check(struct object *o)
{
    struct custom *c = (struct custom *)o;
    const clk_layer_class *given = &clk__custom_class(c)->given;
    TRY(clk__layer_check(o));
    if (!given->init)
        return CLK_OK;
    clk__error_clear();
    c->stage = STAGE_INIT;
    clk_status status = given->init((clk_layer *)&c->layer);
    c->stage = STAGE_NONE;
    return status == CLK_OK ? CLK_OK : clk__custom_failed(c, status, "init");
}

static void fini(struct object *o)
{
    struct custom *c = (struct custom *)o;
    clk__layer_fini(o);
    for (size_t i = 0; i < c->n_initializers; i++)
        clk__object_free(c->initializers[i]);
    free(c->initializers);
    clk__arena_fini(&c->memory);
    json_decref(c->entry);
}

/* Keeps the class's place in Python: it is written back as it was. An HDF5 file has it in class_name, "Pack>Scale". */
static clk_status entry_read(struct object *o, const json_t *entry)
{
    struct custom *c = (struct custom *)o;
    const json_t *name = json_object_get(entry, "registered_name");
    const char *class = json_string_value(json_object_get(entry, "class_name"));
    if (!json_is_string(name) && class && strchr(class, '>'))
        name = json_object_get(entry, "class_name");
    if (!json_is_string(name))
        return CLK_OK;
    c->entry = json_pack("{s: O?, s: O}", "module", json_object_get(entry, "module"),
        "registered_name", (json_t *)(uintptr_t)name);
    return c->entry ? CLK_OK : clk__fail_memory();
}

static clk_status entry_write(const struct object *o, json_t *entry)
{
    const struct custom *c = (const struct custom *)o;
    const clk_layer_class *given = &clk__custom_class(c)->given;
    if (c->entry)
        return json_object_update(entry, c->entry) == 0 ? CLK_OK : clk__fail_memory();
    json_t *name = given->package ? json_sprintf("%s>%s", given->package, given->name)
                                  : json_string(given->name);
    json_object_set_new(entry, "module", json_null());
    return json_object_set_new(entry, "registered_name", name) == 0 ? CLK_OK : clk__fail_memory();
}

/* ---- the class ---- */

/* A field from "units" (required) or "rate=0.1". */
static clk_status add_field(
    struct custom_class *k, size_t i, const struct expr_arg *arg, const char *signature)
{
    struct field *f = &k->fields[i];
    const char *name = arg->keyword ? arg->keyword : arg->call ? arg->call->name : NULL;
    char *text = NULL;
    if (!name || (arg->call && (arg->keyword || arg->call->called)))
        return clk__expr_fail(CLK_ERR_SYNTAX, signature, arg->column,
            "expected a name, or a name = a number, string, list, True, False or None");
    *f = (struct field){.name = clk__arena_strdup(&k->memory, name),
        .type = FIELD_ANY,
        .offset = offsetof(struct custom, values) + i * sizeof(json_t *),
        .required = !arg->keyword,
        .none = true};
    if (arg->keyword) {
        TRY(clk__json_text(&text, arg->value));
        f->def = clk__arena_strdup(&k->memory, text);
        free(text);
    }
    return f->name && (f->required || f->def) ? CLK_OK : clk__fail_memory();
}

static clk_status read_arguments(
    struct custom_class *k, const struct expr *call, const char *signature)
{
    size_t n = 0, i = 0;
    for (const struct expr_arg *a = call->args; a; a = a->next)
        n++;
    k->fields = clk__arena_alloc(&k->memory, n + 1, sizeof(*k->fields));
    if (!k->fields)
        return clk__fail_memory();
    for (const struct expr_arg *a = call->args; a; a = a->next)
        TRY(add_field(k, i++, a, signature));
    k->class.object.bytes = sizeof(struct custom) + n * sizeof(json_t *);
    return CLK_OK;
}

static clk_status read_signature(struct custom_class *k, const char *signature)
{
    struct expr_tree tree = {0};
    struct str text = {0};
    clk__str_addf(&text, "f(%s)", signature ? signature : "");
    clk_status status = text.failed ? clk__fail_memory() : clk__expr_parse(&tree, text.data);
    if (status == CLK_OK)
        status = read_arguments(k, tree.root, text.data);
    if (status == CLK_ERR_SYNTAX)
        (void)clk__fail_in(status, "clk_layer_register: %s: its signature", k->given.name);
    clk__expr_fini(&tree);
    clk__str_fini(&text);
    return status;
}

static clk_status fill(struct custom_class *k, const clk_layer_class *given)
{
    k->given = *given;
    k->given.name = clk__arena_strdup(&k->memory, given->name);
    k->given.package = given->package ? clk__arena_strdup(&k->memory, given->package) : NULL;
    k->given.signature = NULL;
    if (!k->given.name || (given->package && !k->given.package))
        return clk__fail_memory();
    TRY(read_signature(k, given->signature));
    k->class.object.name = k->given.name;
    k->class.object.module = "builtins"; /* never written, see entry_write */
    k->class.object.fields = k->fields;
    k->class.object.common = clk__layer_fields;
    k->class.object.check = check;
    k->class.object.fini = fini;
    k->class.object.entry_read = entry_read;
    k->class.object.entry_write = entry_write;
    k->class.build = clk__custom_build;
    k->class.call = clk__custom_call;
    k->class.masks = given->supports_masking ? MASK_PASS : MASK_DROP;
    return CLK_OK;
}

clk_status clk_layer_register(const clk_layer_class *given)
{
    if (!given || !given->name || !*given->name || !given->call)
        return clk__fail(CLK_ERR_ARG, "clk_layer_register: a class needs a name and a call");
    if (given->size != sizeof(*given))
        return clk__fail(CLK_ERR_ARG,
            "clk_layer_register: %s: size is %zu, expected sizeof(clk_layer_class), %zu",
            given->name, given->size, sizeof(*given));
    if (strcmp(given->name, "Lambda") == 0)
        return clk__fail(CLK_ERR_STATE,
            "clk_layer_register: Lambda stands for many functions: register under the Lambda "
            "layer's own name");
    struct custom_class *k = clk__alloc(1, sizeof(*k));
    if (!k)
        return clk__fail_memory();
    clk_status status = fill(k, given);
    if (status == CLK_OK)
        status = clk__layers_add(&k->class);
    if (status != CLK_OK) {
        clk__arena_fini(&k->memory);
        free(k);
    }
    return status;
}
