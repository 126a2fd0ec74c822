/* SPDX-License-Identifier: MIT */
/* Paths of a model's variables. Groups follow keras/src/saving/saving_lib.py, the order of an optimizer's
 * variables each class's build() in keras/src/optimizers/. */
#include "files/layout.h"

#include "base/mem.h"
#include "base/str.h"
#include "files/legacy.h"
#include "operations/operation.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Takes `name`, even on failure. */
static clk_status add_name(struct name_list *names, char *name)
{
    clk_status status = clk__grow(&names->items, &names->capacity, names->n, sizeof *names->items);
    if (status != CLK_OK) {
        free(name);
        return status;
    }
    names->items[names->n++] = name;
    return CLK_OK;
}

static clk_status add_numbered(struct name_list *names, const char *group, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct str s = {0};
        char *path = NULL;
        clk__str_addf(&s, "%s/%zu", group, i);
        TRY(clk__str_finish(&path, &s));
        TRY(add_name(names, path));
    }
    return CLK_OK;
}

/* ---- Keras 3 ---- */

static clk_status check_count(
    const struct layer *l, const char *group, size_t n, struct weight_store *store)
{
    char text[LAYER_TEXT];
    if (n == (size_t)l->n_variables)
        return CLK_OK;
    if (!clk__store_has_group(store, group))
        return clk__fail(CLK_ERR_FORMAT, "\"%s\": %s is missing, the weights of %s",
            clk__store_name(store), group, clk__layer_text(text, l));
    return clk__fail(CLK_ERR_FORMAT, "\"%s\": %s holds %zu arrays, %s has %d weights",
        clk__store_name(store), group, n, clk__layer_text(text, l), l->n_variables);
}

static bool has_name(const struct name_list *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++) {
        if (strcmp(names->items[i], name) == 0)
            return true;
    }
    return false;
}

/* Keras passes over layers that the model does not have; that they were there should be known. */
static clk_status warn_of_unused(
    struct weight_store *store, const char *root, const struct name_list *used)
{
    struct name_list children;
    TRY(clk__store_children(&children, store, root));
    clk_status status = CLK_OK;
    for (size_t i = 0; status == CLK_OK && i < children.n; i++) {
        struct str s = {0};
        size_t n = 0;
        clk__str_addf(&s, "%s/%s/vars", root, children.items[i]);
        status = s.failed ? clk__fail_memory() : CLK_OK;
        if (status == CLK_OK && !has_name(used, s.data))
            status = clk__store_count(&n, store, s.data);
        if (status == CLK_OK && n > 0)
            clk__log(CLK_LOG_WARNING, "\"%s\": %s is of no layer of the model and was not loaded",
                clk__store_name(store), s.data);
        clk__str_fini(&s);
    }
    clk__names_fini(&children);
    return status;
}

/* The group of a place under `root`, which stands for the "layers" of the model itself. */
static clk_status vars_group(char **out, const struct place *p, const char *root)
{
    struct str s = {0};
    clk__str_addf(&s, "%s%s/vars", root, p->group + strlen("layers"));
    return clk__str_finish(out, &s);
}

/* Places stand in the order of the model's variables. */
static clk_status find_place(struct layout *out, struct name_list *used, const struct place *p,
    const char *root, struct weight_store *store)
{
    char *group = NULL;
    size_t n = 0;
    TRY(vars_group(&group, p, root));
    TRY(add_name(used, group));
    TRY(clk__store_count(&n, store, group));
    TRY(check_count(p->layer, group, n, store));
    return add_numbered(&out->variables, group, n);
}

static clk_status find_numbered(struct layout *out, const clk_model *m, struct weight_store *store)
{
    /* tf.keras 2.13 calls the layers so. */
    static const char old_root[] = "_layer_checkpoint_dependencies";
    const char *root = clk__store_has_group(store, "layers") ? "layers" : old_root;
    if (!clk__store_has_group(store, root))
        root = "layers";
    struct name_list used = {0};
    size_t n = 0;
    clk_status status = CLK_OK;
    for (size_t i = 0; status == CLK_OK && i < m->n_places; i++) {
        const struct layer *l = m->places[i].layer;
        if (!clk__input_batch_shape(l) && !clk__is_operation(l))
            status = find_place(out, &used, &m->places[i], root, store);
    }
    if (status == CLK_OK && clk__store_has_group(store, root))
        status = warn_of_unused(store, root, &used);
    clk__names_fini(&used);
    TRY(status);
    TRY(clk__store_count(&n, store, "optimizer/vars"));
    return add_numbered(&out->optimizer, "optimizer/vars", n);
}

/* ---- legacy ---- */

static clk_status take_names(struct name_list *out, struct name_list *from)
{
    for (size_t i = 0; i < from->n; i++) {
        char *name = from->items[i];
        from->items[i] = NULL;
        TRY(add_name(out, name));
    }
    return CLK_OK;
}

/* Variables of the model's layer `top`, in the order that legacy files list them: a nested model's trainable ones
 * first. Returns their number; `out` may be NULL. */
