/* SPDX-License-Identifier: MIT */
/* One table of fields per Keras object (layer, optimizer, loss, metric, initializer, callback): from it
 * come the positional order and names of a call expression's arguments, the defaults, the range checks,
 * the reading of a config (JSON) and the writing of one. So an object is described once. */
#pragma once

#include "base/json.h"
#include "base/status.h"

#include <clkeras/array.h>

#include <math.h>
#include <stddef.h>

/* What a field holds, and so the type of the struct member at `offset`. */
enum field_type {
    FIELD_END = 0,
    FIELD_BOOL,    /* bool */
    FIELD_INT,     /* int64_t */
    FIELD_FLOAT,   /* double, finite */
    FIELD_STRING,  /* char *, owned; NULL is None */
    FIELD_DTYPE,   /* char *, owned: "float32", also read from {"class_name": "DTypePolicy", ...} */
    FIELD_CHOICE,  /* int: index into `choices`; -1 is None */
    FIELD_SHAPE,   /* struct int_list: a tuple of ints; a lone int where `allow_int` */
    FIELD_FLOATS,  /* struct float_list: a list of floats; a lone float gives one */
    FIELD_OBJECT,  /* struct object *: an object of `registry`, owned; NULL is None */
    FIELD_OBJECTS, /* struct object_list: a list of objects of `registry` */
    FIELD_ANY,     /* json_t *, owned: whatever JSON there is; NULL is None */
    FIELD_NULL, /* no member: accepted only as its default (None, False, ...), else unsupported */
};

struct int_list {
    int64_t items[2 * CLK_MAX_RANK];
    int n;       /* -1: None */
    bool scalar; /* it was a lone int, and the field has no `rank` */
};
struct float_list {
    double *items; /* owned */
    int n;         /* -1: None */
    bool scalar;   /* it was a lone float */
};

struct object_list {
    struct object **items; /* owned, as the objects are */
    size_t n;
};

struct field {
    const char *name;
    const char *alias; /* an older name of the key, read as this one */
    const char *def;   /* default as JSON text: "0.001", "\"valid\"", "true"; NULL: null */
    size_t offset;
    size_t has_offset; /* BOOL, INT, FLOAT: a bool member, false when the value is None */
    double min;        /* INT, FLOAT, and each item of SHAPE and FLOATS; both 0: no bounds */
    double max;
    const char *const *choices;      /* CHOICE: NULL-ended */
    const struct registry *registry; /* OBJECT, OBJECTS */
    /* OBJECT: the class that a list stands for, being the value of its first field; NULL: a list is refused. */
    const struct object_class *of_list;
    enum field_type type;
    int rank;             /* SHAPE: how many items (with `pairs`: pairs) there must be; 0: any */
    bool min_open;        /* the bound itself is refused */
    bool max_open;        /* likewise */
    bool required;        /* no default */
    bool none;            /* None is allowed (a default of null allows it too); see has_offset */
    bool allow_int;       /* SHAPE: a lone int; with `rank` it stands for that many */
    bool pairs;           /* SHAPE: ((top, bottom), (left, right)); an int n there means (n, n) */
    bool none_items;      /* SHAPE: None stands for an item too: -1 here, null in a config */
    bool policy;          /* DTYPE: written as {"class_name": "DTypePolicy", ...}, as layers do */
    bool hidden;          /* read if there, never written (an older key) */
    bool younger;         /* than Keras 3.0: written only where it is not the default */
    bool last_positional; /* fields after this one must be named in an expression */
};

/* Tables of fields that read like the Keras signature. A C member has the argument's name:
 *
 *     struct dense {
 *         struct layer layer; // begins with struct object
 *         int64_t units;
 *         struct object *activation;
 *         bool use_bias;
 *         struct object *kernel_initializer;
 *     };
 *     static const struct field fields[] = {
 *         ARG_INT(dense, units, REQUIRED, AT_LEAST(1)),
 *         ARG_OBJECT(dense, activation, &clk__activations, DEFAULT(null)),
 *         ARG_BOOL(dense, use_bias, DEFAULT(true)),
 *         ARG_OBJECT(dense, kernel_initializer, &clk__initializers, DEFAULT("glorot_uniform")),
 *         ARGS_END,
 *     };
 */
