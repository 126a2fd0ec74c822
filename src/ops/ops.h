/* SPDX-License-Identifier: MIT */
/* Builders: one function an op, each in the file of its name. Layers, losses, metrics and optimizers
 * compose these and nothing else. All return NULL after an error that the graph latched. */
#pragma once

#include "ops/op.h"

/* ---- pointwise.c: one entry a function in ops/pointwise_table.c; NumPy broadcasting ---- */

/* The function named `name` ("relu", "add", "exp", ...) of n inputs. p0 and p1 are its float parameters
 * (passed by value), 0 where it has none. */
struct value *clk__pointwise(
    struct graph *g, const char *name, struct value *const *inputs, int n, float p0, float p1);
struct value *clk__unary(struct graph *g, const char *name, struct value *a);
struct value *clk__unary_p(struct graph *g, const char *name, struct value *a, float p0, float p1);
struct value *clk__binary(struct graph *g, const char *name, struct value *a, struct value *b);
struct value *clk__add(struct graph *g, struct value *a, struct value *b);
struct value *clk__sub(struct graph *g, struct value *a, struct value *b);
struct value *clk__mul(struct graph *g, struct value *a, struct value *b);
struct value *clk__div(struct graph *g, struct value *a, struct value *b);
struct value *clk__scale(struct graph *g, struct value *a, float factor); /* a * factor */
/* a as numbers of that precision, see base/precision.h: a itself where it is so already. */
struct value *clk__rounded(struct graph *g, struct value *a, enum precision p);
struct value *clk__select(
    struct graph *g, struct value *cond, struct value *a, struct value *b); /* cond != 0 ? a : b */
/* a broadcast to `shape` (to which it must broadcast); a itself if it has that shape. Never stored. */
struct value *clk__broadcast(struct graph *g, struct value *a, struct shape shape);
/* Rows of a resident array through the epoch's permutation: data (n, ...), out (rows, ...). Fused into its
 * readers where they allow it. */
struct value *clk__gather(struct graph *g, struct value *data, int64_t rows);
/* Uniform in [0, 1), by Philox keyed with (seed of the step block, stream, step, element). Recomputed in
 * the backward pass, never stored. `stream` is different for every random op of a model. */
struct value *clk__random_uniform(struct graph *g, struct shape shape, uint32_t stream);
/* Each element's own number, 0, 1, 2, ...: SHAPE(n) gives columns their index, SHAPE(n, 1) rows theirs. Never stored. */
struct value *clk__index(struct graph *g, struct shape shape);
/* A float of the step block (lib/step.h), such as STEP_LEARNING_RATE; rank 0. */
struct value *clk__step_scalar(struct graph *g, int field);
/* The pointwise function's name if v is one; NULL otherwise. Lets a loss see that v = sigmoid(z). */
const char *clk__pointwise_name(const struct value *v);

/* ---- reshape.c: a view, no kernel; one dimension may be -1 (inferred) ---- */
struct value *clk__reshape(struct graph *g, struct value *a, struct shape shape);

/* ---- reduce.c: over `axes` (bit mask), axes kept as 1 if keepdims ---- */
enum reduce_kind {
    REDUCE_SUM,
    REDUCE_MEAN,
    REDUCE_MAX,
    REDUCE_MIN
};
struct value *clk__reduce(
    struct graph *g, enum reduce_kind kind, struct value *a, unsigned axes, bool keepdims);
/* The sum of a down to `shape`, undoing a broadcast; a itself if it has that shape. */
struct value *clk__sum_to(struct graph *g, struct value *a, const struct shape *shape);

/* x over its L2 norm along `axes`, which counts as `epsilon` at least; a zero vector's gradient is finite. */
struct value *clk__l2_normalize(struct graph *g, struct value *x, unsigned axes, float epsilon);

/* ---- argmax.c: index of the first largest over the last axis, float32, shape without it ---- */
struct value *clk__argmax(struct graph *g, struct value *a);

/* ---- softmax.c: over the last axis ---- */
struct value *clk__softmax(struct graph *g, struct value *a);
struct value *clk__log_softmax(struct graph *g, struct value *a);
/* z if v = softmax(z), else NULL. */
struct value *clk__softmax_input(const struct value *v);

/* ---- softmax_xent.c: one pass, stable ---- */
/* logits (..., c), labels (...) class numbers as int32 or float, or (..., c) probabilities when `dense`:
 * loss (...) = logsumexp(z) * sum(y) - sum(y z). Keras: keras/src/backend/jax/nn.py categorical_crossentropy,
 * sparse_categorical_crossentropy, from_logits=True. */
struct value *clk__softmax_xent(
    struct graph *g, struct value *logits, struct value *labels, bool dense);

