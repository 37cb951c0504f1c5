/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine - the turn: take, decide, commit, perform; and the alarms by which time comes in.
 *
 * Invariants: nothing is performed that is not committed; a failed commit leaves no trace in memory; one thread.
 */
#include "engine/engine.h"

#include <assert.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/priority.h"
#include "engine/engine_priv.h"
#include "engine/outlook_priv.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/loop.h"

enum { TURN_EVENTS_MAX = 2000 };

/* ---- alarms: a heap by time ---- */

/* At the same moment: by kind and number, so that a night goes the same after a restart. */
static bool rings_before(const void *one, const void *other)
{
    const struct alarm *a = one, *b = other;
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->kind != b->kind ? a->kind < b->kind : a->id < b->id;
}

void alarm_add(struct engine *engine, struct alarm alarm)
{
    *vec_add(&engine->w.alarms) = alarm;
    priority_up(engine->w.alarms.at, engine->w.alarms.n, sizeof(alarm), rings_before);
}

static void deadline_passed(struct engine *engine, struct live_run *live)
{
    if (live->is_done || (live->run->flags & RUN_DEADLINE_MISSED)) {
        return;
    }
    live->run->flags |= RUN_DEADLINE_MISSED;
    run_dirty(engine, live, 0);
    char date[DATE_TEXT_MAX], time[TIME_TEXT_MAX];
    struct daytime at = calendar_daytime(unit_calendar(engine, live->unit), live->run->date, (struct instant){live->deadline_ms});
    event_raise(engine, &(struct event_of){EVENT_DEADLINE, 2, live->unit->path, live->id, 0, ERR_EVENT_DEADLINE}, NULL,
                "%s" ARG "%s" ARG "%s", live->unit->path, bizday_print(live->run->date, date), daytime_print(at, time));
}

static void gate_alarm(struct engine *engine, const struct alarm *alarm, struct live_run *live)
{
    engine->w.is_slot_free = true;
    if (!live) {
        return;
    }
    bool is_late = alarm->node == 0 && live->run->status == STATUS_GATE_WAIT && engine->now.ms - live->run->planned.ms >= 600000 &&
                   !live->run->net->starts_by_gates && !(live->run->flags & RUN_START_DELAYED);
    if (is_late) {
        live->run->flags |= RUN_START_DELAYED;
        run_dirty(engine, live, 0);
        event_raise(engine, &(struct event_of){EVENT_GATE_LATE, 1, live->unit->path, live->id, 0, ERR_EVENT_GATE_LATE}, NULL,
                    "%s" ARG "%s", live->unit->path, reason_both(engine, live->reason));
    }
    gate_ask(engine, live->id, alarm->node);
}

static void alarm_ring(struct engine *engine, const struct alarm *alarm)
{
    struct live_run *live = alarm->kind == ALARM_RUN || alarm->kind == ALARM_DEADLINE || alarm->kind == ALARM_GATE ||
                                    alarm->kind == ALARM_GIVE_UP
                                ? live_by_id(engine, alarm->id)
                                : NULL;
    const char *operation = "timer";
    switch ((enum timer_kind)alarm->kind) {
    case ALARM_UNIT_DUE:
        plan_due(engine, unit_by_id(engine, alarm->id), alarm->at_ms); /* an entry for each start */
        return;
    case ALARM_DAY:
        planner_new_day(engine);
        return;
    case ALARM_RUN:
        if (live) {
            live_step(engine, live, &(struct run_event){.kind = RUN_TIMER, .node = alarm->node, .attempt = alarm->attempt,
                                                        .timer = (enum run_timer)alarm->timer});
        }
        break;
    case ALARM_DEADLINE:
        if (live) {
            deadline_passed(engine, live);
        }
        operation = "run.deadline";
        break;
    case ALARM_GATE:
        gate_alarm(engine, alarm, live);
        break;
    case ALARM_GIVE_UP:
        if (live && status_class((enum status)live->run->status) == STATUS_WAIT) {
            live_defer(engine, live, live->reason[0] ? live->reason : message_of(WAIT_GIVEN_UP)->id);
        }
        operation = "run.give-up";
        break;
    }
    gates_settle(engine);
    entry_end(engine, &who_engine, operation, live_by_id(engine, alarm->id) == live && live ? live_entity(engine, live, alarm->node) : "engine");
}

