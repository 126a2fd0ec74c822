/* SPDX-License-Identifier: MIT */
/// Models: building, weights, summary, files. Follows keras/src/models/sequential.py and model.py.
/// Builder errors latch: the first one is kept and returned by every later call on the model.
/// Thread-safety: a model is used by one thread at a time; several models by several threads, each on
/// a device of its own.
#ifndef CLKERAS_MODEL_H
#define CLKERAS_MODEL_H

#include <clkeras/array.h>
#include <clkeras/base.h>
#include <clkeras/device.h>

CLK_BEGIN_DECLS

typedef struct clk_model clk_model;

/// A shape without the batch axis. CLK_SHAPE(28, 28) is Input((28, 28)); -1 is None.
typedef struct clk_shape {
    int rank;
    int64_t dims[CLK_MAX_RANK];
} clk_shape;

#ifndef __cplusplus
#define CLK_SHAPE(...) ((clk_shape){.rank = CLK_COUNT_DIMS(__VA_ARGS__), .dims = {__VA_ARGS__}})
/// A NULL-ended list of strings: CLK_LIST("accuracy", "mse").
#define CLK_LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#endif

/// Starts an empty Sequential model.
/// @param name NULL: "sequential"
/// @param out owned by the caller, free with clk_model_free()
/// @return CLK_OK; CLK_ERR_MEMORY
CLK_API clk_status clk_sequential_create(clk_model **out, const char *name) CLK_MUST_CHECK;
/// Frees the model and its device memory; NULL is fine.
CLK_API void clk_model_free(clk_model *model);

/// Says which device the model runs on. Without it, the model opens the default device when it needs one.
/// @param device borrowed until the model is freed
/// @return CLK_OK; CLK_ERR_STATE: the model already has a device
CLK_API clk_status clk_model_set_device(clk_model *model, clk_device *device) CLK_MUST_CHECK;
/// The model's device, opened now if need be; borrowed.
CLK_API clk_status clk_model_get_device(clk_device **out, clk_model *model) CLK_MUST_CHECK;
/// Sets the seed of initial weights and dropout; the default is 0. A model that is built keeps its
/// weights. The order of samples depends on the epoch alone, as in Keras.
/// @return CLK_OK; CLK_ERR_ARG: no model
CLK_API clk_status clk_model_set_seed(clk_model *model, uint64_t seed) CLK_MUST_CHECK;

/// Adds Input(shape) to a Sequential model.
/// @return CLK_OK or the latched error; CLK_ERR_STATE: not the first; CLK_ERR_SHAPE: rank or a
///         dimension out of range
CLK_API clk_status clk_model_input(clk_model *model, clk_shape shape);
/// Adds a layer, as Keras spells it: "Dense(64, activation='relu')", "Input((28, 28))".
/// @return CLK_OK or the latched error; CLK_ERR_SYNTAX, CLK_ERR_CONFIG: the text names the column and
///         what would be accepted; CLK_ERR_SHAPE: the layer does not fit what comes before it
CLK_API clk_status clk_model_add(clk_model *model, const char *expression);
/// ---- Functional models: layers called on tensors ----
///
///     clk_model *m = NULL;
///     clk_functional_create(&m, "two");
///     clk_tensor a = clk_input(m, "Input((8,), name='a')");
///     clk_tensor b = clk_input(m, "Input((4,), name='b')");
///     clk_tensor ab = clk_call(m, "Concatenate()", (clk_tensor[]){a, b}, 2);
///     clk_tensor half = clk_call(m, "ops.multiply", (clk_tensor[]){ab, clk_number(0.5)}, 2);
///     clk_tensor out = clk_call(m, "Dense(1)", &half, 1);
///     clk_model_outputs(m, &out, 1);
///
/// Errors latch, so that only the last call need be checked.

/// A tensor of a functional model, by value; it belongs to that model. After an error its id is negative,
/// and a call on it does nothing.
typedef struct clk_tensor {
    int id;
    int output; ///< which output of its layer: 0, or set it to reach the states of return_state=True
    double number; ///< of clk_number()
} clk_tensor;
/// A number as an operand of an operation, of any model: x * 2 is "ops.multiply" of x and clk_number(2).
CLK_API clk_tensor clk_number(double number);
/// An array as an operand, of calls of this model: "ops.take(axis=1)" of x and clk_constant(m, clk_i32(places, 2)). The
/// file keeps it, as Keras does. @param array copied; 1 to 4194304 elements, integers up to 16777216
CLK_API clk_tensor clk_constant(clk_model *model, clk_array array);

/// A layer that can be called several times, with shared weights; it belongs to its model.
typedef struct clk_layer clk_layer;

