/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * agent_priv - what the files of the net half share.
 */
#include "agent/agent.h"
#include "agent/process/message.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/str.h"
#include "base/time.h"
#include "wire/frame.h"

/* key.c: the keeper's text for a key, and back. */
const char *key_print(struct arena *into, const struct attempt_key *key);
MUST_CHECK bool key_parse(struct arena *into, const char *text, struct attempt_key *ret);
/* Where captured output of the attempt goes, below the folder, without .out and .err. */
const char *key_output(struct arena *into, const struct attempt_key *key);

/* words.c: like a shell's words, without expansion. Fails: ERR_ARGUMENT. */
struct words {
    const char *at[JOB_ARGS_MAX];
    size_t n;
};
MUST_CHECK bool words_split(struct arena *into, const char *text, struct words *ret, struct err *e);

/* order.c: what is the same for all orders: the agent's folder, who it runs as, and the environment of jobs of its own
 * user, read again when FOLDER/environment has changed. */
struct order_host {
    const char *folder, *work, *user, *home, *shell;
    struct arena arena;        /* of the environment */
    const char **env;
    size_t env_count;
    struct file_state {
        int64_t mtime_ns, bytes, inode; /* -1: does not exist */
    } env_file;
    bool is_looked_at;         /* in this round; set to false, and the file is looked at again */
};
void order_host_make(struct arena *into, const char *folder, struct order_host *ret);
void order_host_close(struct order_host *host);
/* What to run. Fails when it cannot be started at all: unknown user, unreadable file of variables. */
MUST_CHECK bool order_make(struct arena *into, struct order_host *host, const struct frame *start, struct keeper_message *ret,
                           struct err *e);
/* What the keeper says as a frame; now_boot_ms: to say how long ago. False: nothing for the server. */
MUST_CHECK bool report_make(struct arena *into, const struct keeper_message *message, int64_t now_boot_ms,
                            struct frame *ret);
/* Time-out of the attempt in the cookie, 0: none. */
int64_t cookie_timeout_ms(const char *cookie);

/* keeper_link.c: the connection to the keeper, which is started if there is none. */
struct keeper_link {
    int fd;
    struct strbuf in, out;
};
MUST_CHECK bool keeper_link_open(struct keeper_link *link, const struct agent_options *options, struct err *e);
void keeper_link_close(struct keeper_link *link);
void keeper_link_send(struct keeper_link *link, const struct keeper_message *message);
void keeper_link_send_key(struct keeper_link *link, enum keeper_kind kind, const char *key);
/* Sends and receives what is possible now. False: the keeper is gone. */
MUST_CHECK bool keeper_link_pump(struct keeper_link *link);
/* One message of those received, borrowed until the next call. False: no more. */
MUST_CHECK bool keeper_link_next(struct keeper_link *link, size_t *used, struct keeper_message *ret);
int keeper_link_pid(const struct keeper_link *link);

/* server_link.c: one session with the server. */
struct server_link;
struct server_events {
    void *data;
    void (*on_open)(void *data);                             /* the stream is there */
    void (*on_line)(void *data, const char *line, size_t n); /* one frame */
};
MUST_CHECK bool server_link_open(struct server_link **ret, const struct agent_options *options, struct server_events events,
                                 struct err *e);
void server_link_close(struct server_link *link);
void server_link_begin(struct server_link *link, const char *session);
/* Whole lines; sent as soon as nothing else is under way. */
struct strbuf *server_link_reports(struct server_link *link);
/* Does what is possible now. False: the session is over, `e` says why (ERR_AGENT_SERVER). */
MUST_CHECK bool server_link_pump(struct server_link *link, bool may_post, struct err *e);
/* When the last post began, CLOCK_BOOTTIME. */
int64_t server_link_posted_ms(const struct server_link *link);
void server_link_end(struct server_link *link);
/* Waits for the server, these descriptors or the time. */
void server_link_wait(struct server_link *link, const int fds[2], bool is_writing_first, int wait_ms);
