/* SPDX-License-Identifier: MIT */
/* Variables and optimizer state, listed for a file and read from one. Follows save_own_variables and
 * load_own_variables of keras/src/layers/layer.py and keras/src/optimizers/base_optimizer.py. */
#include "files/state.h"

#include "base/mem.h"
#include "base/str.h"
#include "files/cudnn.h"
#include "files/keras2.h"
#include "operations/operation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- to a file ---- */

static clk_array array_of(const struct variable *v, const float *data)
{
    clk_array a = {.data = data, .dtype = CLK_FLOAT32, .rank = v->shape.rank};
    memcpy(a.shape, v->shape.dims, sizeof a.shape);
    return a;
}

/* Numbers of a variable, or of its slots, in the variable's own dtype. */
static clk_status add_array(struct weight_list *out, const struct variable *v, const float *data)
{
    TRY(clk__weight_list_add(out, array_of(v, data)));
    clk__weight_list_narrow(out, v->precision);
    return CLK_OK;
}

/* Of legacy files Keras does not read bfloat16, not even its own: there it is float32. */
static enum precision legacy_precision(enum precision p)
{
    return p == PRECISION_BFLOAT16 ? PRECISION_FLOAT32 : p;
}

static clk_status list_place(struct weight_list *out, const clk_model *m, const struct place *place)
{
    const struct layer *l = place->layer;
    struct str group = {0};
    clk__str_addf(&group, "%s/vars", place->group);
    clk_status status =
        group.failed ? clk__fail_memory() : clk__weight_list_group(out, group.data, l->name);
    clk__str_fini(&group);
    TRY(status);
    for (int k = 0; k < l->n_variables; k++) {
        const struct variable *v = &l->variables[k];
        TRY(add_array(out, v, m->host + v->offset / sizeof(float)));
    }
    return CLK_OK;
}

/* Functional models have groups for their Inputs, too; Sequential ones have not. Operations are no layers to Keras. */
static bool has_group(const clk_model *m, const struct place *place)
{
    if (clk__is_operation(place->layer))
        return false;
    return m->functional || !clk__input_batch_shape(place->layer);
}

static clk_status list_inner(
    struct weight_list *out, struct state_scalars *scalars, const clk_model *m)
{
    const double *rate = clk__optimizer_learning_rate(m->optimizer);
    bool narrow = m->iterations <= INT32_MAX;
    scalars->iteration = narrow ? (int32_t)m->iterations : 0;
    scalars->long_iteration = m->iterations;
    const void *iteration = &scalars->long_iteration;
    if (narrow)
        iteration = &scalars->iteration;
    TRY(clk__weight_list_add(
        out, (clk_array){.data = iteration, .dtype = narrow ? CLK_INT32 : CLK_INT64}));
    if (rate) {
        scalars->learning_rate = (float)*rate;
        TRY(clk__weight_list_add(
            out, (clk_array){.data = &scalars->learning_rate, .dtype = CLK_FLOAT32}));
    }
    for (size_t k = 0; k < clk__layout_n_slot_arrays(m); k++) {
        size_t offset = 0;
        const struct variable *v = clk__layout_slot(&offset, m, k);
        TRY(add_array(out, v, m->slots + offset / sizeof(float)));
    }
    return CLK_OK;
}

static float *scaler_number(const clk_model *m, float *slots, enum loss_scale_state i)
{
    return slots + clk__model_scaler_offset(m, i) / sizeof(float);
}

/* The scaler's own variables, then those of the optimizer within, which in a file of Keras 3 has a group of its own, too. */
static clk_status list_optimizer(
    struct weight_list *out, struct state_scalars *scalars, const clk_model *m)
{
    if (!m->scaler) {
        TRY(clk__weight_list_group(out, "optimizer/vars", m->optimizer->name));
        return list_inner(out, scalars, m);
    }
    scalars->scaler_iteration = 0;
    scalars->scaler_learning_rate = 0.0f;
    scalars->scaler_steps = (int32_t)*scaler_number(m, m->slots, LOSS_SCALE_STEPS);
    TRY(clk__weight_list_group(out, "optimizer/vars", m->scaler->name));
    TRY(clk__weight_list_add(
        out, (clk_array){.data = &scalars->scaler_iteration, .dtype = CLK_INT32}));
    TRY(clk__weight_list_add(
        out, (clk_array){.data = &scalars->scaler_learning_rate, .dtype = CLK_FLOAT32}));
    TRY(clk__weight_list_add(out, (clk_array){.data = &scalars->scaler_steps, .dtype = CLK_INT32}));
    TRY(clk__weight_list_add(
        out, (clk_array){.data = scaler_number(m, m->slots, LOSS_SCALE), .dtype = CLK_FLOAT32}));
    TRY(list_inner(out, scalars, m));
    TRY(clk__weight_list_group(out, "optimizer/inner_optimizer/vars", m->optimizer->name));
    return list_inner(out, scalars, m);
}

