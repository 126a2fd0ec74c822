/* SPDX-License-Identifier: MIT */
/* Variables and optimizer state, listed for a file and read from one. Follows save_own_variables and
 * load_own_variables of keras/src/layers/layer.py and keras/src/optimizers/base_optimizer.py. */
#include "files/state.h"

#include "base/mem.h"
#include "base/str.h"
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
        TRY(clk__weight_list_add(out, array_of(v, m->host + v->offset / sizeof(float))));
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

static clk_status list_optimizer(
    struct weight_list *out, struct state_scalars *scalars, const clk_model *m)
{
    bool narrow = m->iterations <= INT32_MAX;
    scalars->iteration = narrow ? (int32_t)m->iterations : 0;
    scalars->long_iteration = m->iterations;
    scalars->learning_rate = (float)m->optimizer->learning_rate;
    TRY(clk__weight_list_group(out, "optimizer/vars", m->optimizer->name));
    const void *iteration = &scalars->long_iteration;
    if (narrow)
        iteration = &scalars->iteration;
    TRY(clk__weight_list_add(
        out, (clk_array){.data = iteration, .dtype = narrow ? CLK_INT32 : CLK_INT64}));
    TRY(clk__weight_list_add(
        out, (clk_array){.data = &scalars->learning_rate, .dtype = CLK_FLOAT32}));
    for (size_t k = 0; k < clk__layout_n_slot_arrays(m); k++) {
        size_t offset = 0;
        const struct variable *v = clk__layout_slot(&offset, m, k);
        TRY(clk__weight_list_add(out, array_of(v, m->slots + offset / sizeof(float))));
    }
    return CLK_OK;
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

/* ---- from a file ---- */

/* What was read, before the model takes it. */
struct state {
    float *params; /* laid out as clk_model.host */
    float *slots;  /* as clk_model.slots; NULL: the file has no optimizer state */
    int64_t iterations;
    float learning_rate;
};

static clk_status read_variable(
    float *dest, const struct variable *v, struct weight_store *store, const char *path)
{
    struct weight_info want = {.dtype = CLK_FLOAT32, .rank = v->shape.rank};
    memcpy(want.shape, v->shape.dims, sizeof want.shape);
    clk_status status = clk__store_read(dest, &want, store, path);
    return status == CLK_OK ? status : clk__fail_in(status, "%s", v->path);
}

static clk_status read_params(
    struct state *s, const clk_model *m, struct weight_store *store, const struct name_list *paths)
{
    s->params = clk__alloc(m->param_bytes, 1);
    if (!s->params)
        return clk__fail_memory();
    for (size_t i = 0; i < m->n_variables; i++) {
        const struct variable *v = m->variables[i];
        TRY(read_variable(s->params + v->offset / sizeof(float), v, store, paths->items[i]));
    }
    return CLK_OK;
}

static clk_status read_scalars(
    struct state *s, struct weight_store *store, const struct name_list *paths)
{
    const struct weight_info integer = {.dtype = CLK_INT64}, real = {.dtype = CLK_FLOAT32};
    TRY(clk__store_read(&s->iterations, &integer, store, paths->items[0]));
    TRY(clk__store_read(&s->learning_rate, &real, store, paths->items[1]));
    if (s->iterations < 0 || !isfinite(s->learning_rate) || s->learning_rate < 0.0f)
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\": the optimizer is at iteration %lld with learning rate %g, both must be at "
            "least 0",
            clk__store_name(store), (long long)s->iterations, (double)s->learning_rate);
    return CLK_OK;
}

/* "optimizer_weights/adam/learning_rate", "optimizer_weights/Adam/learning_rate:0": tf.keras up to 2.10
 * kept no learning rate here and another order of slots. */
static bool has_learning_rate(const struct name_list *paths, enum container_kind kind)
{
    if (kind == CONTAINER_KERAS || kind == CONTAINER_WEIGHTS)
        return true;
    return paths->n >= OPTIMIZER_SCALARS && strstr(paths->items[1], "/learning_rate");
}

static clk_status read_slots(
    struct state *s, const clk_model *m, struct weight_store *store, const struct name_list *paths)
{
    size_t n = (size_t)m->n_slots * (m->trainable_bytes / sizeof(float));
    float initial = clk__optimizer_slot_initial(m->optimizer);
    s->slots = clk__alloc(n, sizeof(float));
    if (!s->slots)
        return clk__fail_memory();
    for (size_t i = 0; i < n; i++)
        s->slots[i] = initial;
    for (size_t k = 0; k + OPTIMIZER_SCALARS < paths->n; k++) {
        size_t offset = 0;
        const struct variable *v = clk__layout_slot(&offset, m, k);
        TRY(read_variable(
            s->slots + offset / sizeof(float), v, store, paths->items[k + OPTIMIZER_SCALARS]));
    }
    return CLK_OK;
}

static clk_status read_optimizer(
    struct state *s, const clk_model *m, struct container *c, const struct name_list *paths)
{
    size_t wanted = OPTIMIZER_SCALARS + clk__layout_n_slot_arrays(m);
    if (paths->n == 0)
        return CLK_OK;
    /* Keras makes slots at the first training step: a file from before has only the scalars. */
    if ((paths->n != wanted && paths->n != OPTIMIZER_SCALARS) ||
        !has_learning_rate(paths, c->kind)) {
        clk__log(CLK_LOG_WARNING,
            "\"%s\": the optimizer starts anew: its state is %zu arrays, %s of this model has %zu",
            clk__store_name(c->weights), paths->n, m->optimizer->object.class->name, wanted);
        return CLK_OK;
    }
    TRY(read_scalars(s, c->weights, paths));
    return read_slots(s, m, c->weights, paths);
}

static clk_status read_all(struct state *s, const clk_model *m, struct container *c)
{
    struct layout l;
    TRY(clk__layout_find(&l, m, c));
    clk_status status = read_params(s, m, c->weights, &l.variables);
    if (status == CLK_OK && m->compiled)
        status = read_optimizer(s, m, c, &l.optimizer);
    clk__layout_fini(&l);
    return status;
}

/* The model takes what was read. */
static void install(clk_model *m, struct state *s)
{
    free(m->host);
    m->host = s->params;
    s->params = NULL;
    if (s->slots) {
        free(m->slots);
        m->slots = s->slots;
        s->slots = NULL;
        m->iterations = s->iterations;
        m->optimizer->learning_rate = (double)s->learning_rate;
    }
    clk__model_pushed(m);
}

clk_status clk__state_load(clk_model *m, struct container *c)
{
    struct state s = {0};
    clk_status status = read_all(&s, m, c);
    /* What the file does not have stays, so it must be here. */
    if (status == CLK_OK)
        status = clk__model_pull(m);
    if (status == CLK_OK)
        install(m, &s);
    free(s.params);
    free(s.slots);
    return status;
}
