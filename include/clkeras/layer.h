/* SPDX-License-Identifier: MIT */
/// Layers of your own, in C: what a file holds as a class of its author's, or as a Lambda, becomes a function that
/// composes operations. There is no backward pass to write. Follows keras/src/layers/layer.py.
///
///     // class Scale(keras.layers.Layer), with the argument `start` and the weight "factor"
///     static clk_status build(clk_layer *self, const clk_shape *inputs, size_t n)
///     {
///         return clk_layer_weight(self, "factor", CLK_SHAPE(inputs[0].dims[inputs[0].rank - 1]), true, "ones");
///     }
///     static clk_status call(clk_layer *self, clk_graph *g)
///     {
///         double start = 0;
///         clk_status status = clk_layer_float(&start, self, "start");
///         clk_value *y = clk_op(g, "multiply", CLK_VALUES(clk_graph_input(g, 0), clk_graph_weight(g, "factor")));
///         clk_graph_output(g, 0, clk_op(g, "add", CLK_VALUES(y, clk_graph_number(g, start))));
///         return status;
///     }
///     clk_layer_register(&(clk_layer_class){.size = sizeof(clk_layer_class), .name = "Scale", .signature = "start=0.0",
///         .build = build, .call = call});
///
/// From then on "Scale(start=1)" is a layer like any other: in clk_model_add() and clk_call(), in the files that
/// clk_model_load() reads and clk_model_save() writes, in clk_check_file().
#ifndef CLKERAS_LAYER_H
#define CLKERAS_LAYER_H

#include <clkeras/model.h>

CLK_BEGIN_DECLS

/// What one call of a layer computes with: operations are added to it. It and its values live as long as the call.
typedef struct clk_graph clk_graph;
/// A tensor within a call: an input, a weight, the result of an operation.
typedef struct clk_value clk_value;

/// A class of layers. Strings are copied.
typedef struct clk_layer_class {
    size_t size; ///< sizeof(clk_layer_class)
    /// The class name that the file holds, such as "TransformerBlock". A Lambda is stood for by the class whose name is
    /// the Lambda layer's own, else the name of the Python function in it; it has no weights, and takes the
    /// Lambda's `arguments`.
    const char *name;
    /// That of @register_keras_serializable(package=...), for files that are written; NULL: none, so that Keras
    /// opens them with custom_objects. A layer that came from a file is written as it was read.
    const char *package;
    /// The arguments, as Python writes them: "units, rate=0.1, activation='relu'". They are the keys of the config,
    /// beside name, trainable and dtype. NULL: there are none.
    const char *signature;
    bool supports_masking; ///< the first input's mask goes on with the output, as in Keras
    /// Makes the layers within, by clk_layer_sublayer(), as Python's __init__ does. NULL: there are none.
    clk_status (*init)(clk_layer *self);
    /// Makes the weights, by clk_layer_weight(), at the first call. NULL: there are none.
    /// @param inputs their shapes, here with the batch axis; -1: None
    clk_status (*build)(clk_layer *self, const clk_shape *inputs, size_t n);
    /// Composes the output from the inputs. It runs a few times for a model (for its shapes, for each plan), never
    /// for each batch, and must do the same each time; shapes may have a batch of -1.
    clk_status (*call)(clk_layer *self, clk_graph *graph);
    void *user; ///< for clk_layer_user(); it must live as long as the process uses the class
} clk_layer_class;

/// Registers a class, for the whole process and for good; from any thread. It is found before a layer of Keras that
/// has the same name.
/// @return CLK_OK; CLK_ERR_ARG: no name, no call, or another size; CLK_ERR_SYNTAX: the signature; CLK_ERR_STATE: the
///         name is registered already, or is Lambda (see there); CLK_ERR_MEMORY
CLK_API clk_status clk_layer_register(const clk_layer_class *layer_class) CLK_MUST_CHECK;

/// ---- In init and build ----

/// Creates a layer within this one, to be called by clk_graph_sublayer().
/// @param attribute the name of the Python attribute that holds it, "att" for self.att = ...: its place in a `.keras` file;
///        "blocks/dense" and "blocks/dense_1" for a list of Dense in self.blocks, "ffn/layers/dense" for a Dense in
///        a Sequential in self.ffn
/// @param expression "Dense(%d)", with printf's arguments
/// @return CLK_OK; CLK_ERR_STATE: not within init; CLK_ERR_ARG: there is such an attribute;
///         CLK_ERR_SYNTAX, CLK_ERR_CONFIG, CLK_ERR_UNSUPPORTED: as clk_model_add()
CLK_API clk_status clk_layer_sublayer(
    clk_layer *self, const char *attribute, const char *expression, ...) CLK_PRINTF(3, 4);
/// Creates a weight, in the order of Keras' add_weight() calls, which is that of the file.
/// @param initializer "glorot_uniform", "RandomNormal(stddev=0.02)"
/// @return CLK_OK; CLK_ERR_STATE: not within build; CLK_ERR_SHAPE: a dimension is unknown or too large;
///         CLK_ERR_ARG: there is one of that name; CLK_ERR_SYNTAX, CLK_ERR_CONFIG: the initializer
CLK_API clk_status clk_layer_weight(
    clk_layer *self, const char *name, clk_shape shape, bool trainable, const char *initializer);

/// ---- Anywhere in the three ----

