/* SPDX-License-Identifier: MIT */
/* Operations as tf.keras wrote them, TFOpLambda and SlicingOpLambda, turned into those of Keras 3: an entry of the
 * same form as keras.ops give (operations/). Follows tf.keras 2.15, keras/src/layers/core/tf_op_layer.py. */
#include "model/model.h"

#include <string.h>

/* One function of TensorFlow. */
struct tf_function {
    const char *name;
    const char *class;
    /* Keyword arguments that are tensors or numbers, in the order of the operation's call. */
    const char *operands[2];
    /* Keyword arguments and what the operation's config calls them. */
    struct {
        const char *from;
        const char *to;
    } renamed[2];
    bool list; /* the call takes one list of tensors */
    const char
        *config; /* arguments of the operation whose defaults are others, as JSON; NULL: none */
};

#define AXIS           \
    {                  \
        "axis", "axis" \
    }
#define KEEPDIMS               \
    {                          \
        "keepdims", "keepdims" \
    }

/* clang-format off */
static const struct tf_function functions[] = {
    {.name = "math.add", .class = "Add", .operands = {"y"}},
    {.name = "__operators__.add", .class = "Add", .operands = {"y"}},
    {.name = "math.subtract", .class = "Subtract", .operands = {"y"}},
    {.name = "math.multiply", .class = "Multiply", .operands = {"y"}},
    {.name = "math.truediv", .class = "TrueDivide", .operands = {"y"}},
    {.name = "math.divide", .class = "TrueDivide", .operands = {"y"}},
    {.name = "math.pow", .class = "Power", .operands = {"y"}},
    {.name = "math.maximum", .class = "Maximum", .operands = {"y"}},
    {.name = "math.minimum", .class = "Minimum", .operands = {"y"}},
    {.name = "math.greater", .class = "Greater", .operands = {"y"}},
    {.name = "math.greater_equal", .class = "GreaterEqual", .operands = {"y"}},
    {.name = "math.less", .class = "Less", .operands = {"y"}},
    {.name = "math.less_equal", .class = "LessEqual", .operands = {"y"}},
    {.name = "math.equal", .class = "Equal", .operands = {"y"}},
    {.name = "math.not_equal", .class = "NotEqual", .operands = {"y"}},
    {.name = "where", .class = "Where", .operands = {"x", "y"}},
    {.name = "linalg.matmul", .class = "Matmul", .operands = {"b"}},
    {.name = "math.negative", .class = "Negative"},
    {.name = "math.abs", .class = "Absolute"},
    {.name = "math.sign", .class = "Sign"},
    {.name = "math.square", .class = "Square"},
    {.name = "math.sqrt", .class = "Sqrt"},
    {.name = "math.rsqrt", .class = "Rsqrt"},
    {.name = "math.reciprocal", .class = "Reciprocal"},
    {.name = "math.exp", .class = "Exp"},
    {.name = "math.log", .class = "Log"},
    {.name = "math.log1p", .class = "Log1p"},
    {.name = "math.sin", .class = "Sin"},
    {.name = "math.cos", .class = "Cos"},
    {.name = "math.tanh", .class = "Tanh"},
    {.name = "nn.tanh", .class = "Tanh"},
    {.name = "math.sigmoid", .class = "Sigmoid"},
    {.name = "nn.sigmoid", .class = "Sigmoid"},
    {.name = "math.softplus", .class = "Softplus"},
    {.name = "nn.softplus", .class = "Softplus"},
    {.name = "nn.relu", .class = "Relu"},
    {.name = "nn.relu6", .class = "Relu6"},
    {.name = "nn.elu", .class = "Elu"},
    {.name = "nn.selu", .class = "Selu"},
    {.name = "nn.silu", .class = "Silu"},
    {.name = "nn.swish", .class = "Silu"},
    {.name = "nn.gelu", .class = "Gelu", .renamed = {{"approximate", "approximate"}},
        .config = "{\"approximate\": false}"},
    {.name = "nn.leaky_relu", .class = "LeakyRelu", .renamed = {{"alpha", "negative_slope"}}},
    {.name = "nn.softmax", .class = "Softmax", .renamed = {AXIS}},
    {.name = "nn.log_softmax", .class = "LogSoftmax", .renamed = {AXIS}},
    {.name = "clip_by_value", .class = "Clip",
        .renamed = {{"clip_value_min", "x_min"}, {"clip_value_max", "x_max"}}},
    {.name = "cast", .class = "Cast", .renamed = {{"dtype", "dtype"}}},
    {.name = "identity", .class = "Identity"},
    {.name = "math.reduce_sum", .class = "Sum", .renamed = {AXIS, KEEPDIMS}},
    {.name = "math.reduce_mean", .class = "Mean", .renamed = {AXIS, KEEPDIMS}},
    {.name = "math.reduce_max", .class = "Max", .renamed = {AXIS, KEEPDIMS}},
    {.name = "math.reduce_min", .class = "Min", .renamed = {AXIS, KEEPDIMS}},
    {.name = "math.reduce_variance", .class = "Var", .renamed = {AXIS, KEEPDIMS}},
    {.name = "math.reduce_std", .class = "Std", .renamed = {AXIS, KEEPDIMS}},
    {.name = "reshape", .class = "Reshape", .renamed = {{"shape", "newshape"}}},
    {.name = "compat.v1.transpose", .class = "Transpose", .renamed = {{"perm", "axes"}}},
    {.name = "transpose", .class = "Transpose", .renamed = {{"perm", "axes"}}},
    {.name = "expand_dims", .class = "ExpandDims", .renamed = {AXIS}},
    {.name = "compat.v1.squeeze", .class = "Squeeze", .renamed = {AXIS}},
    {.name = "squeeze", .class = "Squeeze", .renamed = {AXIS}},
    {.name = "reverse", .class = "Flip", .renamed = {AXIS}},
    {.name = "concat", .class = "Concatenate", .renamed = {AXIS}, .list = true},
    {.name = "stack", .class = "Stack", .renamed = {AXIS}, .list = true},
    {.name = "split", .class = "Split",
        .renamed = {{"num_or_size_splits", "indices_or_sections"}, AXIS}},
    {.name = "__operators__.getitem", .class = "GetItem"},
    {.name = "compat.v1.gather", .class = "Take", .operands = {"indices"}, .renamed = {AXIS},
        .config = "{\"axis\": 0}"},
    {.name = "math.argmax", .class = "Argmax", .renamed = {AXIS}, .config = "{\"axis\": 0}"},
    {.name = "math.argmin", .class = "Argmin", .renamed = {AXIS}, .config = "{\"axis\": 0}"},
    {.name = "sort", .class = "Sort", .renamed = {AXIS}},
    {.name = "argsort", .class = "Argsort", .renamed = {AXIS}},
    {.name = "math.top_k", .class = "TopK", .renamed = {{"k", "k"}, {"sorted", "sorted"}}},
    {.name = "math.cumsum", .class = "Cumsum", .renamed = {AXIS}, .config = "{\"axis\": 0}"},
    {.name = "math.cumprod", .class = "Cumprod", .renamed = {AXIS}, .config = "{\"axis\": 0}"},
    {.name = "math.reduce_prod", .class = "Prod", .renamed = {AXIS, KEEPDIMS}},
    {.name = "math.reduce_any", .class = "Any", .renamed = {AXIS, KEEPDIMS}},
    {.name = "math.reduce_all", .class = "All", .renamed = {AXIS, KEEPDIMS}},
    {.name = "math.reduce_logsumexp", .class = "Logsumexp", .renamed = {AXIS, KEEPDIMS}},
    {.name = "compat.v1.norm", .class = "Norm", .renamed = {AXIS, KEEPDIMS}},
    /* Of a sum of squares of 1e-12 at least. */
    {.name = "math.l2_normalize", .class = "Normalize", .renamed = {AXIS},
        .config = "{\"order\": 2, \"epsilon\": 1e-6}"},
    {.name = "math.floor", .class = "Floor"},
    {.name = "math.ceil", .class = "Ceil"},
    {.name = "math.round", .class = "Round"},
    {.name = "math.erf", .class = "Erf"},
    {.name = "nn.softsign", .class = "Softsign"},
    {.name = "compat.v1.floor_div", .class = "FloorDivide", .operands = {"y"}},
    {.name = "math.logical_not", .class = "LogicalNot"},
    {.name = "math.logical_and", .class = "LogicalAnd", .operands = {"y"}},
    {.name = "math.logical_or", .class = "LogicalOr", .operands = {"y"}},
    {.name = "ones_like", .class = "OnesLike"},
    {.name = "zeros_like", .class = "ZerosLike"},
    {.name = "stop_gradient", .class = "StopGradient"},
    {.name = "tile", .class = "Tile", .renamed = {{"multiples", "repeats"}}},
    {.name = "repeat", .class = "Repeat", .renamed = {{"repeats", "repeats"}, AXIS}},
    {.name = "roll", .class = "Roll", .renamed = {{"shift", "shift"}, AXIS}},
    {.name = "compat.v1.pad", .class = "Pad", .renamed = {{"paddings", "pad_width"}}},
    {.name = "one_hot", .class = "OneHot", .renamed = {{"depth", "num_classes"}, AXIS}},
    {.name = "unstack", .class = "Unstack", .renamed = {AXIS}},
    {.name = "nn.depth_to_space", .class = "DepthToSpace", .renamed = {{"block_size", "block_size"}}},
    {.name = "nn.space_to_depth", .class = "SpaceToDepth", .renamed = {{"block_size", "block_size"}}},
    {.name = "image.resize", .class = "Resize", .renamed = {{"size", "size"}, {"method", "interpolation"}}},
};
/* clang-format on */

