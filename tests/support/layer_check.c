/* SPDX-License-Identifier: MIT */
/* Layers against what Keras recorded; see layer_check.h. */
#include "support/layer_check.h"

#include "graph/autodiff.h"
#include "layers/layer.h"
#include "ops/op_check.h"
#include "support/configs.h"
#include "support/golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIR "tests/layers/golden"

enum {
    MAX_CASES = 64,
    MAX_LAYERS = 4,
    MAX_WEIGHTS = 32,
    MAX_CONSTANTS = 2,
    MAX_WITHIN = 16, /* layers, their children and children's children */
    MAX_TEXT = 128,
};

/* A value to be compared once the plan has run. */
struct expected {
    struct value *got; /* NULL: nothing flows, all zeros */
    int output;        /* of the rig */
    const float *data;
    struct shape shape;
    struct tolerance tolerance;
    char name[MAX_TEXT]; /* "conv2d: same: dw0" */
};

struct trial {
    const char *file;
    struct golden golden;
    clk_ndarray *flat; /* the case's numbers */
    struct layer *layers[MAX_LAYERS];
    int n_layers;
    struct variable *variables[MAX_WEIGHTS];
    struct value *leaves[MAX_WEIGHTS + MAX_CONSTANTS]; /* by variable */
    size_t state_offsets[MAX_WEIGHTS]; /* in REGION_METRIC, of those that do not train */
    int n_variables;
    struct constant *constants[MAX_CONSTANTS]; /* theirs are the last of the leaves */
    int n_constants;
    struct call first; /* with the inputs */
    struct call last;  /* with the outputs */
};

/* Many trials in one plan. */
struct bench {
    struct rig rig;
    struct trial trials[MAX_CASES];
    int n_trials;
    struct expected expected[RIG_MAX_OUTPUTS];
    int n_expected;
};

static const char *trial_text(char buf[MAX_TEXT], const struct trial *t, const char *part)
{
    (void)snprintf(buf, MAX_TEXT, "%s: %s: %s", t->file, t->golden.name, part);
    return buf;
}

/* Fails the test with the case's name where a call of the library failed. */
static void must(const struct trial *t, const char *part, clk_status status)
{
    char text[MAX_TEXT];
    ck_assert_msg(status == CLK_OK, "%s: %s: %s", trial_text(text, t, part),
        clk_status_name(status), clk_last_error());
}

/* ---- recorded numbers ---- */

/* Finds array "KIND<i>" of the case. @return NULL: there is none */
static const float *recorded(struct shape *shape, const struct trial *t, const char *kind, int i)
{
    char name[32];
    const float *data = clk_ndarray_view(t->flat).data;
    size_t k;
    json_t *pair;
    (void)snprintf(name, sizeof name, "%s%d", kind, i);
    json_array_foreach(json_object_get(t->golden.entry, "arrays"), k, pair)
    {
        *shape = (struct shape){.rank = (int)json_array_size(json_array_get(pair, 1))};
        for (int d = 0; d < shape->rank; d++)
            shape->dims[d] = json_integer_value(json_array_get(json_array_get(pair, 1), (size_t)d));
        if (strcmp(json_string_value(json_array_get(pair, 0)), name) == 0)
            return data;
        data += clk__shape_len(shape);
    }
    return NULL;
}

static const float *recorded_as(
    const struct trial *t, const char *kind, int i, const struct shape *shape)
{
    char part[32], text[MAX_TEXT], got[SHAPE_TEXT], want[SHAPE_TEXT];
    struct shape s = {0};
    const float *data = recorded(&s, t, kind, i);
    (void)snprintf(part, sizeof part, "%s%d", kind, i);
    ck_assert_msg(data != NULL, "%s: not recorded", trial_text(text, t, part));
    ck_assert_msg(clk__shape_equal(&s, shape), "%s: shape %s, not %s", trial_text(text, t, part),
        clk__shape_text(got, shape), clk__shape_text(want, &s));
    return data;
}

/* ---- layers ---- */

static const char *expression(const struct trial *t, size_t i)
{
    const char *listed = golden_item(&t->golden, "layers", i);
    if (listed || i > 0)
        return listed;
    return golden_text(&t->golden, "layer");
}

static void make_layers(struct trial *t)
{
    const char *text;
    while ((text = expression(t, (size_t)t->n_layers)) != NULL) {
        struct object *o = NULL;
        ck_assert_int_lt(t->n_layers, MAX_LAYERS);
        must(t, text, clk__object_from_text(&o, &clk__layers, text));
        t->layers[t->n_layers++] = (struct layer *)o;
    }
    json_t *config = json_object_get(t->golden.entry, "config");
    if (config)
        check_config(&clk__layers, config, expression(t, (size_t)t->n_layers - 1));
}

