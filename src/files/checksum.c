/* SPDX-License-Identifier: MIT */
/* A checksum by threads: zlib takes as long for 100 MB as all the rest of opening a model. */
#include "files/checksum.h"

#include <pthread.h>
#include <unistd.h>
#include <zlib.h>

enum {
    MOST_PARTS = 4,
    LEAST_BYTES = 4 << 20 /* of a part that is worth a thread */
};

struct part {
    const unsigned char *data;
    size_t bytes;
    uLong crc;
};

static void *sum_part(void *user)
{
    struct part *p = user;
    p->crc = crc32_z(0, p->data, p->bytes);
    return NULL;
}

static size_t count_parts(size_t bytes)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = bytes / LEAST_BYTES;
    if (cores > 0 && n > (size_t)cores)
        n = (size_t)cores;
    return n > MOST_PARTS ? MOST_PARTS : n > 0 ? n : 1;
}

uint32_t clk__checksum(const void *data, size_t bytes)
{
    struct part parts[MOST_PARTS];
    pthread_t threads[MOST_PARTS];
    size_t n = count_parts(bytes), n_threads = 1;
    for (size_t i = 0; i < n; i++)
        parts[i] = (struct part){.data = (const unsigned char *)data + i * (bytes / n),
            .bytes = i + 1 < n ? bytes / n : bytes - i * (bytes / n)};
    while (n_threads < n &&
           pthread_create(&threads[n_threads], NULL, sum_part, &parts[n_threads]) == 0)
        n_threads++;
    sum_part(&parts[0]);
    for (size_t i = 1; i < n; i++) {
        if (i < n_threads)
            (void)pthread_join(threads[i], NULL);
        else
            sum_part(&parts[i]); /* there was no thread for it */
        parts[0].crc = crc32_combine(parts[0].crc, parts[i].crc, (z_off_t)parts[i].bytes);
    }
    return (uint32_t)parts[0].crc;
}