static const struct tf_function *find_function(const char *name)
{
    for (size_t i = 0; name && i < sizeof(functions) / sizeof(*functions); i++) {
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    }
    return NULL;
}

/* ["dense", 0, 0] as Keras 3 has it; others as they are. Owned by the caller. */
static json_t *operand(json_t *v)
{
    bool history = json_is_string(json_array_get(v, 0)) && json_array_size(v) >= 3;
    if (!history)
        return json_incref(v);
    if (strcmp(json_string_value(json_array_get(v, 0)), "_CONSTANT_VALUE") == 0)
        return json_incref(json_array_get(v, 2));
    return json_pack("{s: s, s: {s: [O, O, O]}}", "class_name", "__keras_tensor__", "config",
        "keras_history", json_array_get(v, 0), json_array_get(v, 1), json_array_get(v, 2));
}

/* {"start", "stop", "step"} gets the class name that Keras 3 gives it. */
static json_t *modern_key(const json_t *spec)
{
    json_t *key = json_array(), *part;
    size_t i;
    json_array_foreach(spec, i, part)
    {
        bool slice = json_is_object(part) && !json_object_get(part, "class_name");
        json_array_append_new(
            key, slice ? json_pack("{s: s, s: O}", "class_name", "__slice__", "config", part)
                       : json_incref(part));
    }
    return key;
}