static void alarms_ring(struct engine *engine)
{
    int64_t left = engine->is_deciding ? engine->config.turn_events_max : 0;
    while (engine->w.alarms.n && engine->w.alarms.at[0].at_ms <= engine->now.ms && left-- > 0) {
        struct alarm alarm = engine->w.alarms.at[0];
        priority_down(engine->w.alarms.at, engine->w.alarms.n--, sizeof(alarm), rings_before);
        alarm_ring(engine, &alarm);
    }
    engine->is_catching_up = engine->is_catching_up && engine->w.alarms.n && engine->w.alarms.at[0].at_ms <= engine->now.ms;
}

/* ---- the turn ---- */

static void messages_handle(struct engine *engine, struct message_in *m)
{
    while (m) {
        struct message_in *next = m->next;
        switch (m->kind) {
        case MESSAGE_ACT: act_do(engine, m); break;
        case MESSAGE_REPORTS: agents_reports(engine, m); break;
        case MESSAGE_LINK_UP: agents_link_up(engine, m); break;
        case MESSAGE_LINK_DOWN: agents_link_down(engine, m); break;
        }
        message_free(m);
        m = next;
    }
}

static void outputs_clear(struct engine *engine)
{
    strbuf_clear(&engine->frames);
    strbuf_clear(&engine->answers_json);
    strbuf_clear(&engine->feed_text);
    strbuf_clear(&engine->changes);
    engine->outgoing.n = engine->answers.n = engine->feed_lines.n = engine->clock_orders.n = engine->once.n = 0;
    engine->entry_count = 0;
}

static void answers_give(struct engine *engine, const struct err *failed, int64_t first_id)
{
    for (size_t i = 0; i < engine->answers.n; i++) {
        struct answer *answer = &engine->answers.at[i];
        if (!answer->done) {
            continue;
        }
        if (failed) {
            answer->result.is_ok = false;
            answer->result.err = *failed;
        }
        char *json = arena_copy_bytes(&engine->turn, engine->answers_json.n ? engine->answers_json.at + answer->json_from : "",
                                      failed ? 0 : answer->json_n);
        answer->result.json = failed ? "{}" : json;
        answer->result.seq = answer->entry && !failed ? first_id + (int64_t)answer->entry - 1 : 0;
        answer->done(answer->data, &answer->result);
    }
}

static void perform_all(struct engine *engine, int64_t first_id)
{
    clock_perform(engine);
    if (engine->people_changed) {
        engine->people_changed = false;
        atomic_fetch_add(&engine->people_generation, 1); /* before anybody hears "done" */
    }
    for (size_t i = 0; i < engine->outgoing.n; i++) {
        const struct outgoing *out = &engine->outgoing.at[i];
        if (out->agent->link) {
            link_send(out->agent->link, engine->frames.at + out->from, out->n);
        }
    }
    for (size_t i = 0; i < engine->feed_lines.n; i++) {
        const struct feed_line *line = &engine->feed_lines.at[i];
        feed_add(engine->feed, first_id + (int64_t)i, engine->feed_text.at + line->from, line->n);
    }
    if (engine->feed_lines.n) {
        feed_wake(engine->feed);
    }
    answers_give(engine, NULL, first_id);
}

/* Memory may hold what the store does not: everything is dropped and loaded again. Agents connect and list anew. */
static bool recover(struct engine *engine, const struct err *failed, struct err *e)
{
    engine->figures.commit_failures++;
    answers_give(engine, failed, 0);
    outputs_clear(engine);
    engine->effects.list.n = 0;
    engine->freed.list.n = 0;
    world_close(engine);
    engine->is_deciding = ++engine->commit_failures < COMMIT_FAILURES_MAX;
    struct err ignored;
    bool is_loaded = world_load(engine, &ignored);
    if (!is_loaded) {
        engine->is_deciding = false;
    }
    *e = *failed;
    return is_loaded;
}

