/* SPDX-License-Identifier: Apache-2.0 */
/*
 * help - the usage of every verb, from operations.def.
 */
#include "cli/cli_priv.h"

#include <string.h>

static void pad(FILE *to, const char *text, size_t columns)
{
    size_t used = utf8_columns(text);
    (void)fprintf(to, "%s%*s", text, used < columns ? (int)(columns - used) : 1, "");
}

static const char *of_lang(const struct cli *cli, const char *ja, const char *en)
{
    return cli->lang == LANG_EN ? en : ja;
}

static void verbs_print(const struct cli *cli, FILE *to)
{
    (void)fprintf(to, "%s\n\n", of_lang(cli, "使い方: banto [--data DIR | --server URL] 動詞 [引数] [--json] [--lang ja|en]",
                                        "Usage: banto [--data DIR | --server URL] VERB [ARGUMENTS] [--json] [--lang ja|en]"));
    for (int code = 0; code < OPERATIONS; code++) {
        const struct operation *operation = operation_of((enum operation_code)code);
        if (*operation->verb) {
            (void)fputs("  ", to);
            pad(to, operation->verb, 42);
            (void)fprintf(to, "%s\n", operation->help[cli->lang]);
        }
    }
    (void)fprintf(to, "\n%s\n", of_lang(cli,
        "どの動詞でも: --json そのままの応答、--yes 確認しない、--lang ja|en、--help\n"
        "サーバーは --data DIR か --server、なければ BANTO_SERVER。終了コード 64 以上は番頭の誤り (docs/cli.md)。\n"
        "詳しくは banto help 動詞(banto 動詞 --help)",
        "Any verb: --json the answer as it is, --yes do not ask, --lang ja|en, --help\n"
        "The server: --data DIR or --server, else BANTO_SERVER. Exit statuses of 64 and above are errors of Banto's own (docs/cli.md).\n"
        "More: banto help VERB (banto VERB --help)"));
}

static bool is_by_place(const struct operation *operation, const char *name)
{
    char upper[64];
    size_t n = 0;
    for (; name[n] && n < sizeof(upper) - 1; n++) {
        upper[n] = name[n] >= 'a' && name[n] <= 'z' ? (char)(name[n] - 32) : name[n];
    }
    upper[n] = '\0';
    bool is_target = strstr(operation->verb, "TARGET") && (str_equal(name, "run") || str_equal(name, "unit"));
    return strstr(operation->verb, upper) || is_target;
}

static void field_print(const struct cli *cli, const struct operation_field *field, FILE *to)
{
    char option[128];
    (void)snprintf(option, sizeof(option), "%s%s", is_by_place(cli->operation, field->name) ? "" : "--", field->name);
    for (char *c = option + 2; *c; c++) {
        *c = *c == '_' ? '-' : *c;
    }
    (void)fputs("  ", to);
    pad(to, option, 20);
    (void)fprintf(to, "%s%s%s%s%s\n", field->help[cli->lang], field->is_required ? of_lang(cli, "(必須)", " (required)") : "",
                  *field->words ? " [" : "", field->words, *field->words ? "]" : "");
}

static void verb_print(const struct cli *cli, FILE *to)
{
    static const char *const extras[EXTRAS][LANGS] = {
        [EXTRA_WAIT] = {"終わるまで待ち、ログを出し、結果を終了コードで返す(0 正常 1 警告 2 異常 3 強制終了 4 不明)",
                        "Wait for the end, print the logs, exit with the result (0 normal 1 warning 2 abnormal 3 killed 4 unknown)"},
        [EXTRA_FOLLOW] = {"続きが出るたびに表示する", "Go on printing what comes"},
        [EXTRA_PREVIEW] = {"何が始まるかを示すだけ", "Only show what it would start"},
        [EXTRA_ACK] = {"このイベントを確認済みにする", "Acknowledge this event"},
    };
    const struct operation *operation = cli->operation;
    (void)fprintf(to, "banto %s\n  %s\n\n", operation->verb, operation->help[cli->lang]);
    for (size_t i = 0; i < operation->field_count; i++) {
        field_print(cli, &operation->fields[i], to);
    }
    for (int extra = 0; extra < EXTRAS; extra++) {
        if (extra_of(operation, (enum extra)extra)) {
            char option[32];
            (void)snprintf(option, sizeof(option), "--%s", extra_name((enum extra)extra));
            (void)fputs("  ", to);
            pad(to, option, 20);
            (void)fprintf(to, "%s\n", extras[extra][cli->lang]);
        }
    }
    if (operation->needs_reason) {
        (void)fprintf(to, "\n%s\n", of_lang(cli, "--reason が必要です。(R-016)", "--reason is required. (R-016)"));
    }
}

void help_print(const struct cli *cli, FILE *to)
{
    if (cli->operation && cli->operation->code != OPERATION_HELP) {
        verb_print(cli, to);
    } else {
        verbs_print(cli, to);
    }
}
