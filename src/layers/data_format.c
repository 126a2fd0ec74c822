/* SPDX-License-Identifier: MIT */
/* The argument data_format. */
#include "layers/data_format.h"

enum data_format {
    CHANNELS_LAST,
    CHANNELS_FIRST
};
const char *const clk__data_formats[] = {
    [CHANNELS_LAST] = "channels_last", [CHANNELS_FIRST] = "channels_first", NULL};

clk_status clk__data_format_check(const struct layer *l, int *data_format)
{
    char text[LAYER_TEXT];
    if (*data_format == CHANNELS_FIRST)
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "%s: data_format \"channels_first\" is not supported, only \"channels_last\"",
            clk__layer_text(text, l));
    *data_format = CHANNELS_LAST; /* None, too */
    return CLK_OK;
}
