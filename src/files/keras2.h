/* SPDX-License-Identifier: MIT */
/* What is called the same in Keras 2 and 3, and is not. */
#pragma once

#include "files/container.h"
#include "model/model.h"

/* True if the file says that a Keras before 3.0 has written it. */
bool clk__keras2_wrote(const struct container *c);
/* Writes into the config of a model, from such a file, what it did not say and is not Keras 3's default. */
clk_status clk__keras2_complete(json_t *config) CLK_MUST_CHECK;
/* Scales a variable, as it was read from such a file, so that its layer gives what it gave there. */
void clk__keras2_rescale(float *data, const struct variable *v);
