/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bytes - a buffer that grows at its end and is used up from its front. Few and long-lived, so its memory is whole
 * pages of the kernel's: growing moves them without a copy.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "agent/process/process.h"

enum { ROOM_MIN = 64 * 1024 };

char *bytes_room(struct bytes *b, size_t n)
{
    if (b->n + n > b->max) {
        size_t max = b->max ? b->max : ROOM_MIN;
        while (max < b->n + n) {
            max *= 2;
        }
        void *at = b->max ? mremap(b->at, b->max, max, MREMAP_MAYMOVE)
                          : mmap(NULL, max, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (at == MAP_FAILED) {
            abort();
        }
        b->at = at;
        b->max = max;
    }
    return b->at + b->n;
}

void bytes_drop(struct bytes *b, size_t n)
{
    b->n -= n;
    if (n) {
        memmove(b->at, b->at + n, b->n);
    }
}

void bytes_add(struct bytes *b, const char *at, size_t n)
{
    memcpy(bytes_room(b, n), at, n);
    b->n += n;
}

void bytes_swap(struct bytes *a, struct bytes *b)
{
    struct bytes before = *a;
    *a = *b;
    *b = before;
}
