# SPDX-License-Identifier: MIT
"""GroupQueryAttention, whose class is GroupedQueryAttention: groups of all sizes, masks, weights returned. It is
written under the name of the class, so that configs differ."""

G = "GroupQueryAttention"
SHORT = [[1, 1, 1, 0], [1, 1, 0, 0]]
LONG = [[1, 1, 1, 1, 0], [0, 1, 1, 0, 1]]
NOTHING = [[0, 0, 0, 0, 0], [1, 1, 1, 0, 0]]


def case(name, layer, inputs, **more):
    return {"name": name, "layer": layer, "inputs": inputs, "config": False, **more}


CASES = [
    case("plain", f"{G}(3, 4, 2)", [[2, 4, 5], [2, 4, 5]]),
    case("one", f"{G}(2, 3, 1, use_bias=False)", [[2, 4, 5], [2, 5, 6]]),
    case("all", f"{G}(3, 2, 2)", [[2, 4, 5], [2, 5, 6], [2, 5, 3]]),
    case("causal", f"{G}(3, 4, 2)", [[2, 4, 5], [2, 4, 5]], kwargs={"use_causal_mask": True}),
    case("masked", f"{G}(2, 4, 1)", [[2, 4, 5], [2, 5, 5]], masks=[SHORT, LONG]),
    case(
        "masked_key",
        f"{G}(3, 4, 2)",
        [[2, 4, 5], [2, 5, 5], [2, 5, 4]],
        masks=[SHORT, None, LONG],
        kwargs={"use_causal_mask": True},
    ),
    case(
        "weights",
        f"{G}(3, 4, 2)",
        [[2, 4, 5], [2, 5, 5]],
        masks=[SHORT, NOTHING],
        kwargs={"return_attention_scores": True},
    ),
    case("dropout", f"{G}(3, 4, 2, dropout=0.5)", [[2, 4, 5], [2, 5, 5]], masks=[None, NOTHING]),
    case("gate", f"{G}(3, 4, 2, use_gate=True)", [[2, 4, 5], [2, 5, 5]]),
    case("window", f"{G}(3, 4, 2, sliding_window=2)", [[2, 4, 5], [2, 4, 5]], kwargs={"use_causal_mask": True}),
]