static bool is_operand(const struct tf_function *f, const char *key)
{
    for (size_t i = 0; i < 2 && f->operands[i]; i++) {
        if (strcmp(f->operands[i], key) == 0)
            return true;
    }
    return false;
}

/* What arguments are by default that no operation has: a norm's order, a padding's mode. */
static bool is_default(const json_t *v)
{
    const char *text = json_string_value(v);
    if (text)
        return strcmp(text, "CONSTANT") == 0 || strcmp(text, "euclidean") == 0;
    return json_is_null(v) || json_is_false(v) ||
           (json_is_number(v) && json_number_value(v) == 0.0);
}

/* Where a keyword argument goes: the config, the call's keywords, or nowhere as it changes nothing. */
static clk_status add_keyword(
    const struct tf_function *f, json_t *config, json_t *kwargs, const char *key, json_t *v)
{
    for (size_t i = 0; i < 2 && f->renamed[i].from && !json_is_null(v); i++) {
        if (strcmp(f->renamed[i].from, key) == 0) {
            json_object_set(config, f->renamed[i].to, v);
            return CLK_OK;
        }
    }
    if (strcmp(key, "slice_spec") == 0) {
        json_object_set_new(kwargs, "key", modern_key(v));
        return CLK_OK;
    }
    if (is_operand(f, key) || strcmp(key, "name") == 0 || is_default(v))
        return CLK_OK;
    return clk__fail(
        CLK_ERR_UNSUPPORTED, "tf.%s: its argument %.40s is not supported", f->name, key);
}

