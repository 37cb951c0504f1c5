/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exchange - what other threads hand to the decision thread, and what it hands to agents' streams.
 *
 * A message owns its arena; the queue is a list under one lock. A link is counted: the HTTP side and
 * the engine each hold one reference.
 */
#include <pthread.h>
#include <string.h>

#include "base/limits.h"
#include "engine/engine_priv.h"

enum { QUEUE_MAX = 100000, LINK_BYTES_MAX = 64 * 1024 * 1024 };

struct exchange {
    pthread_mutex_t lock;
    struct message_in *first, **last;
    int64_t depth;
    bool is_stopped;
    void (*wake)(void *data);
    void *data;
};

struct agent_link {
    pthread_mutex_t lock;
    struct strbuf out;
    size_t taken;              /* bytes of out that were taken */
    int references;
    bool is_shut;
    char *agent, *session;
    void (*wake)(void *data);  /* NULL once http let go */
    void *data;
};

struct exchange *exchange_open(void)
{
    struct exchange *exchange = heap_resize(NULL, 1, sizeof(*exchange));
    *exchange = (struct exchange){0};
    (void)pthread_mutex_init(&exchange->lock, NULL);
    exchange->last = &exchange->first;
    return exchange;
}

void message_free(struct message_in *message)
{
    arena_close(&message->arena);
    heap_free(message);
}

void exchange_close(struct exchange *exchange)
{
    if (!exchange) {
        return;
    }
    for (struct message_in *m = exchange->first; m;) {
        struct message_in *next = m->next;
        if (m->link) {
            link_unref(m->link);
        }
        message_free(m);
        m = next;
    }
    (void)pthread_mutex_destroy(&exchange->lock);
    heap_free(exchange);
}

void exchange_on_message(struct exchange *exchange, void (*wake)(void *), void *data)
{
    (void)pthread_mutex_lock(&exchange->lock);
    exchange->wake = wake;
    exchange->data = data;
    (void)pthread_mutex_unlock(&exchange->lock);
}

void exchange_stop(struct exchange *exchange)
{
    (void)pthread_mutex_lock(&exchange->lock);
    exchange->is_stopped = true;
    (void)pthread_mutex_unlock(&exchange->lock);
}

int64_t exchange_depth(struct exchange *exchange)
{
    (void)pthread_mutex_lock(&exchange->lock);
    int64_t depth = exchange->depth;
    (void)pthread_mutex_unlock(&exchange->lock);
    return depth;
}

/* Link messages always pass: losing one would lose an agent. */
static bool post(struct exchange *exchange, struct message_in *message, bool is_urgent, struct err *e)
{
    (void)pthread_mutex_lock(&exchange->lock);
    bool is_taken = is_urgent || (!exchange->is_stopped && exchange->depth < QUEUE_MAX);
    if (is_taken) {
        *exchange->last = message;
        exchange->last = &message->next;
        exchange->depth++;
        if (exchange->wake) {
            exchange->wake(exchange->data);
        }
    }
    (void)pthread_mutex_unlock(&exchange->lock);
    if (!is_taken) {
        message_free(message);
        return err_set(e, ERR_BUSY, "%d", QUEUE_MAX);
    }
    return true;
}

struct message_in *exchange_take(struct exchange *exchange)
{
    (void)pthread_mutex_lock(&exchange->lock);
    struct message_in *all = exchange->first;
    exchange->first = NULL;
    exchange->last = &exchange->first;
    exchange->depth = 0;
    (void)pthread_mutex_unlock(&exchange->lock);
    return all;
}

static struct message_in *message_new(enum message_kind kind)
{
    struct message_in *message = heap_resize(NULL, 1, sizeof(*message));
    memset(message, 0, sizeof(*message));
    message->kind = kind;
    return message;
}

