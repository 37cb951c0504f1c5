/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * fake_engine - engine.h as a recorder: keeps the last act as a line, answers what the test set.
 *
 * Included by one test file each: its functions stand in for those of the engine's library. `delay_ms` lets
 * the answer come later from another thread, as the real one's does.
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/vec.h"
#include "engine/engine.h"
#include "engine/outlook.h"
#include "engine/settings.h"

#include "tests/api/fake_feed.h"

struct agent_link {
    struct engine *engine;
    void (*wake)(void *data);
    void *data;
    char waiting[4096];
    size_t n;
    bool is_closed;
};
struct engine {
    char seen[1024];           /* the last act */
    const char *json;          /* what acts are answered */
    enum err_code refuse;      /* not ERR_NONE: acts are refused so */
    bool is_full, is_sick;     /* submit itself fails; it decides nothing */
    int delay_ms;
    char reports[4096];
    struct agent_link link;
    struct feed feed;
    int64_t generation;        /* of people */
    int64_t settings[SETTINGS]; /* 0: the usual */
    const struct outlook *outlook; /* NULL: none was made yet */
};

const char *act_name(enum act_kind kind)
{
#define ACT(code, name, needs_reason, handler) name,
    return ((const char *const[]){
#include "engine/acts.def"
    })[kind];
#undef ACT
}

bool act_needs_reason(enum act_kind kind)
{
#define ACT(code, name, needs_reason, handler) needs_reason,
    return ((const bool[]){
#include "engine/acts.def"
    })[kind];
#undef ACT
}

struct act act_make(enum act_kind kind)
{
    return (struct act){.act = kind, .actor = "", .via = "", .reason = "", .reference = "", .unit = "", .kind = "",
                        .group = "", .cls = "", .date = BIZDAY_NONE, .date2 = BIZDAY_NONE, .text = "", .text2 = "",
                        .person = "", .role = "", .system = "", .secret = ""};
}

struct fake_answer { struct engine *engine; act_done_fn done; void *data; };

static void fake_say(const struct fake_answer *answer)
{
    struct act_result result = {.is_ok = answer->engine->refuse == ERR_NONE, .json = answer->engine->json, .seq = 1};
    (void)err_set(&result.err, answer->engine->refuse, "test" ARG "refused");
    answer->done(answer->data, &result);
}

static void *fake_later(void *data)
{
    struct fake_answer *answer = data;
    usleep((unsigned)answer->engine->delay_ms * 1000u);
    fake_say(answer);
    heap_free(answer);
    return NULL;
}

static void fake_answer(struct engine *engine, act_done_fn done, void *data)
{
    struct fake_answer answer = {engine, done, data};
    if (engine->delay_ms == 0) {
        fake_say(&answer);
        return;
    }
    struct fake_answer *later = heap_resize(NULL, 1, sizeof(*later));
    *later = answer;
    pthread_t thread;
    (void)pthread_create(&thread, NULL, fake_later, later);
    (void)pthread_detach(thread);
}

bool engine_submit(struct engine *engine, const struct act *act, act_done_fn done, void *data, struct err *e)
{
    if (engine->is_full) {
        return err_set(e, ERR_STOPPING, "%s", "");
    }
    (void)snprintf(engine->seen, sizeof(engine->seen),
                   "%s actor=%s via=%s reason=%s unit=%s run=%lld/%d kind=%s group=%s class=%s date=%d at=%lld minute=%d "
                   "number=%lld real=%g text=%.80s/%zu text2=%.80s flags=%d%d%d%d%d%d",
                   act_name(act->act), act->actor, act->via, act->reason, act->unit, (long long)act->run, act->node, act->kind,
                   act->group, act->cls, act->date.day, (long long)act->at.ms, act->minute, (long long)act->number, act->real,
                   act->text, act->text_n, act->text2, act->is_recursive, act->is_held, act->is_on, act->is_waiting,
                   act->is_emergency, act->dry_run);
    fake_answer(engine, done, data);
    return true;
}

bool engine_link_open(struct engine *engine, const char *agent, const char *session, const struct link_wake *wake,
                      struct agent_link **ret, struct err *e)
{
    if (str_equal(agent, "stranger") && !err_set(e, ERR_NOT_FOUND, "agent" ARG "%s", agent)) { return false; }
    engine->link = (struct agent_link){.engine = engine, .wake = wake->call, .data = wake->data};
    (void)str_copy(engine->link.waiting, sizeof(engine->link.waiting), "{\"kind\":\"welcome\"}\n");
    engine->link.n = strlen(engine->link.waiting);
    *ret = &engine->link;
    return *session != '\0';
}

ptrdiff_t engine_link_take(struct agent_link *link, char *to, size_t max)
{
    (void)pthread_mutex_lock(&link->engine->feed.lock);
    size_t n = link->n < max ? link->n : max;
    memcpy(to, link->waiting, n);
    memmove(link->waiting, link->waiting + n, link->n -= n);
    ptrdiff_t taken = n == 0 && link->is_closed ? -1 : (ptrdiff_t)n;
    (void)pthread_mutex_unlock(&link->engine->feed.lock);
    return taken;
}

void engine_link_close(struct engine *engine, struct agent_link *link) { (void)engine, link->wake = NULL; }

bool engine_reports(struct engine *engine, const struct agent_post *post, act_done_fn done, void *data, struct err *e)
{
    (void)e;
    (void)snprintf(engine->reports, sizeof(engine->reports), "%s %s %.*s", post->agent, post->session, (int)post->n, post->body);
    fake_answer(engine, done, data);
    return true;
}

struct feed *engine_feed(struct engine *engine) { return &engine->feed; }

UNUSED static void fake_change(struct engine *engine)
{
    (void)pthread_mutex_lock(&engine->feed.lock);
    engine->feed.head++;
    (void)pthread_mutex_unlock(&engine->feed.lock);
    for (int i = 0; i < FAKE_WATCH_MAX && engine->feed.wake[i]; i++) {
        engine->feed.wake[i](engine->feed.data[i]);
    }
}

void engine_figures(struct engine *engine, struct engine_figures *ret)
{
    *ret = (struct engine_figures){.turns = 3, .starts = 2, .is_deciding = !engine->is_sick,
                                   .business_now = {INT64_C(1782687600000)}}; /* 2026-06-29T08:00+09:00 */
}
int64_t engine_setting(struct engine *engine, enum setting setting)
{
    return engine->settings[setting] ? engine->settings[setting] : setting_info(setting)->otherwise;
}
const struct outlook *engine_outlook(struct engine *engine) { return engine->outlook; }
void engine_outlook_give(struct engine *engine, const struct outlook *outlook) { (void)engine, (void)outlook; }
const char *engine_epoch(struct engine *engine) { return (void)engine, "test"; }
int64_t engine_people_generation(struct engine *engine) { return engine->generation; }
