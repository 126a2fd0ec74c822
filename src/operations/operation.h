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
#define OPERATIONS(X)                                                                           \
    X(absolute) X(add) X(all) X(amax) X(amin) X(any) X(arccos) X(arccosh) X(arcsin) X(arcsinh)  \
    X(arctan) X(arctan2) X(arctanh) X(argmax) X(argmin) X(average) X(broadcast_to) X(cast)      \
    X(cbrt) X(ceil) X(celu) X(clip) X(concatenate) X(convert_to_tensor) X(copy) X(cos) X(cosh) X(count_nonzero)      \
    X(cumsum) X(deg2rad) X(diff) X(divide) X(divide_no_nan) X(einsum) X(elu) X(equal) X(erf)    \
    X(erfc) X(exp) X(exp2) X(expand_dims) X(expm1) X(fabs) X(flip) X(floor) X(floor_divide)     \
    X(full_like) X(gelu) X(get_item) X(glu) X(greater) X(greater_equal) X(hard_shrink)          \
    X(hard_sigmoid) X(hard_silu) X(hard_tanh) X(hstack) X(hypot) X(identity) X(leaky_relu)      \
    X(less) X(less_equal) X(log) X(log10) X(log1p) X(log2) X(log_sigmoid) X(log_softmax)        \
    X(logaddexp) X(logical_and) X(logical_not) X(logical_or) X(logical_xor) X(logsumexp)        \
    X(matmul) X(max) X(maximum) X(mean) X(min) X(minimum) X(mish) X(mod) X(moveaxis)            \
    X(multiply) X(negative) X(normalize) X(not_equal) X(one_hot) X(ones_like) X(pad)    \
    X(power) X(ptp) X(rad2deg) X(reciprocal) X(relu) X(relu6) X(repeat) X(reshape) X(roll)      \
    X(round) X(rsqrt) X(selu) X(sigmoid) X(sign) X(silu) X(sin) X(sinh) X(soft_shrink)          \
    X(softmax) X(softplus) X(softsign) X(sparse_plus) X(sparse_sigmoid) X(sparsemax) X(split)   \
    X(sqrt) X(square) X(squareplus) X(squeeze) X(stack) X(std) X(subtract) X(sum) X(swapaxes)   \
    X(tan) X(tanh) X(tanh_shrink) X(threshold) X(tile) X(transpose) X(tril) X(triu)             \
    X(true_divide) X(trunc) X(unstack) X(var) X(where) X(zeros_like)
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

/* Fails unless the call brings n tensors or numbers (0: any number from 1) and no argument but those. */
clk_status clk__operation_inputs(
    const struct layer *self, const struct call *c, int n) CLK_MUST_CHECK;
/* `axis` of a tensor of that rank, from the end if negative: 0 to rank - 1. */
clk_status clk__operation_axis(
    int *out, const struct layer *self, int64_t axis, int rank) CLK_MUST_CHECK;
/* Fails if an operation works along axis 0, the batch's: samples are independent. Within layers it may. */
clk_status clk__operation_not_batch(
    const struct layer *self, const struct call *c, int axis) CLK_MUST_CHECK;
/* The call's one output. @return the graph's status */
clk_status clk__operation_done(struct call *c, struct value *y) CLK_MUST_CHECK;
