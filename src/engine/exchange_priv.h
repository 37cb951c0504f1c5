/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * exchange_priv - what passes between the decision thread and others: messages in, bytes for agents, the feed.
 */
#include "engine/world_priv.h"

/* exchange.c: messages from other threads */
enum message_kind { MESSAGE_ACT, MESSAGE_REPORTS, MESSAGE_LINK_UP, MESSAGE_LINK_DOWN };
struct message_in {
    struct message_in *next;
    struct arena arena;        /* everything below */
    enum message_kind kind;
    struct act act;
    const char *agent, *session, *body;
    size_t body_n;
    struct agent_link *link;
    act_done_fn done;
    void *data;
};
struct exchange *exchange_open(void);
void exchange_close(struct exchange *exchange);
struct message_in *exchange_take(struct exchange *exchange); /* all, oldest first */
void exchange_on_message(struct exchange *exchange, void (*wake)(void *), void *data);
void exchange_stop(struct exchange *exchange);               /* nothing more is taken in */
int64_t exchange_depth(struct exchange *exchange);
void message_free(struct message_in *message);
void link_send(struct agent_link *link, const char *bytes, size_t n);
void link_shut(struct agent_link *link);                     /* the engine ends it; http closes the connection */
const char *link_session(const struct agent_link *link);
const char *link_agent(const struct agent_link *link);
void link_unref(struct agent_link *link);

/* feed.c */
struct feed *feed_open(void);
void feed_close(struct feed *feed);
void feed_add(struct feed *feed, int64_t seq, const char *packed, size_t n);
void feed_wake(struct feed *feed);

/* feed_line.c: an entry's line, then its changes, one behind the other; printed by who reads it */
struct feed_entry {
    struct instant at;
    int offset_min;
    const char *operation, *entity, *actor, *reason;
};
struct feed_change {
    int64_t run;
    int32_t node, attempt, code;
    enum status status;
    struct bizday date;
    const char *unit, *comment, *reason;
};
void feed_pack_line(struct strbuf *into, const struct feed_entry *entry);
void feed_pack_change(struct strbuf *into, const struct feed_change *change);
void feed_pack_json(struct strbuf *into, const char *json); /* a change that is JSON already */
void feed_print(struct strbuf *into, int64_t seq, const char *packed, size_t n);
