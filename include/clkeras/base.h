/* SPDX-License-Identifier: MIT */
/// What every other public header builds on: export and check attributes, status codes, the
/// thread-local error text, the log callback.
#ifndef CLKERAS_BASE_H
#define CLKERAS_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define CLK_BEGIN_DECLS extern "C" {
#define CLK_END_DECLS   }
#else
#define CLK_BEGIN_DECLS
#define CLK_END_DECLS
#endif

#if defined(__GNUC__) || defined(__clang__)
#define CLK_API               __attribute__((visibility("default")))
#define CLK_MUST_CHECK        __attribute__((warn_unused_result))
#define CLK_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define CLK_API
#define CLK_MUST_CHECK
#define CLK_PRINTF(fmt, args)
#endif

CLK_BEGIN_DECLS

/// Version of the library, as in the pkg-config file.
#define CLK_VERSION "0.1.0"

/// What a function returns: 0, or one negative code for each thing a caller can act on.
/// clk_last_error() has the text.
typedef enum clk_status {
    CLK_OK = 0,
    CLK_ERR_ARG = -1,           ///< misuse of the interface: NULL, zero size, wrong order of calls
    CLK_ERR_MEMORY = -2,        ///< no host memory
    CLK_ERR_NO_PLATFORM = -3,   ///< no OpenCL platform (ICD) is installed
    CLK_ERR_NO_DEVICE = -4,     ///< no usable device matches
    CLK_ERR_DEVICE = -5,        ///< an OpenCL call failed
    CLK_ERR_BUILD = -6,         ///< a kernel did not compile; the text holds the compiler's log
    CLK_ERR_DEVICE_MEMORY = -7, ///< over the device's memory or the limit set on it
    CLK_ERR_SHAPE = -8,         ///< shapes that do not fit together
    CLK_ERR_VALUE = -9,         ///< data out of range, such as a class label
    CLK_ERR_CONFIG = -10,       ///< unknown name or argument, or an argument out of range
    CLK_ERR_SYNTAX = -11,       ///< a call expression that does not parse; the text has the column
    CLK_ERR_IO = -12,           ///< the system refused to open, read or write a file
    CLK_ERR_FORMAT = -13,       ///< a file that is damaged or not what it should be
    CLK_ERR_UNSUPPORTED = -14,  ///< valid Keras, not supported here; the text names it
    CLK_ERR_STATE = -15,        ///< called too early, such as fit before compile
    CLK_ERR_STOPPED = -16,      ///< a callback asked to stop with an error
} clk_status;

/// One line about the last failure on this thread: what, where, which values, what would work.
/// @return never NULL; "" when nothing has failed. Valid until the next clkeras call on this thread.
CLK_API const char *clk_last_error(void);

/// The code's name, such as "CLK_ERR_SHAPE"; "CLK_ERR_?" for a number that is not one.
CLK_API const char *clk_status_name(clk_status status);

typedef enum clk_log_level {
    CLK_LOG_ERROR = 1,
    CLK_LOG_WARNING = 2,
    CLK_LOG_INFO = 3,
    CLK_LOG_PROGRESS =
        4, ///< text of the progress bar: raw, with its control characters, no newline added
    CLK_LOG_DEBUG = 5,
} clk_log_level;

/// Receives log text. Called from the thread that called clkeras; `text` is borrowed for the call.
typedef void (*clk_log_fn)(clk_log_level level, const char *text, void *user);

/// Sets where log text goes, for the whole process; NULL (the default) drops it.
/// Set it before other threads use the library.
CLK_API void clk_log_set(clk_log_fn fn, void *user);

/// Frees a string that a clkeras function handed over; NULL is fine.
CLK_API void clk_free(void *p);

CLK_END_DECLS
#endif
