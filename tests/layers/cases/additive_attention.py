# SPDX-License-Identifier: MIT
"""AdditiveAttention: masks, weights returned."""

CALL = "layer(x, **kwargs)"
SHORT = [[1, 1, 1, 0], [1, 1, 0, 0]]
LONG = [[1, 1, 1, 1, 0], [0, 1, 1, 0, 1]]
NOTHING = [[0, 0, 0, 0, 0], [1, 1, 1, 0, 0]]


def case(name, layer, inputs, **more):
    return {"name": name, "layer": layer, "inputs": inputs, "call": CALL, **more}


CASES = [
    case("plain", "AdditiveAttention()", [[2, 4, 3], [2, 5, 3]]),
    case("key", "AdditiveAttention(dropout=0.2)", [[2, 4, 3], [2, 5, 6], [2, 5, 3]]),
    case("no_scale", "AdditiveAttention(use_scale=False)", [[2, 4, 3], [2, 5, 3]], training=True),
    case("masked", "AdditiveAttention()", [[2, 4, 3], [2, 5, 3]], masks=[SHORT, LONG]),
    case("masked_value", "AdditiveAttention(name='a')", [[2, 4, 3], [2, 5, 3]], masks=[None, NOTHING]),
    case("causal", "AdditiveAttention()", [[2, 4, 3], [2, 5, 3]], kwargs={"use_causal_mask": True}),
    case(
        "all",
        "AdditiveAttention(True)",
        [[2, 4, 3], [2, 5, 2], [2, 5, 3]],
        masks=[SHORT, LONG, None],
        kwargs={"use_causal_mask": True, "return_attention_scores": True},
    ),
]
