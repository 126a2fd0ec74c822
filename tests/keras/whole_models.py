# SPDX-License-Identifier: MIT
"""Small models of the kinds that are built most, and data from which they can learn, for make_keras_files.py."""

import numpy as np

from kerasref import keras

layers = keras.layers
WORDS, LENGTH = 50, 14
SIDE = 8


def reviews():
    """Of words in the order of their numbers, as in Keras' IMDB: 0 is padding, at the beginning."""
    ids = keras.Input((LENGTH,), dtype="int32")
    x = layers.Embedding(WORDS, 8, mask_zero=True)(ids)
    x = layers.LSTM(8)(x)
    return keras.Model(ids, layers.Dense(1, activation="sigmoid")(x), name="reviews")


def topics():
    ids = keras.Input((LENGTH,), dtype="int32")
    x = layers.Embedding(WORDS, 6, mask_zero=True)(ids)
    x = layers.Bidirectional(layers.GRU(5, return_sequences=True))(x)
    x = layers.Bidirectional(layers.GRU(4))(x)
    x = layers.Dense(6, activation="tanh")(x)
    return keras.Model(ids, layers.Dense(3, activation="softmax")(x), name="topics")


def convolutions(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", activation="silu")(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    return layers.Activation("silu")(x)


def unet():
    """Ronneberger, Fischer, Brox, "U-Net" (2015), figure 1, with two ways of going up."""
    image = keras.Input((SIDE, SIDE, 2))
    first = convolutions(image, 4)
    second = convolutions(layers.MaxPooling2D()(first), 6)
    x = convolutions(layers.MaxPooling2D()(second), 8)
    x = layers.Conv2DTranspose(6, 2, strides=2)(x)
    x = convolutions(layers.Concatenate()([second, x]), 6)
    x = layers.UpSampling2D(2, interpolation="bilinear")(x)
    x = convolutions(layers.Concatenate()([first, x]), 4)
    return keras.Model(image, layers.Conv2D(1, 1, activation="sigmoid")(x), name="unet")


def autoencoder():
    image = keras.Input((SIDE, SIDE, 1))
    x = layers.Conv2D(6, 3, strides=2, padding="same", activation="elu")(image)
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="elu")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(5, name="code")(x)
    x = layers.Dense(2 * 2 * 8, activation="elu")(x)
    x = layers.Reshape((2, 2, 8))(x)
    x = layers.Conv2DTranspose(6, 3, strides=2, padding="same", activation="elu")(x)
    x = layers.Conv2DTranspose(1, 3, strides=2, padding="same")(x)
    return keras.Model(image, x, name="autoencoder")


def frames():
    """A model on every image of a sequence, and one on every vector that comes of them."""
    image = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            layers.Conv2D(4, 3, strides=2, activation="silu"),
            layers.Conv2D(6, 3, activation="silu", kernel_regularizer="l2"),
            layers.GlobalAveragePooling2D(),
        ],
        name="image",
    )
    inputs = keras.Input((6,))
    halves = [layers.Dense(4, activation="tanh")(inputs), layers.Dense(4, name="other")(inputs)]
    vector = keras.Model(inputs, layers.Multiply()(halves), name="vector")
    video = keras.Input((5, SIDE, SIDE, 1))
    x = layers.TimeDistributed(image)(video)
    x = layers.TimeDistributed(vector, name="vectors")(x)
    x = layers.LSTM(6)(x)
    return keras.Model(video, layers.Dense(1, activation="sigmoid")(x), name="frames")


def sentences(rng, rows, classes):
    """Each class has words of its own; those of others come up less often."""
    y = rng.integers(0, classes, rows)
    own = rng.integers(1, WORDS // classes, (rows, LENGTH)) * classes + y[:, None]
    x = np.where(rng.random((rows, LENGTH)) < 0.3, own, rng.integers(1, WORDS, (rows, LENGTH)))
    x[np.arange(LENGTH) < rng.integers(0, LENGTH - 2, rows)[:, None]] = 0
    return np.minimum(x, WORDS - 1).astype(np.int32), y


def shapes(rng, rows, channels):
    """Noise with a bright rectangle, and where that is."""
    inside = np.zeros((rows, SIDE, SIDE, 1), np.float32)
    for i, (top, left, height, width) in enumerate(rng.integers(1, 5, (rows, 4))):
        inside[i, top : top + height, left : left + width] = 1
    noise = 0.5 * rng.standard_normal((rows, SIDE, SIDE, channels))
    return (inside + noise).astype(np.float32), inside


def data_of_reviews(rng, rows):
    x, y = sentences(rng, rows, 2)
    return x, y[:, None].astype(np.float32)


def data_of_topics(rng, rows):
    x, y = sentences(rng, rows, 3)
    return x, y.astype(np.int32)


def data_of_unet(rng, rows):
    x, inside = shapes(rng, rows, 2)
    return x, inside.astype(np.uint8)


def data_of_autoencoder(rng, rows):
    x, _ = shapes(rng, rows, 1)
    return x, x


def data_of_frames(rng, rows):
    """Rectangles that come, or go."""
    _, inside = shapes(rng, rows, 1)
    y = rng.integers(0, 2, (rows, 1))
    bright = np.linspace(0, 1, 5)[None, :] * (2 * y - 1) + (1 - y)
    x = inside[:, None] * bright[..., None, None, None]
    x += 0.2 * rng.standard_normal((rows, 5, SIDE, SIDE, 1))
    return x.astype(np.float32), y.astype(np.float32)


# As in make_keras_files.py, with a model and its data instead of layers.
WHOLE = [
    {
        "name": "reviews",
        "model": reviews,
        "data": data_of_reviews,
        "compile": ("binary_crossentropy", "Adam(learning_rate=0.01)", ["accuracy"]),
    },
    {
        "name": "topics",
        "model": topics,
        "data": data_of_topics,
        "compile": (
            "sparse_categorical_crossentropy",
            "RMSprop(learning_rate=0.005)",
            ["accuracy"],
        ),
    },
    {
        "name": "unet",
        "model": unet,
        "data": data_of_unet,
        "compile": ("binary_crossentropy", "Adam(learning_rate=0.005)", ["accuracy"]),
    },
    {
        "name": "autoencoder",
        "model": autoencoder,
        "data": data_of_autoencoder,
        "compile": ("mse", "Adam(learning_rate=0.005)", []),
    },
]
# Later ones: the numbers of rows are seeds.
MORE = [
    {
        "name": "frames",
        "model": frames,
        "data": data_of_frames,
        # Keras names weights as they were when the model within was built alone.
        "within": {
            "image/": "time_distributed/", "dense/": "vectors/vector/", "other/": "vectors/vector/",
        },
        "compile": ("binary_crossentropy", "Adam(learning_rate=0.01)", ["accuracy"]),
    },
]
