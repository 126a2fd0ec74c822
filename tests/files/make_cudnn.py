# SPDX-License-Identifier: MIT
"""Makes data/cudnn.h5, a model as Keras 2.2 saved one with CuDNNLSTM and CuDNNGRU, and data/cudnn.npz, what it
predicts. Those layers are gone, so the file is made by hand: LSTM and GRU of the Keras at hand predict, and their
weights are brought into cuDNN's order, as _convert_rnn_weights of Keras 2 (keras/engine/saving.py) does it.

Usage: python make_cudnn.py, in this folder
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


def config(class_name, name, units, sequences, **more):
    keys = {"name": name, "trainable": True, "return_sequences": sequences, "return_state": False}
    keys |= {"go_backwards": False, "stateful": False, "units": units} | INITIALIZERS | RULES
    if class_name == "CuDNNLSTM":
        keys["unit_forget_bias"] = True
    return {"class_name": class_name, "config": keys | {"activity_regularizer": None} | more}


def main():
    rng = np.random.default_rng(1)
    model = keras.Sequential(
        [
            keras.Input((4, 3)),
            L.LSTM(5, return_sequences=True),
            L.Bidirectional(L.GRU(2, return_sequences=True)),
            L.LSTM(2, go_backwards=True),
        ]
    )
    for v in model.weights:
        v.assign(rng.uniform(-1, 1, v.shape))
    x = rng.uniform(-1, 1, (3, 4, 3)).astype("float32")
    np.savez("data/cudnn.npz", x0=x, y0=model.predict(x, verbose=0))
    inner = config("CuDNNGRU", "cu_dnngru_1", 2, True)
    both = {"name": "bidirectional_1", "trainable": True, "merge_mode": "concat", "layer": inner}
    layers = [
        config("CuDNNLSTM", "cu_dnnlstm_1", 5, True, batch_input_shape=[None, 4, 3], dtype="float32"),
        {"class_name": "Bidirectional", "config": both},
        config("CuDNNLSTM", "cu_dnnlstm_2", 2, False, go_backwards=True),
    ]
    sequential = {"class_name": "Sequential", "config": {"name": "sequential_1", "layers": layers}}
    with h5py.File("data/cudnn.h5", "w") as f:
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
                for kind, array in zip(("kernel", "recurrent_kernel", "bias"), cudnn(*weights[i : i + 3], rng)):
                    names.append(f"{name}/{way}{kind}:0".encode())
                    g[names[-1].decode()] = array
            g.attrs["weight_names"] = names


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    main()
