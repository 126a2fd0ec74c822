/* SPDX-License-Identifier: MIT */
/* Configs from objects, deep copies, and freeing. As in read.c, nested objects wait in a queue. */
#include "base/mem.h"
#include "config/schema.h"
#include "config/value.h"

#include <stdlib.h>

/* An object whose config is still empty. */
struct task {
    const struct object *object;
    json_t *config; /* borrowed from what holds it */
    struct task *next;
};

struct writer {
    bool hidden; /* hidden fields too: for a copy */
    struct arena arena;
    struct task *first;
};

static clk_status add_task(struct writer *w, const struct object *o, json_t *config)
{
    struct task *t = clk__arena_alloc(&w->arena, 1, sizeof(*t));
    if (!t)
        return clk__fail_memory();
    *t = (struct task){.object = o, .config = config, .next = w->first};
    w->first = t;
    return CLK_OK;
}

static struct object **nested_at(const struct object *o, const struct field *f)
{
    return clk__field_at(o, f->offset);
}

static struct object_list *list_at(const struct object *o, const struct field *f)
{
    return clk__field_at(o, f->offset);
}

static clk_status is_default_value(bool *out, const struct object *o, const struct field *f)
{
    json_t *value = NULL, *def = NULL;
    clk_status status = CLK_OK;
    TRY_DONE(clk__value_default(&def, f));
    if (f->type == FIELD_OBJECT) {
        *out = !*nested_at(o, f) && json_is_null(def);
    } else if (f->type == FIELD_OBJECTS) {
        *out = list_at(o, f)->n == 0;
    } else {
        TRY_DONE(clk__value_write(&value, o, f));
        *out = clk__value_equal(value, def);
    }
done:
    json_decref(value);
    json_decref(def);
    return status;
}

/* True if the name alone says all. */
static clk_status is_default(bool *out, const struct object *o)
{
    *out = true;
    const struct field *const tables[] = {o->class->common, o->class->fields};
    for (size_t i = 0; i < 2; i++) {
        for (const struct field *f = tables[i]; f && f->type != FIELD_END && *out; f++)
            TRY(is_default_value(out, o, f));
    }
    return CLK_OK;
}

/* An object as it stands in its parent's config; NULL is null. */
static clk_status write_nested(
    json_t **out, struct writer *w, const struct registry *r, const struct object *o)
{
    bool brief = false;
    *out = NULL;
    if (!o) {
        *out = json_null();
        return CLK_OK;
    }
    if (r->number && o->class == r->number)
        return clk__value_write(out, o, &o->class->fields[0]);
    if (r->as_string && !o->class->entry_write)
        TRY(is_default(&brief, o));
    if (brief) {
        *out = json_string(o->class->name);
        return *out ? CLK_OK : clk__fail_memory();
    }
    json_t *config = json_object();
    *out = json_pack("{s:s, s:s, s:o, s:n}", "module", o->class->module, "class_name",
        o->class->name, "config", config, "registered_name");
    if (!*out)
        return clk__fail_memory();
    if (o->class->entry_write)
        TRY(o->class->entry_write(o, *out));
    return add_task(w, o, config);
}

/* A list's objects, in its order. */
static clk_status write_list(
    json_t **out, struct writer *w, const struct registry *r, const struct object_list *list)
{
    *out = json_array();
    if (!*out)
        return clk__fail_memory();
    for (size_t i = 0; i < list->n; i++) {
        json_t *item = NULL;
        clk_status status = write_nested(&item, w, r, list->items[i]);
        if (status != CLK_OK) {
            json_decref(item);
            return status;
        }
        if (json_array_append_new(*out, item) != 0)
            return clk__fail_memory();
    }
    return CLK_OK;
}

static clk_status write_field(
    json_t **out, struct writer *w, const struct object *o, const struct field *f)
{
    if (f->type == FIELD_OBJECT)
        return write_nested(out, w, f->registry, *nested_at(o, f));
    if (f->type == FIELD_OBJECTS)
        return write_list(out, w, f->registry, list_at(o, f));
    return clk__value_write(out, o, f);
}