/* ---- matmul.c ---- */
struct matmul_opts {
    bool transpose_a;
    bool transpose_b;
};
/* a (..., m, k) times b (k, n), or b (..., k, n) with equal leading dimensions: (..., m, n). */
struct value *clk__matmul(
    struct graph *g, struct value *a, struct value *b, struct matmul_opts opts);

/* ---- accumulate.c: metric sums ---- */
/* Adds the sum of every terms[i] (any shape) to slot i of REGION_METRIC, compensated (Kahan); one launch.
 * Slots are pairs of floats; the first is first_slot. */
void clk__accumulate(struct graph *g, int first_slot, struct value *const *terms, int n);
/* Adds `term` (float32) to an array of its shape in REGION_METRIC, element by element, compensated likewise: the sums
 * stand at `offset`, what they lost clk__accumulate_bytes() / 2 behind. Offsets are multiples of ACCUMULATE_ALIGN. */
void clk__accumulate_each(struct graph *g, size_t offset, struct value *term);
#define ACCUMULATE_ALIGN 512
size_t clk__accumulate_bytes(const struct shape *s);

/* ---- flat.c: state as one flat value ---- */
/* The whole gradient buffer (len floats), once every variable's gradient is in it: binds each grads[i] to
 * its place (offset bytes) in REGION_GRAD. A gradient that is NULL leaves zeros. */
struct value *clk__flat_gradients(
    struct graph *g, struct value *const *grads, const size_t *offsets, int n, int64_t len);

/* ---- conv.c: x (batch, spatial 1 to 3 axes, channels), cross-correlation as in Keras ---- */
enum padding {
    PADDING_VALID,
    PADDING_SAME,
    PADDING_CAUSAL /* before only */
};
/* By spatial axis. Padding may be negative (the image is cropped). */
struct conv_opts {
    int strides[3];
    int dilation[3];
    int64_t pad_before[3];
    int64_t pad_after[3];
    int64_t groups;
};
/* The amounts for `n` elements, `k` taps, `stride` and `dilation`. An unknown n (-1) gives amounts
 * with which the output is as unknown. */
void clk__conv_padding(int64_t *before, int64_t *after, enum padding padding, int64_t n, int64_t k,
    int64_t stride, int64_t dilation);
/* kernel (taps..., channels / groups, filters): (batch, spatial..., filters). */
struct value *clk__conv(
    struct graph *g, struct value *x, struct value *kernel, const struct conv_opts *opts);
/* The amounts that clk__conv_transpose() crops off; output_padding -1: none was given (Keras: None).
 * Keras: keras/src/backend/common/backend_utils.py. VALID or SAME. */
void clk__conv_transpose_padding(int64_t *before, int64_t *after, enum padding padding,
    int64_t output_padding, int64_t k, int64_t stride, int64_t dilation);
/* kernel (taps..., filters, channels): element i of x is added to i * stride + tap * dilation -
 * pad_before; pad_after is what is cropped off the end (negative: zeros are added). No groups. */
struct value *clk__conv_transpose(
    struct graph *g, struct value *x, struct value *kernel, const struct conv_opts *opts);

/* ---- depthwise.c: kernel (taps..., channels, mult), output channel c * mult + m ---- */
/* opts->groups does not count. */
struct value *clk__depthwise(
    struct graph *g, struct value *x, struct value *kernel, const struct conv_opts *opts);

/* ---- pool.c: x (batch, spatial 1 to 3 axes, channels) ---- */
enum pool_kind {
    POOL_MAX,
    POOL_AVERAGE
};
/* By spatial axis; a stride of 0 is the window's size. Padding comes from clk__conv_padding() (dilation
 * 1): every window must reach into the image. It never counts: as -infinity, or not divided by. */
struct pool_opts {
    int size[3];
    int strides[3];
    int64_t pad_before[3];
    int64_t pad_after[3];
};
struct value *clk__pool(
    struct graph *g, enum pool_kind kind, struct value *x, const struct pool_opts *opts);

/* ---- batch_norm.c: (x - mean) / sqrt(variance + epsilon) * gamma + beta by column of the last axis ---- */
/* mean and variance (channels), biased, of this batch, go to *mean and *variance; no gradient flows through those.
 * gamma, beta (channels); NULL: none. */
struct batch_moments {
    struct value *mean;
    struct value *variance;
};
struct value *clk__batch_norm(struct graph *g, struct value *x, struct value *gamma,
    struct value *beta, float epsilon, struct batch_moments *moments);

/* ---- layer_norm.c: the same by row, which is the last `axes` axes; gamma, beta of their shape or NULL ---- */
struct value *clk__layer_norm(struct graph *g, struct value *x, struct value *gamma,
    struct value *beta, float epsilon, int axes);
/* x / sqrt(mean(x^2) + epsilon) * gamma */
struct value *clk__rms_norm(
    struct graph *g, struct value *x, struct value *gamma, float epsilon, int axes);

