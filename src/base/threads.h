/* SPDX-License-Identifier: MIT */
/* Threads: C11 names over pthreads are enough; here is only what is used more than once. */
#pragma once

/* Thread-local storage class. */
#define THREAD_LOCAL _Thread_local
