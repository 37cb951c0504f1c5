/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * arena - memory that is freed all at once.
 *
 * The default home of data: the arena of one request, one engine turn or one loaded definition.
 * Functions that return data take `struct arena *into` first, so the caller chooses the lifetime.
 * `struct arena a = {0};` is a ready, empty arena. Out of memory aborts the process.
 * Unused bytes are poisoned under AddressSanitizer, so an overrun is still found.
 * One thread at a time.
 */
#include <stdalign.h>
#include <stddef.h>

#include "base/macros.h"

struct arena_block;

struct arena {
    struct arena_block *head;  /* newest block, others behind it */
    char *next, *end;          /* free bytes of the newest block */
    size_t total_bytes;        /* asked for since the last reset */
};

/* `size` zeroed bytes; never NULL. A size of 0 gives a valid, unique pointer. */
void *arena_alloc(struct arena *into, size_t size, size_t align);

/* Frees everything; the arena may be used again. Accepts {0}. */
void arena_close(struct arena *arena);

/* Forgets everything but keeps the largest block for the next round: for one turn after another. */
void arena_reset(struct arena *arena);

#define arena_new(into, type) ((type *)arena_alloc((into), sizeof(type), alignof(type)))
#define arena_array(into, type, count) ((type *)arena_alloc_array((into), (count), sizeof(type), alignof(type)))
void *arena_alloc_array(struct arena *into, size_t count, size_t size, size_t align);

/* Copies; the result ends in NUL. */
char *arena_copy(struct arena *into, const char *text);
char *arena_copy_bytes(struct arena *into, const void *bytes, size_t n);
char *arena_printf(struct arena *into, const char *fmt, ...) PRINTF(2, 3);

/* Plain heap for base/ and for growable containers; aborts when out of memory. */
void *heap_resize(void *old, size_t count, size_t size);
void heap_free(void *old);
