/* SPDX-License-Identifier: MIT */
/* What the fuzz targets share. Each target is a file with LLVMFuzzerTestOneInput: with an engine (meson setup
 * -Dfuzzing=true, see CONTRIBUTING.md) it makes up inputs, without one it replays those of corpus/<target>/. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* One input, from the engine or a file. @return 0 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes the input to a file of this process and returns its path, the same at each call. */
const char *fuzz_file(const uint8_t *data, size_t size);
/* A copy that ends with 0; free() it. */
char *fuzz_text(const uint8_t *data, size_t size);
