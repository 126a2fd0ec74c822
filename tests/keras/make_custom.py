#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes custom/<name>.keras and .h5, models with layers of their author's own, and beside them, in custom/<name>.npz,
data, what Keras predicts, and what it does in training: tests/custom/test_custom.c has those layers in C and replays
them. Run it by hand."""

import json
import os

import numpy as np

import kerasref
from kerasref import keras
from make_keras_files import make_repeatable

layers, ops = keras.layers, keras.ops
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "custom")
EPOCHS = 3


@keras.saving.register_keras_serializable(package="Text")
class TokenAndPositionEmbedding(layers.Layer):
    """Two tables within, the second looked up by position."""

    def __init__(self, maxlen, vocab_size, embed_dim, **kwargs):
        super().__init__(**kwargs)
        self.maxlen, self.vocab_size, self.embed_dim = maxlen, vocab_size, embed_dim
        self.token_emb = layers.Embedding(vocab_size, embed_dim)
        self.pos_emb = layers.Embedding(maxlen, embed_dim)

    def call(self, x):
        return self.token_emb(x) + self.pos_emb(ops.arange(self.maxlen))

    def get_config(self):
        own = {"maxlen": self.maxlen, "vocab_size": self.vocab_size, "embed_dim": self.embed_dim}
        return super().get_config() | own


@keras.saving.register_keras_serializable(package="Text")
class TransformerBlock(layers.Layer):
    """Layers within, two of them in a list, and dropout, which is off in the golden runs."""

    def __init__(self, embed_dim, num_heads, ff_dim, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.own = {"embed_dim": embed_dim, "num_heads": num_heads, "ff_dim": ff_dim, "rate": rate}
        self.att = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.ffn = [layers.Dense(ff_dim, activation="relu"), layers.Dense(embed_dim)]
        self.layernorm1 = layers.LayerNormalization(epsilon=1e-6)
        self.layernorm2 = layers.LayerNormalization(epsilon=1e-6)
        self.dropout1 = layers.Dropout(rate)

    def build(self, shape):
        self.att.build(shape, shape)
        self.ffn[0].build(shape)
        self.ffn[1].build((*shape[:-1], self.own["ff_dim"]))
        self.layernorm1.build(shape)
        self.layernorm2.build(shape)

    def call(self, x, training=None):
        attended = self.dropout1(self.att(x, x, use_causal_mask=True), training=training)
        x = self.layernorm1(x + attended)
        return self.layernorm2(x + self.ffn[1](self.ffn[0](x)))

    def get_config(self):
        return super().get_config() | self.own


class Standardize(layers.Layer):
    """Weights of its own, one of them a running mean that training moves, and a loss of its own; not registered with
    Keras."""

    def __init__(self, momentum=0.9, penalty=0.0, **kwargs):
        super().__init__(**kwargs)
        self.momentum, self.penalty = momentum, penalty

    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones", name="scale")
        self.mean = self.add_weight(shape=(shape[-1],), initializer="zeros", trainable=False, name="mean")

    def call(self, x, training=None):
        mean = self.mean
        if training:
            mean = ops.mean(x, axis=0)
            self.mean.assign(self.mean * self.momentum + mean * (1 - self.momentum))
        y = (x - mean) * self.scale
        self.add_loss(self.penalty * ops.mean(ops.abs(y), axis=0))
        return y

    def get_config(self):
        return super().get_config() | {"momentum": self.momentum, "penalty": self.penalty}


def signed_root(x, power):
    return ops.sign(x) * ops.power(ops.abs(x) + 1.0, power)


def transformer():
    x = keras.Input((8,), dtype="int32", name="words")
    y = TokenAndPositionEmbedding(8, 20, 6, name="embed")(x)
    y = TransformerBlock(6, 2, 10, rate=0.0, name="block")(y)
    y = layers.GlobalAveragePooling1D()(y)
    return keras.Model(x, layers.Dense(3, activation="softmax")(y), name="transformer")


def own_weights():
    return keras.Sequential(
        [
            keras.Input((5,)),
            Standardize(momentum=0.5, penalty=0.25),
            layers.Dense(4),
            layers.Lambda(signed_root, arguments={"power": 0.5}, name="root"),
            layers.Dense(3, activation="softmax"),
        ],
        name="own_weights",
    )


def main():
    os.makedirs(HERE, exist_ok=True)
    table = []
    rng = np.random.default_rng(7)
    words = rng.integers(0, 20, (24, 8)).astype("int32")
    numbers = rng.normal(2.0, 1.0, (24, 5)).astype("float32")
    for make, x in ((transformer, words), (own_weights, numbers)):
        keras.utils.clear_session()
        keras.utils.set_random_seed(11)
        model = make()
        y = (x.sum(axis=1) % 3).astype("int32")
        model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
        arrays = {"x": x, "y": y, "predict_before": model.predict(x, verbose=0)}
        for end in (".keras", ".h5"):  # .h5 first would lose the optimizer
            model.save(os.path.join(HERE, model.name + end))
        make_repeatable(os.path.join(HERE, model.name + ".keras"))
        names, arrays["history"] = kerasref.fit(model, x, y, batch_size=10, epochs=EPOCHS)
        arrays["predict_after"] = model.predict(x, verbose=0)
        kerasref.save_arrays(os.path.join(HERE, model.name + ".npz"), arrays)
        table.append({"name": model.name, "history": names, "epochs": EPOCHS, "batch_size": 10})
    kerasref.save_table(os.path.join(HERE, "custom.json"), "files", table)


if __name__ == "__main__":
    main()
