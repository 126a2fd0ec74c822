/* SPDX-License-Identifier: MIT */
/* Building: shapes through all layers, variables, their place in the flat buffer, their initial values. */
#include "base/str.h"
#include "initializers/initializer.h"
#include "model/model.h"
#include "ops/ops.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Streams of initial values, far from those of layers. */
#define VARIABLE_STREAM 0x40000000u

/* ---- variables ---- */

static int compare_classes(const void *a, const void *b)
{
    const struct layer *x = *(struct layer *const *)a, *y = *(struct layer *const *)b;
    if (x->object.class != y->object.class)
        return (uintptr_t)x->object.class < (uintptr_t)y->object.class ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

clk_status clk__model_number_layers(const clk_model *m)
{
    struct layer **sorted = clk__alloc(m->n_layers, sizeof(*sorted));
    if (!sorted)
        return clk__fail_memory();
    for (size_t i = 0; i < m->n_layers; i++) {
        sorted[i] = m->layers[i];
        sorted[i]->place = (int)i;
    }
    qsort(sorted, m->n_layers, sizeof(*sorted), compare_classes);
    for (size_t i = 0; i < m->n_layers; i++) {
        bool next = i > 0 && sorted[i]->object.class == sorted[i - 1]->object.class;
        sorted[i]->group = next ? sorted[i - 1]->group + 1 : 0;
    }
    free(sorted);
    return CLK_OK;
}

clk_status clk__model_layer_group(char **out, const clk_model *m, size_t i)
{
    char *snake = NULL;
    struct str s = {0};
    TRY(clk__snake_case(&snake, m->layers[i]->object.class->name));
    clk__str_addf(&s, "layers/%s", snake);
    if (m->layers[i]->group > 0)
        clk__str_addf(&s, "_%d", m->layers[i]->group);
    free(snake);
    return clk__str_finish(out, &s);
}

/* A layer on the way down from the model, with the names that lead to it. */
struct visit {
    struct layer *layer;
    char *path;  /* owned: "nested/dense" */
    char *group; /* owned: "layers/functional/layers/dense" */
    int top;     /* the model's layer that this one is in */
};

/* Layers left to visit, next one last. */
struct visits {
    struct visit *items;
    size_t n, capacity;
};

/* More than this is no model of anyone's. */
#define MAX_LAYERS_WITHIN 100000

static clk_status join(char **out, const char *a, const char *b)
{
    struct str s = {0};
    clk__str_addf(&s, "%s%s%s", a, a[0] ? "/" : "", b);
    return clk__str_finish(out, &s);
}

/* The path of a layer; one within another that has no name is called by its class, as Keras calls it. */
static clk_status join_name(char **out, const char *parent, const struct layer *l)
{
    char *kind = NULL;
    if (l->name)
        return join(out, parent, l->name);
    TRY(clk__snake_case(&kind, l->object.class->name));
    clk_status status = join(out, parent, kind);
    free(kind);
    return status;
}

/* Takes `group`, even on failure. */
static clk_status push(struct visits *v, struct layer *l, int top, const char *parent, char *group)
{
    struct visit at = {.layer = l, .group = group, .top = top};
    clk_status status = clk__grow(&v->items, &v->capacity, v->n, sizeof *v->items);
    if (status == CLK_OK)
        status = join_name(&at.path, parent, l);
    if (status != CLK_OK) {
        free(group);
        return status;
    }
    v->items[v->n++] = at;
    return CLK_OK;
}

static clk_status add_variables(clk_model *m, size_t *capacity, const struct visit *at)
{
    for (int k = 0; k < at->layer->n_variables; k++) {
        struct variable *v = &at->layer->variables[k];
        TRY(clk__grow(&m->variables, capacity, m->n_variables, sizeof *m->variables));
        free(v->path);
        v->path = NULL;
        TRY(join(&v->path, at->path, v->name));
        v->index = (int)m->n_variables;
        v->top = at->top;
        v->stream = VARIABLE_STREAM + (uint32_t)v->index;
        m->variables[m->n_variables++] = v;
    }
    for (int k = 0; k < at->layer->n_states; k++) {
        TRY(clk__grow(&m->states, &m->states_capacity, m->n_states, sizeof *m->states));
        m->states[m->n_states++] = &at->layer->states[k];
    }
    for (int k = 0; k < at->layer->n_constants; k++) {
        TRY(clk__grow(&m->states, &m->states_capacity, m->n_states, sizeof *m->states));
        m->states[m->n_states++] = &at->layer->constants[k].variable;
    }
    return CLK_OK;
}

/* The model takes the visit's group. */
static clk_status add_place(clk_model *m, struct visit *at)
{
    TRY(clk__grow(&m->places, &m->places_capacity, m->n_places, sizeof *m->places));
    at->layer->stream = (uint32_t)m->n_places; /* of its random numbers: one a layer */
    m->places[m->n_places++] = (struct place){.layer = at->layer, .group = at->group};
    at->group = NULL;
    if (m->n_places > MAX_LAYERS_WITHIN)
        return clk__fail(CLK_ERR_UNSUPPORTED, "model \"%s\" has more than %d layers", m->name,
            MAX_LAYERS_WITHIN);
    return CLK_OK;
}

static clk_status push_children(struct visits *v, const struct visit *at, const char *group)
{
    for (int i = at->layer->n_children; i-- > 0;) {
        char *within = NULL;
        TRY(join(&within, group, at->layer->children[i].key));
        TRY(push(v, at->layer->children[i].layer, at->top, at->path, within));
    }
    return CLK_OK;
}

/* A layer's own variables, then those of the layers within, in Keras' order of Layer.variables. */
static clk_status visit_all(clk_model *m, struct visits *v)
{
    size_t capacity = 0;
    while (v->n > 0) {
        struct visit at = v->items[--v->n];
        clk_status status = add_place(m, &at);
        if (status == CLK_OK)
            status = add_variables(m, &capacity, &at);
        if (status == CLK_OK)
            status = push_children(v, &at, m->places[m->n_places - 1].group);
        free(at.path);
        free(at.group);
        TRY(status);
    }
    return CLK_OK;
}

static clk_status collect_variables(clk_model *m)
{
    struct visits v = {0};
    clk_status status = clk__model_number_layers(m);
    for (size_t i = m->n_layers; status == CLK_OK && i-- > 0;) {
        char *group = NULL;
        status = clk__model_layer_group(&group, m, i);
        if (status == CLK_OK)
            status = push(&v, m->layers[i], (int)i, "", group);
    }
    if (status == CLK_OK)
        status = visit_all(m, &v);
    for (size_t i = 0; i < v.n; i++) {
        free(v.items[i].path);
        free(v.items[i].group);
    }
    free(v.items);
    for (size_t i = 0; i < m->n_states; i++)
        m->states[i]->index = (int)(m->n_variables + i);
    return status;
}

/* The factor of a penalty that is an L2 norm alone; 0: it is not, or there is none. */
static float l2_of(const struct variable *v)
{
    struct norm_factors f;
    if (!v->trainable || !v->regularizer || !clk__penalty_factors(&f, v->regularizer))
        return 0.0f;
    return f.l1 > 0.0 ? 0.0f : (float)f.l2;
}

static int compare_factors(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* The factor that most have. */
static clk_status find_shared_l2(clk_model *m)
{
    size_t n = m->n_variables, most = 0, run = 0;
    float *factors = clk__alloc(n, sizeof *factors);
    if (!factors)
        return clk__fail_memory();
    for (size_t i = 0; i < n; i++)
        factors[i] = l2_of(m->variables[i]);
    qsort(factors, n, sizeof *factors, compare_factors);
    m->shared_l2 = 0.0f;
    for (size_t i = 0; i < n; i++) {
        run = i > 0 && factors[i] == factors[i - 1] ? run + 1 : 1;
        if (factors[i] > 0.0f && run > most) {
            m->shared_l2 = factors[i];
            most = run;
        }
    }
    free(factors);
    return CLK_OK;
}

enum part {
    PART_SHARED, /* trainable, with the shared L2 factor */
    PART_TRAINABLE,
    PART_REST,
    N_PARTS
};

static enum part part_of(const clk_model *m, const struct variable *v)
{
    if (m->shared_l2 > 0.0f && l2_of(v) == m->shared_l2)
        return PART_SHARED;
    return v->trainable ? PART_TRAINABLE : PART_REST;
}

static clk_status place_variable(size_t *end, struct variable *v)
{
    char text[LAYER_TEXT];
    size_t bytes;
    v->offset = *end;
    if (!clk__size_mul(&bytes, v->len, sizeof(float)) || !clk__size_add(end, *end, bytes) ||
        !clk__size_add(end, *end, VARIABLE_ALIGN - 1))
        return clk__fail(CLK_ERR_MEMORY, "%s: %s has too many elements",
            clk__layer_text(text, v->layer), v->name);
    *end = *end / VARIABLE_ALIGN * VARIABLE_ALIGN;
    return CLK_OK;
}

/* Places variables of a part one behind the other from *end on. */
static clk_status lay_out_part(size_t *end, clk_model *m, enum part part)
{
    for (size_t i = 0; i < m->n_variables; i++) {
        if (part_of(m, m->variables[i]) == part)
            TRY(place_variable(end, m->variables[i]));
    }
    return CLK_OK;
}

/* Trainable variables first, so that gradients and slots have the same layout without the rest. */
static clk_status lay_out(clk_model *m)
{
    size_t end = 0;
    TRY(find_shared_l2(m));
    TRY(lay_out_part(&end, m, PART_SHARED));
    m->shared_bytes = end;
    if (end > 0 && !clk__size_add(&end, end, VARIABLE_ALIGN))
        return clk__fail_memory();
    TRY(lay_out_part(&end, m, PART_TRAINABLE));
    m->trainable_bytes = end;
    TRY(lay_out_part(&end, m, PART_REST));
    m->states_at = end;
    for (size_t i = 0; i < m->n_states; i++)
        TRY(place_variable(&end, m->states[i]));
    m->param_bytes = end;
    return CLK_OK;
}

/* A config of a few bytes can ask for any number of weights. */
static clk_status check_memory(const clk_model *m)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || page <= 0 || m->param_bytes / (size_t)page <= (size_t)pages)
        return CLK_OK;
    return clk__fail(CLK_ERR_MEMORY,
        "model \"%s\": its weights take %.1f GiB, this machine has %.1f GiB of memory", m->name,
        (double)m->param_bytes / (1 << 30), (double)pages * (double)page / (1 << 30));
}