/* [["dense", 0, 0, {...}], ...] or one such entry. */
static clk_status convert_call(
    json_t *args, json_t *config, json_t *kwargs, const struct tf_function *f, const json_t *call)
{
    json_t *entries = json_is_string(json_array_get(call, 0))
                          ? json_pack("[O]", call)
                          : json_incref((json_t *)(uintptr_t)call);
    json_t *keywords = NULL, *v, *tensors = f->list ? json_array() : args;
    clk_status status = CLK_OK;
    const char *key;
    size_t i;
    json_array_foreach(entries, i, v)
    {
        keywords = json_array_get(v, 3);
        json_array_append_new(tensors, operand(v));
    }
    for (i = 0; i < 2 && f->operands[i]; i++) {
        if ((v = json_object_get(keywords, f->operands[i])))
            json_array_append_new(tensors, operand(v));
    }
    json_object_foreach(keywords, key, v)
    {
        if (status == CLK_OK)
            status = add_keyword(f, config, kwargs, key, v);
    }
    if (f->list)
        json_array_append_new(args, tensors);
    json_decref(entries);
    return status;
}

static clk_status convert(json_t **out, const struct tf_function *f, const json_t *entry)
{
    const json_t *calls = json_object_get(entry, "inbound_nodes");
    const char *name = json_string_value(json_object_get(entry, "name"));
    if (json_array_size(calls) != 1 || !name)
        return clk__fail(
            CLK_ERR_FORMAT, "tf.%s: an operation has a name and is called once", f->name);
    json_t *args = json_array(), *kwargs = json_object();
    json_t *config = json_pack("{s: s}", "name", name), *more = NULL;
    clk_status status = CLK_OK;
    if (f->config)
        status = clk__json_parse(&more, f->config, strlen(f->config), f->name);
    json_object_update(config, more);
    json_decref(more);
    if (status == CLK_OK)
        status = convert_call(args, config, kwargs, f, json_array_get(calls, 0));
    *out = json_pack("{s: s, s: s, s: o, s: s, s: [{s: o, s: o}]}", "module", "keras.src.ops",
        "class_name", f->class, "config", config, "name", name, "inbound_nodes", "args", args,
        "kwargs", kwargs);
    if (status == CLK_OK && !*out)
        status = clk__fail_memory();
    if (status != CLK_OK) {
        json_decref(*out);
        *out = NULL;
    }
    return status;
}

clk_status clk__config_tf_operation(json_t **out, const json_t *entry)
{
    const char *class = json_string_value(json_object_get(entry, "class_name"));
    *out = NULL;
    if (!class || (strcmp(class, "TFOpLambda") != 0 && strcmp(class, "SlicingOpLambda") != 0))
        return CLK_OK;
    const char *name =
        json_string_value(json_object_get(json_object_get(entry, "config"), "function"));
    const struct tf_function *f = find_function(name);
    if (!f)
        return clk__fail(
            CLK_ERR_UNSUPPORTED, "the operation tf.%.60s is not supported", name ? name : "?");
    return convert(out, f, entry);
}
