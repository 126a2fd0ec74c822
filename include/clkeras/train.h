/* SPDX-License-Identifier: MIT */
/// compile, fit, evaluate, predict and what comes out of them.
/// Follows keras/src/trainers/trainer.py and keras/src/backend/jax/trainer.py.
#ifndef CLKERAS_TRAIN_H
#define CLKERAS_TRAIN_H

#include <clkeras/array.h>
#include <clkeras/base.h>
#include <clkeras/model.h>

CLK_BEGIN_DECLS

/// Arguments of compile. Strings are Keras call expressions or names: "adam",
/// "SGD(learning_rate=0.1, momentum=0.9)", "Adam(ExponentialDecay(1e-3, 1000, 0.9))",
/// "BinaryCrossentropy(from_logits=True)".
typedef struct clk_compile_options {
    size_t size;
    /// NULL: "rmsprop", as Keras. LossScaleOptimizer(Adam()) scales the loss; a model whose file says that its own
    /// policy is mixed_float16 has every optimizer put into one, as in Keras.
    const char *optimizer;
    const char *loss; ///< NULL: none; the model can then only predict
    /// NULL-ended, CLK_LIST("accuracy"); NULL: none. With several outputs "out_a: accuracy" is a metric
    /// of the output of layer out_a; without a name, of every output.
    const char *const *metrics;
    bool clip_probabilities; ///< cross-entropies clip as Keras on JAX, instead of using the logits
    bool keep; ///< what is NULL stays as the model was compiled; without .optimizer also its state
    /// Several outputs: a loss for each, in order, CLK_LIST("mse", "binary_crossentropy"), instead of
    /// .loss; "None" leaves an output out. With one .loss, every output has that one.
    const char *const *losses;
    const double *loss_weights; ///< of the outputs' losses in their sum; NULL: 1 each
    size_t n_loss_weights;      ///< the number of outputs, or 0
} clk_compile_options;
#ifndef __cplusplus
#define clk_compile_opts(...) \
    (&(const clk_compile_options){.size = sizeof(clk_compile_options), __VA_ARGS__})
#endif
/// Configures training; builds the model if need be. Compiling again resets the optimizer's state.
/// @return CLK_OK or the latched error; CLK_ERR_SYNTAX, CLK_ERR_CONFIG: column and what would work;
///         CLK_ERR_UNSUPPORTED; CLK_ERR_MEMORY
CLK_API clk_status clk_model_compile(
    clk_model *model, const clk_compile_options *options) CLK_MUST_CHECK;

/// Named numbers: the result of an evaluation, a batch or an epoch. Names are in Keras' order.
typedef struct clk_logs clk_logs;
CLK_API size_t clk_logs_count(const clk_logs *logs);
/// @return the i-th name, borrowed from `logs`; NULL if out of range
CLK_API const char *clk_logs_name(const clk_logs *logs, size_t i);
/// @return the i-th value; NaN if out of range
CLK_API double clk_logs_value(const clk_logs *logs, size_t i);
/// @return CLK_OK; CLK_ERR_ARG: no such name (the text lists those there are)
CLK_API clk_status clk_logs_get(double *out, const clk_logs *logs, const char *name) CLK_MUST_CHECK;
CLK_API void clk_logs_free(clk_logs *logs);

/// Called at each epoch's end. @param epoch from 0. @param logs borrowed for the call.
/// @return false ends training after this epoch
typedef bool (*clk_epoch_fn)(clk_model *model, int64_t epoch, const clk_logs *logs, void *user);

/// Called when an epoch begins, as Keras' LearningRateScheduler calls its schedule. @param epoch from 0.
/// @return the learning rate from now on
typedef double (*clk_learning_rate_fn)(int64_t epoch, double learning_rate, void *user);

/// Arguments of fit. Zero means Keras' default.
typedef struct clk_fit_options {
    size_t size;
    clk_array x;
    clk_array y;
    int64_t batch_size; ///< 0: 32
    int64_t epochs;     ///< 0: 1
    int64_t initial_epoch;
    double validation_split; ///< in [0, 1): the last rows, taken before shuffling; 0: none
    clk_array validation_x;
    clk_array validation_y;
    int64_t validation_batch_size; ///< 0: batch_size
    bool no_shuffle;
    int verbose;                  ///< 0: "auto" (CLK_VERBOSE_AUTO), else one of CLK_VERBOSE_*
    const char *const *callbacks; ///< NULL-ended expressions: CLK_LIST("EarlyStopping(patience=3)")
    clk_epoch_fn on_epoch_end;    ///< NULL: none
    void *user;
    /// Several inputs or outputs: an array for each, in the model's order, instead of x, y,
    /// validation_x and validation_y.
    const clk_array *inputs;
    size_t n_inputs;
    const clk_array *targets;
    size_t n_targets;
    const clk_array *validation_inputs; ///< n_inputs of them; NULL: none
    const clk_array *validation_targets;
    /// NULL: none. The optimizer's learning rate must be a number, not a schedule.
    clk_learning_rate_fn learning_rate;
} clk_fit_options;
enum {
    CLK_VERBOSE_AUTO = 0,   ///< the progress bar
    CLK_VERBOSE_SILENT = 1, ///< Keras' verbose=0
    CLK_VERBOSE_BAR = 2,    ///< Keras' verbose=1
    CLK_VERBOSE_LINE = 3,   ///< Keras' verbose=2: one line an epoch
};
#ifndef __cplusplus
#define clk_fit_opts(...) (&(const clk_fit_options){.size = sizeof(clk_fit_options), __VA_ARGS__})
#endif

