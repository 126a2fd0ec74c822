/* SPDX-License-Identifier: MIT */
/* "accuracy" and "crossentropy": which metric they are is known with the shapes of predictions and targets. */
#pragma once

#include "metrics/metric.h"

/* The class for "accuracy", "acc", "crossentropy", "ce" in any case; NULL: another name. */
const struct metric_class *clk__metric_by_shape(const char *name);
