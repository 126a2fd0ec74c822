/* SPDX-License-Identifier: MIT */
/* MultiHeadAttention: scaled dot products of projected queries and keys weigh projected values, head by head. Follows
 * keras/src/layers/attention/multi_head_attention.py. */
#include "layers/multi_head_attention.h"

#include "initializers/initializer.h"
#include "layers/attention_parts.h"
#include "ops/ops.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct field fields[] = {
    ARG_INT(multi_head_attention, num_heads, REQUIRED, AT_LEAST(1)),
    ARG_INT(multi_head_attention, key_dim, REQUIRED, AT_LEAST(1)),
    ARG_INT_OR_NONE(multi_head_attention, value_dim, DEFAULT(null), AT_LEAST(1)),
    ARG_FLOAT(multi_head_attention, dropout, DEFAULT(0.0), BETWEEN(0, 1)),
    ARG_BOOL(multi_head_attention, use_bias, DEFAULT(true)),
    ARG_SHAPE(multi_head_attention, output_shape, DEFAULT(null), ALLOW_INT, AT_LEAST(1)),
    ARG_SHAPE(multi_head_attention, attention_axes, DEFAULT(null), ALLOW_INT),
    ARG_INT_OR_NONE(multi_head_attention, sliding_window, DEFAULT(null), AT_LEAST(1), YOUNGER),
    ARG_UNSUPPORTED("flash_attention", DEFAULT(null), HIDDEN),
    ARG_OBJECT(
        multi_head_attention, kernel_initializer, &clk__initializers, DEFAULT("glorot_uniform")),
    ARG_OBJECT(multi_head_attention, bias_initializer, &clk__initializers, DEFAULT("zeros")),
    ARG_REGULARIZER(multi_head_attention, kernel_regularizer),
    ARG_REGULARIZER(multi_head_attention, bias_regularizer),
    ARG_REGULARIZER(multi_head_attention, activity_regularizer),
    ARG_CONSTRAINT(multi_head_attention, kernel_constraint),
    ARG_CONSTRAINT(multi_head_attention, bias_constraint),
    ARG_BOOL(multi_head_attention, use_gate, DEFAULT(false), YOUNGER),
    ARG_INT_OR_NONE(multi_head_attention, seed, DEFAULT(null), YOUNGER),
    ARGS_END,
};

/* The order of children is that of Keras' weights. */
enum {
    QUERY,
    KEY,
    GATE,
    VALUE,
    OUTPUT,
    N_DENSES
};
static const struct {
    const char *group; /* in a file; MultiHeadAttention has it without the underscore */
    const char *name;  /* in the paths of weights */
} denses[N_DENSES] = {
    [QUERY] = {"_query_dense", "query"},
    [KEY] = {"_key_dense", "key"},
    [GATE] = {"_gate_dense", "gate"},
    [VALUE] = {"_value_dense", "value"},
    [OUTPUT] = {"_output_dense", "attention_output"},
};

/* What a call brings. */
struct inputs {
    struct value *query, *value, *key; /* key: value where it is not given */
    struct value *query_mask, *value_mask, *key_mask;
    struct value *attention_mask;
};

/* ---- the layers within ---- */

/* "abc,cde->abde": `bound` axes behind `free` ones become `made` ones. bias_axes: those made. */
static void projection(char *equation, char *bias_axes, int free, int bound, int made)
{
    char *p = equation;
    for (int i = 0; i < free + bound; i++)
        *p++ = (char)('a' + i);
    *p++ = ',';
    for (int i = free; i < free + bound + made; i++)
        *p++ = (char)('a' + i);
    *p++ = '-';
    *p++ = '>';
    for (int i = 0; i < free + bound + made; i++) {
        if (i < free || i >= free + bound)
            *p++ = (char)('a' + i);
    }
    *p = 0;
    for (int i = 0; i < made; i++)
        bias_axes[i] = (char)('a' + free + bound + i);
    bias_axes[made] = 0;
}