clk_status clk__state_list(
    struct weight_list *out, struct state_scalars *scalars, const clk_model *m)
{
    *out = (struct weight_list){0};
    TRY(clk__weight_list_group(out, "vars", m->name));
    for (size_t i = 0; i < m->n_places; i++) {
        if (has_group(m, &m->places[i]))
            TRY(list_place(out, m, &m->places[i]));
    }
    return m->compiled ? list_optimizer(out, scalars, m) : CLK_OK;
}

/* ---- to a legacy file ---- */

/* Arrays stand under the layer's name twice, "model_weights/fc1/fc1/kernel", as Keras has it. */
static clk_status list_layer_legacy(struct weight_list *out, const clk_model *m, size_t top)
{
    struct str group = {0};
    const struct variable **variables = clk__alloc(m->n_variables, sizeof(*variables));
    clk__str_addf(&group, "model_weights/%s", m->layers[top]->name);
    clk_status status = variables && !group.failed ? CLK_OK : clk__fail_memory();
    size_t n = variables ? clk__layout_legacy_order(variables, m, top) : 0;
    if (status == CLK_OK)
        status = clk__weight_list_group(out, group.data, NULL);
    if (status == CLK_OK)
        status = clk__weight_list_text(out, out->n_groups - 1, "weight_names", NULL);
    for (size_t i = 0; status == CLK_OK && i < n; i++) {
        const struct variable *v = variables[i];
        status = clk__weight_list_add_named(
            out, array_of(v, m->host + v->offset / sizeof(float)), "weight_names", v->path);
        if (status == CLK_OK)
            clk__weight_list_narrow(out, legacy_precision(v->precision));
    }
    clk__str_fini(&group);
    free(variables);
    return status;
}

/* By number, as the arrays of a list have no names here: Keras goes by their order. */
static clk_status list_optimizer_legacy(
    struct weight_list *out, struct state_scalars *scalars, const clk_model *m)
{
    struct weight_list plain = {0};
    size_t n_own = m->scaler ? 4 : 0, n_scalars = clk__optimizer_n_scalars(m->optimizer);
    clk_status status = list_optimizer(&plain, scalars, m);
    if (status == CLK_OK)
        status = clk__weight_list_group(out, "optimizer_weights", NULL);
    for (size_t i = 0; status == CLK_OK && i < plain.groups[0].n_weights; i++) {
        const struct weight *w = &plain.groups[0].weights[i];
        static const char *const scalars_of[] = {
            "iteration", "learning_rate", "step_counter", "dynamic_scale"};
        const char *optimizer = i < n_own ? m->scaler->name : m->optimizer->name;
        struct str name = {0};
        clk_array array = {.data = w->data, .dtype = w->dtype, .rank = w->rank};
        memcpy(array.shape, w->shape, sizeof(array.shape));
        clk__str_addf(&name, "%s/", optimizer ? optimizer : "optimizer");
        if (i < n_own)
            clk__str_add(&name, scalars_of[i]);
        else if (i < n_own + n_scalars)
            clk__str_add(&name, scalars_of[i - n_own]);
        else
            clk__str_addf(&name, "slot_%zu", i - n_own - n_scalars);
        status = name.failed ? clk__fail_memory()
                             : clk__weight_list_add_named(out, array, "weight_names", name.data);
        if (status == CLK_OK)
            clk__weight_list_narrow(out, legacy_precision(w->precision));
        clk__str_fini(&name);
    }
    clk__weight_list_fini(&plain);
    return status;
}

clk_status clk__state_list_legacy(
    struct weight_list *out, struct state_scalars *scalars, const clk_model *m)
{
    *out = (struct weight_list){0};
    TRY(clk__weight_list_group(out, "model_weights", NULL));
    TRY(clk__weight_list_text(out, 0, "layer_names", NULL));
    for (size_t i = 0; i < m->n_layers; i++) {
        const struct layer *l = m->layers[i];
        if (clk__is_operation(l) || (!m->functional && clk__input_batch_shape(l)))
            continue;
        TRY(clk__weight_list_text(out, 0, "layer_names", l->name));
        TRY(list_layer_legacy(out, m, i));
    }
    return m->compiled ? list_optimizer_legacy(out, scalars, m) : CLK_OK;
}

