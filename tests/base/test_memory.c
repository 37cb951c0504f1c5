/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arenas, vectors and maps against plain expectations.
 */
#include "tests/unit.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/priority.h"
#include "base/vec.h"

static void memory_comes_zeroed_and_aligned_and_stays_apart(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (size_t round = 0; round < 3; round++) {
        char *before = NULL;
        for (size_t size = 1; size < 5000; size += 37) {
            char *at = arena_alloc(&arena, size, 16);
            assert_int_equal((uintptr_t)at % 16, 0);
            for (size_t i = 0; i < size; i++) {
                assert_int_equal(at[i], 0);
            }
            memset(at, 0xAA, size);
            assert_ptr_not_equal(at, before);
            before = at;
        }
        arena_reset(&arena);
    }
    arena_close(&arena);
    arena_close(&arena);
}

static void a_map_agrees_with_an_array(void **state)
{
    (void)state;
    enum { KEYS = 5000 };
    static char names[KEYS][16];
    static int values[KEYS];
    struct map map = {0};
    for (int i = 0; i < KEYS; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "unit%d", i);
        assert_null(map_put(&map, names[i], &values[i]));
    }
    for (int i = 0; i < KEYS; i += 2) {
        assert_ptr_equal(map_remove(&map, names[i]), &values[i]);
    }
    size_t seen = 0;
    for (struct map_entry *e = NULL; (e = map_next(&map, e));) {
        seen++;
    }
    assert_int_equal(seen, KEYS / 2);
    for (int i = 0; i < KEYS; i++) {
        assert_ptr_equal(map_get(&map, names[i]), i % 2 ? &values[i] : NULL);
    }
    assert_ptr_equal(map_get_bytes(&map, "unit1xyz", 5), &values[1]);
    assert_null(map_get_bytes(&map, "unit1xyz", 6));
    map_close(&map);
}

static void a_map_of_numbers_lives_through_removals(void **state)
{
    (void)state;
    struct map map = {0};
    int value;
    for (uint64_t round = 0; round < 20; round++) {
        for (uint64_t i = 0; i < 1000; i++) {
            (void)map_put_id(&map, round * 1000 + i, &value);
        }
        for (uint64_t i = 0; i < 1000; i++) {
            assert_ptr_equal(map_remove_id(&map, round * 1000 + i), &value);
        }
    }
    assert_int_equal(map.n, 0);
    assert_true(map.max < 8192); /* removed places are used again */
    map_close(&map);
}

static void a_vector_keeps_its_order(void **state)
{
    (void)state;
    VEC(int) list = {0};
    for (int i = 0; i < 1000; i++) {
        *vec_add(&list) = i;
    }
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(list.at[i], i);
    }
    vec_close(&list);
    assert_int_equal(list.n, 0);
}

static bool is_smaller(const void *one, const void *other)
{
    return *(const uint32_t *)one < *(const uint32_t *)other;
}

static void a_priority_queue_gives_the_smallest_first(void **state)
{
    (void)state;
    VEC(uint32_t) queue = {0};
    uint32_t next = 12345, taken = 0;
    for (int round = 0; round < 20000; round++) {
        next = next * 1664525u + 1013904223u;
        if (queue.n == 0 || next % 3) {
            *vec_add(&queue) = next / 7;
            priority_up(queue.at, queue.n, sizeof(uint32_t), is_smaller);
            continue;
        }
        taken = queue.at[0];
        for (size_t i = 0; i < queue.n; i++) {
            assert_true(queue.at[i] >= taken);
        }
        priority_down(queue.at, queue.n--, sizeof(uint32_t), is_smaller);
        if (queue.n > 100) {
            queue.n = 100; /* any front part of a heap is one */
        }
    }
    while (queue.n) {
        assert_true(queue.at[0] >= taken || taken == 0);
        taken = queue.at[0];
        priority_down(queue.at, queue.n--, sizeof(uint32_t), is_smaller);
    }
    vec_close(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_comes_zeroed_and_aligned_and_stays_apart),
        cmocka_unit_test(a_map_agrees_with_an_array),
        cmocka_unit_test(a_map_of_numbers_lives_through_removals),
        cmocka_unit_test(a_vector_keeps_its_order),
        cmocka_unit_test(a_priority_queue_gives_the_smallest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
