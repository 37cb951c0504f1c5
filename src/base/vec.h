/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * vec - an array that grows.
 *
 *   VEC(struct diag) diags = {0};          declare (also as a struct member)
 *   *vec_add(&diags) = (struct diag){…};   append one zeroed element, returns its address
 *   diags.at[i], diags.n                   use
 *   vec_close(&diags);                     free; accepts {0}
 *
 * Addresses of elements change when it grows. One thread at a time.
 */
#include <stddef.h>
#include <string.h>

#include "base/arena.h"

#define VEC(type)                                                                                            \
    struct {                                                                                                 \
        type *at;                                                                                            \
        size_t n, max;                                                                                       \
    }

/* Makes room for `more` further elements. */
#define vec_reserve(vec, more)                                                                               \
    ((vec)->n + (more) > (vec)->max                                                                          \
         ? (void)((vec)->max = vec_grown((vec)->max, (vec)->n + (more)),                                     \
                  (vec)->at = heap_resize((vec)->at, (vec)->max, sizeof(*(vec)->at)))                        \
         : (void)0)
#define vec_add(vec)                                                                                         \
    (vec_reserve((vec), 1), memset(&(vec)->at[(vec)->n], 0, sizeof(*(vec)->at)), &(vec)->at[(vec)->n++])
#define vec_close(vec) (heap_free((vec)->at), (vec)->at = NULL, (vec)->n = 0, (vec)->max = 0)

static inline size_t vec_grown(size_t max, size_t needed)
{
    size_t next = max < 8 ? 8 : max + max / 2;
    return next < needed ? needed : next;
}
