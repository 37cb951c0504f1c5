/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forecast - the expected course of the coming night: for people who ask, and for warnings before a deadline is missed.
 *
 * The snapshot is taken and let run in the decision thread: a night of 3,000 jobnets costs some tens of milliseconds, and it is
 * done at most every FORECAST_EVERY_MS of real time, only when something has changed since.
 */
#include "plan/forecast.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine_priv.h"
#include "engine/outlook_priv.h"
#include "engine/settings.h"

enum { FORECAST_EVERY_MS = 2000, HOURS_AHEAD = 26, HOURS_BEHIND_OPENING = 3, CHAIN_MAX = 16 };
enum { HOUR_MS = 3600000, BAD_RERUN_HOURS = 24 };

struct snapshot {
    struct forecast_input input;
    struct facts facts;
    VEC(struct forecast_unit) units;
    VEC(struct forecast_run) runs;
    VEC(struct forecast_agent) agents;
    struct arena arena;
};

/* When the coming opening is prepared (31:40 of the evening's day); INSTANT_NEVER without. */
static struct instant opening_of(struct engine *engine, const char **group)
{
    const struct site *site = engine->w.site;
    struct str name, cls;
    *group = NULL;
    if (!site->opening || site->opening_prepare_minute < 0 || !str_cut(str_of(site->opening), '/', &name, &cls)) {
        return INSTANT_NEVER;
    }
    const struct window_group *found = site_group(site, arena_copy_bytes(&engine->turn, name.at, name.n));
    const struct window_class *c = found ? window_class_find(found, arena_copy_bytes(&engine->turn, cls.at, cls.n)) : NULL;
    struct bizday today = calendar_day_of(site->root, engine->now);
    for (int offset = -1; c && offset < 14; offset++) {
        struct bizday evening = bizday_plus(today, offset);
        struct window_times morning = window_day(engine, found, (size_t)(c - found->classes), bizday_plus(evening, 1));
        struct instant at = calendar_instant(site->root, evening, (struct daytime){site->opening_prepare_minute});
        if (morning.minute[WINDOW_OPENS] >= 0 && at.ms > engine->now.ms) {
            *group = found->name;
            return at;
        }
    }
    return INSTANT_NEVER;
}

static int32_t agent_row(const struct site *site, const char *name)
{
    for (size_t i = 0; i < site->agent_count; i++) {
        if (strcmp(site->agents[i].name, name) == 0) {
            return (int32_t)i;
        }
    }
    return -1;
}

static void take_agents(struct engine *engine, struct snapshot *s)
{
    const struct site *site = engine->w.site;
    for (size_t i = 0; i < site->agent_count; i++) {
        const struct site_agent *agent = &site->agents[i];
        struct forecast_limit *limits = arena_array(&s->arena, struct forecast_limit, agent->limit_count + 1);
        for (size_t l = 0; l < agent->limit_count; l++) {
            limits[l] = (struct forecast_limit){agent->limits[l].from_minute, agent->limits[l].count};
        }
        *vec_add(&s->agents) = (struct forecast_agent){
            .name = agent->name, .same_as = agent->alias_of ? agent_row(site, agent->alias_of) : -1,
            .is_default = agent->is_default, .limits = limits, .limit_count = agent->limit_count};
    }
}

static bool is_concerned(const struct engine *engine, const struct unit_entry *unit, struct instant horizon)
{
    if (unit->live_count > 0) {
        return true;
    }
    for (size_t i = 0; i < unit->facts.plan.n; i++) {
        const struct plan_entry *p = &unit->facts.plan.at[i];
        if (p->state == PLAN_WAITING && p->start_ms <= horizon.ms) {
            return true;
        }
    }
    const struct generation *last = unit->facts.generations.n ? &unit->facts.generations.at[unit->facts.generations.n - 1] : NULL;
    return last && status_class((enum status)last->status) == STATUS_BAD &&
           last->ended_ms > engine->now.ms - BAD_RERUN_HOURS * (int64_t)HOUR_MS;
}

