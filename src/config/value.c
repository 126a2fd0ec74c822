/* SPDX-License-Identifier: MIT */
/* Reading and writing one field's value, with the checks of its type and range. */
#include "config/value.h"

#include "base/mem.h"
#include "base/str.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void *clk__field_at(const struct object *o, size_t offset)
{
    return (void *)((uintptr_t)o + offset);
}

bool clk__field_allows_none(const struct field *f)
{
    return f->none || (!f->required && (!f->def || strcmp(f->def, "null") == 0));
}

/* An integer; in a file also 3.0. */
static bool to_int(int64_t *out, const json_t *value, bool strict)
{
    double limit = 9007199254740992.0; /* 2^53: beyond it a double is no exact integer */
    if (json_is_integer(value)) {
        *out = json_integer_value(value);
        return true;
    }
    if (strict || !json_is_real(value))
        return false;
    double x = json_real_value(value);
    if (!(fabs(x) <= limit) || floor(x) < x)
        return false;
    *out = (int64_t)x;
    return true;
}

/* The items of a JSON array, or of {"class_name": "__tuple__", "items": [...]}; NULL: neither. */
static const json_t *to_array(const json_t *value)
{
    if (json_is_object(value)) {
        const char *name = json_string_value(json_object_get(value, "class_name"));
        value = name && strcmp(name, "__tuple__") == 0 ? json_object_get(value, "items") : NULL;
    }
    return json_is_array(value) ? value : NULL;
}

/* An item of a shape: an integer within the bounds, or None as -1. */
/* No size is larger; layers may multiply and add a few of them. */
static bool is_sane(int64_t n)
{
    const int64_t most = (int64_t)1 << 40;
    return n >= -most && n <= most;
}

static bool to_dimension(
    int64_t *out, const struct field *f, const json_t *value, const struct spot *spot)
{
    if (json_is_null(value) && f->none_items) {
        *out = -1;
        return true;
    }
    return to_int(out, value, spot->strict) && is_sane(*out) &&
           clk__value_in_bounds(f, (double)*out);
}

/* An item of `pairs`: n or (a, b). */
static bool to_pair(
    int64_t out[2], const struct field *f, const json_t *value, const struct spot *spot)
{
    const json_t *array = to_array(value);
    if (array && json_array_size(array) != 2)
        return false;
    for (size_t i = 0; i < 2; i++) {
        if (!to_dimension(&out[i], f, array ? json_array_get(array, i) : value, spot))
            return false;
    }
    return true;
}

static bool read_shape(
    struct int_list *out, const struct field *f, const json_t *value, const struct spot *spot)
{
    const json_t *array = to_array(value);
    size_t n = array ? json_array_size(array) : (size_t)(f->rank > 0 ? f->rank : 1);
    size_t width = f->pairs ? 2 : 1;
    if (n > CLK_MAX_RANK || (!array && !f->allow_int))
        return false;
    if (array && f->rank > 0 && n != (size_t)f->rank)
        return false;
    for (size_t i = 0; i < n; i++) {
        const json_t *item = array ? json_array_get(array, i) : value;
        if (f->pairs ? !to_pair(&out->items[2 * i], f, item, spot)
                     : !to_dimension(&out->items[i], f, item, spot))
            return false;
    }
    out->n = (int)(n * width);
    out->scalar = !array && f->rank == 0;
    return true;
}

static clk_status read_floats(
    struct float_list *out, const struct field *f, const json_t *value, const struct spot *spot)
{
    const json_t *array = to_array(value);
    size_t n = array ? json_array_size(array) : 1;
    if (n > INT32_MAX)
        return clk__value_fail(f, value, spot);
    out->items = clk__alloc(n, sizeof(double));
    if (!out->items)
        return clk__fail_memory();
    out->n = (int)n;
    out->scalar = !array;
    for (size_t i = 0; i < n; i++) {
        double *x = &out->items[i];
        const json_t *item = array ? json_array_get(array, i) : value;
        if (!clk__json_number(x, item) || !isfinite(*x) || !clk__value_in_bounds(f, *x))
            return clk__value_fail(f, value, spot);
    }
    return CLK_OK;
}

