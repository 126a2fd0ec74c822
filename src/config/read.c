/* SPDX-License-Identifier: MIT */
/* Objects from a config or an expression. Nested objects wait in a queue, so a file's nesting costs no C
 * stack; an object that is not finished yet always hangs in its parent, so freeing the root frees all. */
#include "base/mem.h"
#include "config/bind.h"
#include "config/expr.h"
#include "config/registry.h"
#include "config/schema.h"
#include "config/value.h"

#include <string.h>

/* An object to be made. */
struct task {
    struct object **slot; /* where it goes */
    const struct registry *registry;
    const struct object_class *class;   /* NULL: as `source` names it */
    const struct object_class *of_list; /* what a list stands for; NULL: nothing */
    const json_t *config;               /* of a class from JSON; NULL: none */
    struct source source;
    const char *outer; /* path of the field, "Dense: kernel_initializer"; "" at the root */
    const char *path;  /* outer, then the class */
    struct task *next;
};

struct reader {
    const char *text;  /* the expression; NULL: from JSON */
    const char *where; /* names a JSON value in errors */
    bool strict;
    struct arena arena;
    json_t *defaults; /* keeps defaults alive while nested ones wait */
    struct task *first;
    struct task **last;
    struct task *made; /* objects whose fields are read, the newest first */
};

static struct spot spot_of(const struct reader *r, const char *path, int column)
{
    return (struct spot){
        .text = r->text, .column = column, .where = r->where, .path = path, .strict = r->strict};
}

static clk_status join_path(const char **out, struct reader *r, const char *a, const char *b)
{
    struct str text = {0};
    clk__str_addf(&text, "%s%s%s", a, *a ? ": " : "", b);
    *out = text.failed ? NULL : clk__arena_strdup(&r->arena, text.data);
    clk__str_fini(&text);
    return *out ? CLK_OK : clk__fail_memory();
}

static clk_status add_task(struct reader *r, struct task t)
{
    struct task *copy = clk__arena_alloc(&r->arena, 1, sizeof(*copy));
    if (!copy)
        return clk__fail_memory();
    *copy = t;
    copy->next = NULL;
    *r->last = copy;
    r->last = &copy->next;
    return CLK_OK;
}

/* "an initializer" */
static const char *article(const char *noun)
{
    return *noun && strchr("aeiou", *noun) ? "an" : "a";
}

static clk_status fail_object(const struct reader *r, const struct task *t)
{
    struct spot spot = spot_of(r, t->outer, t->source.column);
    struct str got = {0};
    if (t->source.items)
        clk__str_add(&got, "a list");
    else
        clk__value_show(&got, t->source.json, &spot);
    clk_status status = got.failed ? clk__fail_memory()
                                   : clk__spot_fail(CLK_ERR_CONFIG, &spot,
                                         "expected %s %s, its name or its config, not %s",
                                         article(t->registry->kind), t->registry->kind, got.data);
    clk__str_fini(&got);
    return status;
}

/* The class's name, and the config's keys if it has any; NULL: it is no object. */
static const char *name_of(struct task *t)
{
    const json_t *json = t->source.json;
    if (t->source.call)
        return t->source.call->name;
    if (json_is_string(json))
        return json_string_value(json);
    const json_t *config = json_object_get(json, "config");
    const char *name = json_string_value(json_object_get(json, "class_name"));
    if (name && json_is_string(config) && strcmp(name, "function") == 0)
        return json_string_value(config);
    if (config && !json_is_object(config) && !json_is_null(config))
        return NULL;
    t->config = json_is_object(config) ? config : NULL;
    return name;
}

/* Finds the class of a task. */
static clk_status resolve(struct reader *r, struct task *t)
{
    bool is_list = t->source.items || json_is_array(t->source.json);
    if (!t->class && json_is_number(t->source.json) && t->registry->number) {
        t->class = t->registry->number;
    } else if (!t->class && is_list && t->of_list) {
        t->class = t->of_list;
    } else if (!t->class) {
        const char *name = name_of(t);
        if (!name)
            return fail_object(r, t);
        t->class = clk__registry_find(t->registry, name);
        if (!t->class) {
            struct spot spot = spot_of(r, t->outer, t->source.column);
            clk_status status = clk__registry_unknown(t->registry, name);
            return status == CLK_ERR_MEMORY ? status
                                            : clk__spot_fail(status, &spot, "%s", clk_last_error());
        }
    }
    /* In an expression the column says where, so the class is enough. */
    return join_path(&t->path, r, r->text ? "" : t->outer, t->class->name);
}

static clk_status use_default(
    struct source *value, struct reader *r, const struct task *t, const struct field *f)
{
    struct spot spot = spot_of(r, t->path, t->source.column);
    if (f->required)
        return clk__spot_fail(CLK_ERR_CONFIG, &spot, "%s is missing", f->name);
    json_t *def = NULL;
    TRY(clk__value_default(&def, f));
    if (json_array_append_new(r->defaults, def) != 0)
        return clk__fail_memory();
    *value = (struct source){.json = def, .column = t->source.column};
    return CLK_OK;
}

