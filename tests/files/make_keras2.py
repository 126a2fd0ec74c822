# SPDX-License-Identifier: MIT
"""Makes recurrent models as Keras 2.2 saved them, data/NAME.h5, and data/NAME.npz, what they predict:

    cudnn      CuDNNLSTM and CuDNNGRU. Those layers are gone, so the file is made by hand: LSTM and GRU of the Keras at
               hand predict, and their weights are brought into cuDNN's order, as _convert_rnn_weights of Keras 2
               (keras/engine/saving.py) does it
    keras2     LSTM and GRU with the hard_sigmoid of that time, and a GRU without reset_after
    keras21    GRU as before Keras 2.2, whose configs say nothing of reset_after

Usage: python make_keras2.py
"""

import json
import os

import h5py
import keras
import numpy as np

L = keras.layers
INITIALIZERS = {
    "kernel_initializer": {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None}},
    "recurrent_initializer": {"class_name": "Orthogonal", "config": {"gain": 1.0, "seed": None}},
    "bias_initializer": {"class_name": "Zeros", "config": {}},
}
RULES = {f"{k}_{r}": None for r in ("regularizer", "constraint") for k in ("kernel", "recurrent", "bias")}


def cudnn(kernel, recurrent, bias, rng):
    gates = kernel.shape[1] // recurrent.shape[0]

    def by_gate(matrix, change):
        return np.hstack([change(k) for k in np.hsplit(matrix, gates)])

    if gates == 4:  # two biases that sum to the one
        part = rng.uniform(-1, 1, bias.shape).astype(bias.dtype)
        bias = np.concatenate([part, bias - part])
    kernel = by_gate(kernel, lambda k: k.T.reshape(k.shape, order="C"))
    return [kernel, by_gate(recurrent, lambda k: k.T), bias.reshape(-1)]


@keras.saving.register_keras_serializable("keras2")  # Bidirectional makes its layers anew by their configs
def hard_sigmoid(x):
    """As in Keras 2, keras/backend/tensorflow_backend.py."""
    return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)


def config(class_name, name, units, sequences, **more):
    keys = {"name": name, "trainable": True, "return_sequences": sequences, "return_state": False}
    keys |= {"go_backwards": False, "stateful": False, "units": units} | INITIALIZERS | RULES
    if "LSTM" in class_name:
        keys["unit_forget_bias"] = True
    if "CuDNN" not in class_name:
        keys |= {"activation": "tanh", "recurrent_activation": "hard_sigmoid", "use_bias": True}
        keys |= {"dropout": 0.0, "recurrent_dropout": 0.0, "implementation": 1, "unroll": False}
    return {"class_name": class_name, "config": keys | {"activity_regularizer": None} | more}


INPUT = {"batch_input_shape": [None, 4, 3], "dtype": "float32"}


def both_ways(inner):
    keys = {"name": "bidirectional_1", "trainable": True, "merge_mode": "concat", "layer": inner}
    return {"class_name": "Bidirectional", "config": keys}


def make_cudnn(rng):
    model = [
        L.LSTM(5, return_sequences=True),
        L.Bidirectional(L.GRU(2, return_sequences=True)),
        L.LSTM(2, go_backwards=True),
    ]
    layers = [
        config("CuDNNLSTM", "cu_dnnlstm_1", 5, True, **INPUT),
        both_ways(config("CuDNNGRU", "cu_dnngru_1", 2, True)),
        config("CuDNNLSTM", "cu_dnnlstm_2", 2, False, go_backwards=True),
    ]
    write("cudnn", model, layers, lambda *weights: cudnn(*weights, rng), rng)


def make_keras2(rng):
    gates = {"recurrent_activation": hard_sigmoid}
    model = [
        L.LSTM(5, return_sequences=True, **gates),
        L.Bidirectional(L.GRU(2, return_sequences=True, reset_after=True, **gates)),
        L.GRU(2, reset_after=False, **gates),
    ]
    layers = [
        config("LSTM", "lstm_1", 5, True, **INPUT),
        both_ways(config("GRU", "gru_1", 2, True, reset_after=True)),
        config("GRU", "gru_2", 2, False, reset_after=False),
    ]
    write("keras2", model, layers, lambda *weights: weights, rng)


def make_keras21(rng):
    gates = {"recurrent_activation": hard_sigmoid, "reset_after": False}
    model = [L.Bidirectional(L.GRU(3, return_sequences=True, **gates)), L.GRU(2, **gates)]
    layers = [both_ways(config("GRU", "gru_1", 3, True)), config("GRU", "gru_2", 2, False)]
    layers[0]["config"] |= INPUT
    write("keras21", model, layers, lambda *weights: weights, rng)


def write(file, model, layers, change, rng):
    model = keras.Sequential([keras.Input((4, 3)), *model])
    for v in model.weights:
        v.assign(rng.uniform(-1, 1, v.shape))
    x = rng.uniform(-1, 1, (3, 4, 3)).astype("float32")
    np.savez(f"data/{file}.npz", x0=x, y0=model.predict(x, verbose=0))
    sequential = {"class_name": "Sequential", "config": {"name": "sequential_1", "layers": layers}}
    with h5py.File(f"data/{file}.h5", "w") as f:
        f.attrs["keras_version"] = b"2.2.4"
        f.attrs["backend"] = b"tensorflow"
        f.attrs["model_config"] = json.dumps(sequential).encode()
        group = f.create_group("model_weights")
        group.attrs["layer_names"] = [l["config"]["name"].encode() for l in layers]
        for layer, entry in zip(model.layers, layers):
            name = entry["config"]["name"]
            weights = [np.asarray(v.value) for v in layer.weights]
            g = group.create_group(name)
            names = []
            for i in range(0, len(weights), 3):
                way = ["forward_", "backward_"][i // 3] if len(weights) > 3 else ""
                for kind, array in zip(("kernel", "recurrent_kernel", "bias"), change(*weights[i : i + 3])):
                    names.append(f"{name}/{way}{kind}:0".encode())
                    g[names[-1].decode()] = array
            g.attrs["weight_names"] = names


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    make_cudnn(np.random.default_rng(1))
    make_keras2(np.random.default_rng(2))
    make_keras21(np.random.default_rng(3))
