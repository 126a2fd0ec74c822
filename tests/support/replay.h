/* SPDX-License-Identifier: MIT */
/* What Keras predicted, against what the model does now. */
#pragma once

#include "support/tolerances.h"

#include <clkeras/clkeras.h>

/* Predicts x0, x1, ... of the .npz file and compares all outputs with its y0, y1, ... */
void replay_check(clk_model *model, const char *npz, struct tolerance tolerance);
/* Saves the model through a file of its own, whose name ends with `end` (".keras", ".h5"), and opens that. */
clk_model *replay_copy(clk_model *model, const char *end);