/* ---- from a file ---- */

/* What was read, before the model takes it. */
struct state {
    float *params; /* laid out as clk_model.host */
    float *slots;  /* as clk_model.slots; NULL: the file has no optimizer state */
    int64_t iterations;
    float learning_rate; /* where the file has one: with two scalars */
    size_t n_scalars;    /* before the slots in the file: iteration, learning_rate */
};

static struct weight_info wanted(const struct variable *v)
{
    struct weight_info want = {.dtype = CLK_FLOAT32, .rank = v->shape.rank};
    memcpy(want.shape, v->shape.dims, sizeof want.shape);
    return want;
}

static clk_status read_variable(
    float *dest, const struct variable *v, struct weight_store *store, const char *path)
{
    const struct weight_info want = wanted(v);
    clk_status status = clk__store_read(dest, &want, store, path);
    return status == CLK_OK ? status : clk__fail_in(status, "%s", v->path);
}

static clk_status read_params(
    struct state *s, const clk_model *m, struct container *c, const struct name_list *paths)
{
    struct weight_store *store = c->weights;
    bool old = clk__keras2_wrote(c);
    s->params = clk__model_alloc_weights(m);
    if (!s->params)
        return clk__fail_memory();
    for (size_t i = 0; i < m->n_variables; i++) {
        const struct variable *v = m->variables[i];
        size_t at = v->offset / sizeof(float);
        if (paths->items[i] && clk__cudnn_is(v, paths, store))
            TRY(clk__cudnn_read(s->params + at, v, store, paths->items[i]));
        else if (paths->items[i])
            TRY(read_variable(s->params + at, v, store, paths->items[i]));
        else
            memcpy(s->params + at, m->host + at, v->len * sizeof(float));
        if (old && paths->items[i])
            clk__keras2_rescale(s->params + at, v);
    }
    size_t states = m->states_at / sizeof(float);
    memcpy(s->params + states, m->host + states, m->param_bytes - m->states_at);
    return CLK_OK;
}

static clk_status read_scalars(
    struct state *s, struct weight_store *store, const struct name_list *paths)
{
    const struct weight_info integer = {.dtype = CLK_INT64}, real = {.dtype = CLK_FLOAT32};
    TRY(clk__store_read(&s->iterations, &integer, store, paths->items[0]));
    if (s->n_scalars == 2)
        TRY(clk__store_read(&s->learning_rate, &real, store, paths->items[1]));
    if (s->iterations < 0 || !isfinite(s->learning_rate) || s->learning_rate < 0.0f)
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\": the optimizer is at iteration %lld with learning rate %g, both must be at "
            "least 0",
            clk__store_name(store), (long long)s->iterations, (double)s->learning_rate);
    return CLK_OK;
}

/* Keras 2.0 counted iterations in float32, and ordered Adam's slots in its own way. */
static bool counts_in_integers(struct weight_store *store, const char *path)
{
    struct weight_info info;
    return clk__store_find(&info, store, path) == CLK_OK &&
           (info.dtype == CLK_INT64 || info.dtype == CLK_INT32);
}

/* Scalars before the slots; 0: another order than Keras 3's. tf.keras 2.11 to 2.15 kept no learning rate here, nor does
 * Keras 3 where it is a schedule; up to 2.10 there was another order of slots, too: those call the first array
 * "Adam/iter:0". In Keras 3's own HDF5 files the second one is "optimizer_weights/adam/learning_rate". */
static size_t count_scalars(const struct name_list *paths, struct weight_store *store,
    enum container_kind kind, size_t n_slot_arrays)
{
    bool numbered = kind == CONTAINER_KERAS || kind == CONTAINER_WEIGHTS;
    if (paths->n == n_slot_arrays + 1 || paths->n == 1)
        return numbered || (strstr(paths->items[0], "iteration") &&
                               counts_in_integers(store, paths->items[0]))
                   ? 1
                   : 0;
    /* Keras makes slots at the first training step: a file from before has only the scalars. */
    if (paths->n != n_slot_arrays + 2 && paths->n != 2)
        return 0;
    return numbered || strstr(paths->items[1], "/learning_rate") ? 2 : 0;
}

