/* SPDX-License-Identifier: MIT */
/// Devices: listing, selecting, memory. Listing allocates nothing on any device.
/// Thread-safety: a list and a device's info may be read from any thread; one device is used by one
/// thread at a time, several devices by several threads.
#ifndef CLKERAS_DEVICE_H
#define CLKERAS_DEVICE_H

#include <clkeras/base.h>

CLK_BEGIN_DECLS

typedef struct clk_device clk_device;
typedef struct clk_device_list clk_device_list;

typedef enum clk_device_type {
    CLK_DEVICE_GPU = 1,
    CLK_DEVICE_ACCELERATOR,
    CLK_DEVICE_CPU,
    CLK_DEVICE_OTHER,
} clk_device_type;

/// What is known of a device without using it. Strings are borrowed from the list or device.
typedef struct clk_device_info {
    int platform_index; ///< as in "0:1": platform 0, device 1
    int device_index;
    const char *name;
    const char *vendor;
    const char *platform;
    const char *driver;
    const char *version; ///< "OpenCL 3.0 ..."
    clk_device_type type;
    unsigned compute_units;
    uint64_t memory_bytes;
    uint64_t max_alloc_bytes;
    bool fp16;
    bool fp64;
    bool visible;             ///< false: hidden by CLKERAS_VISIBLE_DEVICES
    const char *why_unusable; ///< NULL: usable; else the reason, one line
} clk_device_info;

/// Lists every device of every platform, usable or not.
/// @param out owned by the caller, free with clk_device_list_free()
/// @return CLK_OK (the list may be empty: a platform without devices); CLK_ERR_NO_PLATFORM: no ICD
///         is installed; CLK_ERR_DEVICE: a driver failed to answer and no other has a device (else
///         that is a warning in the log); CLK_ERR_MEMORY
CLK_API clk_status clk_device_list_create(clk_device_list **out) CLK_MUST_CHECK;
CLK_API size_t clk_device_list_count(const clk_device_list *list);
/// @return the i-th device's info, borrowed from the list; NULL if i is out of range
CLK_API const clk_device_info *clk_device_list_get(const clk_device_list *list, size_t i);
CLK_API void clk_device_list_free(clk_device_list *list);

/// "GPU", "CPU", "ACCELERATOR", "OTHER".
CLK_API const char *clk_device_type_name(clk_device_type type);

/// How a device is opened. Zero means: memory grows as needed, no limit, nothing preallocated.
typedef struct clk_device_options {
    size_t size;
    uint64_t memory_limit_bytes; ///< hard limit on what clkeras allocates there; 0: none
    uint64_t preallocate_bytes;  ///< taken at once and kept; 0: memory grows as needed
    bool profiling;              ///< time every kernel (see clk_device_profile)
} clk_device_options;

#ifndef __cplusplus
#define clk_device_opts(...) \
    (&(const clk_device_options){.size = sizeof(clk_device_options), __VA_ARGS__})
#endif

/// Opens a device.
/// @param spec "gpu", "gpu:1", "cpu", "accelerator", "0:1" (platform:device), "most-memory", or part
///        of a device's, vendor's or platform's name (case does not matter); where several match,
///        the best. NULL or "": CLKERAS_DEVICE from the environment, else the
///        best GPU, else an accelerator, else the CPU. Devices hidden by CLKERAS_VISIBLE_DEVICES (a
///        comma-separated list of such specs) are never chosen.
/// @param options NULL for the defaults
/// @param out owned by the caller, close with clk_device_close() after all models that use it
/// @return CLK_OK; CLK_ERR_NO_PLATFORM; CLK_ERR_NO_DEVICE: nothing matches, or what matches is
///         unusable (no compiler, OpenCL 1.1, ...); CLK_ERR_DEVICE_MEMORY: preallocation failed or is
///         above the limit; CLK_ERR_DEVICE: the driver failed; CLK_ERR_MEMORY
CLK_API clk_status clk_device_open(
    clk_device **out, const char *spec, const clk_device_options *options) CLK_MUST_CHECK;
/// Closes the device; NULL is fine.
CLK_API void clk_device_close(clk_device *device);
/// @return the device's info, borrowed from the device
CLK_API const clk_device_info *clk_device_get_info(const clk_device *device);

/// Bytes that clkeras holds on the device.
typedef struct clk_device_memory {
    uint64_t in_use_bytes;
    uint64_t peak_bytes;
    uint64_t limit_bytes;     ///< 0: none
    uint64_t available_bytes; ///< up to the limit, or the device's memory
} clk_device_memory;
CLK_API clk_device_memory clk_device_get_memory(const clk_device *device);
/// Sets the peak to what is in use now.
CLK_API void clk_device_reset_peak(clk_device *device);

/// One kernel's share of the time, since the device was opened with .profiling.
typedef struct clk_kernel_time {
    const char *name; ///< borrowed from the device, until the next call on it
    uint64_t count;
    double seconds;
} clk_kernel_time;
/// Waits for the device and gives the kernels' times, slowest first.
/// @param out an array of at most `capacity`, filled; @param count_out how many kernels there are
/// @return CLK_OK; CLK_ERR_STATE: not opened with .profiling; CLK_ERR_DEVICE
CLK_API clk_status clk_device_profile(
    size_t *count_out, clk_kernel_time *out, size_t capacity, clk_device *device) CLK_MUST_CHECK;

CLK_END_DECLS
#endif