static clk_status write_fields(struct writer *w, const struct task *t, const struct field *fields)
{
    for (const struct field *f = fields; f && f->type != FIELD_END; f++) {
        json_t *value = NULL;
        bool left_out = f->hidden;
        if (f->younger)
            TRY(is_default_value(&left_out, t->object, f));
        if (left_out && !w->hidden)
            continue;
        clk_status status = write_field(&value, w, t->object, f);
        if (status != CLK_OK) {
            json_decref(value);
            return status;
        }
        if (json_object_set_new(t->config, f->name, value) != 0)
            return clk__fail_memory();
    }
    return CLK_OK;
}

static clk_status write_all(struct writer *w)
{
    while (w->first) {
        struct task *t = w->first;
        w->first = t->next;
        TRY(write_fields(w, t, t->object->class->common));
        TRY(write_fields(w, t, t->object->class->fields));
    }
    return CLK_OK;
}

static clk_status to_json(
    json_t **out, const struct registry *r, const struct object *o, bool hidden)
{
    struct writer w = {.hidden = hidden};
    clk_status status = write_nested(out, &w, r, o);
    if (status == CLK_OK)
        status = write_all(&w);
    clk__arena_fini(&w.arena);
    if (status != CLK_OK) {
        json_decref(*out);
        *out = NULL;
    }
    return status;
}

clk_status clk__object_to_json(json_t **out, const struct registry *r, const struct object *o)
{
    return to_json(out, r, o, false);
}

clk_status clk__object_config(json_t **out, const struct object *o)
{
    struct writer w = {0};
    clk_status status = CLK_OK;
    *out = json_object();
    if (!*out)
        return clk__fail_memory();
    TRY_DONE(add_task(&w, o, *out));
    TRY_DONE(write_all(&w));
done:
    clk__arena_fini(&w.arena);
    if (status != CLK_OK) {
        json_decref(*out);
        *out = NULL;
    }
    return status;
}

clk_status clk__object_copy(struct object **out, const struct registry *r, const struct object *o)
{
    json_t *config = NULL;
    *out = NULL;
    if (!o)
        return CLK_OK;
    clk_status status = to_json(&config, r, o, true);
    if (status == CLK_OK)
        status = clk__object_from_json(out, r, config, true, "copy");
    json_decref(config);
    return status;
}

static struct object **first_of_list(const struct object_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->items[i])
            return &list->items[i];
    }
    return NULL;
}

/* The first object that hangs in o; NULL: none. */
static struct object **first_nested(const struct object *o)
{
    const struct field *const tables[] = {o->class->common, o->class->fields};
    for (size_t i = 0; i < 2; i++) {
        for (const struct field *f = tables[i]; f && f->type != FIELD_END; f++) {
            struct object **slot = NULL;
            if (f->type == FIELD_OBJECT && *nested_at(o, f))
                slot = nested_at(o, f);
            else if (f->type == FIELD_OBJECTS)
                slot = first_of_list(list_at(o, f));
            if (slot)
                return slot;
        }
    }
    return NULL;
}

/* Frees an object in which no other hangs. */
static void free_leaf(struct object *o)
{
    const struct field *const tables[] = {o->class->common, o->class->fields};
    if (o->class->fini)
        o->class->fini(o);
    for (size_t i = 0; i < 2; i++) {
        for (const struct field *f = tables[i]; f && f->type != FIELD_END; f++)
            clk__value_fini(o, f);
    }
    free(o);
}

void clk__object_free(struct object *o)
{
    /* Freeing must not fail, so it needs no memory: the deepest object first, from the root again. */
    while (o) {
        struct object **slot = &o;
        for (struct object **next = first_nested(*slot); next; next = first_nested(*slot))
            slot = next;
        struct object *leaf = *slot;
        *slot = NULL;
        free_leaf(leaf);
    }
}
