# SPDX-License-Identifier: MIT
"""Attention: both ways to score, masks, weights returned."""

CALL = "layer(x, **kwargs)"
SHORT = [[1, 1, 1, 0], [1, 1, 0, 0]]
LONG = [[1, 1, 1, 1, 0], [0, 1, 1, 0, 1]]
NOTHING = [[0, 0, 0, 0, 0], [1, 1, 1, 0, 0]]


def case(name, layer, inputs, **more):
    return {"name": name, "layer": layer, "inputs": inputs, "call": CALL, **more}


CASES = [
    case("plain", "Attention()", [[2, 4, 3], [2, 5, 3]]),
    case("key", "Attention(dropout=0.2)", [[2, 4, 3], [2, 5, 6], [2, 5, 3]]),
    case("scale", "Attention(use_scale=True)", [[2, 4, 3], [2, 5, 3]]),
    case("concat", "Attention(score_mode='concat')", [[2, 4, 3], [2, 5, 3]]),
    case("scaled_concat", "Attention(True, 'concat')", [[2, 4, 3], [2, 5, 3]], training=True),
    case("masked", "Attention()", [[2, 4, 3], [2, 5, 3]], masks=[SHORT, LONG]),
    case("masked_value", "Attention(name='a')", [[2, 4, 3], [2, 5, 3]], masks=[None, NOTHING]),
    case("causal", "Attention()", [[2, 4, 3], [2, 5, 3]], kwargs={"use_causal_mask": True}),
    case(
        "all",
        "Attention(True)",
        [[2, 4, 3], [2, 5, 2], [2, 5, 3]],
        masks=[SHORT, LONG, None],
        kwargs={"use_causal_mask": True, "return_attention_scores": True},
    ),
]