/* An act failed half way: nothing of this turn is kept. Its own caller hears why, others in it are to try again. */
static void give_up_turn(struct engine *engine)
{
    for (size_t i = 0; i < engine->answers.n; i++) {
        struct answer *answer = &engine->answers.at[i];
        if (answer->result.is_ok) {
            answer->result.is_ok = false;
            (void)err_set(&answer->result.err, ERR_BUSY, "%d", 0);
        }
        struct act_result result = answer->result;
        result.json = "{}";
        if (answer->done) {
            answer->done(answer->data, &result);
        }
    }
    store_batch_close(engine->batch);
    engine->batch = store_batch_open(engine->config.store);
    outputs_clear(engine);
    engine->effects.list.n = 0;
    engine->freed.list.n = 0;
    world_close(engine);
    struct err failed;
    engine->is_deciding = world_load(engine, &failed);
}

/* Generations that have ended leave memory once the store has them. */
static void runs_drop(struct engine *engine)
{
    for (size_t i = 0; i < engine->w.done_runs.n; i++) {
        struct live_run *live = live_by_id(engine, engine->w.done_runs.at[i]);
        if (live && live->is_done && live->dirty.n == 0) {
            live_drop(engine, live);
        }
    }
    engine->w.done_runs.n = 0;
}

/* The decision thread counts in `figures`; what others see is this copy. */
static void figures_show(struct engine *engine)
{
    engine->figures.runs_live = (int64_t)engine->w.runs.n;
    engine->figures.business_now = engine->now;
    engine->figures.is_deciding = engine->is_deciding;
    (void)pthread_mutex_lock(&engine->shown_lock);
    engine->shown = engine->figures;
    (void)pthread_mutex_unlock(&engine->shown_lock);
}

static bool turn_take(struct engine *engine, struct instant now, struct instant wall, struct instant *next, struct err *e)
{
    *next = INSTANT_NEVER;
    engine->now = now.ms > engine->now.ms ? now : engine->now; /* a clock that steps back waits for itself */
    engine->wall = wall;
    arena_reset(&engine->turn);
    messages_handle(engine, exchange_take(engine->exchange));
    alarms_ring(engine);
    agents_look(engine);
    gates_settle(engine);
    entry_end(engine, &who_engine, "engine.settle", "engine");
    forecast_watch(engine);
    int64_t first_id = 0;
    engine->figures.turns++;
    if (engine->is_spoiled) {
        engine->is_spoiled = false;
        give_up_turn(engine);
        return true;
    }
    if (!store_batch_is_empty(engine->batch)) {
        struct err failed = {0};
        int64_t from_ms = clock_boot_ms();
        if (!store_commit(engine->config.store, engine->batch, &first_id, &failed)) {
            (void)recover(engine, &failed, e);
            return false;
        }
        engine->figures.commits++;
        engine->commit_failures = 0; /* a turn without a change proves nothing */
        engine->figures.last_commit_us = (clock_boot_ms() - from_ms) * 1000;
    }
    perform_all(engine, first_id);
    outputs_clear(engine);
    runs_drop(engine);
    if (engine->w.alarms.n && engine->is_deciding) { /* read-only: nothing is due, or it would turn for ever */
        next->ms = engine->w.alarms.at[0].at_ms;
    }
    return true;
}

bool engine_turn(struct engine *engine, struct instant now, struct instant wall, struct instant *next, struct err *e)
{
    bool is_good = turn_take(engine, now, wall, next, e);
    figures_show(engine);
    return is_good;
}

/* ---- life ---- */

bool engine_open(const struct engine_config *config, struct engine **ret, struct err *e)
{
    struct engine *engine = heap_resize(NULL, 1, sizeof(*engine));
    memset(engine, 0, sizeof(*engine));
    engine->config = *config;
    (void)pthread_mutex_init(&engine->shown_lock, NULL);
    engine->config.turn_events_max = config->turn_events_max ? config->turn_events_max : TURN_EVENTS_MAX;
    engine->has_feed = config->data_folder != NULL;
    engine->is_deciding = true;
    engine->nets = config->nets ? config->nets : net_cache_open();
    engine->exchange = exchange_open();
    engine->feed = feed_open();
    engine->outlooks = outlook_shelf_open();
    engine->batch = store_batch_open(config->store);
    engine->now = config->clock ? clock_business(config->clock) : config->now;
    engine->wall = config->clock ? clock_wall() : config->now;
    if (!store_reader_open(config->store, &engine->reader, e) || !world_load(engine, e)) {
        engine_close(engine);
        return false;
    }
    if (engine->has_feed) {
        people_seed(engine);
    }
    if (!store_batch_is_empty(engine->batch) && !store_commit(config->store, engine->batch, NULL, e)) {
        engine_close(engine);
        return false;
    }
    *ret = engine;
    return true;
}