/* ---- norm_sums.c: sums of dy and of dy * x over all but the last `axes` axes, in one reading ---- */
void clk__norm_sums(
    struct value *out[2], struct graph *g, struct value *dy, struct value *x, int axes);

/* ---- slice.c, pad.c, reverse.c, transpose.c: elements in another order; arrays have an item an axis ---- */
/* sizes[i] elements of axis i, from starts[i] on, strides[i] apart (strides NULL: 1). A size of -1: all
 * there are. a itself if that is all of it. */
struct value *clk__slice(struct graph *g, struct value *a, const int64_t *starts,
    const int64_t *sizes, const int64_t *strides);
/* The range of one axis, all of the others. */
struct value *clk__slice_axis(
    struct graph *g, struct value *a, int axis, int64_t start, int64_t size);
/* `value` around a; negative amounts crop. */
struct value *clk__pad(
    struct graph *g, struct value *a, const int64_t *before, const int64_t *after, float value);
struct value *clk__reverse(struct graph *g, struct value *a, int axis);
/* Axis i of the result is axis perm[i] of a; a view where that moves no byte. */
struct value *clk__transpose(struct graph *g, struct value *a, const int *perm);

/* ---- concat.c: n values (any number from 1) along `axis`, their shapes else equal ---- */
struct value *clk__concat(struct graph *g, struct value *const *values, int n, int axis);

/* ---- take.c: rows of a table ---- */
/* table (n, d...), ids of any shape and type: (ids..., d...). As in Keras on JAX, -1 is the last row (down to
 * -n), numbers with a fraction are cut off, and any other id gives NaN and no gradient. */
struct value *clk__take(struct graph *g, struct value *table, struct value *ids);

/* ---- sort.c: places of the last axis' elements (float32), the smallest first or the largest; equals in their order ---- */
struct value *clk__argsort(struct graph *g, struct value *a, bool falling);

/* ---- take_along.c: elements of the last axis, a (rows..., n) by numbers (rows..., m): (rows..., m) ---- */
/* Numbers mean what they mean in clk__take(). a: float32. */
struct value *clk__take_along(struct graph *g, struct value *a, struct value *numbers);

/* ---- resize.c: images a (batch, h, w, c) to (batch, height, width, c), pixels' centres at halves ---- */
enum resize_kind {
    RESIZE_NEAREST,
    RESIZE_BILINEAR /* without anti-aliasing */
};
struct value *clk__resize(
    struct graph *g, enum resize_kind kind, struct value *a, int64_t height, int64_t width);

/* ---- einsum.c: the product that `equation` ("abc,cde->abde", "...x,xy->...y") names ---- */
/* Lowered to one matrix product with transposes around where the axes' order asks for them. An index that
 * only one operand has and the result has not is summed over; one that an operand has twice is refused. */
struct value *clk__einsum(struct graph *g, const char *equation, struct value *a, struct value *b);

/* ---- lstm.c, gru.c, simple_rnn.c: a whole sequence in one launch ---- */
/* The input's share of the gates comes in: x (batch, time, gates * units) = inputs W + b, in Keras' order (LSTM i f c o,
 * GRU z r h). Where mask (batch, time) is 0 a step repeats state and output. keep (batch, gates * units), 0 or
 * 1 / (1 - rate), multiplies the state before its product, gate by gate (recurrent dropout). */
struct recurrent_inputs {
    struct value *x;
    struct value *kernel; /* recurrent, (units, gates * units) */
    struct value *bias;   /* GRU: added to the state's product, (3 * units); NULL: none */
    struct value *h0;     /* (batch, units); NULL: zeros */
    struct value *c0;     /* LSTM, as h0 */
    struct value *mask;   /* NULL: none */
    struct value *keep;   /* NULL: none */
};
/* Activations are names of pointwise functions (NULL: tanh and sigmoid) with their parameter p0. */
struct recurrent_opts {
    const char *activation;
    float activation_p;
    const char *recurrent_activation;
    float recurrent_p;
    bool reset_before; /* GRU: r multiplies the state before the product, reset_after=False */
    bool
        backwards; /* from the last step to the first; the sequence comes in the order of the work... */
    bool in_place; /* ...or each output where its input was */
};
/* The sequence of states (batch, time, units). states, if not NULL, becomes the last h, and c of an LSTM, (batch,
 * units) each: those two are the way to the last state, the sequence is then never stored. */
struct value *clk__lstm(struct graph *g, const struct recurrent_inputs *in,
    const struct recurrent_opts *opts, struct value **states);
struct value *clk__gru(struct graph *g, const struct recurrent_inputs *in,
    const struct recurrent_opts *opts, struct value **states);
struct value *clk__simple_rnn(struct graph *g, const struct recurrent_inputs *in,
    const struct recurrent_opts *opts, struct value **states);