/// Starts an empty functional model. @param name NULL: "functional"; errors as clk_sequential_create()
CLK_API clk_status clk_functional_create(clk_model **out, const char *name) CLK_MUST_CHECK;
/// Adds an input, "Input((28, 28, 1), name='image')".
CLK_API clk_tensor clk_input(clk_model *model, const char *expression);
/// Adds a layer, or an operation of keras.ops, "ops.softmax(axis=1)", and calls it on n tensors; operations take
/// numbers as well.
CLK_API clk_tensor clk_call(
    clk_model *model, const char *expression, const clk_tensor *inputs, size_t n);
/// Adds a layer or an operation, to be called by clk_layer_call(), any number of times.
/// @param out borrowed from the model; NULL after an error
/// @return CLK_OK or the latched error, as clk_model_add()
CLK_API clk_status clk_layer_create(clk_layer **out, clk_model *model, const char *expression);
/// Calls a layer on n tensors; NULL (after an error) is fine.
CLK_API clk_tensor clk_layer_call(
    clk_model *model, clk_layer *layer, const clk_tensor *inputs, size_t n);
/// The same with arguments by name, as in Python: "use_causal_mask=True, return_attention_scores=True". A tensor is
/// named by its number among the inputs: "attention_mask=2" where inputs are query, value and the mask.
/// @param arguments NULL: none. CLK_ERR_ARG latches if the layer's call has no such argument.
CLK_API clk_tensor clk_layer_call_with(
    clk_model *model, clk_layer *layer, const clk_tensor *inputs, size_t n, const char *arguments);
/// Makes a whole model a layer of `model`. `inner` is taken, even on failure; it must not be built yet.
/// @param out as clk_layer_create()
CLK_API clk_status clk_layer_of_model(clk_layer **out, clk_model *model, clk_model *inner);
/// Says which tensors the model gives. Inputs are all of its Inputs, in the order they were added.
/// @return CLK_OK or the latched error; CLK_ERR_ARG: no or too many outputs (at most 64)
CLK_API clk_status clk_model_outputs(clk_model *model, const clk_tensor *outputs, size_t n);
/// Number of inputs and outputs.
CLK_API size_t clk_model_input_count(const clk_model *model);
CLK_API size_t clk_model_output_count(const clk_model *model);
/// Names of inputs and outputs: of the Input, and of the layer that makes the output, as in Keras; of a model of dicts,
/// `Model(x, {"price": p})`, the outputs' keys. What is in a dict is in the order of its sorted keys, as in Keras.
/// @return borrowed from the model; NULL: no such index, or the Input is not known yet
CLK_API const char *clk_model_input_name(const clk_model *model, size_t index);
CLK_API const char *clk_model_output_name(const clk_model *model, size_t index);

/// One call of a layer: a node of the model's graph. Strings are borrowed from the model.
typedef struct clk_node_info {
    const char *layer;      ///< the layer's name; a layer that is called twice has two nodes
    const char *class_name; ///< "Dense"
    size_t call;            ///< the layer's how many-th call, from 0
    size_t n_inputs;
    size_t n_outputs; ///< 0 before the model is built
} clk_node_info;
/// Number of nodes, Inputs among them. A node stands behind those that it is called on.
CLK_API size_t clk_model_node_count(const clk_model *model);
/// @return CLK_OK; CLK_ERR_ARG: no such node
CLK_API clk_status clk_model_node_info(
    clk_node_info *out, const clk_model *model, size_t node) CLK_MUST_CHECK;
/// What the node's input is. @param out its id is the number of a node; negative: a constant
/// @return CLK_OK; CLK_ERR_ARG: no such node or input
CLK_API clk_status clk_model_node_input(
    clk_tensor *out, const clk_model *model, size_t node, size_t input) CLK_MUST_CHECK;
/// The shape of one of the node's outputs, here with the batch axis: (-1, 10).
/// @return CLK_OK; CLK_ERR_ARG: no such node or output
CLK_API clk_status clk_model_node_shape(
    clk_shape *out, const clk_model *model, size_t node, size_t output) CLK_MUST_CHECK;

/// Creates the weights, on the host. compile, fit and load do it when needed.
/// @return CLK_OK or the latched error; CLK_ERR_STATE: no Input or no layer; CLK_ERR_MEMORY
CLK_API clk_status clk_model_build(clk_model *model);

CLK_API const char *clk_model_name(const clk_model *model);