static clk_status initialize(clk_model *m)
{
    for (size_t i = 0; i < m->n_variables; i++) {
        struct variable *v = m->variables[i];
        TRY(clk__initializer_fill(
            v->initializer, m->host + v->offset / sizeof(float), &v->shape, m->seed, v->stream));
        clk__precision_round_all(v->precision, m->host + v->offset / sizeof(float), v->len);
    }
    return CLK_OK;
}

/* @param record into the nodes, too */
static clk_status infer_shapes(
    struct shape *out, clk_model *m, const struct shape *inputs, bool record)
{
    struct graph g;
    struct forward f = {.graph = &g, .record_shapes = record};
    clk__graph_init(&g, true, true);
    for (int i = 0; i < m->n_inputs; i++)
        f.xs[i] = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, inputs[i], false);
    clk_status status = clk__model_forward(m, &f);
    for (int i = 0; status == CLK_OK && i < m->n_outputs; i++)
        out[i] = f.outputs[i]->shape;
    clk__graph_fini(&g);
    return status;
}

clk_status clk__model_infer_shapes(struct shape *out, clk_model *m, const struct shape *inputs)
{
    return infer_shapes(out, m, inputs, false);
}

static clk_status prepare(clk_model *m)
{
    if (m->prepared)
        return CLK_OK;
    if (m->n_layers == 0)
        return clk__fail(CLK_ERR_STATE, "model \"%s\" has no layers: add some first", m->name);
    if (m->n_inputs == 0)
        return clk__fail(CLK_ERR_STATE,
            "model \"%s\" has no Input: its first layer must be one, such as Input((784,))",
            m->name);
    if (m->n_outputs == 0)
        return clk__fail(
            CLK_ERR_STATE, "model \"%s\" has no outputs: name them by clk_model_outputs", m->name);
    TRY(infer_shapes(m->output_shapes, m, m->input_shapes, true));
    TRY(collect_variables(m));
    TRY(lay_out(m));
    TRY(check_memory(m));
    m->prepared = true;
    return CLK_OK;
}

