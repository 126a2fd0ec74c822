/* SPDX-License-Identifier: MIT */
/* Layers that change images at random: what they do outside training. */
#include "layers/random_image.h"

const char *const clk__random_fill_modes[] = {"reflect", "constant", "wrap", "nearest", NULL};
const char *const clk__random_interpolations[] = {"nearest", "bilinear", NULL};

clk_status clk__random_image_check(struct object *o)
{
    TRY(clk__layer_check(o));
    clk__data_format_default(&((struct random_image *)o)->data_format);
    return CLK_OK;
}

clk_status clk__random_image_call(struct layer *self, struct call *c)
{
    char layer[LAYER_TEXT];
    /* A graph of shapes alone is of a model that is built, whatever it is for. */
    if (c->graph->training && !c->graph->symbolic)
        return clk__fail(CLK_ERR_UNSUPPORTED, "%s: %s", clk__layer_text(layer, self),
            clk__layer_class(self)->untrainable);
    c->outputs[0] = c->inputs[0];
    c->n_outputs = 1;
    return CLK_OK;
}
