/* SPDX-License-Identifier: MIT */
/* Weights of CuDNNLSTM and CuDNNGRU, rearranged. Follows _convert_rnn_weights of tf.keras 2,
 * keras/saving/legacy/hdf5_format.py: gates stand in Keras' order, but the matrix of each is transposed, and there is a
 * bias each for the input and the state. */
#include "files/cudnn.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* The variables of a cell with a bias. */
enum {
    KERNEL,
    RECURRENT_KERNEL,
    BIAS,
    N_WEIGHTS
};

static bool is_gated_cell(const struct layer *l)
{
    static const char *const names[] = {"LSTMCell", "GRUCell"};
    const char *name = l->object.class->name;
    return l->n_variables == N_WEIGHTS &&
           (strcmp(name, names[0]) == 0 || strcmp(name, names[1]) == 0);
}

/* Of both biases together. */
static int64_t bias_len(const struct layer *cell)
{
    return 2 * cell->variables[RECURRENT_KERNEL].shape.dims[1];
}

bool clk__cudnn_is(
    const struct variable *v, const struct name_list *paths, struct weight_store *store)
{
    const struct layer *l = v->layer;
    struct weight_info info;
    if (!is_gated_cell(l))
        return false;
    const struct variable *bias = &l->variables[BIAS];
    const char *path = paths->items[bias->index];
    /* GRU with reset_after=False has a bias of one row and no place for two. */
    bool fits = bias->shape.rank == 2 || strcmp(l->object.class->name, "LSTMCell") == 0;
    return fits && path && clk__store_find(&info, store, path) == CLK_OK && info.rank == 1 &&
           info.shape[0] == bias_len(l);
}

struct weight_info clk__cudnn_wanted(const struct variable *v)
{
    struct weight_info want = {.dtype = CLK_FLOAT32, .rank = v->shape.rank};
    memcpy(want.shape, v->shape.dims, sizeof want.shape);
    if (v == &v->layer->variables[BIAS]) {
        want.rank = 1;
        want.shape[0] = bias_len(v->layer);
    }
    return want;
}

/* Gate by gate: `from` has the elements of a matrix (units, rows), row by row, cut to rows of `units`; `to` gets its
 * transpose. */
static void rearrange_kernel(
    float *to, const float *from, int64_t rows, int64_t units, int64_t cols)
{
    for (int64_t first = 0; first < cols; first += units) {
        for (int64_t k = 0; k < rows * units; k++)
            to[k % rows * cols + first + k / rows] = from[k / units * cols + first + k % units];
    }
}

static void rearrange(float *to, const float *from, const struct variable *v)
{
    const struct shape *recurrent = &v->layer->variables[RECURRENT_KERNEL].shape;
    int64_t units = recurrent->dims[0], cols = recurrent->dims[1];
    if (v != &v->layer->variables[BIAS])
        rearrange_kernel(to, from, v->shape.dims[0], units, cols);
    else if (v->shape.rank == 2)
        memcpy(to, from, v->len * sizeof(float));
    else
        for (int64_t i = 0; i < cols; i++)
            to[i] = from[i] + from[cols + i];
}

clk_status clk__cudnn_read(
    float *dest, const struct variable *v, struct weight_store *store, const char *path)
{
    const struct weight_info want = clk__cudnn_wanted(v);
    float *data = clk__alloc(2 * v->len, sizeof(float));
    if (!data)
        return clk__fail_memory();
    clk_status status = clk__store_read(data, &want, store, path);
    if (status == CLK_OK)
        rearrange(dest, data, v);
    free(data);
    return status == CLK_OK ? status : clk__fail_in(status, "%s", v->path);
}
