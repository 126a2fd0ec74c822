/* SPDX-License-Identifier: MIT */
/* How far a number may be from its reference, each with the reason: |got - expected| <= abs + rel * |expected|.
 * tests/keras/make_golden.py holds the same figures for numbers made by Keras. */
#pragma once

struct tolerance {
    double abs;
    double rel;
};

#define TOLERANCE(abs_, rel_) ((struct tolerance){.abs = (abs_), .rel = (rel_)})

/* The same arithmetic on the same device: reductions have a fixed order, so reruns are bit-equal. */
#define TOL_SAME TOLERANCE(0.0, 0.0)

/* Outputs of a small model with given weights. Another order of summation over up to 100 terms near 1
 * moves an fp32 sum by a few units in the last place, 6e-8 each; exp and tanh differ by as many. */
#define TOL_PREDICT TOLERANCE(1e-6, 1e-6)

/* Losses and metrics of an epoch, up to 5 epochs and 30 steps in. Keras against itself, from weights
 * moved by 2 units in the last place, drifts by up to 2e-7; each step here rounds anew, hence the
 * factor. A wrong formula or batch order shows at 1e-3. Accuracies are counts: any flip fails. */
#define TOL_HISTORY TOLERANCE(1e-7, 1e-5)

/* Weights after as many steps. The absolute part is for weights near 0, where Adam and RMSprop divide
 * one small gradient by another: drift is up to 1e-6 there, and one step is 1e-3 or more. */
#define TOL_WEIGHTS TOLERANCE(1e-5, 1e-4)

/* Outputs computed from those weights: sums of some ten terms, each as wrong as its weight. */
#define TOL_PREDICT_TRAINED TOLERANCE(1e-5, 1e-4)
