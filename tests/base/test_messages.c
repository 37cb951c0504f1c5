/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of messages: every row is whole, unique and fits its form.
 */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"

static void every_id_is_unique_and_well_formed(void **state)
{
    (void)state;
    for (int i = 0; i < ERR_CODES; i++) {
        const struct message *m = message_of((enum err_code)i);
        assert_int_equal(strlen(m->id), 9);
        assert_true(str_starts(m->id, "BNT") && m->id[7] == '-' && strchr("EWI", m->id[8]));
        for (int k = 0; k < i; k++) {
            if (strcmp(m->id, message_of((enum err_code)k)->id) == 0) {
                fail_msg("%s stands twice", m->id);
            }
        }
        assert_ptr_equal(message_find(m->id), m);
    }
}

static int places(const char *text)
{
    int greatest = 0;
    for (const char *at = text; (at = strchr(at, '{')); at++) {
        assert_true(at[1] >= '1' && at[1] <= '6' && at[2] == '}');
        greatest = at[1] - '0' > greatest ? at[1] - '0' : greatest;
    }
    return greatest;
}

static void both_languages_say_what_happened_and_what_to_do(void **state)
{
    (void)state;
    for (int i = 1; i < ERR_CODES; i++) {
        const struct message *m = message_of((enum err_code)i);
        for (int lang = 0; lang < LANGS; lang++) {
            if (!m->text[lang][0] || !m->action[lang][0]) {
                fail_msg("%s lacks a text", m->id);
            }
            assert_true(utf8_valid(m->text[lang], strlen(m->text[lang])));
        }
        if (places(m->text[LANG_JA]) != places(m->text[LANG_EN])) {
            fail_msg("%s: the languages take different arguments", m->id);
        }
        assert_true(m->exit_status == 0 || m->exit_status >= 64);
    }
}

static void arguments_fill_their_places(void **state)
{
    (void)state;
    struct err e;
    struct strbuf text = {0};
    assert_false(err_set(&e, ERR_TOO_LARGE, "%s" ARG "%d", "body", 10));
    assert_false(err_wrap(&e, "read %s", "x"));
    assert_false(err_wrap(&e, "define"));
    err_print(&text, &e, LANG_EN);
    assert_string_equal(text.at, "BNT0003-E define: read x: body is above the limit of 10.");
    strbuf_close(&text);
}

static void missing_arguments_and_long_ones_do_no_harm(void **state)
{
    (void)state;
    struct err e;
    struct strbuf text = {0};
    static char longer[4000];
    memset(longer, 'x', sizeof(longer) - 1);
    assert_false(err_set(&e, ERR_TOO_LARGE, "%s", longer));
    for (int i = 0; i < 100; i++) {
        assert_false(err_wrap(&e, "%s", "deeper and deeper"));
    }
    err_print(&text, &e, LANG_JA);
    assert_true(text.n < 2000);
    strbuf_close(&text);
}

static void arguments_speak_the_reader_s_language(void **state)
{
    struct err e = {0};
    struct strbuf text = {0};
    (void)err_set(&e, ERR_UNIT_STATE, "/A" ARG "登録済み" OR_EN "registered");
    err_print(&text, &e, LANG_JA);
    assert_string_equal(strbuf_str(&text), "BNT0428-E /A にはできません: 登録済み");
    strbuf_clear(&text);
    err_print(&text, &e, LANG_EN);
    assert_string_equal(strbuf_str(&text), "BNT0428-E Not possible for /A: registered");
    strbuf_clear(&text);
    (void)err_set(&e, ERR_NOT_FOUND, "run" ARG "12");
    err_print(&text, &e, LANG_JA);
    assert_string_equal(strbuf_str(&text), "BNT0103-E 実行が見つかりません: 12");
    strbuf_close(&text);
}

static void reasons_are_kept_for_both_languages(void **state)
{
    static const struct {
        const char *reason, *ja, *en;
    } cases[] = {
        {"BNT0589-I" ARG "local", "エージェント local の空き待ち", "all slots of agent local are taken"},
        {"BNT0590-I", "サスペンド中", "suspended"},
        {"待ち" OR_EN "waits", "待ち", "waits"},
        {"BNT9999-E" ARG "x", "BNT9999-E" ARG "x", "BNT9999-E" ARG "x"},
        {"前の版の理由", "前の版の理由", "前の版の理由"},
        {"", "", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct strbuf ja = {0}, en = {0};
        reason_text(&ja, cases[i].reason, LANG_JA);
        reason_text(&en, cases[i].reason, LANG_EN);
        assert_string_equal(strbuf_str(&ja), cases[i].ja);
        assert_string_equal(strbuf_str(&en), cases[i].en);
        strbuf_close(&ja);
        strbuf_close(&en);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_id_is_unique_and_well_formed),
        cmocka_unit_test(both_languages_say_what_happened_and_what_to_do),
        cmocka_unit_test(arguments_fill_their_places),
        cmocka_unit_test(missing_arguments_and_long_ones_do_no_harm),
        cmocka_unit_test(arguments_speak_the_reader_s_language),
        cmocka_unit_test(reasons_are_kept_for_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
