# SPDX-License-Identifier: MIT
"""Writes data/attention/: models with attention as Keras saves them, and what Keras on JAX predicts, loses
and learns in one step from there. test_attention.c builds the same models in C, and opens the files.

Usage: python make_attention.py
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "keras")]

import kerasref  # noqa: E402
from kerasref import keras, np  # noqa: E402
from make_keras_files import make_repeatable  # noqa: E402

OUT = os.path.join(HERE, "data", "attention")
L = keras.layers
ROWS, STEPS, WORDS = 7, 6, 11


def add_and_norm(a, b):
    return L.LayerNormalization(epsilon=1e-6)(L.Add()([a, b]))


def transformer():
    """A causal block over masked words, with positions from a table."""
    words = keras.Input((STEPS,), dtype="int32", name="words")
    places = keras.Input((STEPS,), dtype="int32", name="places")
    x = L.Embedding(WORDS, 8, mask_zero=True)(words)
    x = L.Add()([x, L.Embedding(STEPS, 8)(places)])
    x = add_and_norm(x, L.MultiHeadAttention(2, 4)(x, x, use_causal_mask=True))
    y = L.Dense(16, activation="gelu")(x)
    x = add_and_norm(x, L.Dense(8)(y))
    return keras.Model([words, places], L.Dense(WORDS, activation="softmax")(x), name="transformer")


def seq2seq():
    """An LSTM reads, another one writes, and looks back at what was read."""
    source = keras.Input((STEPS,), dtype="int32", name="source")
    target = keras.Input((4,), dtype="int32", name="target")
    read = L.Embedding(WORDS, 5, mask_zero=True)(source)
    states = L.LSTM(6, return_sequences=True, return_state=True)(read)
    written = L.Embedding(WORDS, 5)(target)
    written = L.LSTM(6, return_sequences=True)(written, initial_state=states[1:])
    seen = L.Attention(use_scale=True)([written, states[0]])
    both = L.Concatenate()([written, seen])
    return keras.Model([source, target], L.Dense(WORDS, "softmax")(both), name="seq2seq")


def given_mask():
    """Cross attention by name, its mask an input of the model, its weights an output."""
    query = keras.Input((3, 4), name="query")
    value = keras.Input((3, 4), name="value")  # as long: Keras infers the weights' shape so
    mask = keras.Input((3, 3), name="mask")
    y, weights = L.MultiHeadAttention(2, 3)(
        query=query, value=value, attention_mask=mask, return_attention_scores=True
    )
    weights = L.Reshape((18,))(weights)
    y = L.Flatten()(y)
    both = L.Concatenate()([y, weights])
    return keras.Model([query, value, mask], L.Dense(4, "softmax")(both), name="given_mask")


def words(rng, n):
    """Words from 1 on, and 0s behind the sentence."""
    ids = rng.integers(1, WORDS, (ROWS, n))
    for row in ids[1:]:
        row[rng.integers(2, n + 1) :] = 0
    return ids.astype(np.int32)


def data_of(name, rng):
    if name == "transformer":
        places = np.tile(np.arange(STEPS, dtype=np.int32), (ROWS, 1))
        return [words(rng, STEPS), places], rng.integers(0, WORDS, (ROWS, STEPS))
    if name == "seq2seq":
        return [words(rng, STEPS), words(rng, 4)], rng.integers(0, WORDS, (ROWS, 4))
    query, value = rng.standard_normal((ROWS, 3, 4)), rng.standard_normal((ROWS, 3, 4))
    mask = rng.integers(0, 2, (ROWS, 3, 3))
    return [a.astype(np.float32) for a in (query, value, mask)], rng.integers(0, 4, (ROWS,))


def record(make, seed):
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = make()
    for v in model.weights:  # so that nothing is 0 or 1 at the start
        v.assign(np.asarray(v.value) + 0.1 * rng.standard_normal(v.shape))
    model.compile("adam", "sparse_categorical_crossentropy")
    xs, y = data_of(model.name, rng)
    y = y.astype(np.int32)
    path = os.path.join(OUT, model.name + ".keras")
    model.save(path)
    make_repeatable(path)
    model = keras.models.load_model(path)
    arrays = {f"x{i}": x for i, x in enumerate(xs)}
    arrays.update({f"w{i}": np.atleast_1d(w) for i, w in enumerate(model.get_weights())})
    arrays["y"] = y
    arrays["predict_before"] = model.predict(xs, verbose=0)
    history = model.fit(xs, y, batch_size=ROWS, epochs=1, shuffle=False, verbose=0)
    arrays["history"] = np.array([history.history["loss"]])
    arrays["predict_after"] = model.predict(xs, verbose=0)
    arrays.update({f"final{i}": np.atleast_1d(w) for i, w in enumerate(model.get_weights())})
    kerasref.save_arrays(os.path.join(OUT, model.name + ".npz"), arrays)
    return {"name": model.name, "inputs": len(xs), "history": ["loss"], "weights": [v.path for v in model.weights]}


def main():
    os.makedirs(OUT, exist_ok=True)
    entries = [record(make, seed) for seed, make in enumerate([transformer, seq2seq, given_mask], 1)]
    kerasref.save_table(os.path.join(OUT, "attention.json"), "models", entries)


if __name__ == "__main__":
    main()
