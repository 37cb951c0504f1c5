/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slices, numbers, patterns, UTF-8 and the growing buffer.
 */
#include "tests/unit.h"

#include <string.h>

#include "base/str.h"

static void numbers_are_whole_and_within_bounds(void **state)
{
    (void)state;
    int64_t n = 7;
    assert_true(str_to_i64(STR("42"), 0, 100, &n));
    assert_int_equal(n, 42);
    assert_true(str_to_i64(STR("-9223372036854775807"), INT64_MIN, 0, &n));
    assert_false(str_to_i64(STR("9223372036854775808"), 0, INT64_MAX, &n));
    assert_false(str_to_i64(STR("101"), 0, 100, &n));
    assert_false(str_to_i64(STR("4 2"), 0, 100, &n));
    assert_false(str_to_i64(STR(""), 0, 100, &n));
    assert_false(str_to_i64(STR("-"), -5, 100, &n));
    assert_false(str_to_i64(STR("0x10"), 0, 100, &n));
}

static void a_cut_gives_both_sides(void **state)
{
    (void)state;
    struct str head, rest;
    assert_true(str_cut(STR("a=b=c"), '=', &head, &rest));
    assert_true(str_is(head, "a") && str_is(rest, "b=c"));
    assert_false(str_cut(STR("abc"), '=', &head, &rest));
    assert_true(str_is(head, "abc") && rest.n == 0);
}

static void patterns_match_the_whole_text(void **state)
{
    (void)state;
    assert_true(str_matches("JN404-05", "JN4*"));
    assert_true(str_matches("JN404", "*0?"));
    assert_true(str_matches("", "*"));
    assert_false(str_matches("JN404", "JN4"));
    assert_false(str_matches("JN404", "?"));
    assert_true(str_matches("aXbXc", "a*X*c"));
    assert_false(str_matches("aXbXd", "a*X*c"));
}

static void a_copy_is_cut_between_characters(void **state)
{
    (void)state;
    char text[8];
    assert_false(str_copy(text, sizeof(text), "閉塞開局"));
    assert_string_equal(text, "閉塞");
    assert_true(str_copy(text, sizeof(text), "1234567"));
    assert_string_equal(text, "1234567");
}

static void wrong_utf8_is_seen(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
    } bad[] = {{"\xC0\x80", 2}, {"\xE3\x81", 2}, {"\xED\xA0\x80", 3}, {"\xF4\x90\x80\x80", 4}, {"\x80", 1}, {"\xFF", 1}};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(utf8_valid(bad[i].bytes, bad[i].n));
    }
    assert_true(utf8_valid("国保総合𠮷", strlen("国保総合𠮷")));
}

static void columns_are_those_of_a_japanese_terminal(void **state)
{
    (void)state;
    assert_int_equal(utf8_columns("JN404"), 5);
    assert_int_equal(utf8_columns("異常検出終了"), 12);
    assert_int_equal(utf8_columns("ｱｲｳ"), 3);
    assert_int_equal(utf8_columns("𠮷野"), 4);
    assert_int_equal(utf8_columns("が"), 2);
}

static void the_buffer_grows_and_ends_in_nul(void **state)
{
    (void)state;
    struct strbuf b = {0};
    assert_string_equal(strbuf_str(&b), "");
    for (int i = 0; i < 1000; i++) {
        strbuf_printf(&b, "%d,", i);
    }
    assert_int_equal(b.n, strlen(b.at));
    assert_true(str_starts(b.at, "0,1,2,"));
    strbuf_clear(&b);
    assert_string_equal(strbuf_str(&b), "");
    strbuf_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_whole_and_within_bounds),
        cmocka_unit_test(a_cut_gives_both_sides),
        cmocka_unit_test(patterns_match_the_whole_text),
        cmocka_unit_test(a_copy_is_cut_between_characters),
        cmocka_unit_test(wrong_utf8_is_seen),
        cmocka_unit_test(columns_are_those_of_a_japanese_terminal),
        cmocka_unit_test(the_buffer_grows_and_ends_in_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
