/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena - a list of blocks, each twice the size of the one before up to 1 MiB.
 */
#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif
#ifdef HAS_ASAN
#include <sanitizer/asan_interface.h>
enum { GAP_BYTES = 16 }; /* poisoned bytes behind each allocation */
#else
#define ASAN_POISON_MEMORY_REGION(at, n) ((void)(at), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(at, n) ((void)(at), (void)(n))
enum { GAP_BYTES = 0 };
#endif

struct arena_block {
    struct arena_block *older;
    size_t size; /* usable bytes behind this header */
    alignas(max_align_t) char bytes[];
};

/* The first block is of the largest size that glibc's allocator keeps at hand for the thread (1,032 bytes). */
enum { BLOCK_BYTES_MIN = 1032 - sizeof(struct arena_block), BLOCK_BYTES_MAX = 1024 * 1024 };

static void out_of_memory(void)
{
    fputs("BNT0001-E メモリーが足りません。処理を止めます。/ out of memory, stopping\n", stderr);
    abort();
}

static void block_add(struct arena *arena, size_t wanted)
{
    size_t size = arena->head ? arena->head->size * 2 : BLOCK_BYTES_MIN;
    if (size > BLOCK_BYTES_MAX) {
        size = BLOCK_BYTES_MAX;
    }
    if (size < wanted) {
        size = wanted;
    }
    if (size > SIZE_MAX - sizeof(struct arena_block)) {
        out_of_memory();
    }
    struct arena_block *block = malloc(sizeof(*block) + size);
    if (!block) {
        out_of_memory();
        return;
    }
    block->older = arena->head;
    block->size = size;
    arena->head = block;
    arena->next = block->bytes;
    arena->end = block->bytes + size;
    ASAN_POISON_MEMORY_REGION(block->bytes, size);
}

void *arena_alloc(struct arena *into, size_t size, size_t align)
{
    assert(align && (align & (align - 1)) == 0);
    if (size > SIZE_MAX / 2) {
        out_of_memory();
    }
    size_t pad = (size_t)(-(uintptr_t)into->next & (align - 1));
    size_t room = (size_t)(into->end - into->next);
    if (!into->head || pad + size + GAP_BYTES > room) {
        block_add(into, size + align + GAP_BYTES);
        pad = (size_t)(-(uintptr_t)into->next & (align - 1));
    }
    char *at = into->next + pad;
    into->next = at + size + GAP_BYTES;
    into->total_bytes += size;
    ASAN_UNPOISON_MEMORY_REGION(at, size);
    memset(at, 0, size);
    return at;
}

void *arena_alloc_array(struct arena *into, size_t count, size_t size, size_t align)
{
    if (size && count > SIZE_MAX / size) {
        out_of_memory();
    }
    return arena_alloc(into, count * size, align);
}

static void blocks_free(struct arena_block *block)
{
    while (block) {
        struct arena_block *older = block->older;
        ASAN_UNPOISON_MEMORY_REGION(block->bytes, block->size);
        free(block);
        block = older;
    }
}

void arena_close(struct arena *arena)
{
    if (arena) {
        blocks_free(arena->head);
        *arena = (struct arena){0};
    }
}

void arena_reset(struct arena *arena)
{
    struct arena_block *keep = arena->head;
    if (!keep) {
        return;
    }
    if (keep->size > BLOCK_BYTES_MAX) { /* one huge request must not pin its memory for ever */
        arena_close(arena);
        return;
    }
    blocks_free(keep->older);
    keep->older = NULL;
    arena->next = keep->bytes;
    arena->end = keep->bytes + keep->size;
    arena->total_bytes = 0;
    ASAN_POISON_MEMORY_REGION(keep->bytes, keep->size);
}

char *arena_copy_bytes(struct arena *into, const void *bytes, size_t n)
{
    char *copy = arena_alloc(into, n + 1, 1);
    if (n) {
        memcpy(copy, bytes, n);
    }
    return copy;
}

char *arena_copy(struct arena *into, const char *text)
{
    return arena_copy_bytes(into, text, strlen(text));
}

char *arena_printf(struct arena *into, const char *fmt, ...)
{
    char first[256]; /* nearly every text fits: one pass instead of two */
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(first, sizeof(first), fmt, args);
    va_end(args);
    assert(n >= 0);
    char *text = arena_alloc(into, (size_t)n + 1, 1);
    if ((size_t)n < sizeof(first)) {
        memcpy(text, first, (size_t)n + 1);
    } else {
        (void)vsnprintf(text, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    return text;
}

void *heap_resize(void *old, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size) {
        out_of_memory();
    }
    size_t bytes = count * size;
    void *now = realloc(old, bytes > 0 ? bytes : 1);
    if (!now) {
        out_of_memory();
    }
    return now;
}

void heap_free(void *old)
{
    free(old);
}
