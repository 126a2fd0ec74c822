/* SPDX-License-Identifier: MIT */
/* Operations: nodes of functional models that are no layers, such as `x * 2 + 1` and keras.ops functions. To the model
 * they are layers without variables; in a config they are told from layers by their module, keras.src.ops. */
#pragma once

#include "layers/layer.h"

extern const struct registry clk__operations;

/* True for "keras.src.ops.numpy", "keras.ops": where Keras keeps operations. */
bool clk__is_operation_module(const char *module);
/* True if `l` is one. */
bool clk__is_operation(const struct layer *l);

/* Their name is all that operations have in common. */
extern const struct field clk__operation_fields[];
/* The name alone, for operations that have a dtype of their own. */
extern const struct field clk__operation_name[];

/* Every operation there is: clk__operation_<tag>. */
/* clang-format off */
#define OPERATIONS(X)                                                                             \
    X(absolute) X(add) X(all) X(amax) X(amin) X(any) X(append) X(arccos) X(arccosh) X(arcsin)     \
    X(arcsinh) X(arctan) X(arctan2) X(arctanh) X(argmax) X(argmin) X(argsort) X(array_split)      \
    X(average) X(average_pool) X(batch_normalization) X(broadcast_to) X(cast) X(cbrt) X(ceil)     \
    X(celu) X(clip) X(concatenate) X(conjugate) X(conv) X(conv_transpose) X(convert_to_tensor)    \
    X(copy) X(cos) X(cosh) X(count_nonzero) X(crop_images) X(cross) X(cumprod) X(cumsum)          \
    X(deg2rad) X(depth_to_space) X(depthwise_conv) X(diagonal) X(diff) X(digitize) X(divide)      \
    X(divide_no_nan) X(dot) X(dot_product_attention) X(dsplit) X(dstack) X(einsum) X(elu)         \
    X(equal) X(erf) X(erfc) X(exp) X(exp2) X(expand_dims) X(expm1) X(extract_patches) X(fabs)     \
    X(flip) X(fliplr) X(floor) X(floor_divide) X(fmax) X(fmin) X(fmod) X(full_like) X(gelu)       \
    X(get_item) X(glu) X(greater) X(greater_equal) X(hard_shrink) X(hard_sigmoid) X(hard_silu)    \
    X(hard_tanh) X(heaviside) X(hsplit) X(hstack) X(hypot) X(identity) X(inner) X(isclose)        \
    X(isfinite) X(isinf) X(isnan) X(isneginf) X(isposinf) X(layer_normalization) X(leaky_relu)    \
    X(less) X(less_equal) X(log) X(log10) X(log1p) X(log2) X(log_sigmoid) X(log_softmax)          \
    X(logaddexp) X(logaddexp2) X(logical_and) X(logical_not) X(logical_or) X(logical_xor)         \
    X(logsumexp) X(matmul) X(max) X(max_pool) X(maximum) X(mean) X(median) X(min) X(minimum)      \
    X(mish) X(mod) X(moments) X(moveaxis) X(multi_hot) X(multiply) X(nan_to_num) X(negative)      \
    X(norm) X(normalize) X(not_equal) X(one_hot) X(ones_like) X(outer) X(pad) X(pad_images)       \
    X(percentile) X(power) X(prod) X(ptp) X(quantile) X(rad2deg) X(real) X(reciprocal) X(relu)    \
    X(relu6) X(repeat) X(reshape) X(resize) X(rgb_to_grayscale) X(rms_normalization) X(roll)      \
    X(rot90) X(round) X(rsqrt) X(saturate_cast) X(searchsorted) X(selu) X(separable_conv)         \
    X(sigmoid) X(sign) X(signbit) X(silu) X(sin) X(sinc) X(sinh) X(soft_shrink) X(softmax)        \
    X(softplus) X(softsign) X(sort) X(space_to_depth) X(sparse_plus) X(sparse_sigmoid)            \
    X(sparsemax) X(split) X(sqrt) X(square) X(squareplus) X(squeeze) X(stack) X(std)              \
    X(stop_gradient) X(subtract) X(sum) X(swapaxes) X(take) X(take_along_axis) X(tan) X(tanh)     \
    X(tanh_shrink) X(tensordot) X(threshold) X(tile) X(top_k) X(trace) X(transpose) X(trapezoid)  \
    X(tril) X(triu) X(true_divide) X(trunc) X(unstack) X(var) X(where) X(zeros_like)
/* clang-format on */
#define DECLARE_OPERATION(tag) extern const struct layer_class clk__operation_##tag;
OPERATIONS(DECLARE_OPERATION)
#undef DECLARE_OPERATION

/* What all of them have in common; `module_` is the file of Keras that holds the class. */
#define OPERATION_CLASS(name_, module_, tag, fields_)                         \
    .object.name = (name_), .object.module = "keras.src.ops." module_,        \
    .object.bytes = sizeof(struct tag), .object.fields = (fields_),           \
    .object.common = clk__operation_fields, .object.check = clk__layer_check, \
    .object.fini = clk__layer_fini, .casting = CAST_PROMOTED

/* Fails unless the call brings n tensors or numbers (0: any number from 1) and no argument but those and its
 * call_args. */
clk_status clk__operation_inputs(
    const struct layer *self, const struct call *c, int n) CLK_MUST_CHECK;
/* `axis` of a tensor of that rank, from the end if negative: 0 to rank - 1. */
clk_status clk__operation_axis(
    int *out, const struct layer *self, int64_t axis, int rank) CLK_MUST_CHECK;
/* `axes` of such a tensor as a bit mask, none of them the batch's; all of them where they are None. */
clk_status clk__operation_axes(unsigned *out, const struct layer *self, const struct call *c,
    const struct int_list *axes, int rank) CLK_MUST_CHECK;
/* Fails if an operation works along axis 0, the batch's: samples are independent. Within layers it may. */
clk_status clk__operation_not_batch(
    const struct layer *self, const struct call *c, int axis) CLK_MUST_CHECK;
/* x itself as float32: ops that move elements take nothing else. */
struct value *clk__operation_float(struct graph *g, struct value *x);
/* x with `axis` and its last axis exchanged; twice gives x again. */
struct value *clk__operation_last(struct graph *g, struct value *x, int axis);
/* True if input i may be joined with every sample as a whole: a constant of the call, or anything within a layer. */
bool clk__operation_is_shared(const struct call *c, int i);
/* The tensor of the class's call_args that is called `name` and stands at `place` where all are given; NULL: it is not
 * given. */
struct value *clk__operation_named(const struct call *c, const char *name, int place);
/* The call's one output. @return the graph's status */
clk_status clk__operation_done(struct call *c, struct value *y) CLK_MUST_CHECK;
/* The same for integers, which are not rounded to the inputs' type. */
clk_status clk__operation_integers(struct call *c, struct value *y) CLK_MUST_CHECK;
