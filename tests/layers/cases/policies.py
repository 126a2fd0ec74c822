# SPDX-License-Identifier: MIT
"""Layers that compute in half precision: what Keras casts, and what it does not. Keras rounds after every operation within a
layer, clkeras once at its end: numbers are off by some units in the last place, 2^-10 and 2^-7 of a number."""

HALF = {"abs": 4e-3, "rel": 4e-3}
BRAIN = {"abs": 3e-2, "rel": 3e-2}
# Sums of some ten terms, some of which cancel.
BRAIN_SUMS = {"abs": 8e-2, "rel": 3e-2}


def both(name, layer, inputs, half=HALF, brain=BRAIN, **more):
    """The layer under both mixed policies; {} stands where its dtype does."""
    return [
        {"name": f"{name}_{p}", "layer": layer.format(f"dtype='mixed_{p}'"), "inputs": inputs, **t, **more}
        for p, t in (("float16", half), ("bfloat16", brain))
    ]


WORDS = {"shape": [3, 4], "low": 257, "high": 300, "dtype": "int32"}

CASES = [
    *both("dense", "Dense(5, 'tanh', {})", [[4, 6]], brain=BRAIN_SUMS),
    *both("conv", "Conv2D(4, 3, activation='relu', {})", [[2, 5, 5, 2]], brain=BRAIN_SUMS),
    *both("depthwise", "DepthwiseConv2D(3, padding='same', {})", [[2, 4, 4, 3]], brain=BRAIN_SUMS),
    *both("batch_norm", "BatchNormalization({})", [[4, 6]]),
    *both("batch_norm_training", "BatchNormalization({})", [[8, 3]], training=True),
    *both("layer_norm", "LayerNormalization({})", [[3, 7]]),
    *both("group_norm", "GroupNormalization(2, {})", [[2, 5, 4]]),
    *both("rms_norm", "RMSNormalization({})", [[3, 7]], brain=BRAIN_SUMS),
    *both("embedding", "Embedding(300, 3, {})", [WORDS]),
    *both("numbers_stay", "Flatten({})", [WORDS]),
    *both("pooling", "AveragePooling2D(2, {})", [[2, 4, 4, 3]]),
    *both("softmax", "Softmax({})", [[4, 6]]),
    *both("prelu", "PReLU({})", [[4, 6]]),
    *both("rescaling", "Rescaling(0.1, offset=0.3, {})", [[4, 6]]),
    *both("add", "Add({})", [[2, 3], [2, 3]]),
    *both("lstm", "LSTM(3, {})", [[2, 5, 4]], half={"abs": 1e-2, "rel": 4e-3}, brain=BRAIN_SUMS),
    *both("gru", "GRU(3, return_sequences=True, {})", [[2, 4, 3]], half={"abs": 1e-2, "rel": 4e-3}, brain=BRAIN_SUMS),
    *both("einsum", "EinsumDense('abc,cd->abd', output_shape=(None, 4), bias_axes='d', {})", [[2, 3, 5]], brain=BRAIN_SUMS),
    {
        "name": "attention",
        "layer": "MultiHeadAttention(2, 3, dtype='mixed_bfloat16')",
        "inputs": [[2, 4, 5], [2, 3, 5]],
        "config": False,
        **BRAIN_SUMS,
    },
    {"name": "pure_float16", "layer": "Dense(5, 'relu', dtype='float16')", "inputs": [[4, 6]], **HALF},
    {"name": "pure_bfloat16", "layer": "Dense(5, dtype='bfloat16')", "inputs": [[4, 6]], **BRAIN_SUMS},
    {
        "name": "changing",
        "layers": ["Dense(5, dtype='mixed_float16')", "Dense(4)", "Dense(3, dtype='mixed_bfloat16')"],
        "inputs": [[4, 6]],
        **BRAIN_SUMS,
    },
]
