/* SPDX-License-Identifier: MIT */
/* Memory taken from the device at once and handed out in pieces. */
#pragma once

#include "device/device.h"

/* @return CLK_OK; CLK_ERR_DEVICE_MEMORY: the device does not have that much; CLK_ERR_MEMORY */
clk_status clk__pool_create(struct memory_pool **out, clk_device *d, size_t bytes) CLK_MUST_CHECK;
void clk__pool_free(struct memory_pool *pool);
size_t clk__pool_bytes(const struct memory_pool *pool);
size_t clk__pool_used(const struct memory_pool *pool);
/* What `bytes` take in the pool: rounded up to the alignment of sub-buffers. */
size_t clk__pool_rounded(const struct memory_pool *pool, size_t bytes);
/* The first free piece that holds `bytes`, as a sub-buffer; *mem is NULL if there is none. */
clk_status clk__pool_take(
    cl_mem *mem, size_t *offset, struct memory_pool *pool, size_t bytes) CLK_MUST_CHECK;
/* Takes the piece back; its sub-buffer is released already. Cannot fail. */
void clk__pool_give(struct memory_pool *pool, size_t offset, size_t bytes);
