/* SPDX-License-Identifier: MIT */
/* JSON to a model, without memory for its weights, and back. */
#include "base/json.h"
#include "fuzz.h"
#include "model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *config = NULL, *written = NULL;
    clk_model *m = NULL;
    if (clk__json_parse(&config, (const char *)data, size, "config.json") != CLK_OK)
        return 0;
    clk_status status = clk__model_from_json(&m, config);
    if (status == CLK_OK)
        status = clk__model_to_json(&written, m);
    (void)status;
    json_decref(written);
    json_decref(config);
    clk_model_free(m);
    return 0;
}