static const char *group_of(const struct multi_head_attention *m, int which)
{
    return denses[which].group + (m->num_key_value_heads == 0);
}

static struct layer *dense(const struct multi_head_attention *m, int which)
{
    for (int i = 0; i < m->layer.n_children; i++) {
        if (strcmp(m->layer.children[i].key, group_of(m, which)) == 0)
            return m->layer.children[i].layer;
    }
    return NULL;
}

/* The arguments that the layers within have from this one. */
static clk_status add_shared(json_t *config, const struct multi_head_attention *m)
{
    const struct {
        const char *name;
        const struct registry *registry;
        const struct object *object;
    } shared[] = {
        {"kernel_initializer", &clk__initializers, m->kernel_initializer},
        {"bias_initializer", &clk__initializers, m->bias_initializer},
        {"kernel_regularizer", &clk__regularizers, m->kernel_regularizer},
        {"bias_regularizer", &clk__regularizers, m->bias_regularizer},
        {"activity_regularizer", &clk__regularizers, m->activity_regularizer},
        {"kernel_constraint", &clk__constraints, m->kernel_constraint},
        {"bias_constraint", &clk__constraints, m->bias_constraint},
    };
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        json_t *value = NULL;
        TRY(clk__object_to_json(&value, shared[i].registry, shared[i].object));
        if (json_object_set_new(config, shared[i].name, value) != 0)
            return clk__fail_memory();
    }
    json_t *dtype = json_string(clk__layer_policy(&m->layer)->name);
    return json_object_set_new(config, "dtype", dtype) == 0 ? CLK_OK : clk__fail_memory();
}

/* An EinsumDense that makes the dimensions `made` of the last `bound` of an input with `rank` axes. */
static clk_status add_dense(
    struct multi_head_attention *m, int which, int rank, int bound, const struct shape *made)
{
    char equation[4 * CLK_MAX_RANK], bias_axes[CLK_MAX_RANK + 1];
    char layer[LAYER_TEXT];
    int free = rank - bound;
    if (free < 1 || free + made->rank > CLK_MAX_RANK)
        return clk__fail(CLK_ERR_SHAPE, "%s: an input with %d axes, which is too few or too many",
            clk__layer_text(layer, &m->layer), rank);
    projection(equation, bias_axes, free, bound, made->rank);
    json_t *shape = json_array();
    for (int i = 1; i < free; i++)
        json_array_append_new(shape, json_null());
    for (int i = 0; i < made->rank; i++)
        json_array_append_new(shape, json_integer(made->dims[i]));
    json_t *config = json_pack("{s: s, s: {s: s, s: b, s: s, s: O, s: s?, s: s}}", "class_name",
        "EinsumDense", "config", "name", denses[which].name, "trainable", (int)m->layer.trainable,
        "equation", equation, "output_shape", shape, "bias_axes", m->use_bias ? bias_axes : NULL,
        "activation", which == GATE ? "sigmoid" : "linear");
    struct object *o = NULL;
    clk_status status =
        config ? add_shared(json_object_get(config, "config"), m) : clk__fail_memory();
    if (status == CLK_OK)
        status = clk__object_from_json(&o, &clk__layers, config, true, denses[which].name);
    json_decref(config);
    json_decref(shape);
    return status == CLK_OK ? clk__layer_add_child(&m->layer, group_of(m, which), (struct layer *)o)
                            : status;
}

/* attention_axes as Keras keeps them; `rank` is that of a projection. */
static clk_status set_axes(struct multi_head_attention *m, int rank)
{
    struct int_list *axes = &m->attention_axes;
    if (axes->n < 0) {
        axes->n = 0;
        for (int i = 1; i < rank - 2; i++)
            axes->items[axes->n++] = i;
    }
    axes->scalar = false;
    for (int i = 0; i < axes->n; i++) {
        char layer[LAYER_TEXT];
        int64_t *axis = &axes->items[i];
        *axis = *axis < 0 ? *axis + rank - 1 : *axis;
        if (*axis < 1 || *axis >= rank - 2)
            return clk__fail(CLK_ERR_SHAPE, "%s: attention_axes %lld, an input has axes 1 to %d",
                clk__layer_text(layer, &m->layer), (long long)*axis, rank - 3);
    }
    return CLK_OK;
}

