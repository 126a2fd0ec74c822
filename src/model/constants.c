/* SPDX-License-Identifier: MIT */
/* Arrays of numbers among the inputs of calls, x[:, [0, 2]] as ops.take(x, [0, 2], axis=1): as configs hold them, as C
 * gives them, and on their way to the device. Follows keras/src/saving/serialization_lib.py. */
#include "model/constants.h"

#include "base/str.h"
#include "data/ndarray.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of one array; a mask of 2048 by 2048 has as many. A config names each number. */
#define MOST_ELEMENTS ((int64_t)1 << 22)
/* Up to here floats count whole numbers. */
#define MOST_INTEGER 16777216.0

static clk_status fail_constant(const struct layer *l, const char *why)
{
    char text[LAYER_TEXT];
    return clk__fail(CLK_ERR_UNSUPPORTED, "%s: an array among the arguments of its call %s",
        clk__layer_text(text, l), why);
}

/* ---- reading ---- */

static const json_t *typed_config(const json_t *v)
{
    const char *class = json_string_value(json_object_get(v, "class_name"));
    bool array = class && (strcmp(class, "__numpy__") == 0 || strcmp(class, "__tensor__") == 0);
    return array ? json_object_get(v, "config") : NULL;
}

bool clk__is_constant(const json_t *v)
{
    return typed_config(v) != NULL;
}

bool clk__is_numbers(const json_t *v)
{
    for (int depth = 0; json_is_array(v) && depth < CLK_MAX_RANK; depth++) {
        v = json_array_get(v, 0);
        if (json_is_number(v) || json_is_boolean(v))
            return true;
    }
    return false;
}

/* The shape that the first items of lists within lists give. */
static clk_status shape_of(struct shape *out, const struct layer *l, const json_t *v)
{
    int64_t len = 1;
    *out = (struct shape){0};
    for (; json_is_array(v); v = json_array_get(v, 0)) {
        int64_t n = (int64_t)json_array_size(v);
        if (out->rank == CLK_MAX_RANK)
            return fail_constant(l, "has more than 8 axes");
        if (n == 0)
            return fail_constant(l, "is empty");
        if (n > MOST_ELEMENTS / len)
            return fail_constant(l, "has more than 4194304 elements");
        out->dims[out->rank++] = n;
        len *= n;
    }
    return CLK_OK;
}

/* Element number i, row-major; NULL: the lists are ragged. */
static const json_t *element(const json_t *v, const struct shape *shape, int64_t len, int64_t i)
{
    for (int k = 0; k < shape->rank; k++) {
        if ((int64_t)json_array_size(v) != shape->dims[k])
            return NULL;
        len /= shape->dims[k];
        v = json_array_get(v, (size_t)(i / len));
        i %= len;
    }
    return v;
}

static clk_status read_values(
    float *out, bool *integers, const struct layer *l, const json_t *v, const struct shape *shape)
{
    int64_t len = clk__shape_len(shape);
    for (int64_t i = 0; i < len; i++) {
        const json_t *item = element(v, shape, len, i);
        double number = json_is_true(item) ? 1.0 : 0.0;
        if (!json_is_boolean(item) && !clk__json_number(&number, item))
            return fail_constant(l, item ? "holds something else than numbers" : "is ragged");
        if (json_is_integer(item) && fabs(number) > MOST_INTEGER)
            return fail_constant(l, "holds an integer beyond 16777216");
        *integers &= json_is_integer(item);
        out[i] = (float)number;
    }
    return CLK_OK;
}

clk_status clk__constant_read(int *out, struct layer *l, const json_t *v)
{
    const json_t *config = typed_config(v);
    const char *dtype = json_string_value(json_object_get(config, "dtype"));
    struct shape shape;
    bool integers = true;
    if (config)
        v = json_object_get(config, "value");
    if (!v)
        return fail_constant(l, "has no value");
    TRY(shape_of(&shape, l, v));
    float *values = clk__alloc((size_t)clk__shape_len(&shape), sizeof *values);
    if (!values)
        return clk__fail_memory();
    clk_status status = read_values(values, &integers, l, v, &shape);
    if (status != CLK_OK) {
        free(values);
        return status;
    }
    *out = l->n_constants;
    return clk__layer_add_constant(l, shape, values,
        dtype      ? dtype
        : integers ? "int32"
                   : "float32");
}

/* ---- writing ---- */

static json_t *number_json(const struct constant *c, float v)
{
    if (strcmp(c->dtype, "bool") == 0)
        return json_boolean(v != 0.0f);
    bool integer = strstr(c->dtype, "int") != NULL;
    return integer ? json_integer((json_int_t)v) : json_real((double)v);
}

