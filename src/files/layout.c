/* SPDX-License-Identifier: MIT */
/* Paths of a model's variables. Groups follow keras/src/saving/saving_lib.py, the order of an optimizer's
 * variables each class's build() in keras/src/optimizers/. */
#include "files/layout.h"

#include "base/mem.h"
#include "base/str.h"
#include "files/cudnn.h"
#include "files/keras2.h"
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

/* What a frozen model's layers would train if it were not comes first there in Keras 2, as its trainable_weights do: its
 * non_trainable_weights begin with theirs. In Keras 3 they are all of one kind. */
static bool comes_first(const struct variable *v, const struct layer *top, bool keras2)
{
    bool own = v->learns && v->layer->frozen_models == 1;
    return v->trainable || (keras2 && !top->trainable && own);
}

static size_t legacy_order(const struct variable **out, const clk_model *m, size_t top, bool keras2)
{
    size_t n = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < m->n_variables; i++) {
            const struct variable *v = m->variables[i];
            if (v->top != (int)top || comes_first(v, m->layers[top], keras2) != (pass == 0))
                continue;
            if (out)
                out[n] = v;
            n++;
        }
    }
    return n;
}

size_t clk__layout_legacy_order(const struct variable **out, const clk_model *m, size_t top)
{
    return legacy_order(out, m, top, false);
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

/* How a file names the groups of layers. */
struct naming {
    const char *root; /* what stands for "layers" */
    /* tf.keras 2.12 numbers a layer that has weights twice, as it finds it under two names. */
    bool doubled;
    /* On Windows, up to 2.15, it joins the names by backslashes: "layers\dense" is one group of the file. */
    bool backslashes;
};

/* tf.keras 2.12 and 2.13 call the layers so. */
static const char old_root[] = "_layer_checkpoint_dependencies";

/* "/dense_2" for the model's layer `top`, as a doubled naming has it. */
static clk_status doubled_name(struct str *s, const clk_model *m, size_t top)
{
    char *snake = NULL;
    size_t n = 0;
    TRY(clk__snake_case(&snake, m->layers[top]->object.class->name));
    for (size_t i = 0; i < top; i++) {
        if (m->layers[i]->object.class == m->layers[top]->object.class)
            n += clk__layout_legacy_order(NULL, m, i) > 0 ? 2 : 1;
    }
    clk__str_addf(s, "/%s", snake);
    if (n > 0)
        clk__str_addf(s, "_%zu", n);
    free(snake);
    return CLK_OK;
}

/* The first n characters of a path as the file joins them. */
static void join_as(char *path, size_t n, const struct naming *naming)
{
    for (size_t i = 0; naming->backslashes && i < n; i++) {
        if (path[i] == '/')
            path[i] = '\\';
    }
}

/* The group of a place in the model's layer `top`. */
static clk_status vars_group(
    char **out, const clk_model *m, const struct place *p, size_t top, const struct naming *naming)
{
    struct str s = {0};
    const char *rest = p->group + strlen("layers");
    clk__str_add(&s, naming->root);
    if (naming->doubled) {
        clk_status status = doubled_name(&s, m, top);
        if (status != CLK_OK) {
            clk__str_fini(&s);
            return status;
        }
        rest += strcspn(rest + 1, "/") + 1;
    }
    clk__str_addf(&s, "%s", rest);
    if (!s.failed)
        join_as(s.data, s.len, naming);
    clk__str_add(&s, "/vars");
    return clk__str_finish(out, &s);
}

/* What stands for "layers", and how names are joined. */
static clk_status find_root(struct naming *out, struct weight_store *store)
{
    static const char *const roots[] = {"layers", old_root};
    struct name_list names;
    *out = (struct naming){.root = "layers"};
    TRY(clk__store_children(&names, store, ""));
    for (size_t i = 0; i < names.n; i++) {
        size_t n = strcspn(names.items[i], "\\");
        for (size_t k = 0; k < 2; k++) {
            if (strlen(roots[k]) == n && strncmp(names.items[i], roots[k], n) == 0)
                *out = (struct naming){.root = roots[k], .backslashes = names.items[i][n] != '\0'};
        }
    }
    clk__names_fini(&names);
    return CLK_OK;
}

/* Whether all layers with weights are where a doubled naming has them. */
static clk_status find_naming(struct naming *out, const clk_model *m, struct weight_store *store)
{
    TRY(find_root(out, store));
    out->doubled = out->root == old_root;
    for (size_t i = 0; out->doubled && i < m->n_layers; i++) {
        struct str s = {0};
        clk__str_add(&s, old_root);
        clk_status status = doubled_name(&s, m, i);
        if (status == CLK_OK && s.failed)
            status = clk__fail_memory();
        if (status == CLK_OK)
            join_as(s.data, s.len, out);
        if (status == CLK_OK && clk__layout_legacy_order(NULL, m, i) > 0)
            out->doubled = clk__store_has_group(store, s.data);
        clk__str_fini(&s);
        TRY(status);
    }
    return CLK_OK;
}

/* A layer that keeps its weights: its variables have no path. */
static clk_status keep(struct layout *out, const struct layer *l)
{
    for (int i = 0; i < l->n_variables; i++)
        TRY(add_name(&out->variables, NULL));
    clk__log(CLK_LOG_WARNING, "not loaded: %s", clk_last_error());
    return CLK_OK;
}

/* Places stand in the order of the model's variables. */
static clk_status find_place(struct layout *out, struct name_list *used, const struct place *p,
    char *group, struct container *c)
{
    size_t n = 0;
    TRY(add_name(used, group));
    TRY(clk__store_count(&n, c->weights, group));
    clk_status status = check_count(p->layer, group, n, c->weights);
    if (status == CLK_ERR_FORMAT && out->skip_mismatch)
        return keep(out, p->layer);
    TRY(status);
    return add_numbered(&out->variables, group, n);
}

static clk_status find_places(
    struct layout *out, struct name_list *used, const clk_model *m, struct container *c)
{
    struct naming naming;
    size_t top = 0;
    TRY(find_naming(&naming, m, c->weights));
    for (size_t i = 0; i < m->n_places; i++) {
        const struct place *p = &m->places[i];
        char *group = NULL;
        while (top + 1 < m->n_layers && m->layers[top + 1] == p->layer)
            top++;
        if (clk__input_batch_shape(p->layer) || clk__is_operation(p->layer))
            continue;
        TRY(vars_group(&group, m, p, top, &naming));
        TRY(find_place(out, used, p, group, c));
    }
    return clk__store_has_group(c->weights, naming.root)
               ? warn_of_unused(c->weights, naming.root, used)
               : CLK_OK;
}

static clk_status find_numbered(struct layout *out, const clk_model *m, struct container *c)
{
    struct name_list used = {0};
    size_t n = 0;
    clk_status status = find_places(out, &used, m, c);
    clk__names_fini(&used);
    TRY(status);
    const char *group = "optimizer/vars";
    TRY(clk__store_count(&n, c->weights, group));
    if (clk__store_has_group(c->weights, "optimizer/inner_optimizer")) {
        size_t n_all = n;
        group = "optimizer/inner_optimizer/vars";
        TRY(clk__store_count(&n, c->weights, group));
        /* iteration, learning rate, steps, scale: those of tf.keras have none of their own. */
        if (n_all == n + 4) {
            TRY(clk__names_add(&out->scaler, "optimizer/vars/2"));
            TRY(clk__names_add(&out->scaler, "optimizer/vars/3"));
        }
    }
    return add_numbered(&out->optimizer, group, n);
}

/* ---- legacy ---- */

/* The i-th layer of the model that has weights; n_layers after the last one. */
static size_t weighted_layer(const clk_model *m, size_t i)
{
    size_t k = 0;
    while (k < m->n_layers && (clk__layout_legacy_order(NULL, m, k) == 0 || i-- > 0))
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
    struct legacy_layer *from, struct container *c)
{
    char text[LAYER_TEXT];
    const struct variable **variables = clk__alloc(m->n_variables, sizeof(*variables));
    if (!variables)
        return clk__fail_memory();
    size_t n = legacy_order(variables, m, top, clk__keras2_wrote(c));
    clk_status status = CLK_OK;
    if (from->paths.n != n && out->skip_mismatch) {
        clk__log(CLK_LOG_WARNING, "not loaded: \"%s\": layer %s holds %zu arrays, %s has %zu",
            clk__store_name(c->weights), from->name, from->paths.n,
            clk__layer_text(text, m->layers[top]), n);
        n = 0;
    } else if (from->paths.n != n)
        status = clk__fail(CLK_ERR_FORMAT, "\"%s\": layer %s holds %zu arrays, %s has %zu weights",
            clk__store_name(c->weights), from->name, from->paths.n,
            clk__layer_text(text, m->layers[top]), n);
    for (size_t i = 0; status == CLK_OK && i < n; i++) {
        out->variables.items[variables[i]->index] = from->paths.items[i];
        from->paths.items[i] = NULL;
    }
    free(variables);
    return status;
}

/* A LossScaleOptimizer's own arrays, if there are any, come before those of the optimizer within: iteration,
 * learning_rate, step_counter, dynamic_scale. */
static clk_status take_optimizer(struct layout *out, struct name_list *from)
{
    bool scaled = from->n > 4 && strstr(from->items[3], "/dynamic_scale");
    for (size_t i = 0; i < from->n; i++) {
        char *name = from->items[i];
        from->items[i] = NULL;
        if (scaled && i < 2)
            free(name);
        else
            TRY(add_name(scaled && i < 4 ? &out->scaler : &out->optimizer, name));
    }
    return CLK_OK;
}

/* Layers with weights, in order, whatever their names. */
static clk_status match_layers(
    struct layout *out, const clk_model *m, struct legacy_weights *legacy, struct container *c)
{
    size_t n = 0;
    for (size_t i = 0; i < legacy->n_layers; i++) {
        if (legacy->layers[i].paths.n == 0)
            continue;
        size_t top = weighted_layer(m, n++);
        if (top == m->n_layers)
            return fail_layers(m, legacy, c->weights);
        TRY(match_layer(out, m, top, &legacy->layers[i], c));
    }
    if (weighted_layer(m, n) < m->n_layers)
        return fail_layers(m, legacy, c->weights);
    return take_optimizer(out, &legacy->optimizer);
}

/* Layers of the file that the model has, by name; the model's others stay as they are. */
static clk_status match_names(
    struct layout *out, const clk_model *m, struct legacy_weights *legacy, struct container *c)
{
    for (size_t i = 0; i < legacy->n_layers; i++) {
        struct legacy_layer *from = &legacy->layers[i];
        for (size_t top = 0; top < m->n_layers; top++) {
            if (from->paths.n > 0 && strcmp(m->layers[top]->name, from->name) == 0)
                TRY(match_layer(out, m, top, from, c));
        }
    }
    return CLK_OK;
}

static clk_status find_legacy(
    struct layout *out, const clk_model *m, struct container *c, bool by_name)
{
    struct legacy_weights legacy;
    out->variables.items = clk__alloc(m->n_variables, sizeof(*out->variables.items));
    if (!out->variables.items)
        return clk__fail_memory();
    out->variables.n = out->variables.capacity = m->n_variables;
    TRY(clk__legacy_list(&legacy, c->weights));
    clk_status status =
        by_name ? match_names(out, m, &legacy, c) : match_layers(out, m, &legacy, c);
    clk__legacy_fini(&legacy);
    return status;
}

/* Arrays of another shape than their variable's are left out. */
static clk_status drop_mismatches(
    struct layout *out, const clk_model *m, struct weight_store *store)
{
    for (size_t i = 0; i < m->n_variables; i++) {
        const struct variable *v = m->variables[i];
        if (!out->variables.items[i])
            continue;
        clk_status status = clk__layout_match(out, v, store);
        if (status == CLK_OK)
            continue;
        if (status != CLK_ERR_SHAPE)
            return status;
        clk__log(CLK_LOG_WARNING, "not loaded: %s", clk_last_error());
        free(out->variables.items[i]);
        out->variables.items[i] = NULL;
    }
    return CLK_OK;
}

clk_status clk__layout_match(
    const struct layout *l, const struct variable *v, struct weight_store *store)
{
    struct weight_info want = {.dtype = CLK_FLOAT32, .rank = v->shape.rank};
    memcpy(want.shape, v->shape.dims, sizeof want.shape);
    if (clk__cudnn_is(v, &l->variables, store))
        want = clk__cudnn_wanted(v);
    clk_status status = clk__store_match(&want, store, l->variables.items[v->index]);
    return status == CLK_OK ? status : clk__fail_in(status, "%s", v->path);
}

clk_status clk__layout_find(struct layout *out, const clk_model *m, struct container *c,
    const clk_load_weights_options *how)
{
    bool numbered = c->kind == CONTAINER_KERAS || c->kind == CONTAINER_WEIGHTS;
    *out = (struct layout){.skip_mismatch = how && how->skip_mismatch};
    if (numbered && how && how->by_name)
        return clk__fail(CLK_ERR_ARG,
            "\"%s\" is %s: by_name is for legacy files, these are by class and place of the layers",
            clk__store_name(c->weights), clk__container_kind_name(c->kind));
    clk_status status =
        numbered ? find_numbered(out, m, c) : find_legacy(out, m, c, how && how->by_name);
    if (status == CLK_OK && out->skip_mismatch)
        status = drop_mismatches(out, m, c->weights);
    if (status != CLK_OK)
        clk__layout_fini(out);
    return status;
}

void clk__layout_fini(struct layout *l)
{
    clk__names_fini(&l->variables);
    clk__names_fini(&l->optimizer);
    clk__names_fini(&l->scaler);
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
    /* The moving average is first in a file, and last here. */
    size_t n_averages = m->optimizer->use_ema, n_own = (size_t)m->n_slots - n_averages;
    bool of_average = k < n_averages * n;
    if (!of_average)
        k -= n_averages * n;
    size_t slot = of_average ? n_own : k / n, i = k % n;
    bool interleaved = clk__optimizer_class(m->optimizer)->interleaved && n_own >= 2;
    if (!of_average && interleaved && k < 2 * n) {
        slot = k % 2;
        i = k / 2;
    }
    const struct variable *v = trainable(m, i);
    *offset_bytes = slot * m->trainable_bytes + v->offset;
    return v;
}
