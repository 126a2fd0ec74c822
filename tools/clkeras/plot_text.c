/* SPDX-License-Identifier: MIT */
/* The text that graphviz draws a model from. Follows keras/src/utils/model_visualization.py with show_shapes and
 * show_layer_names; the Input of a Sequential model is drawn, too. */
#include "plot.h"

#include <clkeras/clkeras.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A name may hold what HTML labels give a meaning. */
static void print_escaped(FILE *f, const char *text)
{
    for (const char *c = text; *c; c++) {
        switch (*c) {
        case '&':
            fputs("&amp;", f);
            break;
        case '<':
            fputs("&lt;", f);
            break;
        case '>':
            fputs("&gt;", f);
            break;
        case '"':
            fputs("&quot;", f);
            break;
        default:
            fputc(*c, f);
        }
    }
}

/* As Python writes tuples: "(None, 10)", "(None,)". */
static bool print_shape(FILE *f, const clk_model *model, size_t node, size_t output)
{
    clk_shape shape;
    if (clk_model_node_shape(&shape, model, node, output) != CLK_OK) {
        return false;
    }
    fputc('(', f);
    for (int i = 0; i < shape.rank; i++) {
        fputs(i > 0 ? ", " : "", f);
        if (shape.dims[i] < 0) {
            fputs("None", f);
        } else {
            fprintf(f, "%" PRId64, shape.dims[i]);
        }
    }
    fputs(shape.rank == 1 ? ",)" : ")", f);
    return true;
}

static bool print_input_shapes(FILE *f, const clk_model *model, size_t node, size_t n)
{
    size_t shown = 0;
    fputs("<td bgcolor=\"white\"><font point-size=\"14\">Input shape: <b>", f);
    fputs(n > 1 ? "[" : "", f);
    for (size_t i = 0; i < n; i++) {
        clk_tensor t;
        if (clk_model_node_input(&t, model, node, i) != CLK_OK) {
            return false;
        }
        if (t.id < 0) {
            continue; /* a number, not a tensor */
        }
        fputs(shown++ > 0 ? ", " : "", f);
        if (!print_shape(f, model, (size_t)t.id, (size_t)t.output)) {
            return false;
        }
    }
    fputs(n > 1 ? "]</b></font></td>" : "</b></font></td>", f);
    return true;
}

static bool print_output_shapes(FILE *f, const clk_model *model, size_t node, size_t n)
{
    fputs("<td bgcolor=\"white\"><font point-size=\"14\">Output shape: <b>", f);
    fputs(n > 1 ? "[" : "", f);
    for (size_t i = 0; i < n; i++) {
        fputs(i > 0 ? ", " : "", f);
        if (!print_shape(f, model, node, i)) {
            return false;
        }
    }
    fputs(n > 1 ? "]</b></font></td>" : "</b></font></td>", f);
    return true;
}

/* A box a layer: its first call's shapes stand for all of them. */
static bool print_box(FILE *f, const clk_model *model, size_t node, const clk_node_info *info)
{
    fprintf(f,
        "%zu [fontname=Helvetica, border=0, margin=0, label=<"
        "<table border=\"0\" cellborder=\"1\" bgcolor=\"black\" cellpadding=\"10\">"
        "<tr><td colspan=\"2\" bgcolor=\"black\">"
        "<font point-size=\"16\" color=\"white\"><b>",
        node);
    print_escaped(f, info->layer);
    fputs("</b> (", f);
    print_escaped(f, info->class_name);
    fputs(")</font></td></tr><tr>", f);
    const bool is_input = strcmp(info->class_name, "InputLayer") == 0;
    if (!is_input && !print_input_shapes(f, model, node, info->n_inputs)) {
        return false;
    }
    if (!print_output_shapes(f, model, node, info->n_outputs)) {
        return false;
    }
    fputs("</tr></table>>];\n", f);
    return true;
}

/* The node that the layer's box stands for: its first call. */
static size_t first_call(const clk_model *model, const char *layer)
{
    clk_node_info info;
    size_t i = 0;
    while (clk_model_node_info(&info, model, i) == CLK_OK && strcmp(info.layer, layer) != 0) {
        i++;
    }
    return i;
}

static bool print_edges(FILE *f, const clk_model *model, size_t node, const clk_node_info *info)
{
    const size_t to = first_call(model, info->layer);
    for (size_t i = 0; i < info->n_inputs; i++) {
        clk_tensor t;
        clk_node_info from;
        if (clk_model_node_input(&t, model, node, i) != CLK_OK) {
            return false;
        }
        if (t.id < 0) {
            continue;
        }
        if (clk_model_node_info(&from, model, (size_t)t.id) != CLK_OK) {
            return false;
        }
        fprintf(f, "%zu -> %zu [penwidth=2];\n", first_call(model, from.layer), to);
    }
    return true;
}

/* Boxes, then what connects them. */
static bool print_graph(FILE *f, const clk_model *model, const char *direction)
{
    const size_t n = clk_model_node_count(model);
    fprintf(f,
        "strict digraph G {\nrankdir=%s;\nconcentrate=true;\nsplines=ortho;\n"
        "node [shape=record];\n",
        direction);
    for (int edges = 0; edges <= 1; edges++) {
        for (size_t i = 0; i < n; i++) {
            clk_node_info info;
            if (clk_model_node_info(&info, model, i) != CLK_OK) {
                return false;
            }
            if (edges ? !print_edges(f, model, i, &info)
                      : info.call == 0 && !print_box(f, model, i, &info)) {
                return false;
            }
        }
    }
    fputs("}\n", f);
    return true;
}

char *cli_plot_text(struct cli *cli, const clk_model *model, const char *direction)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    const bool printed = f && print_graph(f, model, direction);
    if (!f || fclose(f) != 0) {
        cli_fail_text(cli, "out of memory");
    } else if (!printed) {
        cli_fail(cli);
    } else {
        return text;
    }
    free(text);
    return NULL;
}