#define ARG(type_, name_, tag, member, ...)                                                   \
    {                                                                                         \
        .name = (name_), .type = (type_), .offset = offsetof(struct tag, member), __VA_ARGS__ \
    }
#define ARG_BOOL(tag, member, ...)   ARG(FIELD_BOOL, #member, tag, member, __VA_ARGS__)
#define ARG_INT(tag, member, ...)    ARG(FIELD_INT, #member, tag, member, __VA_ARGS__)
#define ARG_FLOAT(tag, member, ...)  ARG(FIELD_FLOAT, #member, tag, member, __VA_ARGS__)
#define ARG_STRING(tag, member, ...) ARG(FIELD_STRING, #member, tag, member, __VA_ARGS__)
#define ARG_DTYPE(tag, member, ...)  ARG(FIELD_DTYPE, #member, tag, member, __VA_ARGS__)
#define ARG_SHAPE(tag, member, ...)  ARG(FIELD_SHAPE, #member, tag, member, __VA_ARGS__)
#define ARG_FLOATS(tag, member, ...) ARG(FIELD_FLOATS, #member, tag, member, __VA_ARGS__)
#define ARG_ANY(tag, member, ...)    ARG(FIELD_ANY, #member, tag, member, __VA_ARGS__)
#define ARG_CHOICE(tag, member, choices_, ...) \
    ARG(FIELD_CHOICE, #member, tag, member, .choices = (choices_), __VA_ARGS__)
#define ARG_OBJECT(tag, member, registry_, ...) \
    ARG(FIELD_OBJECT, #member, tag, member, .registry = (registry_), __VA_ARGS__)
#define ARG_OBJECTS(tag, member, registry_, ...) \
    ARG(FIELD_OBJECTS, #member, tag, member, .registry = (registry_), __VA_ARGS__)
/* With a second member, bool has_<member>, that is false for None. */
#define ARG_INT_OR_NONE(tag, member, ...)         \
    ARG(FIELD_INT, #member, tag, member, OR_NONE, \
        .has_offset = offsetof(struct tag, has_##member), __VA_ARGS__)
#define ARG_FLOAT_OR_NONE(tag, member, ...)         \
    ARG(FIELD_FLOAT, #member, tag, member, OR_NONE, \
        .has_offset = offsetof(struct tag, has_##member), __VA_ARGS__)
/* No member: any value but its default is refused as unsupported. */
#define ARG_UNSUPPORTED(name_, ...)                      \
    {                                                    \
        .name = (name_), .type = FIELD_NULL, __VA_ARGS__ \
    }
#define ARGS_END          \
    {                     \
        .type = FIELD_END \
    }

/* What may follow in an ARG_*; DEFAULT takes JSON: null, true, 0.5, "valid", [1, 1]. */
#define REQUIRED        .required = true
#define DEFAULT(...)    .def = #__VA_ARGS__
#define OR_NONE         .none = true
#define AT_LEAST(a)     .min = (a), .max = HUGE_VAL                   /* a <= x */
#define ABOVE(a)        .min = (a), .max = HUGE_VAL, .min_open = true /* a < x */
#define BETWEEN(a, b)   .min = (a), .max = (b)                        /* a <= x <= b */
#define IN_UNIT         .min = 0, .max = 1, .max_open = true /* 0 <= x < 1: dropout rates */
#define RANK(n)         .rank = (n)
#define ALLOW_INT       .allow_int = true
#define PAIRS(n)        .rank = (n), .pairs = true, .allow_int = true
#define NONE_ITEMS      .none_items = true
#define AS_POLICY       .policy = true
#define ALIAS(name_)    .alias = (name_)
#define HIDDEN          .hidden = true
#define YOUNGER         .younger = true
#define LAST_POSITIONAL .last_positional = true

/* Head of every object that has a schema; objects begin with it. */
struct object {
    const struct object_class *class;
};

struct object_class {
    const char *name;           /* "Dense", "Adam", "GlorotUniform" */
    const char *module;         /* "keras.layers", as in a config's "module" */
    const char *const *aliases; /* NULL-ended other names: "glorot_uniform", "dense"; NULL: none */
    size_t bytes;               /* sizeof the struct that begins with struct object */
    const struct field *fields; /* ended by FIELD_END; NULL: none */
    /* Fields common to a kind (name, trainable, dtype of layers), ended by FIELD_END: by name only in
     * expressions, first in a config; NULL: none. */
    const struct field *common;
    /* Checks that concern several fields; NULL: none. */
    clk_status (*check)(struct object *o);
    /* Frees what fields do not cover, before the fields themselves (FIELD_OBJECT ones are NULL by
     * then); also called for an object that was read only in part, its rest zero; NULL: nothing. */
    void (*fini)(struct object *o);
    /* An object's whole entry, {"module", "class_name", "config", "registered_name"}, on its way from a file and
     * back, where that holds more than the config's keys and the class's name. NULL: it does not. */
    clk_status (*entry_read)(struct object *o, const json_t *entry);
    clk_status (*entry_write)(const struct object *o, json_t *entry);
};

/* All classes of one kind. */
struct registry {
    const char *kind; /* "layer", "optimizer", "loss", "activation", ... */
    const struct object_class *const *classes;
    size_t n_classes;
    /* How an object of this kind is written into a config: as a plain string (activations: "relu") or
     * as {"module", "class_name", "config", "registered_name"}. An object with arguments that differ
     * from their defaults is written the long way all the same. */
    bool as_string;
    /* The class that a lone number stands for, being the value of its first field, and that is written
     * as one: a constant among learning rate schedules. NULL: a number is refused. */
    const struct object_class *number;
    /* Classes that were added at run time, by their exact name; they come before `classes`. NULL: none can be. */
    const struct object_class *(*added)(const char *name);
};

/* The class of that name or alias: exact, then without regard to case and underscores (so "he_normal" is
 * HeNormal). "Custom>Adam" and "keras.optimizers.Adam" are read as "Adam". NULL: there is none. */
const struct object_class *clk__registry_find(const struct registry *r, const char *name);
/* CLK_ERR_CONFIG "unknown layer \"Dens\"; did you mean Dense?" with the nearest name, or the list. */
clk_status clk__registry_unknown(const struct registry *r, const char *name) CLK_MUST_CHECK;

/* An object from its config: a string ("adam"), {"class_name", "config"}, {"module": "builtins",
 * "class_name": "function", "config": "relu"}; the module is ignored. `where` names it in errors:
 * "layers[2] \"fc1\"".
 * Unknown keys: CLK_ERR_CONFIG where `strict` (our own callers); from a file they are passed over when
 * their value is null, false, [] or {}, or when they change nothing (see bind.c), else unsupported.
 * @return CLK_OK; CLK_ERR_CONFIG: unknown class or argument, wrong type, out of range;
 *         CLK_ERR_UNSUPPORTED: a FIELD_NULL with another value, a file's unknown key; CLK_ERR_MEMORY;
 *         or what a class's check returns. On failure *out is NULL */
clk_status clk__object_from_json(struct object **out, const struct registry *r,
    const json_t *config, bool strict, const char *where) CLK_MUST_CHECK;
/* From a call expression or a bare name: "Adam(1e-3)", "adam". Errors name the column.
 * @return as clk__object_from_json with `strict`; CLK_ERR_SYNTAX: see expr.h */
clk_status clk__object_from_text(
    struct object **out, const struct registry *r, const char *text) CLK_MUST_CHECK;
/* With all defaults; the class must have no required field. */
clk_status clk__object_create(struct object **out, const struct object_class *c) CLK_MUST_CHECK;
/* {"module", "class_name", "config", "registered_name"}, or a string for a registry with as_string. */
clk_status clk__object_to_json(
    json_t **out, const struct registry *r, const struct object *o) CLK_MUST_CHECK;
/* Only the config's own keys. */
clk_status clk__object_config(json_t **out, const struct object *o) CLK_MUST_CHECK;
/* A deep copy. */
clk_status clk__object_copy(
    struct object **out, const struct registry *r, const struct object *o) CLK_MUST_CHECK;
void clk__object_free(struct object *o);