/* A list's objects wait in the queue like others. */
static clk_status read_objects(
    struct reader *r, const struct task *t, const struct field *f, struct source value)
{
    struct object_list *list = clk__field_at(*t->slot, f->offset);
    struct spot spot = spot_of(r, t->path, value.column);
    struct task nested = {.registry = f->registry};
    const struct expr_arg *arg = value.items;
    size_t n = json_array_size(value.json);
    for (; arg; arg = arg->next)
        n++;
    if (json_is_null(value.json) && clk__field_allows_none(f))
        return CLK_OK;
    if (value.call || (!value.items && !json_is_array(value.json)))
        return clk__spot_fail(
            CLK_ERR_CONFIG, &spot, "%s must be a list of %ss", f->name, f->registry->kind);
    TRY(join_path(&nested.outer, r, t->path, f->name));
    list->items = clk__alloc(n, sizeof(struct object *));
    if (!list->items)
        return clk__fail_memory();
    list->n = n;
    arg = value.items;
    for (size_t i = 0; i < n; i++) {
        nested.slot = &list->items[i];
        nested.source = (struct source){json_array_get(value.json, i), .column = value.column};
        if (arg) {
            nested.source = clk__source_of(arg);
            arg = arg->next;
        }
        TRY(add_task(r, nested));
    }
    return CLK_OK;
}

static clk_status read_field(
    struct reader *r, const struct task *t, const struct field *f, struct source value)
{
    struct object *o = *t->slot;
    struct spot spot = spot_of(r, t->path, value.column);
    if (f->type == FIELD_OBJECT) {
        struct task nested = {.slot = clk__field_at(o, f->offset),
            .registry = f->registry,
            .of_list = f->of_list,
            .source = value};
        if (json_is_null(value.json) && clk__field_allows_none(f))
            return CLK_OK;
        TRY(join_path(&nested.outer, r, t->path, f->name));
        return add_task(r, nested);
    }
    if (f->type == FIELD_OBJECTS)
        return read_objects(r, t, f, value);
    for (const struct expr_arg *item = value.items; item && !value.call; item = item->next)
        value.call = item->call;
    if (value.call)
        return clk__spot_fail(CLK_ERR_CONFIG, &spot, "%s takes no object such as %.40s%s", f->name,
            value.call->name,
            f->type == FIELD_STRING || f->type == FIELD_CHOICE || f->type == FIELD_DTYPE
                ? "; a string needs quotes"
                : "");
    return clk__value_read(o, f, value.json, &spot);
}

static clk_status read_object(struct reader *r, struct task *t)
{
    TRY(resolve(r, t));
    size_t n = clk__class_n_fields(t->class);
    struct source *values = clk__arena_alloc(&r->arena, n, sizeof(*values));
    if (!values)
        return clk__fail_memory();
    struct spot spot = spot_of(r, t->path, t->source.column);
    if (t->source.call)
        TRY(clk__bind_call(values, t->class, t->source.call, &spot));
    else if (t->config)
        TRY(clk__bind_config(
            values, t->class, t->config, &spot, t->registry && t->registry->as_string));
    else if (json_is_number(t->source.json) || json_is_array(t->source.json) || t->source.items)
        values[0] = t->source;
    struct object *o = clk__alloc(1, t->class->bytes);
    if (!o)
        return clk__fail_memory();
    o->class = t->class;
    *t->slot = o;
    if (t->class->entry_read && t->source.json)
        TRY(t->class->entry_read(o, t->source.json));
    for (size_t i = 0; i < n; i++) {
        const struct field *f = clk__class_field(t->class, i);
        if (!values[i].json && !values[i].call && !values[i].items)
            TRY(use_default(&values[i], r, t, f));
        TRY(read_field(r, t, f, values[i]));
    }
    t->next = r->made;
    r->made = t;
    return CLK_OK;
}

/* Lets the classes check what concerns several fields, nested objects first. */
static clk_status check_objects(const struct reader *r)
{
    for (const struct task *t = r->made; t; t = t->next) {
        struct spot spot = spot_of(r, t->path, t->source.column);
        clk_status status = t->class->check ? t->class->check(*t->slot) : CLK_OK;
        if (status != CLK_OK)
            return clk__spot_fail(status, &spot, "%s", clk_last_error());
    }
    return CLK_OK;
}

/* Makes the object of `root` and those within it. */
static clk_status read_all(struct object **out, struct reader *r, struct task root)
{
    *out = NULL;
    clk_status status = CLK_OK;
    r->last = &r->first;
    root.slot = out;
    root.outer = "";
    r->defaults = json_array();
    if (!r->defaults)
        return clk__fail_memory();
    TRY_DONE(add_task(r, root));
    while (r->first) {
        struct task *t = r->first;
        r->first = t->next;
        if (!r->first)
            r->last = &r->first;
        TRY_DONE(read_object(r, t));
    }
    status = check_objects(r);
done:
    json_decref(r->defaults);
    clk__arena_fini(&r->arena);
    if (status != CLK_OK) {
        clk__object_free(*out);
        *out = NULL;
    }
    return status;
}

clk_status clk__object_from_json(struct object **out, const struct registry *r,
    const json_t *config, bool strict, const char *where)
{
    struct reader reader = {.where = where, .strict = strict};
    struct task root = {.registry = r, .source.json = config};
    return read_all(out, &reader, root);
}

clk_status clk__object_from_text(struct object **out, const struct registry *r, const char *text)
{
    *out = NULL;
    struct expr_tree tree = {0};
    clk_status status = clk__expr_parse(&tree, text);
    if (status == CLK_OK) {
        struct reader reader = {.text = text, .strict = true};
        struct task root = {
            .registry = r, .source = {.call = tree.root, .column = tree.root->column}};
        status = read_all(out, &reader, root);
    }
    clk__expr_fini(&tree);
    return status;
}

clk_status clk__object_create(struct object **out, const struct object_class *c)
{
    struct reader reader = {.strict = true};
    struct task root = {.class = c, .source.json = NULL};
    return read_all(out, &reader, root);
}
