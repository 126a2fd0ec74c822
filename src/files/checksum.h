/* SPDX-License-Identifier: MIT */
/* Checksums of large members. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* zlib's crc32 of `bytes` at `data`, by several threads where there are many bytes. */
uint32_t clk__checksum(const void *data, size_t bytes);
