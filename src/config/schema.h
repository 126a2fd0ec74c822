/* SPDX-License-Identifier: MIT */
/* One table of fields per Keras object (layer, optimizer, loss, metric, initializer, callback): from it
 * come the positional order and names of a call expression's arguments, the defaults, the range checks,
 * the reading of a config (JSON) and the writing of one. So an object is described once. */
#pragma once

#include "base/json.h"
#include "base/status.h"

#include <clkeras/array.h>

/* What a field holds, and so the type of the struct member at `offset`. */
enum field_type {
    FIELD_END = 0,
    FIELD_BOOL,    /* bool */
    FIELD_INT,     /* int64_t */
    FIELD_FLOAT,   /* double */
    FIELD_STRING,  /* char *, owned; NULL is None */
    FIELD_CHOICE,  /* int: index into `choices` */
    FIELD_SHAPE,   /* struct int_list: a tuple of ints, -1 for None; a lone int where `allow_int` */
    FIELD_FLOATS,  /* struct float_list: a list of floats; a lone float gives one */
    FIELD_OBJECT,  /* struct object *: an object of `registry`, owned; NULL is None */
    FIELD_NULL,    /* no member: accepted only as its default (None, False, ...), else refused as unsupported */
};

struct int_list {
    int64_t items[CLK_MAX_RANK];
    int n;       /* -1: None */
    bool scalar; /* it was a lone int */
};
struct float_list {
    double *items; /* owned */
    int n;         /* -1: None */
};

struct field {
    const char *name;
    enum field_type type;
    size_t offset;
    bool required;          /* no default */
    bool none;              /* None is allowed: INT, FLOAT then need has_offset */
    size_t has_offset;      /* bool member: false when the value is None (INT and FLOAT with `none`) */
    double min;             /* INT and FLOAT; both 0: no bounds */
    double max;
    bool min_open;          /* the bound itself is refused */
    bool max_open;
    const char *def;        /* default as JSON text: "0.001", "\"valid\"", "null", "true" */
    const char *const *choices; /* NULL-ended */
    const struct registry *registry;
    bool allow_int;
    bool hidden;            /* read if there, never written (an older key) */
    const char *alias;      /* an older name of the key, read as this one */
    bool last_positional;   /* fields after this one must be named in an expression */
};

/* Head of every object that has a schema; objects begin with it. */
struct object {
    const struct object_class *class;
};

struct object_class {
    const char *name;       /* "Dense", "Adam", "GlorotUniform" */
    const char *module;     /* "keras.layers", as in a config's "module" */
    const char *const *aliases; /* NULL-ended other names: "glorot_uniform", "dense"; NULL: none */
    size_t bytes;           /* sizeof the struct that begins with struct object */
    const struct field *fields; /* ended by FIELD_END; NULL: none */
    /* Checks that concern several fields; NULL: none. */
    clk_status (*check)(struct object *o);
    /* Frees what fields do not cover; NULL: nothing. */
    void (*fini)(struct object *o);
};

/* All classes of one kind. */
struct registry {
    const char *kind;   /* "layer", "optimizer", "loss", "activation", ... */
    const struct object_class *const *classes;
    size_t n_classes;
    /* How an object of this kind is written into a config: as a plain string (activations: "relu") or
     * as {"module", "class_name", "config", "registered_name"}. */
    bool as_string;
};

/* The class of that name or alias (exact, then snake case of it); NULL. */
const struct object_class *clk__registry_find(const struct registry *r, const char *name);
/* CLK_ERR_CONFIG "unknown layer \"Dens\"; did you mean Dense?" with the nearest name, or the list. */
clk_status clk__registry_unknown(const struct registry *r, const char *name) CLK_MUST_CHECK;

/* An object from its config: a string ("adam"), {"class_name", "config"}, with the module ignored except
 * where a class of the registry needs it. `where` names it in errors: "layers[2] \"fc1\"".
 * Unknown keys: an error from an expression (strict), ignored from a file when their value is null,
 * false, or the key is in the list of keys that change nothing.
 * @return CLK_OK; CLK_ERR_CONFIG: unknown class or argument, wrong type, out of range;
 *         CLK_ERR_UNSUPPORTED: a FIELD_NULL with another value; CLK_ERR_MEMORY */
clk_status clk__object_from_json(struct object **out, const struct registry *r, const json_t *config,
    bool strict, const char *where) CLK_MUST_CHECK;
/* From a call expression or a bare name: "Adam(1e-3)", "adam". Errors name the column. */
clk_status clk__object_from_text(struct object **out, const struct registry *r,
    const char *text) CLK_MUST_CHECK;
/* With all defaults; the class must have no required field. */
clk_status clk__object_create(struct object **out, const struct object_class *c) CLK_MUST_CHECK;
/* {"module", "class_name", "config", "registered_name"}, or a string for a registry with as_string. */
clk_status clk__object_to_json(json_t **out, const struct registry *r, const struct object *o) CLK_MUST_CHECK;
/* Only the config's own keys. */
clk_status clk__object_config(json_t **out, const struct object *o) CLK_MUST_CHECK;
/* A deep copy. */
clk_status clk__object_copy(struct object **out, const struct registry *r, const struct object *o) CLK_MUST_CHECK;
void clk__object_free(struct object *o);
