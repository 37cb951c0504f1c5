/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_words - arguments in words, keys as texts, places of output.
 */
#include "tests/unit.h"

#include <string.h>

#include "agent/agent_priv.h"

static const struct {
    const char *text, *words; /* words joined by | */
} cases[] = {
    {"", ""},
    {" \t ", ""},
    {"a b\tc", "a|b|c"},
    {"'a b' \"c d\"", "a b|c d"},
    {"a'b c'd", "ab cd"},
    {"\"a\\\"b\\\\c\\d\"", "a\"b\\c\\d"},
    {"'a\\'b", "a\\b"},
    {"a\\ b \\\\", "a b|\\"},
    {"'' \"\" x", "||x"},
    {"$A * ;", "$A|*|;"},
    {"業務 '日 次'", "業務|日 次"},
};

static void words_are_parted_like_a_shell_does_without_expansion(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_close) struct arena arena = {0};
        CLEANUP(strbuf_close) struct strbuf joined = {0};
        struct words words;
        struct err e = {0};
        assert_true(words_split(&arena, cases[i].text, &words, &e));
        for (size_t k = 0; k < words.n; k++) {
            strbuf_text(&joined, k ? "|" : "");
            strbuf_text(&joined, words.at[k]);
        }
        assert_string_equal(strbuf_str(&joined), cases[i].words);
    }
}

static void open_quotes_and_too_many_words_are_refused(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    struct words words;
    struct err e = {0};
    assert_false(words_split(&arena, "a 'b", &words, &e));
    assert_int_equal(e.code, ERR_ARGUMENT);
    assert_false(words_split(&arena, "\"", &words, &e));
    char many[2 * JOB_ARGS_MAX + 4];
    memset(many, 0, sizeof(many));
    for (size_t i = 0; i <= JOB_ARGS_MAX; i++) {
        memcpy(many + 2 * i, "x ", 2);
    }
    assert_false(words_split(&arena, many, &words, &e));
    assert_int_equal(e.code, ERR_TOO_LARGE);
}

static void keys_are_read_back_as_written(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    struct attempt_key key = {"epoch", "svc/with/slash", INT64_MAX, 0, INT32_MAX}, again;
    const char *text = key_print(&arena, &key);
    assert_string_equal(text, "epoch/svc/with/slash/9223372036854775807/0/2147483647");
    assert_true(key_parse(&arena, text, &again));
    assert_string_equal(again.epoch, "epoch");
    assert_string_equal(again.service, "svc/with/slash");
    assert_int_equal(again.run, INT64_MAX);
    assert_int_equal(again.attempt, INT32_MAX);
    static const char *const wrong[] = {"", "a", "a/b/1/2", "a/b/1/2/x", "a/b/1/2/-3", "/1/2/3"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_false(key_parse(&arena, wrong[i], &again));
    }
}

static void output_lies_by_run_and_never_outside_its_folder(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    assert_string_equal(key_output(&arena, &(struct attempt_key){"e", "main", 12345, 3, 1}), "output/12/12345/3-1");
    assert_string_equal(key_output(&arena, &(struct attempt_key){"e", "../x", 7, 3, 1}), "output/@.._x/0/7/3-1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_parted_like_a_shell_does_without_expansion),
        cmocka_unit_test(open_quotes_and_too_many_words_are_refused),
        cmocka_unit_test(keys_are_read_back_as_written),
        cmocka_unit_test(output_lies_by_run_and_never_outside_its_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
