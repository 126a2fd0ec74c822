/* SPDX-License-Identifier: MIT */
/* Call expressions, read as an object of each kind. */
#include "constraints/constraint.h"
#include "fuzz.h"
#include "layers/layer.h"
#include "losses/loss.h"
#include "metrics/metric.h"
#include "operations/operation.h"
#include "optimizers/optimizer.h"
#include "regularizers/regularizer.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct registry *const kinds[] = {&clk__layers, &clk__operations, &clk__losses,
        &clk__metrics, &clk__optimizers, &clk__schedules, &clk__regularizers, &clk__constraints};
    char *text = fuzz_text(data, size);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct object *o = NULL;
        json_t *config = NULL;
        if (clk__object_from_text(&o, kinds[i], text) != CLK_OK)
            continue;
        if (clk__object_to_json(&config, kinds[i], o) == CLK_OK)
            json_decref(config);
        clk__object_free(o);
    }
    free(text);
    return 0;
}
