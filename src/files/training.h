/* SPDX-License-Identifier: MIT */
/* compile_config of Keras 3 and training_config of older files, as one. */
#pragma once

#include "files/container.h"

/* {"optimizer", "loss", "metrics", ...} as clk__model_compile_json takes it; *out is NULL where the file was not
 * compiled. Owned by the caller. @return CLK_OK; CLK_ERR_MEMORY */
clk_status clk__training_config(json_t **out, const struct container *c) CLK_MUST_CHECK;
