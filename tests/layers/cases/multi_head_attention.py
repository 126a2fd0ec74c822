# SPDX-License-Identifier: MIT
"""MultiHeadAttention: sizes, masks of all kinds, weights returned. The configs are those of layers once built, so that
attention_axes is given where one is compared. Keras on JAX cannot have another value_dim without dropout."""

M = "MultiHeadAttention"
SHORT = [[1, 1, 1, 0], [1, 1, 0, 0]]
LONG = [[1, 1, 1, 1, 0], [0, 1, 1, 0, 1]]
NOTHING = [[0, 0, 0, 0, 0], [1, 1, 1, 0, 0]]


def case(name, layer, inputs, config=False, **more):
    return {"name": name, "layer": layer, "inputs": inputs, "config": config, **more}


CASES = [
    case("plain", f"{M}(2, 3)", [[2, 4, 5], [2, 4, 5]]),
    case("config", f"{M}(2, 3, attention_axes=(1,))", [[2, 4, 5], [2, 5, 6]], config=True),
    case(
        "sizes",
        f"{M}(3, 2, value_dim=4, dropout=0.5, use_bias=False, output_shape=7, attention_axes=1, name='m')",
        [[2, 4, 5], [2, 5, 6], [2, 5, 3]],
        config=True,
    ),
    case("output_axes", f"{M}(2, 3, output_shape=(3, 2))", [[2, 4, 5], [2, 4, 5]]),
    case("causal", f"{M}(2, 3)", [[2, 4, 5], [2, 4, 5]], kwargs={"use_causal_mask": True}),
    case("causal_long", f"{M}(1, 3)", [[2, 3, 5], [2, 5, 5]], kwargs={"use_causal_mask": True}),
    case("masked", f"{M}(2, 3)", [[2, 4, 5], [2, 5, 5]], masks=[SHORT, LONG]),
    case("masked_value", f"{M}(2, 3)", [[2, 4, 5], [2, 5, 5]], masks=[None, NOTHING]),
    case(
        "masked_key",
        f"{M}(2, 3)",
        [[2, 4, 5], [2, 5, 5], [2, 5, 4]],
        masks=[SHORT, None, LONG],
        kwargs={"use_causal_mask": True},
    ),
    case(
        "weights",
        f"{M}(2, 3)",
        [[2, 4, 5], [2, 5, 5]],
        masks=[SHORT, NOTHING],
        kwargs={"return_attention_scores": True},
    ),
    case(
        "causal_weights",
        f"{M}(2, 3)",
        [[2, 4, 5], [2, 4, 5]],
        kwargs={"return_attention_scores": True, "use_causal_mask": True},
    ),
    case("dropout", f"{M}(2, 3, dropout=0.5)", [[2, 4, 5], [2, 5, 5]], masks=[None, NOTHING]),
    case(
        "mask_given",
        f"{M}(2, 3)",
        [
            [2, 3, 4],
            [2, 2, 4],
            {"values": [[[1, 0], [1, 1], [0, 1]], [[1, 1], [0, 1], [1, 0]]], "dtype": "int32"},
        ],
        call="layer(x[0], x[1], attention_mask=x[2])",
        kwargs={"attention_mask": 2},
    ),
    case(
        "mask_of_heads",
        f"{M}(2, 3)",
        [
            [1, 2, 4],
            [1, 2, 4],
            [1, 2, 3],
            {"values": [[[[1, 0], [1, 1]], [[0, 1], [1, 1]]]], "dtype": "int32"},
        ],
        call="layer(x[0], x[1], x[2], attention_mask=x[3])",
    ),
    case("one_of_two_axes", f"{M}(2, 3, attention_axes=2)", [[2, 3, 4, 5], [2, 3, 2, 5]]),
    case("two_axes", f"{M}(2, 3)", [[2, 3, 2, 5], [2, 2, 3, 5]]),
    case("window", f"{M}(2, 3, sliding_window=2)", [[2, 5, 4], [2, 5, 4]]),
    case("gate", f"{M}(2, 3, value_dim=4, dropout=0.5, use_gate=True)", [[2, 4, 5], [2, 5, 5]]),
    case("training", f"{M}(2, 3)", [[2, 4, 5], [2, 5, 5]], masks=[SHORT, LONG], training=True),
]
