/* SPDX-License-Identifier: MIT */
/* A model's graph as text in graphviz' language. */
#pragma once

#include "cli.h"

/* The model is built. @param direction "TB", "LR": of the arrows, as graphviz' rankdir
 * @return owned by the caller; NULL: reported */
char *cli_plot_text(struct cli *cli, const clk_model *model, const char *direction);