static size_t variables_of(const struct variable **out, const clk_model *m, size_t top)
{
    bool split = clk__layer_model(m->layers[top]) != NULL;
    size_t n = 0;
    for (int pass = 0; pass < (split ? 2 : 1); pass++) {
        for (size_t i = 0; i < m->n_variables; i++) {
            const struct variable *v = m->variables[i];
            if (v->top != (int)top || (split && v->trainable != (pass == 0)))
                continue;
            if (out)
                out[n] = v;
            n++;
        }
    }
    return n;
}

/* The i-th layer of the model that has weights; n_layers after the last one. */
static size_t weighted_layer(const clk_model *m, size_t i)
{
    size_t k = 0;
    while (k < m->n_layers && (variables_of(NULL, m, k) == 0 || i-- > 0))
        k++;
    return k;
}

static clk_status fail_layers(
    const clk_model *m, const struct legacy_weights *legacy, struct weight_store *store)
{
    size_t in_file = 0, in_model = 0;
    for (size_t i = 0; i < legacy->n_layers; i++)
        in_file += legacy->layers[i].paths.n > 0;
    while (weighted_layer(m, in_model) < m->n_layers)
        in_model++;
    return clk__fail(CLK_ERR_FORMAT, "\"%s\": has %zu layers with weights, model \"%s\" has %zu",
        clk__store_name(store), in_file, m->name, in_model);
}

/* The layer's paths go to the places of its variables. */
static clk_status match_layer(struct layout *out, const clk_model *m, size_t top,
    struct legacy_layer *from, struct weight_store *store)
{
    char text[LAYER_TEXT];
    const struct variable **variables = clk__alloc(m->n_variables, sizeof(*variables));
    if (!variables)
        return clk__fail_memory();
    size_t n = variables_of(variables, m, top);
    clk_status status = CLK_OK;
    if (from->paths.n != n)
        status = clk__fail(CLK_ERR_FORMAT, "\"%s\": layer %s holds %zu arrays, %s has %zu weights",
            clk__store_name(store), from->name, from->paths.n,
            clk__layer_text(text, m->layers[top]), n);
    for (size_t i = 0; status == CLK_OK && i < n; i++) {
        out->variables.items[variables[i]->index] = from->paths.items[i];
        from->paths.items[i] = NULL;
    }
    free(variables);
    return status;
}

/* Layers with weights, in order, whatever their names. */
static clk_status match_layers(struct layout *out, const clk_model *m,
    struct legacy_weights *legacy, struct weight_store *store)
{
    size_t n = 0;
    out->variables.items = clk__alloc(m->n_variables, sizeof(*out->variables.items));
    if (!out->variables.items)
        return clk__fail_memory();
    out->variables.n = out->variables.capacity = m->n_variables;
    for (size_t i = 0; i < legacy->n_layers; i++) {
        if (legacy->layers[i].paths.n == 0)
            continue;
        size_t top = weighted_layer(m, n++);
        if (top == m->n_layers)
            return fail_layers(m, legacy, store);
        TRY(match_layer(out, m, top, &legacy->layers[i], store));
    }
    if (weighted_layer(m, n) < m->n_layers)
        return fail_layers(m, legacy, store);
    return take_names(&out->optimizer, &legacy->optimizer);
}

static clk_status find_ordered(struct layout *out, const clk_model *m, struct weight_store *store)
{
    struct legacy_weights legacy;
    TRY(clk__legacy_list(&legacy, store));
    clk_status status = match_layers(out, m, &legacy, store);
    clk__legacy_fini(&legacy);
    return status;
}

clk_status clk__layout_find(struct layout *out, const clk_model *m, struct container *c)
{
    bool numbered = c->kind == CONTAINER_KERAS || c->kind == CONTAINER_WEIGHTS;
    *out = (struct layout){0};
    clk_status status =
        numbered ? find_numbered(out, m, c->weights) : find_ordered(out, m, c->weights);
    if (status != CLK_OK)
        clk__layout_fini(out);
    return status;
}

void clk__layout_fini(struct layout *l)
{
    clk__names_fini(&l->variables);
    clk__names_fini(&l->optimizer);
}

/* ---- slots ---- */

static size_t n_trainable(const clk_model *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_variables; i++)
        n += m->variables[i]->trainable;
    return n;
}

size_t clk__layout_n_slot_arrays(const clk_model *m)
{
    return (size_t)m->n_slots * n_trainable(m);
}

static const struct variable *trainable(const clk_model *m, size_t i)
{
    for (size_t k = 0;; k++) {
        if (m->variables[k]->trainable && i-- == 0)
            return m->variables[k];
    }
}

const struct variable *clk__layout_slot(size_t *offset_bytes, const clk_model *m, size_t k)
{
    size_t n = n_trainable(m);
    assert(n > 0 && k < (size_t)m->n_slots * n);
    size_t slot = k / n, i = k % n;
    if (clk__optimizer_class(m->optimizer)->interleaved && m->n_slots >= 2 && k < 2 * n) {
        slot = k % 2;
        i = k / 2;
    }
    const struct variable *v = trainable(m, i);
    *offset_bytes = slot * m->trainable_bytes + v->offset;
    return v;
}
