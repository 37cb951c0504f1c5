/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli - the table of operations as a command line: words, options, help, tables, exit statuses.
 */
#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/cli_priv.h"

static bool parse(struct cli *cli, const char *line, struct err *e)
{
    static char words[32][64]; /* argv of main is writable text */
    char *argv[33] = {0};
    int argc = 0;
    struct str rest = str_of(line), word;
    *cli = (struct cli){.lang = LANG_EN};
    while (rest.n > 0 && argc < 32) {
        (void)str_cut(rest, ' ', &word, &rest);
        (void)snprintf(words[argc], sizeof(words[argc]), STR_FMT, STR_ARG(word));
        argv[argc] = words[argc];
        argc++;
    }
    return args_read(cli, argc, argv, e);
}

static void cli_end(struct cli *cli)
{
    vec_close(&cli->rest);
    vec_close(&cli->files);
    arena_close(&cli->arena);
}

static void words_become_fields(void **state)
{
    static const struct {
        const char *line;
        enum operation_code code;
        const char *field, *value;
    } cases[] = {
        {"banto list", OPERATION_UNIT_LIST, "pattern", NULL},
        {"banto list /A*", OPERATION_UNIT_LIST, "pattern", "/A*"},
        {"banto --data /d plan list --from 2026-06-01", OPERATION_PLAN_LIST, "from", "2026-06-01"},
        {"banto plan move /A 2026-06-01 27:30 --reason x", OPERATION_PLAN_MOVE, "at", "27:30"},
        {"banto plan move --reason x /A 2026-06-01 27:30", OPERATION_PLAN_MOVE, "unit", "/A"},
        {"banto rerun 12 --from abnormal-job --reason=x", OPERATION_RUN_RERUN, "from", "abnormal-job"},
        {"banto rerun 12 B --from this --reason x", OPERATION_RUN_RERUN, "node", "B"},
        {"banto hold 12", OPERATION_RUN_HOLD, "run", "12"},
        {"banto hold /A --recursive", OPERATION_RUN_HOLD, "unit", "/A"},
        {"banto run /A --wait-gates", OPERATION_RUN_START, "wait_gates", "true"},
        {"banto run /A --wait --json", OPERATION_RUN_START, "unit", "/A"},
        {"banto window command KOKUHO staff closed --reason x", OPERATION_WINDOW_COMMAND, "class", "staff"},
        {"banto unit diff a b", OPERATION_UNIT_COMPARE, "b", "b"},
        {"banto define a b c --under /G", OPERATION_UNIT_DEFINE, "under", "/G"},
        {"banto agent limits local 00:00=5", OPERATION_AGENT_LIMITS, "limits", "00:00=5"},
        {"banto run -- --strange", OPERATION_RUN_START, "unit", "--strange"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cli cli;
        struct err e = {0};
        if (!parse(&cli, cases[i].line, &e)) {
            fail_msg("%s: %s", cases[i].line, e.args);
        }
        assert_int_equal(cli.operation->code, cases[i].code);
        const char *value = cli_value(&cli, cases[i].field);
        if (!str_equal(value, cases[i].value)) {
            fail_msg("%s: %s", cases[i].line, value ? value : "NULL");
        }
        cli_end(&cli);
    }
}

static void wrong_usage_is_refused(void **state)
{
    static const char *const lines[] = {
        "banto nonsense",           "banto plan move /A",       "banto kill 1 2 3",   "banto kill 1 --colour red", "banto kill 1 --reason",
        "banto kill 1 --reason a --reason b", "banto list --lang fr", "banto events --ack", "banto unit diff a",        "banto run /A --wait=",
    };
    for (size_t i = 0; i + 1 < COUNT(lines); i++) {
        struct cli cli;
        struct err e = {0};
        if (parse(&cli, lines[i], &e)) {
            fail_msg("taken: %s", lines[i]);
        }
        assert_int_equal(message_of(e.code)->exit_status, 64);
        cli_end(&cli);
    }
}

static void every_operation_has_help_in_both_languages(void **state)
{
    for (int code = 0; code < OPERATIONS; code++) {
        const struct operation *operation = operation_of((enum operation_code)code);
        assert_true(*operation->help[LANG_JA] && *operation->help[LANG_EN] && *operation->name);
        assert_true(*operation->path || operation->kind == OPERATION_IS_LOCAL);
        for (size_t i = 0; i < operation->field_count; i++) {
            assert_true(*operation->fields[i].help[LANG_JA] && *operation->fields[i].help[LANG_EN]);
            assert_int_equal(operation->fields[i].type == FIELD_WORD, *operation->fields[i].words != '\0');
        }
        for (size_t i = 0; i < operation->shown_count; i++) {
            assert_true(*operation->shown[i].heading[LANG_JA] && *operation->shown[i].heading[LANG_EN]);
        }
        if (*operation->verb) {
            struct cli cli;
            struct err e = {0};
            char line[128], *text = NULL;
            size_t n = 0;
            int words = 0;
            for (const char *c = operation->verb; *c && !(*c >= 'A' && *c <= 'Z') && *c != '['; c++) {
                words = (int)(c - operation->verb) + 1;
            }
            (void)snprintf(line, sizeof(line), "banto %.*s --help", words, operation->verb);
            for (char *end = line + strlen(line), *c = line; c < end; c++) {
                if (c[0] == ' ' && c[1] == ' ') { /* the blank before the places */
                    memmove(c, c + 1, strlen(c));
                }
            }
            assert_true(parse(&cli, line, &e));
            assert_ptr_equal(cli.operation, operation);
            FILE *to = open_memstream(&text, &n);
            help_print(&cli, to);
            (void)fclose(to);
            assert_non_null(strstr(text, code == OPERATION_HELP ? "Usage" : operation->help[LANG_EN]));
            free(text);
            cli_end(&cli);
        }
    }
}

static void verbs_and_routes_are_unique(void **state)
{
    for (int a = 0; a < OPERATIONS; a++) {
        for (int b = a + 1; b < OPERATIONS; b++) {
            const struct operation *one = operation_of((enum operation_code)a), *two = operation_of((enum operation_code)b);
            assert_false(*one->verb && str_equal(one->verb, two->verb));
            assert_false(*one->path && str_equal(one->path, two->path) && one->method == two->method);
        }
    }
}

static void columns_line_up_with_wide_characters(void **state)
{
    struct cli cli = {.lang = LANG_JA};
    char *text = NULL;
    size_t n = 0;
    json_t *items = json_loads("[{\"run\":1,\"unit\":\"/短\",\"date\":\"2026-06-29\",\"status\":\"running\",\"started\":"
                               "\"2026-06-30T01:30:00+09:00\",\"held\":true,\"ended\":null,\"reason\":\"a\\nb\"},"
                               "{\"run\":1234,\"unit\":\"/審査支払/JN404\",\"date\":\"2026-06-29\",\"status\":\"abnormal\"}]", 0, NULL);
    FILE *to = open_memstream(&text, &n);
    table_print(&cli, operation_of(OPERATION_RUN_LIST), items, to);
    (void)fclose(to);
    json_decref(items);
    assert_string_equal(text, "番号  ユニット         実行日      状態          開始      終了  理由\n"
                              "   1  /短              2026-06-29  実行中・保留  25:30:00        a b\n"
                              "1234  /審査支払/JN404  2026-06-29  異常検出終了                  \n");
    free(text);
}

static void times_are_seen_from_their_business_day(void **state)
{
    struct arena tmp = {0};
    const char *at = "2026-06-30T01:30:12.250+09:00";
    assert_string_equal(time_shown(&tmp, at, "2026-06-29"), "25:30:12");
    assert_string_equal(time_shown(&tmp, at, "2026-06-30"), "01:30:12");
    assert_string_equal(time_shown(&tmp, at, "2026-06-28"), "2026-06-30 01:30:12");
    assert_string_equal(time_shown(&tmp, at, NULL), "2026-06-30 01:30:12");
    assert_string_equal(time_shown(&tmp, "電話", "2026-06-29"), "電話");
    arena_close(&tmp);
}

/* What holds words, counts and tables, as people read it. */
static void answers_are_labelled_in_the_reader_s_language(void **state)
{
    const char *answer = "{\"count\":2,\"dry_run\":false,\"status_ja\":\"前提待ち\",\"gates\":[{\"gate\":\"lock\",\"open\":true},"
                         "{\"gate\":\"pred\",\"open\":false,\"why\":\"まだ\",\"why_en\":\"not yet\"}]}";
    const char *wanted[LANGS] = {[LANG_JA] = "件数  2\n前提:\n種類  満たす  わけ\n排他  はい    \n先行  いいえ  まだ\n",
                                 [LANG_EN] = "count  2\ngates:\ngate         met  why\nlock         yes  \npredecessor  no   not yet\n"};
    for (int lang = 0; lang < LANGS; lang++) {
        struct cli cli = {.lang = (enum lang)lang};
        char *text = NULL;
        size_t n = 0;
        json_t *root = json_loads(answer, 0, NULL);
        FILE *to = open_memstream(&text, &n);
        answer_print(&cli, operation_of(OPERATION_RUN_WHY), root, to);
        (void)fclose(to);
        json_decref(root);
        assert_string_equal(text, wanted[lang]);
        free(text);
    }
}

static void refusals_give_their_own_exit_status(void **state)
{
    struct cli cli = {.lang = LANG_EN};
    json_t *root = json_loads("{\"error\":{\"id\":\"BNT0102-E\",\"message\":{\"ja\":\"x\",\"en\":\"x\"},\"action\":{\"ja\":\"y\",\"en\":\"y\"}}}", 0, NULL);
    assert_int_equal(refusal_say(&cli, root, 403), 77);
    json_decref(root);
    root = json_loads("{\"error\":{\"id\":\"BNT9999-E\"}}", 0, NULL);
    assert_true(refusal_say(&cli, root, 500) >= 64);
    json_decref(root);
    arena_close(&cli.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_become_fields),
        cmocka_unit_test(wrong_usage_is_refused),
        cmocka_unit_test(every_operation_has_help_in_both_languages),
        cmocka_unit_test(verbs_and_routes_are_unique),
        cmocka_unit_test(columns_line_up_with_wide_characters),
        cmocka_unit_test(times_are_seen_from_their_business_day),
        cmocka_unit_test(answers_are_labelled_in_the_reader_s_language),
        cmocka_unit_test(refusals_give_their_own_exit_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
