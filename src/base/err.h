/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * err - how a function says that it failed, and how a person reads it.
 *
 * A failing function fills `struct err` and returns false; callers may add what they were doing
 * (err_wrap) and pass it up; only mains, api/ and the engine's perform step print or log it, once.
 * Codes, message IDs, both languages and 対処 are the rows of messages.def; the text of a row has
 * places {1}..{6} for the arguments, which err_set takes as one printf format parted by ARG:
 *     return err_set(e, ERR_VALUE_RANGE, "%s" ARG "%d" ARG "%d", key, lo, hi);
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"
#include "base/str.h"

#define ARG "\x1f"
#define OR_EN "\x1e" /* inside one argument: Japanese words OR_EN English words */

enum err_code {
    ERR_NONE,
#define MESSAGE(code, id, http, exit_status, ja, en, action_ja, action_en) code,
#include "base/messages.def"
#undef MESSAGE
    ERR_CODES
};

enum lang { LANG_JA, LANG_EN, LANGS };

enum { ERR_ARGS_BYTES = 640, ERR_CONTEXT_BYTES = 320 };

struct err {
    enum err_code code;
    char args[ERR_ARGS_BYTES];       /* parted by ARG */
    char context[ERR_CONTEXT_BYTES]; /* what was being done, outermost first: "load jobnet X: " */
};

/* A row of messages.def. */
struct message {
    const char *id;     /* BNTnnnn-E (error), -W (warning), -I (information) */
    int http_status, exit_status;
    const char *text[LANGS], *action[LANGS];
};
const struct message *message_of(enum err_code code);
/* NULL if there is no such ID. */
const struct message *message_find(const char *id);

bool err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF(3, 4); /* always false */
bool err_wrap(struct err *e, const char *fmt, ...) PRINTF(2, 3);                    /* always false */

/* Appends the text of `code` with `args` (parted by ARG) put in. */
void message_text(struct strbuf *into, enum err_code code, enum lang lang, const char *args);
/* Appends a reason in words. What was kept as a message's ID, then ARG and its arguments, reads in both languages; any other
 * text (OR_EN apart) is what it is. */
void reason_text(struct strbuf *into, const char *reason, enum lang lang);
/* Appends "BNT0101-E context: text". */
void err_print(struct strbuf *into, const struct err *e, enum lang lang);