static clk_status read_slots(
    struct state *s, const clk_model *m, struct weight_store *store, const struct name_list *paths)
{
    size_t n = (size_t)m->n_slots * (m->trainable_bytes / sizeof(float));
    float initial = clk__optimizer_slot_initial(m->optimizer);
    s->slots = clk__alloc(clk__model_slot_bytes(m), 1);
    if (!s->slots)
        return clk__fail_memory();
    for (size_t i = 0; i < n; i++)
        s->slots[i] = initial;
    for (size_t k = 0; k + s->n_scalars < paths->n; k++) {
        size_t offset = 0;
        const struct variable *v = clk__layout_slot(&offset, m, k);
        TRY(read_variable(
            s->slots + offset / sizeof(float), v, store, paths->items[k + s->n_scalars]));
    }
    return CLK_OK;
}

/* Of a file without it, as it begins. */
static clk_status read_scaler(
    struct state *s, const clk_model *m, struct weight_store *store, const struct name_list *paths)
{
    const struct weight_info real = {.dtype = CLK_FLOAT32};
    float *scale = scaler_number(m, s->slots, LOSS_SCALE);
    float *steps = scaler_number(m, s->slots, LOSS_SCALE_STEPS);
    *scale = (float)m->scaler->initial_scale;
    if (paths->n < 2)
        return CLK_OK;
    TRY(clk__store_read(steps, &real, store, paths->items[0]));
    TRY(clk__store_read(scale, &real, store, paths->items[1]));
    if (*scale > 0.0f && isfinite(*scale) && *steps >= 0.0f)
        return CLK_OK;
    return clk__fail(CLK_ERR_FORMAT,
        "\"%s\": the loss is scaled by %g since %g steps: it must be above 0, and they at least 0",
        clk__store_name(store), (double)*scale, (double)*steps);
}

static clk_status read_optimizer(
    struct state *s, const clk_model *m, struct container *c, const struct layout *l)
{
    const struct name_list *paths = &l->optimizer;
    size_t n = clk__layout_n_slot_arrays(m);
    if (paths->n == 0)
        return CLK_OK;
    s->n_scalars = count_scalars(paths, c->weights, c->kind, n);
    if (s->n_scalars == 0) {
        clk__log(CLK_LOG_WARNING,
            "\"%s\": the optimizer starts anew: its state is %zu arrays, %s of this model has %zu",
            clk__store_name(c->weights), paths->n, m->optimizer->object.class->name,
            n + clk__optimizer_n_scalars(m->optimizer));
        return CLK_OK;
    }
    TRY(read_scalars(s, c->weights, paths));
    TRY(read_slots(s, m, c->weights, paths));
    return m->scaler ? read_scaler(s, m, c->weights, &l->scaler) : CLK_OK;
}

clk_status clk__state_check(const clk_model *m, struct container *c)
{
    struct layout l;
    TRY(clk__layout_find(&l, m, c, NULL));
    clk_status status = CLK_OK;
    for (size_t i = 0; status == CLK_OK && i < m->n_variables; i++)
        status = clk__layout_match(&l, m->variables[i], c->weights);
    clk__layout_fini(&l);
    return status;
}

static clk_status read_all(
    struct state *s, const clk_model *m, struct container *c, const clk_load_weights_options *how)
{
    struct layout l;
    bool whole = !how || (!how->by_name && !how->skip_mismatch);
    TRY(clk__layout_find(&l, m, c, how));
    clk_status status = read_params(s, m, c, &l.variables);
    if (status == CLK_OK && m->compiled && whole)
        status = read_optimizer(s, m, c, &l);
    clk__layout_fini(&l);
    return status;
}

/* The model takes what was read. */
static void install(clk_model *m, struct state *s)
{
    double *rate = m->compiled ? clk__optimizer_learning_rate(m->optimizer) : NULL;
    free(m->host);
    m->host = s->params;
    s->params = NULL;
    if (s->slots) {
        free(m->slots);
        m->slots = s->slots;
        s->slots = NULL;
        m->iterations = s->iterations;
        if (rate && s->n_scalars == 2)
            *rate = (double)s->learning_rate;
    }
    clk__model_pushed(m);
}

clk_status clk__state_load(clk_model *m, struct container *c, const clk_load_weights_options *how)
{
    struct state s = {0};
    /* What the file does not have stays, so it must be here. */
    TRY(clk__model_pull(m));
    clk_status status = read_all(&s, m, c, how);
    if (status == CLK_OK)
        install(m, &s);
    free(s.params);
    free(s.slots);
    return status;
}
