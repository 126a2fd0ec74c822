/* SPDX-License-Identifier: MIT */
/* Layers against numbers and configs of Keras: outputs, masks, gradients of inputs and weights, updated state.
 *
 * To add cases for a layer: write tests/layers/cases/NAME.py, which holds a list CASES of dicts, run
 *
 *     python tests/layers/make_golden.py NAME
 *
 * (needs the packages keras and jax), commit golden/NAME.json and golden/NAME.npz with it, and call
 * check_golden_layers("NAME") from tests/layers/test_NAME.c. All cases of a mode run in one plan. Keys of a case:
 *
 *     name      of the case, by which its random numbers are drawn too
 *     layer     an expression, the same for Keras and clkeras; or
 *     layers    a list of them, each on the output of the one before: ["Masking()", "LSTM(3)"]
 *     inputs    a list, an input each: a shape with its batch, for floats in [-1, 1); or a dict of
 *               shape, low, high, dtype ("float32", "int32": in [low, high)), or values and dtype.
 *               Sizes other than the batch's should be known to build() as they are here
 *     masks     a list as long: None, or the 0s and 1s of a Keras mask
 *     training  default False: what layers see as graph->training
 *     call      how Keras is called, if not by layer(*x, **kwargs), nor with a list by a merging layer:
 *               "layer(x[0], initial_state=x[1:])"
 *     kwargs    of the call, to both: {"use_causal_mask": True}
 *     weights   ranges by a weight's name, {"gamma": [1, 2]}; default [-1, 1), of variances [0.5, 2)
 *     config    False: the last layer's config is not compared (inner layers, which Keras names by itself)
 *     abs, rel  how far numbers may be off, default 1e-5 each
 *
 * Weights are those of clkeras' layer and then of its children, which must be Keras' order of layer.weights. */
#pragma once

/* Every case of tests/layers/golden/NAME.json; fails the test at the first that is off. */
void check_golden_layers(const char *name);