static bool read_choice(int *out, const struct field *f, const json_t *value)
{
    const char *name = json_string_value(value);
    for (int i = 0; name && f->choices[i]; i++) {
        if (clk__str_eq_nocase(name, f->choices[i])) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* The name of a policy that is an object, whichever class: DTypePolicy, FloatDTypePolicy, Policy and PolicyV1 of tf.keras.
 * That of a QuantizedDTypePolicy is made of two; of a map by layers there is none, so it goes by its class. */
static clk_status read_policy(char **out, const json_t *value)
{
    const json_t *config = json_object_get(value, "config");
    const char *name = json_string_value(json_object_get(config, "name"));
    const char *mode = json_string_value(json_object_get(config, "mode"));
    const char *source = json_string_value(json_object_get(config, "source_name"));
    const char *class = json_string_value(json_object_get(value, "class_name"));
    struct str s = {0};
    if (class && strstr(class, "Map"))
        name = class;
    if (name)
        clk__str_add(&s, name);
    else if (mode)
        clk__str_addf(&s, "%s_from_%s", mode, source ? source : "float32");
    else
        return CLK_OK;
    return clk__str_finish(out, &s);
}

/* A string; for FIELD_DTYPE also a policy's name. */
static clk_status read_string(
    char **out, const struct field *f, const json_t *value, const struct spot *spot)
{
    if (f->type == FIELD_DTYPE && json_is_object(value)) {
        TRY(read_policy(out, value));
        return *out ? CLK_OK : clk__value_fail(f, value, spot);
    }
    if (!json_is_string(value))
        return clk__value_fail(f, value, spot);
    *out = clk__strdup(json_string_value(value));
    return *out ? CLK_OK : clk__fail_memory();
}

/* No member: the default alone is accepted; from a file null and false as well. */
static clk_status read_nothing(const struct field *f, const json_t *value, const struct spot *spot)
{
    json_t *def = NULL;
    TRY(clk__value_default(&def, f));
    bool same = clk__value_equal(value, def) ||
                (!spot->strict && (json_is_null(value) || json_is_false(value)));
    struct str got = {0}, wanted = {0};
    clk__value_show(&got, value, spot);
    clk__value_show(&wanted, def, spot);
    json_decref(def);
    clk_status status = CLK_OK;
    if (got.failed || wanted.failed)
        status = clk__fail_memory();
    else if (!same)
        status = clk__spot_fail(CLK_ERR_UNSUPPORTED, spot, "%s=%s is not supported, only %s",
            f->name, got.data, wanted.data);
    clk__str_fini(&got);
    clk__str_fini(&wanted);
    return status;
}

static void store_none(struct object *o, const struct field *f)
{
    void *member = clk__field_at(o, f->offset);
    switch (f->type) {
    case FIELD_BOOL:
    case FIELD_INT:
    case FIELD_FLOAT:
        assert(f->has_offset != 0);
        *(bool *)clk__field_at(o, f->has_offset) = false;
        break;
    case FIELD_CHOICE:
        *(int *)member = -1;
        break;
    case FIELD_SHAPE:
        ((struct int_list *)member)->n = -1;
        break;
    case FIELD_FLOATS:
        ((struct float_list *)member)->n = -1;
        break;
    default: /* pointers are NULL from the start */
        break;
    }
}

static bool read_number(
    struct object *o, const struct field *f, const json_t *value, const struct spot *spot)
{
    void *member = clk__field_at(o, f->offset);
    if (f->type == FIELD_FLOAT) {
        double *x = member;
        return clk__json_number(x, value) && isfinite(*x) && clk__value_in_bounds(f, *x);
    }
    int64_t *n = member;
    const json_t *array = spot->strict ? NULL : to_array(value);
    /* Older files write an axis as a list of one. */
    if (array && json_array_size(array) == 1)
        value = json_array_get(array, 0);
    bool bounded = f->min != 0 || f->max != 0; /* a size, unlike seeds and axes */
    return to_int(n, value, spot->strict) && (!bounded || is_sane(*n)) &&
           clk__value_in_bounds(f, (double)*n);
}

clk_status clk__value_read(
    struct object *o, const struct field *f, const json_t *value, const struct spot *spot)
{
    void *member = clk__field_at(o, f->offset);
    bool ok = true;
    if (f->type == FIELD_NULL)
        return read_nothing(f, value, spot);
    if (json_is_null(value) && clk__field_allows_none(f)) {
        store_none(o, f);
        return CLK_OK;
    }
    if (f->has_offset != 0)
        *(bool *)clk__field_at(o, f->has_offset) = true;
    switch (f->type) {
    case FIELD_BOOL:
        ok = json_is_boolean(value);
        *(bool *)member = json_is_true(value);
        break;
    case FIELD_INT:
    case FIELD_FLOAT:
        ok = read_number(o, f, value, spot);
        break;
    case FIELD_CHOICE:
        ok = read_choice(member, f, value);
        break;
    case FIELD_SHAPE:
        ok = read_shape(member, f, value, spot);
        break;
    case FIELD_FLOATS:
        return read_floats(member, f, value, spot);
    case FIELD_ANY:
        *(json_t **)member = json_deep_copy(value);
        return *(json_t **)member ? CLK_OK : clk__fail_memory();
    case FIELD_STRING:
    case FIELD_DTYPE:
        return read_string(member, f, value, spot);
    default:
        assert(!"a field type that has no value");
    }
    return ok ? CLK_OK : clk__value_fail(f, value, spot);
}

static json_t *write_shape(const struct int_list *list, const struct field *f)
{
    if (list->n < 0)
        return json_null();
    if (list->scalar)
        return json_integer(list->items[0]);
    json_t *array = json_array();
    json_t *pair = NULL;
    int failed = array ? 0 : -1;
    for (int i = 0; i < list->n && failed == 0; i++) {
        int64_t x = list->items[i];
        json_t *item = x == -1 && f->none_items ? json_null() : json_integer(x);
        if (f->pairs && i % 2 == 0) {
            pair = json_array();
            failed = json_array_append_new(array, pair);
        }
        failed |= json_array_append_new(f->pairs ? pair : array, item);
    }
    if (failed == 0)
        return array;
    json_decref(array);
    return NULL;
}

static json_t *write_floats(const struct float_list *list)
{
    if (list->n < 0)
        return json_null();
    if (list->scalar)
        return json_real(list->items[0]);
    json_t *array = json_array();
    int failed = array ? 0 : -1;
    for (int i = 0; i < list->n && failed == 0; i++)
        failed = json_array_append_new(array, json_real(list->items[i]));
    if (failed == 0)
        return array;
    json_decref(array);
    return NULL;
}

static bool is_finite(const void *member, const struct field *f)
{
    if (f->type == FIELD_FLOAT)
        return isfinite(*(const double *)member);
    const struct float_list *list = member;
    for (int i = 0; f->type == FIELD_FLOATS && i < list->n; i++) {
        if (!isfinite(list->items[i]))
            return false;
    }
    return true;
}

clk_status clk__value_write(json_t **out, const struct object *o, const struct field *f)
{
    const void *member = clk__field_at(o, f->offset);
    *out = NULL;
    if (f->type == FIELD_NULL)
        return clk__value_default(out, f);
    if (f->has_offset != 0 && !*(const bool *)clk__field_at(o, f->has_offset)) {
        *out = json_null();
        return CLK_OK;
    }
    if (!is_finite(member, f))
        return clk__fail(CLK_ERR_VALUE, "%s: %s is not a finite number", o->class->name, f->name);
    switch (f->type) {
    case FIELD_BOOL:
        *out = json_boolean(*(const bool *)member);
        break;
    case FIELD_INT:
        *out = json_integer(*(const int64_t *)member);
        break;
    case FIELD_FLOAT:
        *out = json_real(*(const double *)member);
        break;
    case FIELD_CHOICE:
        *out =
            *(const int *)member < 0 ? json_null() : json_string(f->choices[*(const int *)member]);
        break;
    case FIELD_SHAPE:
        *out = write_shape(member, f);
        break;
    case FIELD_FLOATS:
        *out = write_floats(member);
        break;
    case FIELD_ANY:
        *out = *(json_t *const *)member ? json_deep_copy(*(json_t *const *)member) : json_null();
        break;
    case FIELD_STRING:
    case FIELD_DTYPE: {
        const char *text = *(char *const *)member;
        if (text && f->policy)
            *out = json_pack("{s:s, s:s, s:{s:s}, s:n}", "module", "keras", "class_name",
                "DTypePolicy", "config", "name", text, "registered_name");
        else
            *out = text ? json_string(text) : json_null();
        break;
    }
    default:
        assert(!"a field type that has no value");
    }
    return *out ? CLK_OK : clk__fail_memory();
}

void clk__value_fini(struct object *o, const struct field *f)
{
    void *member = clk__field_at(o, f->offset);
    if (f->type == FIELD_STRING || f->type == FIELD_DTYPE)
        free(*(char **)member);
    else if (f->type == FIELD_FLOATS)
        free(((struct float_list *)member)->items);
    else if (f->type == FIELD_OBJECTS)
        free(((struct object_list *)member)->items);
    else if (f->type == FIELD_ANY)
        json_decref(*(json_t **)member);
}

clk_status clk__value_default(json_t **out, const struct field *f)
{
    const char *text = f->def ? f->def : "null";
    return clk__json_parse(out, text, strlen(text), f->name);
}

bool clk__value_equal(const json_t *a, const json_t *b)
{
    if (json_is_number(a) && json_is_number(b)) {
        double x = json_number_value(a), y = json_number_value(b);
        return x <= y && x >= y;
    }
    return json_equal(a, b) != 0;
}