/// Options of clk_model_summary.
typedef struct clk_summary_options {
    size_t size;
    int columns; ///< width of the terminal; 0: 80
    bool plan;   ///< add the steps of the training plan: kernels, sizes, arena bytes. Needs compile
    int64_t batch_size; ///< rows of that plan; 0: 32
} clk_summary_options;
#ifndef __cplusplus
#define clk_summary_opts(...) \
    (&(const clk_summary_options){.size = sizeof(clk_summary_options), __VA_ARGS__})
#endif
/// The summary, as Keras prints it (keras/src/utils/summary_utils.py).
/// @param out owned by the caller, free with clk_free()
/// @return CLK_OK or the latched error; CLK_ERR_STATE: .plan before compile
CLK_API clk_status clk_model_summary(
    char **out, clk_model *model, const clk_summary_options *options) CLK_MUST_CHECK;

/// One variable of a model. Strings are borrowed from the model.
typedef struct clk_weight_info {
    const char *path; ///< "dense/kernel": layer and variable, as Keras' Variable.path
    const char *name; ///< "kernel"
    bool trainable;
    int rank;
    int64_t shape[CLK_MAX_RANK];
    size_t len; ///< number of elements
} clk_weight_info;
/// Number of variables, in the order of Keras' model.weights; 0 before the model is built.
CLK_API size_t clk_model_weight_count(const clk_model *model);
/// @return CLK_OK; CLK_ERR_ARG: no such index
CLK_API clk_status clk_model_weight_info(
    clk_weight_info *out, const clk_model *model, size_t index) CLK_MUST_CHECK;
/// Finds a variable by its path.
/// @return CLK_OK; CLK_ERR_ARG: no such path (the text lists those there are)
CLK_API clk_status clk_model_weight_find(
    size_t *out, const clk_model *model, const char *path) CLK_MUST_CHECK;
/// Copies a variable to `out`, row-major. @param len must be the variable's number of elements
/// @return CLK_OK; CLK_ERR_ARG: no such index; CLK_ERR_SHAPE: another len; CLK_ERR_DEVICE
CLK_API clk_status clk_model_get_weight(
    float *out, size_t len, clk_model *model, size_t index) CLK_MUST_CHECK;
/// Sets a variable from `data`, row-major; errors as clk_model_get_weight().
CLK_API clk_status clk_model_set_weight(
    clk_model *model, size_t index, const float *data, size_t len) CLK_MUST_CHECK;

/// Zeroes what layers with stateful=True keep from one batch to the next, in training, evaluation and prediction alike:
/// their states are no weights and in no file, and nothing else resets them. Keras: reset_state() of each such layer.
/// @return CLK_OK, also where there are none; the latched error; CLK_ERR_ARG: no model; CLK_ERR_DEVICE
CLK_API clk_status clk_model_reset_states(clk_model *model);

/// Saves the model as a `.keras` file that Keras 3 opens (a path that ends with ".h5" or ".hdf5": a legacy
/// HDF5 file, which it opens too): config, weights and, where compiled, compile_config and optimizer state; training goes on from it as if it had not been interrupted.
/// Through a temporary name: a failed save leaves the old file.
/// @return CLK_OK or the latched error; CLK_ERR_IO: cannot be written; CLK_ERR_DEVICE; CLK_ERR_MEMORY
CLK_API clk_status clk_model_save(clk_model *model, const char *path) CLK_MUST_CHECK;
/// Opens a model file, `.keras` or legacy HDF5; what it is is decided by its content. A file that was
/// compiled with something that clkeras does not support is loaded uncompiled, and the log says why.
/// Layers may have any dtype policy but quantized ones: what Keras casts to float16 or bfloat16 is rounded to
/// it; float64 is computed in float32, which clk_check_file() says of each layer. See README.md.
/// @param out owned by the caller, free with clk_model_free(); compiled if the file was
/// @return CLK_OK; CLK_ERR_IO: cannot be read; CLK_ERR_FORMAT: damaged, or weights without a model;
///         CLK_ERR_SHAPE: a weight has another shape than its layer; CLK_ERR_UNSUPPORTED,
///         CLK_ERR_CONFIG: names the layer and what of it; CLK_ERR_MEMORY
CLK_API clk_status clk_model_load(clk_model **out, const char *path) CLK_MUST_CHECK;

/// The model's config as text, as Keras' model.to_json() writes it and model_from_json() reads it; builds the model if
/// need be. It holds no weights.
/// @param out owned by the caller, free with clk_free()
/// @return CLK_OK or the latched error; CLK_ERR_MEMORY
CLK_API clk_status clk_model_to_json(char **out, clk_model *model) CLK_MUST_CHECK;
/// A model from such a text, with initial weights; what it was compiled with is left aside.
/// @param out owned by the caller, free with clk_model_free()
/// @return CLK_OK; CLK_ERR_FORMAT: no JSON (line and column), or no model's config; CLK_ERR_UNSUPPORTED,
///         CLK_ERR_CONFIG: names the layer and what of it; CLK_ERR_SHAPE; CLK_ERR_MEMORY
CLK_API clk_status clk_model_from_json(clk_model **out, const char *text) CLK_MUST_CHECK;