/* Lists from the innermost on: `items` of the last axis become items of the one before. */
static json_t *gather_rows(json_t *items, int64_t n)
{
    json_t *rows = json_array(), *row = NULL, *item;
    size_t i;
    json_array_foreach(items, i, item)
    {
        if (i % (size_t)n == 0) {
            row = json_array();
            json_array_append_new(rows, row);
        }
        json_array_append(row, item);
    }
    json_decref(items);
    return rows;
}

json_t *clk__constant_json(const struct constant *c)
{
    json_t *items = json_array();
    for (size_t i = 0; i < c->variable.len; i++)
        json_array_append_new(items, number_json(c, c->values[i]));
    for (int k = c->variable.shape.rank - 1; k >= 0; k--)
        items = gather_rows(items, c->variable.shape.dims[k]);
    json_t *value = json_incref(json_array_get(items, 0));
    json_decref(items);
    return json_pack("{s: s, s: {s: o, s: s}}", "class_name", "__numpy__", "config", "value", value,
        "dtype", c->dtype);
}

/* ---- in a model ---- */

void clk__model_reset_host_states(clk_model *m)
{
    memset(m->host + m->states_at / sizeof(float), 0, m->param_bytes - m->states_at);
    for (size_t i = 0; i < m->n_places; i++) {
        const struct layer *l = m->places[i].layer;
        for (int k = 0; k < l->n_constants; k++) {
            const struct constant *c = &l->constants[k];
            memcpy(m->host + c->variable.offset / sizeof(float), c->values,
                c->variable.len * sizeof(float));
        }
    }
}

/* ---- from C ---- */

static clk_status check_array(struct shape *shape, const clk_array *a)
{
    int64_t len = 1;
    if (!a->data || a->rank < 0 || a->rank > CLK_MAX_RANK || clk_dtype_bytes(a->dtype) == 0)
        return clk__fail(CLK_ERR_ARG,
            "clk_constant: an array needs data, a rank of 0 to 8 and a dtype, such as CLK_FLOAT32");
    *shape = (struct shape){.rank = a->rank};
    for (int i = 0; i < a->rank; i++) {
        shape->dims[i] = a->shape[i];
        if (a->shape[i] < 1 || a->shape[i] > MOST_ELEMENTS / len)
            return clk__fail(CLK_ERR_ARG,
                "clk_constant: axis %d has %lld elements; an array has 1 to %lld elements", i,
                (long long)a->shape[i], (long long)MOST_ELEMENTS);
        len *= a->shape[i];
    }
    return CLK_OK;
}

static clk_status copy_values(float *out, const clk_array *a, size_t n)
{
    bool wide = a->dtype == CLK_INT32 || a->dtype == CLK_INT64;
    for (size_t i = 0; i < n; i++) {
        double v = clk__array_element(a, (int64_t)i);
        if (wide && fabs(v) > MOST_INTEGER)
            return clk__fail(CLK_ERR_ARG, "clk_constant: element %zu is an integer beyond %.0f", i,
                MOST_INTEGER);
        out[i] = (float)v;
    }
    return CLK_OK;
}

clk_status clk__model_add_array(int *out, clk_model *m, const clk_array *a)
{
    struct shape shape;
    TRY(check_array(&shape, a));
    TRY(clk__grow(&m->arrays, &m->arrays_capacity, m->n_arrays, sizeof *m->arrays));
    size_t n = (size_t)clk__shape_len(&shape);
    struct constant c = {.variable = {.shape = shape, .len = n}};
    c.values = clk__alloc(n, sizeof *c.values);
    c.dtype = clk__strdup(clk_dtype_name(a->dtype));
    clk_status status = c.values && c.dtype ? copy_values(c.values, a, n) : clk__fail_memory();
    if (status != CLK_OK) {
        free(c.values);
        free(c.dtype);
        return status;
    }
    *out = (int)m->n_arrays;
    m->arrays[m->n_arrays++] = c;
    return CLK_OK;
}

clk_status clk__constant_copy(int *out, struct layer *l, const struct constant *c)
{
    float *values = clk__alloc(c->variable.len, sizeof *values);
    if (!values)
        return clk__fail_memory();
    memcpy(values, c->values, c->variable.len * sizeof *values);
    *out = l->n_constants;
    return clk__layer_add_constant(l, c->variable.shape, values, c->dtype);
}

void clk__model_free_arrays(clk_model *m)
{
    for (size_t i = 0; i < m->n_arrays; i++) {
        free(m->arrays[i].values);
        free(m->arrays[i].dtype);
    }
    free(m->arrays);
}