bool engine_submit(struct engine *engine, const struct act *act, act_done_fn done, void *data, struct err *e)
{
    struct message_in *m = message_new(MESSAGE_ACT);
    m->act = *act;
    const char **texts[] = {&m->act.actor, &m->act.via, &m->act.reason, &m->act.reference, &m->act.unit, &m->act.kind,
                            &m->act.group, &m->act.cls, &m->act.person, &m->act.role, &m->act.system, &m->act.secret, &m->act.once_key, &m->act.once_hash};
    for (size_t i = 0; i < COUNT(texts); i++) {
        *texts[i] = arena_copy(&m->arena, *texts[i]);
    }
    m->act.text = arena_copy_bytes(&m->arena, act->text, act->text_n ? act->text_n : strlen(act->text));
    m->act.text2 = arena_copy_bytes(&m->arena, act->text2, act->text2_n ? act->text2_n : strlen(act->text2));
    m->done = done;
    m->data = data;
    return post(engine->exchange, m, false, e);
}

bool engine_reports(struct engine *engine, const struct agent_post *post_in, act_done_fn done, void *data, struct err *e)
{
    struct message_in *m = message_new(MESSAGE_REPORTS);
    m->agent = arena_copy(&m->arena, post_in->agent);
    m->session = arena_copy(&m->arena, post_in->session);
    m->body = arena_copy_bytes(&m->arena, post_in->body, post_in->n);
    m->body_n = post_in->n;
    m->done = done;
    m->data = data;
    return post(engine->exchange, m, false, e);
}

static char *heap_text(const char *text)
{
    size_t n = strlen(text) + 1;
    return memcpy(heap_resize(NULL, n, 1), text, n);
}

bool engine_link_open(struct engine *engine, const char *agent, const char *session, const struct link_wake *wake,
                      struct agent_link **ret, struct err *e)
{
    struct agent_link *link = heap_resize(NULL, 1, sizeof(*link));
    *link = (struct agent_link){.references = 2, .wake = wake->call, .data = wake->data};
    (void)pthread_mutex_init(&link->lock, NULL);
    link->agent = heap_text(agent);
    link->session = heap_text(session);
    *ret = link;
    struct message_in *m = message_new(MESSAGE_LINK_UP);
    m->link = link;
    return post(engine->exchange, m, true, e);
}

void link_unref(struct agent_link *link)
{
    (void)pthread_mutex_lock(&link->lock);
    int left = --link->references;
    (void)pthread_mutex_unlock(&link->lock);
    if (left == 0) {
        strbuf_close(&link->out);
        heap_free(link->agent);
        heap_free(link->session);
        (void)pthread_mutex_destroy(&link->lock);
        heap_free(link);
    }
}

void engine_link_close(struct engine *engine, struct agent_link *link)
{
    (void)pthread_mutex_lock(&link->lock);
    link->wake = NULL;
    link->is_shut = true;
    (void)pthread_mutex_unlock(&link->lock);
    struct message_in *m = message_new(MESSAGE_LINK_DOWN); /* carries http's reference */
    m->link = link;
    struct err ignored;
    (void)post(engine->exchange, m, true, &ignored);
}

void link_send(struct agent_link *link, const char *bytes, size_t n)
{
    (void)pthread_mutex_lock(&link->lock);
    if (!link->is_shut && link->out.n - link->taken + n <= LINK_BYTES_MAX) {
        strbuf_add(&link->out, bytes, n);
    } else {
        link->is_shut = true; /* it reconnects and is told anew */
    }
    if (link->wake) {
        link->wake(link->data);
    }
    (void)pthread_mutex_unlock(&link->lock);
}

void link_shut(struct agent_link *link)
{
    (void)pthread_mutex_lock(&link->lock);
    link->is_shut = true;
    if (link->wake) {
        link->wake(link->data);
    }
    (void)pthread_mutex_unlock(&link->lock);
}

ptrdiff_t engine_link_take(struct agent_link *link, char *to, size_t max)
{
    (void)pthread_mutex_lock(&link->lock);
    size_t n = link->out.n - link->taken;
    n = n < max ? n : max;
    if (n) {
        memcpy(to, link->out.at + link->taken, n);
        link->taken += n;
        if (link->taken == link->out.n) {
            strbuf_clear(&link->out);
            link->taken = 0;
        }
    }
    ptrdiff_t answer = n ? (ptrdiff_t)n : link->is_shut ? -1 : 0;
    (void)pthread_mutex_unlock(&link->lock);
    return answer;
}

const char *link_session(const struct agent_link *link) { return link->session; }
const char *link_agent(const struct agent_link *link) { return link->agent; }