/* Calls one layer after the other; the first has its inputs. */
static void call_layers(struct trial *t, struct call *c)
{
    for (int i = 0; i < t->n_layers; i++) {
        must(t, expression(t, (size_t)i), clk__layer_call(t->layers[i], c));
        if (i + 1 == t->n_layers)
            break;
        struct call next = {.graph = c->graph, .variables = c->variables, .n_inputs = c->n_outputs};
        for (int k = 0; k < c->n_outputs; k++) {
            next.inputs[k] = c->outputs[k];
            next.masks[k] = c->output_masks[k];
        }
        *c = next;
    }
}

static clk_dtype input_dtype(const struct trial *t, int i)
{
    json_t *spec = json_array_get(json_object_get(t->golden.entry, "inputs"), (size_t)i);
    const char *name = json_string_value(json_object_get(spec, "dtype"));
    return name && strcmp(name, "int32") == 0 ? CLK_INT32 : CLK_FLOAT32;
}

/* A call on leaves without data, with rows unknown: builds the layers. Keeps the shapes of outputs. */
static void build_layers(struct trial *t, struct shape *outputs, int *n_outputs)
{
    struct graph g;
    struct shape shape;
    clk__graph_init(&g, golden_flag(&t->golden, "training"), true);
    struct call c = {.graph = &g, .kwargs = json_object_get(t->golden.entry, "kwargs")};
    while (recorded(&shape, t, "x", c.n_inputs)) {
        shape.dims[0] = -1;
        c.inputs[c.n_inputs] =
            clk__leaf(&g, REGION_DATA, 0, input_dtype(t, c.n_inputs), shape, false);
        if (recorded(&shape, t, "m", c.n_inputs)) {
            shape.dims[0] = -1;
            c.masks[c.n_inputs] = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, shape, false);
        }
        c.n_inputs++;
    }
    call_layers(t, &c);
    *n_outputs = c.n_outputs;
    for (int i = 0; i < c.n_outputs; i++)
        outputs[i] = c.outputs[i]->shape;
    clk__graph_fini(&g);
}

/* Variables of layers, each followed by those of its children. */
static void number_variables(struct trial *t)
{
    struct layer *left[MAX_WITHIN];
    int n = 0;
    for (int i = t->n_layers; i-- > 0;)
        left[n++] = t->layers[i];
    while (n > 0) {
        struct layer *l = left[--n];
        for (int i = 0; i < l->n_variables; i++) {
            ck_assert_int_lt(t->n_variables, MAX_WEIGHTS);
            l->variables[i].index = t->n_variables;
            t->variables[t->n_variables++] = &l->variables[i];
        }
        for (int i = 0; i < l->n_constants; i++) {
            ck_assert_int_lt(t->n_constants, MAX_CONSTANTS);
            l->constants[i].variable.index = MAX_WEIGHTS + t->n_constants;
            t->constants[t->n_constants++] = &l->constants[i];
        }
        ck_assert_int_le(n + l->n_children, MAX_WITHIN);
        for (int i = l->n_children; i-- > 0;)
            left[n++] = l->children[i].layer;
    }
}

/* ---- the graph ---- */

static struct value *input_leaf(
    struct rig *r, clk_dtype dtype, struct shape shape, const float *data, bool needs_grad)
{
    if (dtype == CLK_FLOAT32)
        return rig_input(r, CLK_FLOAT32, shape, data, needs_grad);
    size_t n = (size_t)clk__shape_len(&shape);
    int32_t *numbers = calloc(n ? n : 1, sizeof *numbers);
    ck_assert_ptr_nonnull(numbers);
    for (size_t i = 0; i < n; i++)
        numbers[i] = (int32_t)data[i];
    struct value *leaf = rig_input(r, CLK_INT32, shape, numbers, false);
    free(numbers);
    return leaf;
}

/* State stands where the rig reads back, to see what an assignment made of it. */
static struct value *state_leaf(
    size_t *offset, struct rig *r, struct shape shape, const float *data)
{
    size_t bytes = (size_t)clk__shape_len(&shape) * sizeof(float);
    rig_reserve(r, REGION_METRIC, bytes);
    *offset = r->used[REGION_METRIC] - bytes;
    memcpy(r->bytes[REGION_METRIC] + *offset, data, bytes);
    return clk__leaf(&r->graph, REGION_METRIC, *offset, CLK_FLOAT32, shape, false);
}

