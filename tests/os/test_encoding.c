/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_encoding - guesses and conversions, with the bytes that trap a scanner: CP932 trail bytes { | } \.
 */
#include "tests/unit.h"

#include <string.h>

#include "os/encoding.h"

static const struct {
    const char *bytes;
    enum encoding encoding;
    const char *text;
} cases[] = {
    {"", ENCODE_UTF8, ""},
    {"unit=a;\r\n", ENCODE_UTF8, "unit=a;\r\n"},
    {"マ", ENCODE_UTF8, "マ"},
    {"\xEF\xBB\xBFマ", ENCODE_UTF8_BOM, "マ"},
    {"\x83\x7D\x83\x7B\x83\x5C\x8F\x7C", ENCODE_CP932, "マボソ楯"}, /* trail bytes } { \ | */
    {"ty=n;cm=\"\x83\x7D\";", ENCODE_CP932, "ty=n;cm=\"マ\";"},
    {"\x87\x40\x87\x8A\xFB\xFC", ENCODE_CP932, "①㈱髙"},
    {"\x81\x60\x81\x7C\x81\x7E", ENCODE_CP932, "～－×"}, /* wave, minus, times of sz= */
    {"\xA5\xDE\xA5\xDC\xA5\xBD", ENCODE_EUC_JP, "マボソ"},
    {"\xC6\xFC\xBC\xA1\xBD\xE8\xCD\xFD", ENCODE_EUC_JP, "日次処理"},
    {"\xAD\xA1\xC6\xFC", ENCODE_EUC_JP, "①日"},
};

static void bytes_are_guessed_and_read(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_close) struct arena arena = {0};
        struct err e = {0};
        size_t n = strlen(cases[i].bytes), text_n, back_n;
        char *text, *back;
        assert_int_equal(encoding_guess(cases[i].bytes, n), cases[i].encoding);
        assert_true(encoding_decode(&arena, cases[i].encoding, (struct str){cases[i].bytes, n}, &text, &text_n, &e));
        assert_string_equal(text, cases[i].text);
        assert_int_equal(text_n, strlen(text));
        assert_true(encoding_encode(&arena, cases[i].encoding, (struct str){text, text_n}, &back, &back_n, &e));
        assert_int_equal(back_n, n);
        assert_memory_equal(back, cases[i].bytes, n);
    }
}

static void what_cannot_be_converted_is_refused_with_its_place(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    struct err e = {0};
    char *text = NULL;
    size_t n;
    assert_false(encoding_decode(&arena, ENCODE_CP932, (struct str){"ab\x83", 3}, &text, &n, &e));
    assert_int_equal(e.code, ERR_ENCODING);
    assert_non_null(strstr(e.args, "offset 2"));
    assert_false(encoding_decode(&arena, ENCODE_UTF8, (struct str){"a\x83\x7D", 3}, &text, &n, &e));
    assert_non_null(strstr(e.args, "offset 1"));
    assert_false(encoding_encode(&arena, ENCODE_CP932, (struct str){"a𠮷", 5}, &text, &n, &e));
    assert_non_null(strstr(e.args, "offset 1"));
    assert_null(text);
}

static void names_are_those_of_the_option(void **state)
{
    enum encoding encoding = ENCODE_UTF8;
    assert_true(encoding_parse("Shift_JIS", &encoding));
    assert_int_equal(encoding, ENCODE_CP932);
    assert_true(encoding_parse("euc-jp", &encoding));
    assert_int_equal(encoding, ENCODE_EUC_JP);
    assert_false(encoding_parse("latin1", &encoding));
    assert_int_equal(encoding, ENCODE_EUC_JP);
}

static void large_text_passes_through(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    struct err e = {0};
    enum { COPIES = 100000 };
    char *bytes = arena_alloc(&arena, 2 * COPIES, 1), *text;
    for (size_t i = 0; i < COPIES; i++) {
        memcpy(bytes + 2 * i, "\x83\x7D", 2);
    }
    size_t n;
    assert_true(encoding_decode(&arena, ENCODE_CP932, (struct str){bytes, 2 * COPIES}, &text, &n, &e));
    assert_int_equal(n, 3 * COPIES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_guessed_and_read),
        cmocka_unit_test(what_cannot_be_converted_is_refused_with_its_place),
        cmocka_unit_test(names_are_those_of_the_option),
        cmocka_unit_test(large_text_passes_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