static clk_status check_shapes(const struct multi_head_attention *m, const struct inputs *in)
{
    const struct shape *q = &in->query->shape, *v = &in->value->shape, *k = &in->key->shape;
    char layer[LAYER_TEXT], a[SHAPE_TEXT], b[SHAPE_TEXT], d[SHAPE_TEXT];
    bool fits = q->rank >= 3 && v->rank == q->rank && k->rank == q->rank;
    for (int i = 0; fits && i < v->rank - 1; i++)
        fits = v->dims[i] == k->dims[i] || v->dims[i] < 0 || k->dims[i] < 0;
    if (fits)
        return CLK_OK;
    return clk__fail(CLK_ERR_SHAPE,
        "%s: query %s, value %s, key %s: expected (batch, time, features), value and key alike",
        clk__layer_text(layer, &m->layer), clk__shape_text(a, q), clk__shape_text(b, v),
        clk__shape_text(d, k));
}

static int64_t n_key_heads(const struct multi_head_attention *m)
{
    return m->num_key_value_heads > 0 ? m->num_key_value_heads : m->num_heads;
}

/* Not the class's build(): which input is the key is known in a call only. */
static clk_status make_denses(struct multi_head_attention *m, const struct inputs *in)
{
    const struct shape *q = &in->query->shape;
    struct shape made = SHAPE(m->num_heads, m->key_dim), output = SHAPE(q->dims[q->rank - 1]);
    TRY(check_shapes(m, in));
    if (m->output_shape.n > CLK_MAX_RANK - 2)
        return clk__fail(CLK_ERR_SHAPE, "output_shape has more than %d axes", CLK_MAX_RANK - 2);
    for (int i = 0; i < m->output_shape.n; i++)
        output.dims[i] = m->output_shape.items[i];
    output.rank = m->output_shape.n > 0 ? m->output_shape.n : 1;
    TRY(add_dense(m, QUERY, q->rank, 1, &made));
    made.dims[0] = n_key_heads(m);
    TRY(add_dense(m, KEY, q->rank, 1, &made));
    made = SHAPE(m->num_heads, m->value_dim);
    if (m->use_gate)
        TRY(add_dense(m, GATE, q->rank, 1, &made));
    made.dims[0] = n_key_heads(m);
    TRY(add_dense(m, VALUE, q->rank, 1, &made));
    TRY(set_axes(m, q->rank + 1));
    return add_dense(m, OUTPUT, q->rank + 1, 2, &output);
}

/* ---- masks ---- */

/* All masks as one that broadcasts to (batch, query axes, key axes). Keras: _compute_attention_mask. */
static struct value *whole_mask(
    struct graph *g, const struct multi_head_attention *m, const struct inputs *in, bool causal)
{
    int64_t rows = in->query->shape.dims[1], cols = in->value->shape.dims[1];
    struct value *mask = clk__expand_dims(g, in->query_mask, -1);
    mask = clk__mask_and(g, mask, clk__expand_dims(g, in->value_mask, -2));
    mask = clk__mask_and(g, mask, clk__expand_dims(g, in->key_mask, -2));
    if (causal)
        mask = clk__mask_and(g, mask, clk__causal_mask(g, rows, cols));
    if (m->has_sliding_window)
        mask = clk__mask_and(g, mask, clk__window_mask(g, rows, cols, m->sliding_window));
    return clk__mask_and(g, in->attention_mask, mask);
}

/* The mask with axes of length 1 for the heads and other batch axes, before those attended over. */
static struct value *mask_of_scores(struct graph *g, const struct multi_head_attention *m,
    struct value *mask, const struct value *scores)
{
    int tail = 2 * m->attention_axes.n;
    while (mask && scores && mask->shape.rank < scores->shape.rank && mask->shape.rank >= tail)
        mask = clk__expand_dims(g, mask, -tail - 1);
    return mask;
}