static void add_leaves(struct trial *t, struct rig *r)
{
    struct call *c = &t->first;
    struct shape shape;
    const float *data;
    *c = (struct call){.graph = &r->graph,
        .variables = t->leaves,
        .kwargs = json_object_get(t->golden.entry, "kwargs")};
    while ((data = recorded(&shape, t, "x", c->n_inputs)) != NULL) {
        c->inputs[c->n_inputs] = input_leaf(r, input_dtype(t, c->n_inputs), shape, data, true);
        data = recorded(&shape, t, "m", c->n_inputs);
        if (data)
            c->masks[c->n_inputs] = rig_input(r, CLK_FLOAT32, shape, data, false);
        c->n_inputs++;
    }
    for (int i = 0; i < t->n_variables; i++) {
        const struct variable *v = t->variables[i];
        data = recorded_as(t, "w", i, &v->shape);
        t->leaves[i] = v->trainable ? rig_input(r, CLK_FLOAT32, v->shape, data, true)
                                    : state_leaf(&t->state_offsets[i], r, v->shape, data);
    }
    for (int i = 0; i < t->n_constants; i++) {
        const struct constant *k = t->constants[i];
        t->leaves[MAX_WEIGHTS + i] = rig_input(r, CLK_FLOAT32, k->variable.shape, k->values, false);
    }
}

static struct tolerance tolerance_of(const struct golden *g)
{
    double abs = golden_number(g, "abs"), rel = golden_number(g, "rel");
    return TOLERANCE(abs > 0 ? abs : 1e-5, rel > 0 ? rel : 1e-5);
}

static void expect(
    struct bench *b, const struct trial *t, const char *kind, int i, struct value *got)
{
    ck_assert_int_lt(b->n_expected, RIG_MAX_OUTPUTS);
    struct expected *e = &b->expected[b->n_expected++];
    char part[32];
    (void)snprintf(part, sizeof part, "%s%d", kind, i);
    trial_text(e->name, t, part);
    e->got = got;
    e->tolerance = tolerance_of(&t->golden);
    e->data = got ? recorded_as(t, kind, i, &got->shape) : recorded(&e->shape, t, kind, i);
    if (got)
        e->shape = got->shape;
}

static void check_symbolic(const struct trial *t, const struct shape *shapes, int n)
{
    char text[MAX_TEXT], a[SHAPE_TEXT], b[SHAPE_TEXT];
    ck_assert_int_eq(n, t->last.n_outputs);
    for (int i = 0; i < n; i++) {
        const struct shape *s = &t->last.outputs[i]->shape;
        bool same = s->rank == shapes[i].rank;
        for (int d = 0; same && d < s->rank; d++)
            same = shapes[i].dims[d] == s->dims[d] || shapes[i].dims[d] == -1;
        ck_assert_msg(same, "%s: %s with unknown rows, %s with known", trial_text(text, t, "shape"),
            clk__shape_text(a, &shapes[i]), clk__shape_text(b, s));
    }
}

static void add_trial(struct bench *b, const char *file, struct golden golden)
{
    struct trial *t = &b->trials[b->n_trials++];
    struct shape outputs[MAX_LAYER_INPUTS], mask;
    int n_outputs = 0;
    *t = (struct trial){.file = file, .golden = golden};
    const struct golden flat = {.dir = DIR, .name = file, .entry = golden.entry};
    t->flat = golden_array(&flat, golden.name);
    make_layers(t);
    build_layers(t, outputs, &n_outputs);
    number_variables(t);
    add_leaves(t, &b->rig);
    t->last = t->first;
    call_layers(t, &t->last);
    check_symbolic(t, outputs, n_outputs);
    for (int i = 0; i < t->last.n_outputs; i++) {
        char text[MAX_TEXT];
        bool masked = recorded(&mask, t, "om", i) != NULL;
        ck_assert_msg(masked == (t->last.output_masks[i] != NULL), "%s %d: %s",
            trial_text(text, t, "mask of output"), i, masked ? "missing" : "not in Keras");
        expect(b, t, "y", i, t->last.outputs[i]);
        if (masked)
            expect(b, t, "om", i, t->last.output_masks[i]);
    }
}

