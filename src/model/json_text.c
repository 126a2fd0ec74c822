/* SPDX-License-Identifier: MIT */
/* A model as the text of a config. Follows keras/src/models/model.py, to_json and model_from_json. */
#include "model/model.h"

#include <string.h>

clk_status clk_model_to_json(char **out, clk_model *m)
{
    json_t *config = NULL;
    if (!out || !m)
        return clk__fail(CLK_ERR_ARG, "clk_model_to_json: %s is NULL", out ? "model" : "out");
    *out = NULL;
    TRY(clk_model_build(m));
    TRY(clk__model_to_json(&config, m));
    clk_status status = clk__json_text(out, config);
    json_decref(config);
    return status;
}

clk_status clk_model_from_json(clk_model **out, const char *text)
{
    json_t *config = NULL;
    if (!out || !text)
        return clk__fail(CLK_ERR_ARG, "clk_model_from_json: %s is NULL", out ? "text" : "out");
    *out = NULL;
    TRY(clk__json_parse(&config, text, strlen(text), "config"));
    clk_status status = clk__model_from_json(out, config);
    json_decref(config);
    return status;
}
