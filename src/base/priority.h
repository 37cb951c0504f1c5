/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * priority - a priority queue (binary heap) whose first element is the one that goes before all others, kept in a VEC.
 *
 *   *vec_add(&queue) = item;  priority_up(queue.at, queue.n, sizeof(item), goes_before);
 *   struct item first = queue.at[0];  priority_down(queue.at, queue.n--, sizeof(item), goes_before);
 *
 * Elements of which neither goes before the other come out in any order: let `goes_before` say more where it matters.
 * Inline, so that size and comparison are known where it is used.
 */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { PRIORITY_ITEM_BYTES_MAX = 128 };

typedef bool (*priority_before_fn)(const void *a, const void *b);

/* The last of n elements is new: moves it to its place. */
static inline void priority_up(void *at, size_t n, size_t size, priority_before_fn goes_before)
{
    char *heap = at, item[PRIORITY_ITEM_BYTES_MAX];
    size_t i = n - 1;
    assert(n > 0 && size <= sizeof(item));
    memcpy(item, heap + i * size, size);
    while (i > 0 && goes_before(item, heap + (i - 1) / 2 * size)) {
        memcpy(heap + i * size, heap + (i - 1) / 2 * size, size);
        i = (i - 1) / 2;
    }
    memcpy(heap + i * size, item, size);
}

/* The first of n elements has been taken: closes the gap; n - 1 are left. */
static inline void priority_down(void *at, size_t n, size_t size, priority_before_fn goes_before)
{
    char *heap = at;
    assert(n > 0);
    const char *last = heap + (n - 1) * size;
    size_t i = 0;
    while (2 * i + 1 < n - 1) {
        size_t child = 2 * i + 1;
        child += child + 1 < n - 1 && goes_before(heap + (child + 1) * size, heap + child * size);
        if (!goes_before(heap + child * size, last)) {
            break;
        }
        memcpy(heap + i * size, heap + child * size, size);
        i = child;
    }
    if (i != n - 1) {
        memcpy(heap + i * size, last, size);
    }
}
