/* SPDX-License-Identifier: Apache-2.0 */
/* test_fingerprint - tags of answers: the same for the same bytes, another for any other. */
#include "http/fingerprint.h"

#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "tests/unit.h"

static const struct fingerprint_key key = {{UINT64_C(0x9e3779b97f4a7c15), UINT64_C(0xbf58476d1ce4e5b9), UINT64_C(0x94d049bb133111eb), 7}};

static void the_same_bytes_have_the_same_tag(void **state)
{
    char text[FINGERPRINT_TEXT_BYTES], again[FINGERPRINT_TEXT_BYTES], other[FINGERPRINT_TEXT_BYTES];
    struct fingerprint_key another = key;
    another.words[3] = 8;
    fingerprint(&key, "abc", 3, text);
    fingerprint(&key, "abc", 3, again);
    fingerprint(&another, "abc", 3, other);
    assert_int_equal(strlen(text), FINGERPRINT_TEXT_BYTES - 1);
    assert_string_equal(text, again);
    assert_string_not_equal(text, other);
}

/* Every bit changed, every length, zeros alone: no two alike. */
static void other_bytes_have_another_tag(void **state)
{
    enum { BYTES = 100 };
    CLEANUP(arena_close) struct arena arena = {0};
    CLEANUP(map_close) struct map seen = {0};
    char bytes[BYTES] = {0}, text[FINGERPRINT_TEXT_BYTES];
    for (size_t i = 0; i < BYTES * 8; i++) {
        bytes[i / 8] = (char)(1U << i % 8);
        fingerprint(&key, bytes, BYTES, text);
        bytes[i / 8] = 0;
        assert_null(map_get(&seen, text));
        (void)map_put(&seen, arena_copy(&arena, text), &seen);
    }
    for (size_t n = 0; n <= BYTES; n++) {
        fingerprint(&key, bytes, n, text);
        assert_null(map_get(&seen, text));
        (void)map_put(&seen, arena_copy(&arena, text), &seen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_bytes_have_the_same_tag),
        cmocka_unit_test(other_bytes_have_another_tag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