/* ---- attention ---- */

/* "aecd,abcd->acbe" and "acbe,aecd->abcd". Keras: _build_attention_equation. */
struct equations {
    char scores[5 * CLK_MAX_RANK + 8];
    char combine[5 * CLK_MAX_RANK + 8];
};

static bool attends(const struct multi_head_attention *m, int axis)
{
    for (int i = 0; i < m->attention_axes.n; i++) {
        if (m->attention_axes.items[i] == axis)
            return true;
    }
    return false;
}

static void build_equations(struct equations *e, const struct multi_head_attention *m, int rank)
{
    char target[CLK_MAX_RANK + 1] = "", source[CLK_MAX_RANK + 1] = "";
    char product[2 * CLK_MAX_RANK + 1] = "";
    int n = 0, next = rank;
    for (int i = 0; i < rank; i++) {
        target[i] = (char)('a' + i);
        source[i] = (char)(attends(m, i) ? 'a' + next++ : target[i]);
        if (!attends(m, i) && i < rank - 1)
            product[n++] = target[i];
    }
    for (int i = 0; i < m->attention_axes.n; i++)
        product[n++] = target[m->attention_axes.items[i]];
    for (int i = 0; i < m->attention_axes.n; i++)
        product[n++] = source[m->attention_axes.items[i]];
    (void)snprintf(e->scores, sizeof e->scores, "%s,%s->%s", source, target, product);
    (void)snprintf(e->combine, sizeof e->combine, "%s,%s->%s", product, source, target);
}

/* Over the last `n` axes as if they were one. */
static struct value *softmax(struct graph *g, struct value *x, int n)
{
    if (!x || n == 1)
        return clk__softmax(g, x);
    struct shape flat = {.rank = x->shape.rank - n + 1};
    int64_t len = 1;
    for (int i = 0; i < x->shape.rank; i++) {
        if (i < flat.rank - 1)
            flat.dims[i] = x->shape.dims[i];
        else
            len = len < 0 || x->shape.dims[i] < 0 ? -1 : len * x->shape.dims[i];
    }
    flat.dims[flat.rank - 1] = len;
    return clk__reshape(g, clk__softmax(g, clk__reshape(g, x, flat)), x->shape);
}

/* Weights of the values. Keras' two ways differ where a query may see nothing: its fused kernel then averages all values,
 * the layers it uses where it needs the weights (`exposed`) give zeros. */
static struct value *weigh(struct graph *g, const struct multi_head_attention *m,
    struct value *scores, struct value *mask, bool exposed)
{
    if (!mask)
        return softmax(g, scores, m->attention_axes.n);
    float hidden = exposed ? -1e9f : -0.7f * FLT_MAX;
    struct value *seen = clk__select(g, mask, scores, clk__constant(g, hidden));
    struct value *weights = softmax(g, seen, m->attention_axes.n);
    return exposed ? clk__select(g, mask, weights, clk__constant(g, 0.0f)) : weights;
}

static struct value *project(
    struct call *c, const struct multi_head_attention *m, int which, struct value *x)
{
    struct call inner;
    return clk__call_child(&inner, c, dense(m, which), x, NULL);
}

/* Each head of x (..., heads, size) as often as queries share it. */
static struct value *repeat_heads(
    struct graph *g, const struct multi_head_attention *m, struct value *x)
{
    int64_t times = m->num_heads / n_key_heads(m);
    if (!x || times == 1)
        return x;
    struct shape one = x->shape, out = x->shape;
    int last = x->shape.rank - 1;
    one.dims[last] = 1;
    one.dims[one.rank++] = x->shape.dims[last];
    struct shape wide = one;
    wide.dims[last] = times;
    out.dims[last - 1] *= times;
    x = clk__broadcast(g, clk__reshape(g, x, one), wide);
    return clk__reshape(g, clk__unary(g, "identity", x), out);
}

/* ---- the call ---- */