/* A generation that ended badly lately: the forecast takes it that someone will rerun it. */
static struct live_run *bad_run(struct engine *engine, const struct unit_entry *unit)
{
    const struct generation *last = unit->facts.generations.n ? &unit->facts.generations.at[unit->facts.generations.n - 1] : NULL;
    if (!last || status_class((enum status)last->status) != STATUS_BAD || last->status == STATUS_DEFERRED ||
        last->ended_ms <= engine->now.ms - BAD_RERUN_HOURS * (int64_t)HOUR_MS) {
        return NULL;
    }
    struct live_run *live = NULL;
    struct err ignored;
    if (!live_load(engine, last->run, &live, &ignored) || !live || !live->is_done) {
        return NULL;
    }
    *vec_add(&engine->w.done_runs) = live->id;
    return live;
}

static void take_units(struct engine *engine, struct snapshot *s, struct instant horizon)
{
    for (struct map_entry *e = NULL; (e = map_next(&engine->w.units_by_id, e));) {
        struct unit_entry *unit = e->value;
        const struct net *net;
        struct err ignored;
        if (!unit->is_group && !unit->is_deleted && is_concerned(engine, unit, horizon) && unit_net(engine, unit, &net, &ignored)) {
            *vec_add(&s->units) = (struct forecast_unit){.path = unit->path, .net = net, .calendar = unit_calendar(engine, unit)};
        }
    }
    for (size_t i = 0; i < s->units.n; i++) {
        (void)bad_run(engine, unit_by_path(engine, s->units.at[i].path));
    }
    for (size_t i = 0; i < s->units.n; i++) {
        const struct unit_entry *unit = unit_by_path(engine, s->units.at[i].path);
        for (size_t g = 0; g < unit->facts.generations.n; g++) {
            const struct live_run *live = live_by_id(engine, unit->facts.generations.at[g].run);
            if (live) {
                *vec_add(&s->runs) = (struct forecast_run){
                    .run = live->run, .unit = &s->units.at[i],
                    .deadline = live->deadline_ms ? (struct instant){live->deadline_ms} : INSTANT_NEVER};
            }
        }
    }
}

static void snapshot_close(struct snapshot *s)
{
    facts_close(&s->facts);
    vec_close(&s->units);
    vec_close(&s->runs);
    vec_close(&s->agents);
    arena_close(&s->arena);
}

/* In the snapshot only: the switch nets of that class move, as they would if its times were changed. */
static void shift_switches(struct engine *engine, struct snapshot *s, const struct forecast_shift *shift)
{
    for (size_t i = 0; i < s->units.n; i++) {
        struct unit_facts *facts = map_get(&s->facts.units_by_path, s->units.at[i].path);
        if (!switch_follows(engine, s->units.at[i].net, shift->group, shift->cls)) {
            continue;
        }
        for (size_t p = 0; p < facts->plan.n; p++) {
            if (facts->plan.at[p].date.day == shift->day.day && facts->plan.at[p].state == PLAN_WAITING) {
                facts->plan.at[p].start_ms += shift->ms;
            }
        }
    }
}

static void forecast_now(struct engine *engine, struct instant until, const struct forecast_shift *shift, struct snapshot *s,
                         struct forecast *ret)
{
    const char *group;
    struct instant opening = opening_of(engine, &group);
    struct instant horizon = until;
    if (!horizon.ms) {
        horizon.ms = engine->now.ms + HOURS_AHEAD * (int64_t)HOUR_MS;
        if (group && opening.ms + HOURS_BEHIND_OPENING * (int64_t)HOUR_MS < horizon.ms) {
            horizon.ms = opening.ms + HOURS_BEHIND_OPENING * (int64_t)HOUR_MS;
        }
    }
    take_units(engine, s, horizon);
    take_agents(engine, s);
    facts_copy(&s->arena, &engine->w.facts, &s->facts);
    if (shift) {
        shift_switches(engine, s, shift);
    }
    s->input = (struct forecast_input){
        .facts = &s->facts, .units = s->units.at, .unit_count = s->units.n, .runs = s->runs.at, .run_count = s->runs.n,
        .agents = s->agents.at, .agent_count = s->agents.n, .zone = engine->w.site->zone, .now = engine->now,
        .horizon = horizon, .job_default_ms = engine_setting(engine, SETTING_JOB_MINUTES) * MINUTE_MS, .assumes_rerun = true, .opening_group = group, .opening = opening};
    forecast_make(&s->arena, &s->input, ret);
}

