/* SPDX-License-Identifier: MIT */
/* A model's variables, read and written by index or path. */
#include "base/str.h"
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

size_t clk_model_weight_count(const clk_model *m)
{
    return m->built ? m->n_variables : 0;
}

static clk_status find(struct variable **out, const clk_model *m, size_t index)
{
    if (!m || index >= clk_model_weight_count(m))
        return clk__fail(CLK_ERR_ARG, "no weight %zu: model \"%s\" has %zu%s", index,
            m ? m->name : "", m ? clk_model_weight_count(m) : 0,
            m && !m->built ? " before it is built" : "");
    *out = m->variables[index];
    return CLK_OK;
}

clk_status clk_model_weight_info(clk_weight_info *out, const clk_model *m, size_t index)
{
    struct variable *v = NULL;
    TRY(find(&v, m, index));
    *out = (clk_weight_info){.path = v->path,
        .name = v->name,
        .trainable = v->trainable,
        .rank = v->shape.rank,
        .len = v->len};
    memcpy(out->shape, v->shape.dims, sizeof out->shape);
    return CLK_OK;
}

clk_status clk_model_weight_find(size_t *out, const clk_model *m, const char *path)
{
    struct str paths = {0};
    for (size_t i = 0; i < clk_model_weight_count(m); i++) {
        if (strcmp(m->variables[i]->path, path) == 0) {
            *out = i;
            clk__str_fini(&paths);
            return CLK_OK;
        }
        clk__str_addf(&paths, "%s%s", i ? ", " : "", m->variables[i]->path);
    }
    clk_status status = clk__fail(CLK_ERR_ARG, "model \"%s\" has no weight \"%s\"; it has %s",
        m->name, path, paths.len ? paths.data : "none");
    clk__str_fini(&paths);
    return status;
}

static clk_status check_len(const struct variable *v, size_t len)
{
    char shape[SHAPE_TEXT];
    if (len == v->len)
        return CLK_OK;
    return clk__fail(CLK_ERR_SHAPE, "weight %s of shape %s has %zu elements, not %zu", v->path,
        clk__shape_text(shape, &v->shape), v->len, len);
}

clk_status clk_model_get_weight(float *out, size_t len, clk_model *m, size_t index)
{
    struct variable *v = NULL;
    TRY(find(&v, m, index));
    TRY(check_len(v, len));
    TRY(clk__model_pull(m));
    memcpy(out, m->host + v->offset / sizeof(float), len * sizeof(float));
    return CLK_OK;
}

clk_status clk_model_set_weight(clk_model *m, size_t index, const float *data, size_t len)
{
    struct variable *v = NULL;
    TRY(find(&v, m, index));
    TRY(check_len(v, len));
    TRY(clk__model_pull(m));
    float *to = m->host + v->offset / sizeof(float);
    memcpy(to, data, len * sizeof(float));
    clk__precision_round_all(v->precision, to, len);
    clk__model_pushed(m);
    return CLK_OK;
}

clk_status clk__model_pull(clk_model *m)
{
    if (!m->device_newer)
        return CLK_OK;
    TRY(clk__session_pull(m->session, m));
    m->device_newer = false;
    return CLK_OK;
}

void clk__model_pushed(clk_model *m)
{
    if (m->session)
        clk__session_stale(m->session);
}

clk_status clk_model_reset_states(clk_model *m)
{
    if (!m)
        return clk__fail(CLK_ERR_ARG, "clk_model_reset_states: model is NULL");
    TRY(clk__model_check(m));
    if (!m->built || m->n_states == 0)
        return CLK_OK;
    TRY(clk__model_pull(m));
    clk__model_reset_host_states(m);
    clk__model_pushed(m);
    return CLK_OK;
}

clk_status clk__model_reset_optimizer(clk_model *m)
{
    int n = clk__optimizer_n_slots(m->optimizer);
    size_t bytes;
    free(m->slots);
    m->slots = NULL;
    m->n_slots = 0;
    m->iterations = 0;
    if (!clk__size_mul(&bytes, (size_t)n, m->trainable_bytes))
        return clk__fail_memory();
    m->n_slots = n;
    m->slots = clk__alloc(clk__model_slot_bytes(m), 1);
    if (!m->slots) {
        m->n_slots = 0;
        return clk__fail_memory();
    }
    for (size_t i = 0; i < bytes / sizeof(float); i++)
        m->slots[i] = clk__optimizer_slot_initial(m->optimizer);
    if (m->scaler)
        m->slots[bytes / sizeof(float)] = (float)m->scaler->initial_scale;
    clk__model_pushed(m);
    return CLK_OK;
}
