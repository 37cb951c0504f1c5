/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err - the table of messages and the filling in of their places.
 */
#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct message messages[ERR_CODES] = {
    [ERR_NONE] = {"BNT0000-I", 200, 0, {"正常に終わりました。", "Done."}, {"", ""}},
#define MESSAGE(code, id, http, exit_status, ja, en, action_ja, action_en)                                    \
    [code] = {id, http, exit_status, {ja, en}, {action_ja, action_en}},
#include "base/messages.def"
#undef MESSAGE
};

const struct message *message_of(enum err_code code)
{
    assert(code < ERR_CODES);
    return &messages[code];
}

const struct message *message_find(const char *id)
{
    for (size_t i = 0; i < ERR_CODES; i++) {
        if (strcmp(messages[i].id, id) == 0) {
            return &messages[i];
        }
    }
    return NULL;
}

bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
    e->code = code;
    e->context[0] = '\0';
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(e->args, sizeof(e->args), fmt, args);
    va_end(args);
    return false;
}

bool err_wrap(struct err *e, const char *fmt, ...)
{
    char before[ERR_CONTEXT_BYTES];
    (void)str_copy(before, sizeof(before), e->context);
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(e->context, sizeof(e->context), fmt, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof(e->context)) {
        (void)str_copy(e->context + n, sizeof(e->context) - (size_t)n, ": ");
        size_t used = strlen(e->context);
        (void)str_copy(e->context + used, sizeof(e->context) - used, before);
    }
    return false;
}

static struct str argument(const char *args, int wanted)
{
    struct str rest = str_of(args ? args : ""), head = {"", 0};
    for (int i = 0; i < wanted; i++) {
        if (i > 0 && !rest.n) {
            return (struct str){"", 0};
        }
        (void)str_cut(rest, ARG[0], &head, &rest);
    }
    return head;
}

/* What was not found, in words; other kinds stay as they are. */
static struct str kind_word(struct str kind)
{
    static const char *const words[][2] = {
        {"unit", "ユニット"},   {"run", "実行"},     {"node", "実行内のユニット"}, {"plan", "予定"},   {"agent", "エージェント"},
        {"window", "窓口"},     {"event", "イベント"}, {"decision", "判断の記録"}, {"version", "版"}, {"calendar", "カレンダー"},
        {"group", "グループ"},  {"journal", "記録"}, {"path", "パス"},
    };
    for (size_t i = 0; i < COUNT(words); i++) {
        if (str_is(kind, words[i][0])) {
            return str_of(words[i][1]);
        }
    }
    return kind;
}

void message_text(struct strbuf *into, enum err_code code, enum lang lang, const char *args)
{
    const char *at = message_of(code)->text[lang];
    while (*at) {
        if (at[0] == '{' && at[1] >= '1' && at[1] <= '6' && at[2] == '}') {
            struct str value = argument(args, at[1] - '0'), en;
            struct str ja = value;
            if (str_cut(value, OR_EN[0], &ja, &en)) {
                value = lang == LANG_EN ? en : ja;
            }
            value = code == ERR_NOT_FOUND && lang == LANG_JA && at[1] == '1' ? kind_word(value) : value;
            strbuf_add(into, value.at, value.n);
            at += 3;
        } else {
            strbuf_char(into, *at++);
        }
    }
}

void reason_text(struct strbuf *into, const char *reason, enum lang lang)
{
    struct str head, args, ja, en;
    char id[16];
    (void)str_cut(str_of(reason), ARG[0], &head, &args);
    const struct message *message = NULL;
    if (str_starts(reason, "BNT") && head.n < sizeof(id)) {
        memcpy(id, head.at, head.n);
        id[head.n] = '\0';
        message = message_find(id);
    }
    if (message) {
        message_text(into, (enum err_code)(message - messages), lang, args.n ? args.at : "");
        return;
    }
    struct str text = str_of(reason);
    if (str_cut(text, OR_EN[0], &ja, &en)) {
        text = lang == LANG_EN ? en : ja;
    }
    strbuf_add(into, text.at, text.n);
}

void err_print(struct strbuf *into, const struct err *e, enum lang lang)
{
    strbuf_printf(into, "%s %s", message_of(e->code)->id, e->context);
    message_text(into, e->code, lang, e->args);
}