/* The number of the input called `name`, which stands at `place` unless the call says otherwise. */
static int input_at(const struct call *c, const char *name, int place)
{
    const json_t *given = json_object_get(c->kwargs, name);
    return json_is_integer(given) ? (int)json_integer_value(given) : place;
}

static clk_status read_inputs(struct inputs *in, const struct layer *self, const struct call *c)
{
    char layer[LAYER_TEXT];
    int mask = input_at(c, "attention_mask", 3);
    int key = mask == 2 ? -1 : 2;
    if (c->n_inputs < 2 || c->n_inputs > 4)
        return clk__fail(CLK_ERR_SHAPE,
            "%s: %d inputs, it takes query, value, and maybe key and attention_mask",
            clk__layer_text(layer, self), c->n_inputs);
    *in = (struct inputs){.query = c->inputs[0],
        .value = c->inputs[1],
        .key = c->inputs[1],
        .query_mask = c->masks[0],
        .value_mask = c->masks[1]};
    if (key > 0 && key < c->n_inputs) {
        in->key = c->inputs[key];
        in->key_mask = c->masks[key];
    }
    if (mask > 0 && mask < c->n_inputs)
        in->attention_mask = c->inputs[mask];
    return CLK_OK;
}

clk_status clk__multi_head_attention_call(struct layer *self, struct call *c)
{
    struct multi_head_attention *m = (struct multi_head_attention *)self;
    struct graph *g = c->graph;
    struct inputs in;
    struct equations e;
    TRY(read_inputs(&in, self, c));
    if (self->n_children == 0)
        TRY(make_denses(m, &in));
    TRY(check_shapes(m, &in));
    bool wanted = clk__call_flag(c, "return_attention_scores");
    bool exposed = m->dropout > 0 || wanted || in.query->shape.rank != 3;
    struct value *mask = whole_mask(g, m, &in, clk__call_flag(c, "use_causal_mask"));
    struct value *gate = m->use_gate ? project(c, m, GATE, in.query) : NULL;
    struct value *query = project(c, m, QUERY, in.query);
    struct value *key = repeat_heads(g, m, project(c, m, KEY, in.key));
    struct value *value = repeat_heads(g, m, project(c, m, VALUE, in.value));
    build_equations(&e, m, in.query->shape.rank + 1);
    query = clk__scale(g, query, (float)(1.0 / sqrt((double)m->key_dim)));
    struct value *scores = clk__einsum(g, e.scores, key, query);
    mask = mask_of_scores(g, m, mask, scores);
    struct value *weights = weigh(g, m, scores, mask, exposed);
    struct value *kept = clk__attention_dropout(c, self, weights, m->dropout);
    struct value *y = clk__einsum(g, e.combine, kept, value);
    if (gate)
        y = clk__mul(g, y, gate);
    c->outputs[0] = project(c, m, OUTPUT, y);
    c->outputs[1] = weights;
    c->n_outputs = wanted ? 2 : 1;
    c->output_masks[0] = c->masks[0];
    c->output_masks[1] = wanted ? mask : NULL;
    c->has_output_masks = true;
    return g->status;
}

static clk_status check(struct object *o)
{
    struct multi_head_attention *m = (struct multi_head_attention *)o;
    TRY(clk__layer_check(o));
    if (!m->has_value_dim)
        m->value_dim = m->key_dim;
    m->has_value_dim = true;
    m->output_shape.scalar = false;
    m->attention_axes.scalar = false;
    return CLK_OK;
}

const char *const clk__multi_head_attention_args[] = {"value", "key", "attention_mask", NULL};
const char *const clk__multi_head_attention_flags[] = {
    "use_causal_mask", "return_attention_scores", NULL};

const struct layer_class clk__layer_multi_head_attention = {
    .object.name = "MultiHeadAttention",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct multi_head_attention),
    .object.fields = fields,
    .object.common = clk__layer_plain_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .call = clk__multi_head_attention_call,
    .call_args = clk__multi_head_attention_args,
    .call_flags = clk__multi_head_attention_flags,
};