clk_status clk__model_prepare(clk_model *m)
{
    TRY(clk__model_check(m));
    return clk__model_latch(m, prepare(m));
}

/* Variables are placed at most this far behind the end of another. */
#define GAP_BYTES ((size_t)2 * VARIABLE_ALIGN)

static void zero_behind(float *weights, const clk_model *m, const struct variable *v)
{
    size_t at = v->offset + v->len * sizeof(float), left = m->param_bytes - at;
    memset((char *)weights + at, 0, left < GAP_BYTES ? left : GAP_BYTES);
}

float *clk__model_alloc_weights(const clk_model *m)
{
    float *weights = clk__alloc_pages(m->param_bytes);
    for (size_t i = 0; weights && i < m->n_variables; i++)
        zero_behind(weights, m, m->variables[i]);
    for (size_t i = 0; weights && i < m->n_states; i++)
        zero_behind(weights, m, m->states[i]);
    return weights;
}

static clk_status build(clk_model *m, bool blank)
{
    TRY(prepare(m));
    /* Of the zeros of a blank model the system makes no memory before they are touched. */
    m->host = blank ? clk__alloc(m->param_bytes, 1) : clk__model_alloc_weights(m);
    if (!m->host)
        return clk__fail_memory();
    if (!blank)
        TRY(initialize(m));
    clk__model_reset_host_states(m);
    m->built = true;
    return CLK_OK;
}

clk_status clk__model_build_blank(clk_model *m)
{
    TRY(clk__model_check(m));
    return m->built ? CLK_OK : clk__model_latch(m, build(m, true));
}

clk_status clk_model_build(clk_model *m)
{
    if (!m)
        return clk__fail(CLK_ERR_ARG, "clk_model_build: model is NULL");
    TRY(clk__model_check(m));
    return m->built ? CLK_OK : clk__model_latch(m, build(m, false));
}
