/* SPDX-License-Identifier: MIT */
/* libhdf5's error stack as one line, and names for its files in memory. */
#include "files/hdf5_error.h"

#include <stdatomic.h>
#include <stdio.h>

struct reason {
    char text[160];
};

/* Called from the innermost failure outwards: the first one knows what happened, the others only who
 * asked. */
static herr_t take_reason(unsigned n, const H5E_error2_t *error, void *user)
{
    struct reason *reason = user;
    if (n == 0 && error->desc) {
        snprintf(reason->text, sizeof(reason->text), "%s", error->desc);
        for (char *p = reason->text; *p; p++) {
            if (*p == '\n' || *p == '\r')
                *p = ' ';
        }
    }
    return 0;
}

void clk__hdf5_quiet(struct hdf5_quiet *q)
{
    *q = (struct hdf5_quiet){0};
    H5Eget_auto2(H5E_DEFAULT, &q->func, &q->data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

void clk__hdf5_unquiet(const struct hdf5_quiet *q)
{
    H5Eset_auto2(H5E_DEFAULT, q->func, q->data);
}

clk_status clk__hdf5_fail(clk_status code, const char *where)
{
    struct reason reason = {0};
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_reason, &reason);
    H5Eclear2(H5E_DEFAULT);
    return clk__fail(code, "%s: hdf5: %s", where, reason.text[0] ? reason.text : "no reason given");
}

void clk__hdf5_unique_name(char *name)
{
    /* Process-wide, because libhdf5's list of open files is. */
    static atomic_ulong next;
    snprintf(name, HDF5_NAME_BYTES, "clkeras-%lu", atomic_fetch_add(&next, 1));
}
