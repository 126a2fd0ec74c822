/* SPDX-License-Identifier: MIT */
/// Everything: #include <clkeras/clkeras.h>
#ifndef CLKERAS_CLKERAS_H
#define CLKERAS_CLKERAS_H

#include <clkeras/array.h>
#include <clkeras/base.h>
#include <clkeras/device.h>
#include <clkeras/layer.h>
#include <clkeras/model.h>
#include <clkeras/train.h>

#endif
