/* SPDX-License-Identifier: MIT */
/// Arrays: a borrowed view of the caller's memory (clk_array), and an array that clkeras owns
/// (clk_ndarray), from a file or as a result. Row-major, batch first.
#ifndef CLKERAS_ARRAY_H
#define CLKERAS_ARRAY_H

#include <clkeras/base.h>

CLK_BEGIN_DECLS

#define CLK_MAX_RANK 8

typedef enum clk_dtype {
    CLK_FLOAT32 = 1,
    CLK_FLOAT64,
    CLK_INT32,
    CLK_INT64,
    CLK_UINT8,
} clk_dtype;

/// A view: `data` is borrowed for the call it is passed to. A zeroed view means "none".
/// Elements are contiguous, row-major, shape[0] is the number of samples.
typedef struct clk_array {
    const void *data;
    clk_dtype dtype;
    int rank;
    int64_t shape[CLK_MAX_RANK];
} clk_array;

/// An array owned by the library: read-only, possibly a mapped file. Free with clk_ndarray_free().
typedef struct clk_ndarray clk_ndarray;

/// A view of `a`, borrowed until `a` is freed. NULL gives the "none" view.
CLK_API clk_array clk_ndarray_view(const clk_ndarray *a);
/// Frees the array; NULL is fine.
CLK_API void clk_ndarray_free(clk_ndarray *a);

/// Bytes of one element; 0 for a number that is not a dtype.
CLK_API size_t clk_dtype_bytes(clk_dtype dtype);
/// Keras' name: "float32", "uint8", ...; "?" for a number that is not a dtype.
CLK_API const char *clk_dtype_name(clk_dtype dtype);

/// Opens X or Y as the command line names it: FILE.npy, FILE.npz:KEY, FILE.csv[:COLUMNS],
/// FILE-idx3-ubyte[.gz]. .npy, stored .npz members and plain IDX files are mapped, not read.
/// Fortran-ordered, big-endian and unaligned arrays are turned in memory. KEY may be left out where
/// there is one. CSV gives float32 of shape (rows, columns); COLUMNS are numbers from 0, ranges and
/// header names, separated by commas: "0-3,label,7-". What a file holds is decided by its content.
/// A file that exists with a colon in its name is opened by it.
/// @param out owned by the caller, free with clk_ndarray_free()
/// @return CLK_OK; CLK_ERR_IO: cannot be opened or read; CLK_ERR_FORMAT: damaged, ragged, empty or
///         not such a file (names the byte, row or member); CLK_ERR_UNSUPPORTED: another dtype than
///         float32/64, int32/64, uint8 (bool reads as uint8); CLK_ERR_ARG: no such key or column
CLK_API clk_status clk_ndarray_open(clk_ndarray **out, const char *spec) CLK_MUST_CHECK;

/// Writes `array` to a .npy file (version 1.0), through a temporary name: a failed save leaves the old file.
/// @return CLK_OK; CLK_ERR_IO: cannot be written
CLK_API clk_status clk_array_save(clk_array array, const char *path) CLK_MUST_CHECK;

CLK_END_DECLS

#ifdef __cplusplus
/// clk_f32(data, 1000, 100): a float32 view of shape (1000, 100); the others likewise.
template <class... Dims> clk_array clk_array_of(clk_dtype dtype, const void *data, Dims... dims)
{
    static_assert(sizeof...(dims) >= 1 && sizeof...(dims) <= CLK_MAX_RANK, "rank is 1 to 8");
    clk_array a = {data, dtype, static_cast<int>(sizeof...(dims)), {static_cast<int64_t>(dims)...}};
    return a;
}
#define CLK_ARRAY(dtype, data, ...) clk_array_of(dtype, data, __VA_ARGS__)
#else
#define CLK_COUNT_DIMS(...) ((int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)))
#define CLK_ARRAY(dtype_, data_, ...)        \
    ((clk_array){.data = (data_),            \
        .dtype = (dtype_),                   \
        .rank = CLK_COUNT_DIMS(__VA_ARGS__), \
        .shape = {__VA_ARGS__}})
#endif

/// clk_f32(data, 1000, 100): a float32 view of shape (1000, 100); the others likewise.
#define clk_f32(data, ...) CLK_ARRAY(CLK_FLOAT32, data, __VA_ARGS__)
#define clk_f64(data, ...) CLK_ARRAY(CLK_FLOAT64, data, __VA_ARGS__)
#define clk_i32(data, ...) CLK_ARRAY(CLK_INT32, data, __VA_ARGS__)
#define clk_i64(data, ...) CLK_ARRAY(CLK_INT64, data, __VA_ARGS__)
#define clk_u8(data, ...)  CLK_ARRAY(CLK_UINT8, data, __VA_ARGS__)

#endif