void engine_close(struct engine *engine)
{
    if (!engine) {
        return;
    }
    world_close(engine);
    if (!engine->config.nets) {
        net_cache_close(engine->nets);
    }
    exchange_close(engine->exchange);
    feed_close(engine->feed);
    outlook_shelf_close(engine->outlooks);
    heap_free(engine->failed_logins);
    store_reader_close(engine->reader);
    store_batch_close(engine->batch);
    run_effects_close(&engine->effects);
    vec_close(&engine->freed.list);
    vec_close(&engine->outgoing);
    vec_close(&engine->answers);
    vec_close(&engine->feed_lines);
    vec_close(&engine->clock_orders);
    vec_close(&engine->once);
    strbuf_close(&engine->frames);
    strbuf_close(&engine->answers_json);
    strbuf_close(&engine->feed_text);
    strbuf_close(&engine->changes);
    arena_close(&engine->turn);
    (void)pthread_mutex_destroy(&engine->shown_lock);
    heap_free(engine);
}

struct feed *engine_feed(struct engine *engine) { return engine->feed; }
const char *engine_epoch(struct engine *engine) { return engine->w.epoch; }
int64_t engine_people_generation(struct engine *engine) { return atomic_load(&engine->people_generation); }

void engine_figures(struct engine *engine, struct engine_figures *ret)
{
    (void)pthread_mutex_lock(&engine->shown_lock);
    *ret = engine->shown; /* as the last turn left them */
    (void)pthread_mutex_unlock(&engine->shown_lock);
    ret->queue_depth = exchange_depth(engine->exchange);
}

/* ---- running by itself ---- */

struct runner {
    struct engine *engine;
    struct loop *loop;
    double speed_written;
    struct err err;
};

static void wake_loop(void *loop) { loop_wake(loop); }

/* Jobs of a rehearsal read the made-up clock here: base_boot_ms base_business_ms speed. */
static void clock_file_write(struct runner *r)
{
    struct clock *clock = r->engine->config.clock;
    double speed = clock_speed(clock);
    if (!clock->is_simulated || (speed >= r->speed_written && speed <= r->speed_written)) {
        return;
    }
    char line[128], path[4096];
    int n = snprintf(line, sizeof(line), "%" PRId64 " %" PRId64 " %.6f\n", clock_boot_ms(), clock_business(clock).ms, speed);
    (void)snprintf(path, sizeof(path), "%s/clock", r->engine->config.data_folder);
    struct err failed; /* written again at the next turn */
    if (file_write(path, line, (size_t)n, 0644, &failed)) {
        r->speed_written = speed;
    }
}

static void run_turn(void *data)
{
    struct runner *r = data;
    struct engine *engine = r->engine;
    struct instant next;
    struct err failed = {0};
    bool is_good = engine_turn(engine, clock_business(engine->config.clock), clock_wall(), &next, &failed);
    if (!is_good) {
        struct strbuf text = {0};
        err_print(&text, &failed, LANG_JA);
        (void)fprintf(stderr, "%s\n", strbuf_str(&text));
        strbuf_close(&text);
    }
    clock_file_write(r);
    int64_t wait_ms = is_good ? clock_wait_ms(engine->config.clock, next) : 1000;
    int64_t wall_ms = agents_next_wall_ms(engine);
    if (wall_ms != INT64_MAX && wall_ms - clock_wall().ms < wait_ms) {
        wait_ms = wall_ms - clock_wall().ms;
    }
    wait_ms = wait_ms < 0 ? 0 : wait_ms;
    loop_timer(r->loop, wait_ms == INT64_MAX ? -1 : wait_ms, run_turn, r);
}

bool engine_run(struct engine *engine, struct loop *loop, struct err *e)
{
    struct runner runner = {.engine = engine, .loop = loop, .speed_written = -1};
    if (!loop_on_wake(loop, run_turn, &runner, e)) {
        return false;
    }
    exchange_on_message(engine->exchange, wake_loop, loop);
    run_turn(&runner);
    loop_run(loop);
    exchange_stop(engine->exchange);
    exchange_on_message(engine->exchange, NULL, NULL);
    return true;
}