/* ---- for people ---- */

static void say_time(struct act_call *call, const struct forecast_row *row, const char *key, struct instant at)
{
    struct engine *engine = call->engine;
    char name[32], text[TIME_TEXT_MAX];
    json_instant(&call->json, key, at, zone_offset_sec(engine->w.site->zone, engine->now) / 60);
    if (at.ms != INSTANT_NEVER.ms && at.ms) {
        (void)snprintf(name, sizeof(name), "%s_time", key);
        const struct unit_entry *unit = unit_by_path(engine, row->path);
        struct daytime time = calendar_daytime(unit_calendar(engine, (struct unit_entry *)(uintptr_t)unit), row->date, at);
        if (time.minute >= 0) {
            json_text(&call->json, name, daytime_print(time, text));
        }
    }
}

static void say_row(struct act_call *call, const struct forecast *forecast, size_t i)
{
    static const struct {
        const char *name, *text;
    } outcomes[] = {[FORECAST_ENDS] = {"ends", "終了"}, [FORECAST_GOES_ON] = {"goes-on", "実行中のまま"},
                    [FORECAST_WAITS] = {"waits", "始まらない"}, [FORECAST_HELD] = {"held", "保留"},
                    [FORECAST_SKIPPED] = {"skipped", "実行しない"}};
    const struct forecast_row *row = &forecast->rows[i];
    const struct unit_entry *unit = unit_by_path(call->engine, row->path);
    json_open(&call->json, NULL);
    json_text(&call->json, "unit", row->path);
    json_text(&call->json, "comment", unit->comment);
    json_date(&call->json, "date", row->date);
    json_number(&call->json, "run", row->run);
    say_time(call, row, "planned", row->planned);
    say_time(call, row, "start", row->start);
    say_time(call, row, "end", row->end);
    say_time(call, row, "deadline", row->deadline);
    if (row->slack_ms != FORECAST_NO_SLACK) {
        json_number(&call->json, "slack_minutes", row->slack_ms / MINUTE_MS);
    }
    json_text(&call->json, "outcome", outcomes[row->outcome].name);
    json_text(&call->json, "outcome_ja", row->is_late && row->outcome == FORECAST_ENDS ? "期限超過" : outcomes[row->outcome].text);
    json_bool(&call->json, "late", row->is_late);
    json_bool(&call->json, "bad", row->is_bad);
    json_bool(&call->json, "rerun_assumed", row->is_rerun);
    if (row->critical >= 0) {
        json_text(&call->json, "after", forecast->rows[row->critical].path);
    }
    if (row->outcome == FORECAST_WAITS && row->args) {
        struct strbuf text = {0};
        message_text(&text, row->why, LANG_JA, row->args);
        json_text(&call->json, "why", strbuf_str(&text));
        strbuf_close(&text);
    }
    json_end(&call->json);
}

static void say_opening(struct act_call *call, const struct snapshot *s, const struct forecast *forecast)
{
    if (!s->input.opening_group || forecast->opening_slack_ms == FORECAST_NO_SLACK) {
        return;
    }
    struct engine *engine = call->engine;
    int32_t chain[CHAIN_MAX];
    size_t n = forecast_chain(forecast, forecast->opening_row, chain, CHAIN_MAX);
    json_open(&call->json, "opening");
    json_instant(&call->json, "prepare", s->input.opening, zone_offset_sec(engine->w.site->zone, engine->now) / 60);
    char time[TIME_TEXT_MAX];
    json_text(&call->json, "prepare_time", daytime_print((struct daytime){engine->w.site->opening_prepare_minute}, time));
    json_number(&call->json, "slack_minutes", forecast->opening_slack_ms / MINUTE_MS);
    json_text(&call->json, "last", forecast->rows[forecast->opening_row].path);
    json_list(&call->json, "chain");
    for (size_t i = 0; i < n; i++) {
        json_text(&call->json, NULL, forecast->rows[chain[i]].path);
    }
    json_end(&call->json);
    json_end(&call->json);
}

struct start_of {
    int64_t ms;
    size_t row;
};

