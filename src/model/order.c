/* SPDX-License-Identifier: MIT */
/* The order of a functional model's layers: by depth, which is the longest way to an output. Follows
 * keras/src/ops/function.py, map_graph. Files name weights by it. */
#include "model/order.h"

#include "base/mem.h"

#include <stdlib.h>

/* A node on the way from an output to the inputs. */
struct step {
    int node;
    int input; /* the next one to follow */
};

/* What visits have found: nodes in the order in which they were left, each behind those it is called on. */
struct walk {
    struct step *steps;
    size_t n_steps;
    bool *entered;
    int *left;
    size_t n_left;
    int n_seen; /* layers */
};

static void enter(struct walk *w, struct graph_order *o, const clk_model *m, int node)
{
    if (node < 0 || w->entered[node])
        return;
    w->entered[node] = true;
    struct layer_order *l = &o->layers[m->nodes[node].layer->place];
    if (l->seen < 0)
        l->seen = w->n_seen++;
    w->steps[w->n_steps++] = (struct step){.node = node};
}

static void visit(struct walk *w, struct graph_order *o, const clk_model *m)
{
    for (int i = 0; i < m->n_outputs; i++) {
        enter(w, o, m, m->outputs[i].node);
        while (w->n_steps > 0) {
            struct step *s = &w->steps[w->n_steps - 1];
            const struct node *n = &m->nodes[s->node];
            if (s->input < n->n_inputs) {
                enter(w, o, m, n->inputs[s->input++].node);
            } else {
                w->left[w->n_left++] = s->node;
                w->n_steps--;
            }
        }
    }
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* All calls of a layer are as deep as the deepest one that comes before them. */
static void measure(const struct walk *w, struct graph_order *o, const clk_model *m)
{
    for (size_t i = w->n_left; i-- > 0;) {
        const int node = w->left[i];
        struct layer_order *l = &o->layers[m->nodes[node].layer->place];
        l->depth = larger(l->depth, larger(o->node_depths[node], 0));
        o->node_depths[node] = l->depth;
        const struct node *n = &m->nodes[node];
        for (int k = 0; k < n->n_inputs; k++) {
            if (n->inputs[k].node >= 0) {
                int *depth = &o->node_depths[n->inputs[k].node];
                *depth = larger(*depth, l->depth + 1);
            }
        }
    }
    /* Inputs that lead to no output */
    for (int i = 0; i < m->n_inputs; i++) {
        struct layer_order *l = &o->layers[m->nodes[m->inputs[i].node].layer->place];
        if (l->depth < 0) {
            l->depth = 0;
            o->node_depths[m->inputs[i].node] = 0;
        }
    }
}

clk_status clk__graph_order(struct graph_order *out, const clk_model *m)
{
    struct walk w = {.steps = clk__alloc(m->n_nodes, sizeof *w.steps),
        .entered = clk__alloc(m->n_nodes, sizeof *w.entered),
        .left = clk__alloc(m->n_nodes, sizeof *w.left)};
    *out = (struct graph_order){.layers = clk__alloc(m->n_layers, sizeof *out->layers),
        .node_depths = clk__alloc(m->n_nodes, sizeof *out->node_depths)};
    const bool there = w.steps && w.entered && w.left && out->layers && out->node_depths;
    for (size_t i = 0; there && i < m->n_layers; i++) {
        m->layers[i]->place = (int)i;
        out->layers[i] =
            (struct layer_order){.layer = m->layers[i], .depth = -1, .seen = -1, .index = i};
    }
    for (size_t i = 0; there && i < m->n_nodes; i++)
        out->node_depths[i] = -1;
    if (there) {
        visit(&w, out, m);
        measure(&w, out, m);
    }
    free(w.left);
    free(w.entered);
    free(w.steps);
    if (there)
        return CLK_OK;
    clk__graph_order_fini(out);
    return clk__fail_memory();
}

void clk__graph_order_fini(struct graph_order *o)
{
    free(o->node_depths);
    free(o->layers);
    *o = (struct graph_order){0};
}

/* Deepest first; those of one depth as they were seen on the way from the outputs; what is not in the graph, last. */
static int compare(const void *a, const void *b)
{
    const struct layer_order *x = a, *y = b;
    if (x->depth != y->depth)
        return x->depth > y->depth ? -1 : 1;
    if (x->seen != y->seen)
        return x->seen < y->seen ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

clk_status clk__model_sort_layers(clk_model *m)
{
    struct graph_order order;
    TRY(clk__graph_order(&order, m));
    qsort(order.layers, m->n_layers, sizeof *order.layers, compare);
    for (size_t i = 0; i < m->n_layers; i++)
        m->layers[i] = order.layers[i].layer;
    clk__graph_order_fini(&order);
    return CLK_OK;
}
