/* SPDX-License-Identifier: MIT */
/* What a layer of the user's own is made of: layers within it, and weights. */
#include "base/str.h"
#include "custom/custom.h"
#include "initializers/initializer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct custom *custom_of(clk_layer *self)
{
    return (struct custom *)&self->layer;
}

/* ---- layers within ---- */

/* A name that no other layer within has: "dense", "dense_1". */
static clk_status name_sublayer(const struct custom *c, struct layer *child)
{
    struct str name = {0};
    char *kind = NULL;
    size_t n = 0;
    if (child->name)
        return CLK_OK;
    TRY(clk__snake_case(&kind, child->object.class->name));
    for (int i = 0; i < c->layer.n_children; i++)
        n += c->layer.children[i].layer->object.class == child->object.class;
    clk__str_add(&name, kind);
    if (n > 0)
        clk__str_addf(&name, "_%zu", n);
    free(kind);
    return clk__str_finish(&child->name, &name);
}

clk_status clk_layer_sublayer(clk_layer *self, const char *attribute, const char *expression, ...)
{
    struct custom *c = custom_of(self);
    struct object *child = NULL;
    char text[512];
    va_list args;
    va_start(args, expression);
    int wanted = vsnprintf(text, sizeof(text), expression, args);
    va_end(args);
    if (c->stage != STAGE_INIT)
        return clk__fail(CLK_ERR_STATE, "layers within are made in init, not later");
    if (!attribute || !*attribute || wanted < 0 || (size_t)wanted >= sizeof(text))
        return clk__fail(CLK_ERR_ARG,
            "a layer within needs an attribute and an expression of at "
            "most %zu characters",
            sizeof(text) - 1);
    for (int i = 0; i < c->layer.n_children; i++) {
        if (strcmp(c->layer.children[i].key, attribute) == 0)
            return clk__fail(CLK_ERR_ARG, "there are two layers named \"%s\"", attribute);
    }
    clk_status status = clk__object_from_text(&child, &clk__layers, text);
    if (status != CLK_OK)
        return clk__fail_in(status, "%s", attribute);
    status = name_sublayer(c, (struct layer *)child);
    if (status != CLK_OK) {
        clk__object_free(child);
        return status;
    }
    if (!c->layer.trainable)
        clk__layer_freeze((struct layer *)child, false);
    return clk__layer_add_child(&c->layer, attribute, (struct layer *)child);
}

/* ---- weights ---- */

/* Owned by the layer; the variable borrows it. */
static clk_status add_initializer(struct object **out, struct custom *c, const char *expression)
{
    TRY(clk__grow(
        &c->initializers, &c->initializers_capacity, c->n_initializers, sizeof(struct object *)));
    TRY(clk__object_from_text(out, &clk__initializers, expression));
    c->initializers[c->n_initializers++] = *out;
    return CLK_OK;
}

clk_status clk_layer_weight(
    clk_layer *self, const char *name, clk_shape shape, bool trainable, const char *initializer)
{
    struct custom *c = custom_of(self);
    struct shape s = {.rank = shape.rank};
    struct object *object = NULL;
    char text[SHAPE_TEXT];
    if (c->stage != STAGE_BUILD)
        return clk__fail(CLK_ERR_STATE, "weights are made in build, not elsewhere");
    if (!name || !*name || !initializer || shape.rank < 0 || shape.rank > CLK_MAX_RANK)
        return clk__fail(CLK_ERR_ARG,
            "a weight needs a name, a shape of at most %d dimensions and an initializer",
            CLK_MAX_RANK);
    for (int i = 0; i < c->layer.n_variables; i++) {
        if (strcmp(c->layer.variables[i].name, name) == 0)
            return clk__fail(CLK_ERR_ARG, "there are two weights named \"%s\"", name);
    }
    for (int i = 0; i < s.rank; i++)
        s.dims[i] = shape.dims[i];
    for (int i = 0; i < s.rank; i++) {
        if (s.dims[i] < 0 || s.dims[i] > MAX_ELEMENTS)
            return clk__fail(CLK_ERR_SHAPE, "weight \"%s\" of shape %s: its sizes must be known",
                name, clk__shape_text(text, &s));
    }
    clk_status status = add_initializer(&object, c, initializer);
    if (status != CLK_OK)
        return clk__fail_in(status, "weight \"%s\"", name);
    const char *copy = clk__arena_strdup(&c->memory, name);
    if (!copy)
        return clk__fail_memory();
    return clk__layer_add_variable(&c->layer, copy, s, trainable, object);
}

clk_status clk__custom_build(struct layer *self, const struct shape *inputs, int n)
{
    struct custom *c = (struct custom *)self;
    const clk_layer_class *given = &clk__custom_class(c)->given;
    clk_shape shapes[MAX_LAYER_INPUTS] = {{0}};
    if (!given->build)
        return CLK_OK;
    for (int i = 0; i < n; i++) {
        shapes[i].rank = inputs[i].rank;
        memcpy(shapes[i].dims, inputs[i].dims, sizeof(shapes[i].dims));
    }
    clk__error_clear();
    c->stage = STAGE_BUILD;
    clk_status status = given->build((clk_layer *)self, shapes, (size_t)n);
    c->stage = STAGE_NONE;
    return status == CLK_OK ? CLK_OK : clk__custom_failed(c, status, "build");
}
