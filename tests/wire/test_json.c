/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_json - the writer's bytes, and the reader's refusals.
 */
#include "tests/unit.h"

#include <string.h>

#include "wire/json.h"
#include "wire/json_read.h"

#include "base/limits.h"
#include "jobnet/status.h"

static void commas_and_keys_are_put_by_itself(void **state)
{
    CLEANUP(strbuf_close) struct strbuf b = {0};
    struct json j = {.into = &b};
    json_open(&j, NULL);
    json_text(&j, "unit", "/a/b");
    json_list(&j, "days");
    json_number(&j, NULL, 3);
    json_number(&j, NULL, INT64_MIN);
    json_open(&j, NULL);
    json_end(&j);
    json_end(&j);
    json_bool(&j, "is_held", false);
    json_none(&j, "end");
    json_raw(&j, "raw", "[1]");
    json_end(&j);
    assert_string_equal(strbuf_str(&b), "{\"unit\":\"/a/b\",\"days\":[3,-9223372036854775808,{}],"
                                        "\"is_held\":false,\"end\":null,\"raw\":[1]}");
}

static void text_is_escaped_and_bad_utf8_replaced(void **state)
{
    CLEANUP(strbuf_close) struct strbuf b = {0};
    struct json j = {.into = &b};
    json_list(&j, NULL);
    json_text(&j, NULL, "業務\"\\\n\x01𠮷");
    json_bytes(&j, NULL, "a\0b", 3);
    json_text(&j, NULL, "\x83\x7D\xE3\x81");
    json_text(&j, NULL, NULL);
    json_end(&j);
    assert_string_equal(strbuf_str(&b), "[\"業務\\\"\\\\\\n\\u0001𠮷\",\"a\\u0000b\",\"\xEF\xBF\xBD}\xEF\xBF\xBD\xEF\xBF\xBD\",null]");
}

static void numbers_and_times_have_one_form(void **state)
{
    CLEANUP(strbuf_close) struct strbuf b = {0};
    struct json j = {.into = &b};
    struct instant at;
    assert_true(instant_parse("2026-06-29T19:00+09:00", &at));
    json_list(&j, NULL);
    json_decimal(&j, NULL, 0.1);
    json_decimal(&j, NULL, 99.95);
    json_decimal(&j, NULL, 1.7976931348623157e308);
    json_decimal(&j, NULL, 1e308 * 10);
    json_instant(&j, NULL, at, 540);
    json_instant(&j, NULL, INSTANT_NEVER, 540);
    json_date(&j, NULL, bizday_of((struct civil){2026, 6, 29}));
    json_date(&j, NULL, BIZDAY_NONE);
    json_end(&j);
    assert_string_equal(strbuf_str(&b), "[0.1,99.95,1.7976931348623157e+308,null,\"2026-06-29T19:00:00+09:00\",null,"
                                        "\"2026-06-29\",null]");
}

static void reader_keeps_the_first_failure_and_names_the_field(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    CLEANUP(json_in_close) struct json_in in = {.into = &arena};
    struct err e = {0};
    const char body[] = "{\"unit\":\"/a\",\"count\":100,\"is_on\":true,\"days\":[1,2],\"none\":null}";
    assert_true(json_in_open(&in, body, sizeof(body) - 1, HTTP_JSON_BYTES_MAX, &e));
    assert_string_equal(json_in_text(&in, in.root, "unit", JSON_MUST, 10), "/a");
    assert_null(json_in_text(&in, in.root, "none", JSON_MAY, 10));
    assert_true(json_in_bool(&in, in.root, "is_on", false));
    assert_non_null(json_in_list(&in, in.root, "days", JSON_MUST, 2));
    assert_true(json_in_ok(&in, &e));
    assert_int_equal(json_in_number(&in, in.root, "count", JSON_MAY, (const int64_t[]){1, 99, 7}), 7);
    assert_string_equal(json_in_text(&in, in.root, "absent", JSON_MUST, 10), "");
    assert_false(json_in_ok(&in, &e));
    assert_int_equal(e.code, ERR_ARGUMENT);
    assert_string_equal(e.args, "count" ARG "1..99");
}

static void reader_refuses_what_is_too_large_or_no_json(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    struct json_in in = {.into = &arena};
    struct err e = {0};
    assert_false(json_in_open(&in, "[1]", 3, 2, &e));
    assert_int_equal(e.code, ERR_TOO_LARGE);
    assert_false(json_in_open(&in, "{\"a\":1,\"a\":2}", 13, 100, &e));
    assert_int_equal(e.code, ERR_SYNTAX);
    assert_false(json_in_open(&in, "{\"a\":NaN}", 9, 100, &e));
}

static void members_are_put_with_a_comma(void **state)
{
    CLEANUP(strbuf_close) struct strbuf text = {0};
    struct json j = {.into = &text};
    json_open(&j, NULL);
    json_members(&j, "\"a\":1,\"b\":2", 11);
    json_members(&j, "\"c\":3", 5);
    json_text(&j, "d\"e", "x");
    json_end(&j);
    assert_string_equal(strbuf_str(&text), "{\"a\":1,\"b\":2,\"c\":3,\"d\\\"e\":\"x\"}");
}

static void reasons_come_in_both_languages(void **state)
{
    static const char *const cases[][2] = {
        {"", "{\"reason\":\"\",\"reason_en\":\"\"}"},
        {"baseline", "{\"reason\":\"baseline\",\"reason_en\":\"baseline\"}"},
        {"\xE6\x9C\x88" OR_EN "month", "{\"reason\":\"\xE6\x9C\x88\",\"reason_en\":\"month\"}"},
        {"BNTx", "{\"reason\":\"BNTx\",\"reason_en\":\"BNTx\"}"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(strbuf_close) struct strbuf text = {0};
        struct json j = {.into = &text};
        json_open(&j, NULL);
        json_reason(&j, cases[i][0]);
        json_end(&j);
        assert_string_equal(strbuf_str(&text), cases[i][1]);
    }
}

/* Answers hold them as they stand in the table. */
static void words_of_states_need_no_escape(void **state)
{
    for (int i = 0; i < STATUSES; i++) {
        const struct status_row *row = status_row((enum status)i);
        assert_null(strpbrk(row->name, "\"\\"));
        for (int lang = 0; lang < LANGS; lang++) {
            assert_null(strpbrk(row->text[lang], "\"\\"));
            assert_true(utf8_valid(row->text[lang], strlen(row->text[lang])));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_and_keys_are_put_by_itself),
        cmocka_unit_test(text_is_escaped_and_bad_utf8_replaced),
        cmocka_unit_test(numbers_and_times_have_one_form),
        cmocka_unit_test(members_are_put_with_a_comma),
        cmocka_unit_test(reasons_come_in_both_languages),
        cmocka_unit_test(words_of_states_need_no_escape),
        cmocka_unit_test(reader_keeps_the_first_failure_and_names_the_field),
        cmocka_unit_test(reader_refuses_what_is_too_large_or_no_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