/// ---- What of a file is supported ----

/// What a file says of itself, part by part: its layers, and what it was compiled with.
typedef struct clk_check clk_check;

typedef enum clk_check_kind {
    CLK_CHECK_LAYER = 1,
    CLK_CHECK_MODEL, ///< the layers together: how they are connected, their shapes
    CLK_CHECK_OPTIMIZER,
    CLK_CHECK_LOSS,
    CLK_CHECK_METRIC
} clk_check_kind;

/// One part. Strings are borrowed from the check.
typedef struct clk_check_part {
    clk_check_kind kind;
    const char *path;       ///< of a layer "encoder/dense"; else the name of the kind
    const char *class_name; ///< "Dense"
    const char *problem;    ///< NULL: supported; else why not, one line
    const char *note; ///< how a supported part differs from Keras, one line; NULL: it does not
} clk_check_part;

/// Looks at a model's file without its weights and without a device, which takes milliseconds. All
/// problems are found, not only the first. What only training needs does not keep a model from loading.
/// @param out owned by the caller, free with clk_check_free(); also of a file that is not supported
/// @return CLK_OK; CLK_ERR_IO: cannot be read; CLK_ERR_FORMAT: damaged, or weights without a model;
///         CLK_ERR_MEMORY
CLK_API clk_status clk_check_file(clk_check **out, const char *path) CLK_MUST_CHECK;
CLK_API void clk_check_free(clk_check *check);
/// True if every part is supported.
CLK_API bool clk_check_supported(const clk_check *check);
/// Number of parts, in the order of the file; at least one.
CLK_API size_t clk_check_count(const clk_check *check);
/// @return CLK_OK; CLK_ERR_ARG: no such index
CLK_API clk_status clk_check_get(
    clk_check_part *out, const clk_check *check, size_t index) CLK_MUST_CHECK;
/// "layer", "model", "optimizer", "loss", "metric".
CLK_API const char *clk_check_kind_name(clk_check_kind kind);
/// What kind of file it is, "a .keras file"; borrowed.
CLK_API const char *clk_check_container(const clk_check *check);
/// The version of Keras that wrote it, "3.15.1"; borrowed; NULL: the file does not say.
CLK_API const char *clk_check_keras_version(const clk_check *check);

/// Saves the weights alone and, where compiled, the optimizer's state, as a `.weights.h5` file that
/// Keras 3 opens; builds the model if need be. A failed save leaves the old file.
/// @return as clk_model_save()
CLK_API clk_status clk_model_save_weights(clk_model *model, const char *path) CLK_MUST_CHECK;
/// Sets all weights from a `.weights.h5` or `.keras` file (by class and place of the layers, whatever
/// their names) or a legacy HDF5 file (by order), and the optimizer's state where the model is compiled
/// and the file has it; builds the model if need be. On failure the model is as it was.
/// @return CLK_OK or the latched error; CLK_ERR_IO: cannot be read; CLK_ERR_FORMAT: damaged, or another
///         number of layers or weights, naming the layer; CLK_ERR_SHAPE: names the weight, its place in
///         the file and both shapes; CLK_ERR_DEVICE; CLK_ERR_MEMORY
CLK_API clk_status clk_model_load_weights(clk_model *model, const char *path) CLK_MUST_CHECK;

/// Which weights to set, where the file is not of this very model. The optimizer's state is then left alone.
typedef struct clk_load_weights_options {
    size_t size;
    /// Legacy HDF5 files only: layers take the weights of the layer of their name, others keep theirs.
    bool by_name;
    /// Weights of another shape, and layers with another number of them, are passed over with a warning.
    bool skip_mismatch;
} clk_load_weights_options;
#ifndef __cplusplus
#define clk_load_weights_opts(...) \
    (&(const clk_load_weights_options){.size = sizeof(clk_load_weights_options), __VA_ARGS__})
#endif
/// clk_model_load_weights() with options. @param options NULL: none
/// @return as clk_model_load_weights(); CLK_ERR_ARG: by_name of a file that is not a legacy one
CLK_API clk_status clk_model_load_weights_with(
    clk_model *model, const char *path, const clk_load_weights_options *options) CLK_MUST_CHECK;

CLK_END_DECLS
#endif
