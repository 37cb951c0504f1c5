/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * cli_priv - one invocation: what was asked, of whom, and how the answer is to look.
 */
#include <jansson.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"
#include "wire/json.h"
#include "wire/operations.h"

enum { EXIT_DIFFERENT = 1 };

/* Options that only the command line has. */
enum extra { EXTRA_WAIT, EXTRA_FOLLOW, EXTRA_PREVIEW, EXTRA_ACK, EXTRAS };

struct cli {
    struct arena arena;
    enum lang lang;
    bool is_json, is_yes, wants_help, wants_version;
    const char *day;           /* execution date that times are seen from; NULL */
    const char *server;        /* unix:PATH or http(s)://…; NULL until found */
    const char *data;          /* --data */
    const struct operation *operation;
    const char **values;       /* by field of the operation; NULL = not given */
    const char *extras[EXTRAS];
    VEC(const char *) rest;    /* words given by place, in order */
    const char *file;          /* that a definition was read from; NULL */
    VEC(const char *) files;   /* of FILE… */
};

/* args.c */
MUST_CHECK bool args_read(struct cli *cli, int argc, char **argv, struct err *e);
const char *cli_value(const struct cli *cli, const char *field); /* NULL if not given */
void cli_set(struct cli *cli, const char *field, const char *value);
const char *extra_name(enum extra extra);
bool extra_of(const struct operation *operation, enum extra extra);
bool extra_has_value(enum extra extra);

/* help.c */
void help_print(const struct cli *cli, FILE *to);

/* client.c */
struct answer {
    long status;               /* HTTP */
    struct strbuf body;
};
/* Where the server is: --server, --data, BANTO_SERVER. Fails: ERR_NO_SERVER. */
MUST_CHECK bool client_find(struct cli *cli, struct err *e);
/* One request. body NULL = GET. Fails: ERR_SERVER_AWAY. */
MUST_CHECK bool client_ask(struct cli *cli, const char *path, const struct strbuf *body, struct answer *ret, struct err *e);
/* A stream: every piece as it comes, until the end or false. */
typedef bool (*piece_fn)(void *data, const char *bytes, size_t n);
MUST_CHECK bool client_stream(struct cli *cli, const char *path, piece_fn piece, void *data, struct err *e);

/* request.c: an operation with the values of the command line -> request -> answer. */
MUST_CHECK bool request_send(struct cli *cli, const struct operation *operation, struct answer *ret, struct err *e);
/* The same and prints it, errors too. Returns the exit status. */
int request_run(struct cli *cli, const struct operation *operation);
/* Asks and parses; NULL when it failed (said, *status set). The caller json_decrefs. */
json_t *request_json(struct cli *cli, const char *path, int *status);
void percent_encode(struct strbuf *into, const char *text);
/* Text of a file in UTF-8; encoding NULL = guessed. */
MUST_CHECK bool text_read(struct cli *cli, const char *path, const char *encoding, char **ret, size_t *n, struct err *e);

/* labels.c: words for people. */
const char *label_of(const struct cli *cli, const char *key);                     /* of a member's name */
bool label_is_shown(const char *key, const json_t *value);                        /* is it worth a line? */
const char *word_of(const struct cli *cli, const char *key, const char *value);   /* of what a member holds */
/* An instant in the 48-hour form of `day` (2026-06-29), or as date and time when day is NULL or far away. */
const char *time_shown(struct arena *into, const char *text, const char *day);

/* page.c: what one looks at first. */
int run_page(struct cli *cli, const char *run);            /* one run; the exit status */
void forecast_head(const struct cli *cli, const json_t *root, FILE *to);

/* show.c: answers for people. */
void table_print(const struct cli *cli, const struct operation *operation, const json_t *items, FILE *to);
const char *member_text(const struct cli *cli, struct arena *into, const json_t *item, const char *key);
const char *status_shown(const struct cli *cli, struct arena *into, const json_t *item); /* with held, delayed … */
void answer_print(const struct cli *cli, const struct operation *operation, const json_t *root, FILE *to);
/* Prints "BNT… text" and what to do; returns the exit status. */
int err_say(const struct cli *cli, const struct err *e);
int refusal_say(const struct cli *cli, const json_t *root, long http_status);

/* acts.c, follow.c, local.c: verbs that are more than one request. */
int act_run(struct cli *cli);
int run_wait(struct cli *cli, int64_t run);
int log_run(struct cli *cli);
int watch_run(struct cli *cli);
int local_run(struct cli *cli);