static int earlier(const void *a, const void *b)
{
    const struct start_of *x = a, *y = b;
    return x->ms != y->ms ? (x->ms > y->ms) - (x->ms < y->ms) : (x->row > y->row) - (x->row < y->row);
}

/* Rows as the night will see them: by expected start, else by plan. */
static const size_t *by_start(struct arena *into, const struct forecast *forecast)
{
    struct start_of *starts = arena_array(into, struct start_of, forecast->row_count + 1);
    for (size_t i = 0; i < forecast->row_count; i++) {
        const struct forecast_row *row = &forecast->rows[i];
        starts[i] = (struct start_of){row->start.ms == INSTANT_NEVER.ms ? row->planned.ms : row->start.ms, i};
    }
    if (forecast->row_count) {
        qsort(starts, forecast->row_count, sizeof(*starts), earlier);
    }
    size_t *order = arena_array(into, size_t, forecast->row_count + 1);
    for (size_t i = 0; i < forecast->row_count; i++) {
        order[i] = starts[i].row;
    }
    return order;
}

bool act_show_forecast(struct act_call *call)
{
    struct snapshot s = {0};
    struct forecast forecast = {0};
    forecast_now(call->engine, call->act->at, NULL, &s, &forecast);
    say_opening(call, &s, &forecast);
    json_number(&call->json, "late", (int64_t)forecast.late_count);
    json_list(&call->json, "rows");
    const size_t *order = by_start(&s.arena, &forecast);
    for (size_t i = 0; i < forecast.row_count; i++) {
        say_row(call, &forecast, order[i]);
    }
    json_end(&call->json);
    snapshot_close(&s);
    return true;
}

int64_t forecast_opening_slack_ms(struct engine *engine, const struct forecast_shift *shift)
{
    struct snapshot s = {0};
    struct forecast forecast = {0};
    forecast_now(engine, (struct instant){0}, shift, &s, &forecast);
    int64_t slack_ms = s.input.opening_group ? forecast.opening_slack_ms : FORECAST_NO_SLACK;
    snapshot_close(&s);
    return slack_ms;
}

/* ---- for warnings ---- */

static void warn(struct engine *engine, const struct forecast_row *row)
{
    char date[DATE_TEXT_MAX], deadline[TIME_TEXT_MAX], end[TIME_TEXT_MAX];
    struct unit_entry *unit = unit_by_path(engine, row->path);
    const struct calendar *calendar = unit_calendar(engine, unit);
    const char *key = arena_printf(&engine->turn, "%s@%s", row->path, bizday_print(row->date, date));
    if (map_get(&engine->w.risks, key)) {
        return; /* told already */
    }
    (void)map_put(&engine->w.risks, arena_copy(&engine->w.names, key), unit);
    struct daytime ends = row->end.ms == INSTANT_NEVER.ms ? DAYTIME_NONE : calendar_daytime(calendar, row->date, row->end);
    event_raise(engine, &(struct event_of){EVENT_RISK, 1, row->path, row->run, 0, ERR_EVENT_RISK}, key,
                "%s" ARG "%s" ARG "%s" ARG "%s", row->path, date,
                daytime_print(calendar_daytime(calendar, row->date, row->deadline), deadline),
                ends.minute < 0 ? "-" : daytime_print(ends, end));
}

void forecast_watch(struct engine *engine)
{
    bool is_due = engine->has_feed && engine->wall.ms - engine->w.forecast_wall_ms >= FORECAST_EVERY_MS &&
                  (engine->w.forecast_at_turn != engine->figures.commits || !outlook_is_made(engine->outlooks));
    if (!is_due) {
        return;
    }
    engine->w.forecast_wall_ms = engine->wall.ms;
    engine->w.forecast_at_turn = engine->figures.commits;
    struct snapshot s = {0};
    struct forecast forecast = {0};
    forecast_now(engine, (struct instant){0}, NULL, &s, &forecast);
    for (size_t i = 0; i < forecast.row_count; i++) {
        if (forecast.rows[i].is_late) {
            warn(engine, &forecast.rows[i]);
        }
    }
    outlook_make(engine, &s.input, &forecast);
    snapshot_close(&s);
    entry_end(engine, &who_engine, "forecast.risk", "forecast");
}