typedef struct clk_history clk_history;
/// Trains. Progress goes to the log callback as CLK_LOG_PROGRESS text.
/// @param out owned by the caller, free with clk_history_free(); NULL if not wanted
/// @return CLK_OK or the latched error; CLK_ERR_STATE: not compiled; CLK_ERR_SHAPE: x or y does not
///         fit (names the layer, both shapes); CLK_ERR_VALUE: a label out of range (row and value);
///         CLK_ERR_ARG: batch_size, epochs or validation_split out of range; CLK_ERR_CONFIG: a
///         callback, or .learning_rate for an optimizer with a schedule; CLK_ERR_DEVICE_MEMORY: says
///         needed, available and the batch size that would fit;
///         CLK_ERR_DEVICE, CLK_ERR_BUILD, CLK_ERR_MEMORY; CLK_ERR_IO: a checkpoint
CLK_API clk_status clk_model_fit(
    clk_history **out, clk_model *model, const clk_fit_options *options) CLK_MUST_CHECK;

/// Number of epochs that ran.
CLK_API size_t clk_history_epochs(const clk_history *history);
/// Names, in the order of Keras' History.history: "accuracy", "loss", "val_accuracy", "val_loss".
CLK_API size_t clk_history_count(const clk_history *history);
CLK_API const char *clk_history_name(const clk_history *history, size_t i);
/// @param epoch index into the epochs that ran; NaN is given for one that did not have the name
/// @return CLK_OK; CLK_ERR_ARG: no such name or epoch
CLK_API clk_status clk_history_get(
    double *out, const clk_history *history, const char *name, size_t epoch) CLK_MUST_CHECK;
/// {"epoch": [...], "history": {...}, "params": {"verbose", "epochs", "steps"}}, numbers to 9 digits, NaN and
/// Infinity as Python's json module writes and reads them.
/// @param out owned by the caller, free with clk_free()
CLK_API clk_status clk_history_json(char **out, const clk_history *history) CLK_MUST_CHECK;
CLK_API void clk_history_free(clk_history *history);

typedef struct clk_evaluate_options {
    size_t size;
    clk_array x;
    clk_array y;
    int64_t batch_size;      ///< 0: 32
    int verbose;             ///< as in fit
    const clk_array *inputs; ///< several inputs or outputs: as in fit
    size_t n_inputs;
    const clk_array *targets;
    size_t n_targets;
} clk_evaluate_options;
#ifndef __cplusplus
#define clk_evaluate_opts(...) \
    (&(const clk_evaluate_options){.size = sizeof(clk_evaluate_options), __VA_ARGS__})
#endif
/// Loss and metrics over x and y: "loss" first, then the compiled metrics in order.
/// @param out owned by the caller, free with clk_logs_free()
/// @return as clk_model_fit()
CLK_API clk_status clk_model_evaluate(
    clk_logs **out, clk_model *model, const clk_evaluate_options *options) CLK_MUST_CHECK;

typedef struct clk_predict_options {
    size_t size;
    clk_array x;
    int64_t batch_size;      ///< 0: 32
    int verbose;             ///< as in fit
    const clk_array *inputs; ///< several inputs: as in fit
    size_t n_inputs;
} clk_predict_options;
#ifndef __cplusplus
#define clk_predict_opts(...) \
    (&(const clk_predict_options){.size = sizeof(clk_predict_options), __VA_ARGS__})
#endif
/// The model's output for x: float32, (rows, ...). Works without compile.
/// @param out owned by the caller, free with clk_ndarray_free()
/// @return as clk_model_fit()
CLK_API clk_status clk_model_predict(
    clk_ndarray **out, clk_model *model, const clk_predict_options *options) CLK_MUST_CHECK;

/// The same for a model with several outputs: outs[i] is its i-th output.
/// @param outs n of them, each owned by the caller; all NULL on failure
/// @param n the model's number of outputs
CLK_API clk_status clk_model_predict_all(clk_ndarray **outs, size_t n, clk_model *model,
    const clk_predict_options *options) CLK_MUST_CHECK;

/// One gradient step on x, y. @param out the batch's loss and metrics; NULL if not wanted
CLK_API clk_status clk_model_train_on_batch(
    clk_logs **out, clk_model *model, clk_array x, clk_array y) CLK_MUST_CHECK;
/// Loss and metrics of one batch, nothing changed.
CLK_API clk_status clk_model_test_on_batch(
    clk_logs **out, clk_model *model, clk_array x, clk_array y) CLK_MUST_CHECK;
/// The output for one batch.
CLK_API clk_status clk_model_predict_on_batch(
    clk_ndarray **out, clk_model *model, clk_array x) CLK_MUST_CHECK;

CLK_END_DECLS
#endif