/// The layer's name in its model; borrowed; NULL: it has none yet (in init).
CLK_API const char *clk_layer_name(const clk_layer *self);
/// The class's `user`.
CLK_API void *clk_layer_user(const clk_layer *self);
/// An argument's value.
/// @return CLK_OK; CLK_ERR_ARG: the signature has no such argument; CLK_ERR_CONFIG: it is None or of another type
CLK_API clk_status clk_layer_int(int64_t *out, const clk_layer *self, const char *argument);
CLK_API clk_status clk_layer_float(double *out, const clk_layer *self, const char *argument);
CLK_API clk_status clk_layer_bool(bool *out, const clk_layer *self, const char *argument);
/// @param out borrowed from the layer
CLK_API clk_status clk_layer_string(const char **out, const clk_layer *self, const char *argument);
/// Any value, None among them, as JSON text. @param out owned by the caller, free with clk_free()
CLK_API clk_status clk_layer_json(char **out, const clk_layer *self, const char *argument);
/// Sets the error text: return clk_layer_fail(CLK_ERR_SHAPE, "input of rank %d", rank). The layer's name will stand
/// before it. One line, without a final period. @return `code`
CLK_API clk_status clk_layer_fail(clk_status code, const char *format, ...) CLK_PRINTF(2, 3);

/// ---- In call ----
/// After a failure functions return NULL and take NULL, and the call fails by itself: no check is needed in between.

#ifndef __cplusplus
/// An array of values and its length: clk_op(g, "add", CLK_VALUES(a, b)).
#define CLK_VALUES(...) \
    (clk_value *[]){__VA_ARGS__}, sizeof((clk_value *[]){__VA_ARGS__}) / sizeof(clk_value *)
#endif

CLK_API size_t clk_graph_input_count(const clk_graph *g);
/// NULL: there is no such input, which fails the call.
CLK_API clk_value *clk_graph_input(clk_graph *g, size_t index);
/// The input's Keras mask, float32 (batch, time): 1 where there is something; NULL: it has none.
CLK_API clk_value *clk_graph_mask(clk_graph *g, size_t index);
/// NULL: there is no such weight, which fails the call.
CLK_API clk_value *clk_graph_weight(clk_graph *g, const char *name);
CLK_API clk_value *clk_graph_number(clk_graph *g, double number);
/// (n): 0, 1, 2, ... n - 1, as float32, which holds them exactly up to 2^24.
CLK_API clk_value *clk_graph_arange(clk_graph *g, int64_t n);
/// Uniform random numbers in [0, 1) of the shape of `like`: others at each step and in each call, the same in the
/// forward and the backward pass.
CLK_API clk_value *clk_graph_random_uniform(clk_graph *g, clk_value *like);
/// The same from a normal distribution of mean 0 and deviation 1.
CLK_API clk_value *clk_graph_random_normal(clk_graph *g, clk_value *like);
/// Adds the sum of `loss` to the model's loss, as Python's add_loss() does: in fit and evaluate, where the model has a
/// loss; else it does nothing.
CLK_API void clk_graph_add_loss(clk_graph *g, clk_value *loss);
/// True in fit, false in evaluate and predict.
CLK_API bool clk_graph_training(const clk_graph *g);
/// Its shape, with the batch axis: -1 where that is not known yet. Rank 0 for NULL.
CLK_API clk_shape clk_value_shape(const clk_value *value);

/// An operation of keras.ops, by its name there and with its arguments that are no tensors: "matmul",
/// "softmax(axis=-1)", "expand_dims(axis=1)", "einsum('bij,bjk->bik')". Numbers among the operands are clk_graph_number().
/// @param expression an operation that functional models have too (README.md lists them)
/// @return its result, the first if there are several
CLK_API clk_value *clk_op(clk_graph *g, const char *expression, clk_value *const *inputs, size_t n);
/// x[:, start:start + size] for axis 1. @param size -1: to the end
CLK_API clk_value *clk_graph_slice(
    clk_graph *g, clk_value *value, int axis, int64_t start, int64_t size);
/// Calls a layer within. Masks go with values as in Keras.
/// @param attribute as in clk_layer_sublayer()
/// @param arguments of the call, "use_causal_mask=True"; as clk_layer_call_with(). NULL: none
/// @return its output, the first if there are several
CLK_API clk_value *clk_graph_sublayer(
    clk_graph *g, const char *attribute, const char *arguments, clk_value *const *inputs, size_t n);
/// All results of the last clk_op() or clk_graph_sublayer(): a split's parts, the states of an RNN.
/// @param out the first `capacity` of them @return how many there are
CLK_API size_t clk_graph_results(clk_graph *g, clk_value **out, size_t capacity);

/// Gives the weight a new value at the end of a training step, as Python's assign() does; of a weight that does not train.
/// Later reads in this step see it. In evaluate and predict it does nothing.
/// @param value of the weight's shape
CLK_API void clk_graph_assign(clk_graph *g, const char *weight, clk_value *value);
/// Sets an output: 0, 1, ... without a gap.
CLK_API void clk_graph_output(clk_graph *g, size_t index, clk_value *value);
/// Sets an output's mask, (batch, time), where the input's first one is not what it should be. NULL: none.
CLK_API void clk_graph_output_mask(clk_graph *g, size_t index, clk_value *mask);

CLK_END_DECLS
#endif
