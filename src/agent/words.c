/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words - blanks part words; '…' is taken as it is, in "…" a backslash takes \ and " as they are, outside
 * quotes it takes anything as it is. Nothing is expanded: no variables, no patterns.
 */
#include "agent/agent_priv.h"

#include <string.h>

struct splitter {
    const char *at;
    char *to; /* next byte of the word */
};

/* One word; false if a quote is left open. */
static bool split_one(struct splitter *s)
{
    char quote = '\0';
    for (; *s->at && (quote || !strchr(" \t\r\n", *s->at)); s->at++) {
        char c = *s->at;
        if (quote && c == quote) {
            quote = '\0';
        } else if (!quote && (c == '\'' || c == '"')) {
            quote = c;
        } else if (c == '\\' && s->at[1] && (!quote || (quote == '"' && strchr("\\\"", s->at[1])))) {
            *s->to++ = *++s->at;
        } else {
            *s->to++ = c;
        }
    }
    *s->to++ = '\0';
    return !quote;
}

bool words_split(struct arena *into, const char *text, struct words *ret, struct err *e)
{
    struct splitter s = {text, arena_alloc(into, 2 * strlen(text) + 2, 1)};
    struct words words = {0};
    for (;;) {
        s.at += strspn(s.at, " \t\r\n");
        if (!*s.at) {
            break;
        }
        if (words.n == COUNT(words.at)) {
            return err_set(e, ERR_TOO_LARGE, "prm" ARG "%u", JOB_ARGS_MAX);
        }
        words.at[words.n++] = s.to;
        if (!split_one(&s)) {
            return err_set(e, ERR_ARGUMENT, "prm" ARG "unclosed quote: %s", text);
        }
    }
    *ret = words;
    return true;
}