/* One pass over the graph for all trials. */
static void add_gradients(struct bench *b)
{
    struct value *ys[MAX_CASES * 2], *seeds[MAX_CASES * 2], *wrt[RIG_MAX_OUTPUTS * 2];
    struct value *grads[RIG_MAX_OUTPUTS * 2] = {NULL};
    int n = 0, n_wrt = 0;
    for (int k = 0; k < b->n_trials; k++) {
        const struct trial *t = &b->trials[k];
        for (int i = 0; i < t->last.n_outputs; i++) {
            struct shape shape = t->last.outputs[i]->shape;
            const float *dy = recorded_as(t, "dy", i, &shape);
            ck_assert_int_lt(n, MAX_CASES * 2);
            ys[n] = t->last.outputs[i];
            seeds[n++] = rig_input(&b->rig, CLK_FLOAT32, shape, dy, false);
        }
        ck_assert_int_lt(n_wrt + t->first.n_inputs + t->n_variables, RIG_MAX_OUTPUTS * 2);
        for (int i = 0; i < t->first.n_inputs; i++)
            wrt[n_wrt++] = t->first.inputs[i];
        for (int i = 0; i < t->n_variables; i++)
            wrt[n_wrt++] = t->leaves[i];
    }
    check_ok(clk__autodiff(&b->rig.graph, ys, seeds, n, wrt, grads, n_wrt));
    n_wrt = 0;
    for (int k = 0; k < b->n_trials; k++) {
        const struct trial *t = &b->trials[k];
        struct shape shape;
        for (int i = 0; i < t->first.n_inputs; i++, n_wrt++) {
            if (recorded(&shape, t, "dx", i))
                expect(b, t, "dx", i, grads[n_wrt]);
        }
        for (int i = 0; i < t->n_variables; i++, n_wrt++) {
            if (t->variables[i]->trainable)
                expect(b, t, "dw", i, grads[n_wrt]);
        }
    }
}

/* ---- comparing ---- */

static void check_state(const struct bench *b, const struct trial *t)
{
    struct tolerance tolerance = tolerance_of(&t->golden);
    for (int i = 0; i < t->n_variables; i++) {
        struct shape shape;
        char text[MAX_TEXT];
        if (t->variables[i]->trainable)
            continue;
        const float *data = recorded(&shape, t, "u", i);
        if (!data)
            data = recorded(&shape, t, "w", i);
        const unsigned char *got = b->rig.bytes[REGION_METRIC] + t->state_offsets[i];
        test_check_close(trial_text(text, t, t->variables[i]->name),
            (const float *)(const void *)got, data, t->variables[i]->len, tolerance.abs,
            tolerance.rel);
    }
}

static void check_expected(const struct bench *b, const struct expected *e)
{
    size_t n = (size_t)clk__shape_len(&e->shape);
    ck_assert_msg(e->data != NULL, "%s: not recorded", e->name);
    if (e->got) {
        test_check_close(
            e->name, rig_read(&b->rig, e->output), e->data, n, e->tolerance.abs, e->tolerance.rel);
        return;
    }
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(e->data[i] == 0, "%s: no gradient flows, Keras has %g", e->name, e->data[i]);
}

/* Runs what has been added, compares and frees it. */
static void finish(struct bench *b)
{
    add_gradients(b);
    for (int i = 0; i < b->n_expected; i++) {
        if (b->expected[i].got)
            b->expected[i].output = rig_output(&b->rig, b->expected[i].got);
    }
    rig_run(&b->rig, 1);
    for (int i = 0; i < b->n_expected; i++)
        check_expected(b, &b->expected[i]);
    for (int i = 0; i < b->n_trials; i++) {
        struct trial *t = &b->trials[i];
        check_state(b, t);
        for (int k = 0; k < t->n_layers; k++)
            clk__object_free(&t->layers[k]->object);
        clk_ndarray_free(t->flat);
    }
    rig_fini(&b->rig);
    free(b);
}

static struct bench *start(bool training)
{
    struct bench *b = calloc(1, sizeof *b);
    ck_assert_ptr_nonnull(b);
    rig_init(&b->rig);
    b->rig.graph.training = training;
    return b;
}

/* Outputs that a case can have at most: those that "arrays" lists. */
static int outputs_of(const struct golden *g)
{
    return (int)json_array_size(json_object_get(g->entry, "arrays"));
}

void check_golden_layers(const char *name)
{
    char path[MAX_TEXT];
    (void)snprintf(path, sizeof path, DIR "/%s.json", name);
    json_t *table = golden_table(path, "cases");
    ck_assert_msg(table != NULL, "%s cannot be read", path);
    for (int training = 0; training < 2; training++) {
        struct bench *b = start(training == 1);
        int outputs = 0;
        for (size_t i = 0; i < json_array_size(table); i++) {
            struct golden g = golden_at(table, i, DIR);
            if (golden_flag(&g, "training") != (training == 1))
                continue;
            if (outputs + outputs_of(&g) > RIG_MAX_OUTPUTS || b->n_trials == MAX_CASES) {
                finish(b);
                b = start(training == 1);
                outputs = 0;
            }
            outputs += outputs_of(&g);
            add_trial(b, name, g);
        }
        if (b->n_trials > 0) {
            finish(b);
        } else {
            rig_fini(&b->rig);
            free(b);
        }
    }
    json_decref(table);
}
