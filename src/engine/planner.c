/* SPDX-License-Identifier: Apache-2.0 */
/*
 * planner - occurrences of registered jobnets, kept 35 days ahead, and what happens when one falls due.
 *
 * Every planned start is accounted for: it has a run, or a state and a reason.
 */
#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "engine/engine_priv.h"

struct plan_entry *plan_find(struct unit_entry *unit, int64_t id)
{
    if (unit->waits_from < unit->facts.plan.n && unit->facts.plan.at[unit->waits_from].id == id) {
        return &unit->facts.plan.at[unit->waits_from]; /* the one that is due, as a rule */
    }
    for (size_t i = 0; i < unit->facts.plan.n; i++) {
        if (unit->facts.plan.at[i].id == id) {
            return &unit->facts.plan.at[i];
        }
    }
    return NULL;
}

struct plan_entry *plan_add(struct unit_entry *unit, const struct plan_entry *entry)
{
    (void)vec_add(&unit->facts.plan);
    size_t i = unit->facts.plan.n - 1;
    struct plan_entry *plan = unit->facts.plan.at;
    while (i > 0 && plan[i - 1].start_ms > entry->start_ms) {
        plan[i] = plan[i - 1];
        i--;
    }
    plan[i] = *entry;
    unit->waits_from = i < unit->waits_from ? i : unit->waits_from;
    return &plan[i];
}

static bool exclusive_planned(void *data, const char *name, struct bizday day)
{
    struct engine *engine = data;
    const struct unit_facts *facts = facts_unit(&engine->w.facts, name);
    for (size_t i = 0; facts && i < facts->plan.n; i++) {
        const struct plan_entry *p = &facts->plan.at[i];
        if (p->date.day == day.day && (p->state == PLAN_WAITING || p->state == PLAN_STARTED)) {
            return true;
        }
    }
    return false;
}

static const char *reason_kept(struct engine *engine, const char *reason)
{
    return reason && reason[0] ? arena_copy(&engine->w.names, reason) : NULL;
}

static struct plan_entry entry_of(struct engine *engine, const struct net *net, const struct occurrence *o)
{
    int64_t shift_ms = switch_shift_ms(engine, net, o->date); /* E-06 */
    bool is_plain = o->reason == (enum occurrence_reason)0;
    return (struct plan_entry){
        .id = engine->w.next_occurrence++, .start_ms = o->start.ms + shift_ms, .planned_ms = o->start.ms, .date = o->date,
        .shifted_from = o->shifted_from, .rule = o->rule,
        .state = o->state == OCCURRENCE_RUN ? PLAN_WAITING : PLAN_SKIPPED,
        .reason = is_plain ? NULL : occurrence_reason_row(o->reason)->name, /* static text */
    };
}

/* A generation that waits for its gates has no time of its own: it is due when its day begins. */
static void by_gates(const struct calendar *calendar, struct plan_entry *entry)
{
    entry->start_ms = entry->planned_ms = calendar_day_start(calendar, entry->date).ms;
}

bool plan_extend(struct engine *engine, struct unit_entry *unit, struct bizday to, struct err *e)
{
    const struct net *net;
    if (!unit_net(engine, unit, &net, e)) {
        return false;
    }
    const struct calendar *own = unit_calendar(engine, unit);
    struct bizday from = unit->planned_to.day == BIZDAY_NONE.day ? unit->registered : bizday_plus(unit->planned_to, 1);
    if (unit->registration == REGISTERED_FIXED) {
        from = from.day < unit->from.day ? unit->from : from;
        to = unit->to;
    }
    if (to.day < from.day) {
        return true;
    }
    struct occurrences found = {0};
    struct schedule_query query = {.calendar = unit_days(engine, unit), .own = own, .registered = unit->registered,
                                   .from = from, .to = to, .is_exclusive_planned = exclusive_planned, .exclusive_data = engine};
    schedule_occurrences(net->nodes[0].schedule, &query, &found);
    for (size_t i = 0; i < found.list.n; i++) {
        struct plan_entry entry = entry_of(engine, net, &found.list.at[i]);
        if (net->starts_by_gates) {
            by_gates(own, &entry);
        }
        bool is_new = unit->registered_at.ms == engine->now.ms;
        if (is_new && entry.start_ms < engine->now.ms && entry.state == PLAN_WAITING && !net->starts_by_gates &&
            !unit->runs_passed) {
            entry.state = PLAN_SKIPPED;
            entry.reason = "before-registration";
        }
        entry.is_held = unit->is_held;
        put_plan(engine, unit, plan_add(unit, &entry));
    }
    vec_close(&found.list);
    unit->planned_to = to;
    put_registration(engine, unit);
    plan_arm(engine, unit);
    return true;
}

/* Takes out what has not started and no person has touched. */
static void plan_withdraw(struct engine *engine, struct unit_entry *unit)
{
    size_t kept = 0;
    for (size_t i = 0; i < unit->facts.plan.n; i++) {
        struct plan_entry *p = &unit->facts.plan.at[i];
        bool is_ahead = (p->state == PLAN_WAITING || p->state == PLAN_SKIPPED) && p->start_ms > engine->now.ms;
        if (is_ahead && !p->is_changed) {
            struct occurrence_row key = {.id = p->id};
            store_remove(engine->batch, TABLE_occurrence, &key);
        } else {
            unit->facts.plan.at[kept++] = *p;
        }
    }
    unit->facts.plan.n = kept;
    unit->waits_from = 0;
}

static bool has_entry(const struct unit_entry *unit, struct bizday date, int32_t rule)
{
    for (size_t i = 0; i < unit->facts.plan.n; i++) {
        const struct plan_entry *p = &unit->facts.plan.at[i];
        if (p->date.day == date.day && p->rule == rule) {
            return true;
        }
    }
    return false;
}

bool plan_again(struct engine *engine, struct unit_entry *unit, struct err *e)
{
    const struct net *net;
    if (unit->registration != REGISTERED_PLANNED) {
        return true;
    }
    if (!unit_net(engine, unit, &net, e)) {
        return false;
    }
    plan_withdraw(engine, unit);
    const struct calendar *own = unit_calendar(engine, unit);
    struct occurrences found = {0};
    struct schedule_query query = {.calendar = unit_days(engine, unit), .own = own, .registered = unit->registered,
                                   .from = calendar_day_of(own, engine->now), .to = unit->planned_to,
                                   .is_exclusive_planned = exclusive_planned, .exclusive_data = engine};
    schedule_occurrences(net->nodes[0].schedule, &query, &found);
    for (size_t i = 0; i < found.list.n; i++) {
        struct plan_entry entry = entry_of(engine, net, &found.list.at[i]);
        if (net->starts_by_gates) {
            by_gates(own, &entry);
        }
        /* Today's starts that were made already stay as they are; a time that has passed is not made up again. */
        if (!has_entry(unit, entry.date, entry.rule) && (entry.start_ms > engine->now.ms || net->starts_by_gates)) {
            entry.is_held = unit->is_held;
            put_plan(engine, unit, plan_add(unit, &entry));
        }
    }
    vec_close(&found.list);
    plan_arm(engine, unit);
    return true;
}

void plan_cancel(struct engine *engine, struct unit_entry *unit, const char *reason)
{
    for (size_t i = 0; i < unit->facts.plan.n; i++) {
        struct plan_entry *p = &unit->facts.plan.at[i];
        if (p->state == PLAN_WAITING || (p->state == PLAN_SKIPPED && p->start_ms > engine->now.ms)) {
            p->state = PLAN_CANCELLED;
            p->reason = reason_kept(engine, reason);
            put_plan(engine, unit, p);
        }
    }
    gate_wake(engine, gate_key(GATE_KEY_UNIT, (uint64_t)unit->id));
}

static const struct plan_entry *next_waiting(struct unit_entry *unit)
{
    const struct unit_facts *facts = &unit->facts;
    while (unit->waits_from < facts->plan.n && facts->plan.at[unit->waits_from].state != PLAN_WAITING) {
        unit->waits_from++;
    }
    return unit->waits_from < facts->plan.n ? &facts->plan.at[unit->waits_from] : NULL;
}

void plan_arm(struct engine *engine, struct unit_entry *unit)
{
    const struct plan_entry *next = next_waiting(unit);
    if (!next || next->start_ms == unit->armed_ms) {
        return;
    }
    unit->armed_ms = next->start_ms; /* an older alarm rings in vain */
    alarm_add(engine, (struct alarm){.at_ms = next->start_ms, .kind = ALARM_UNIT_DUE, .id = unit->id});
}

/* ---- due ---- */

/* Started late because we were stopped: x_missed decides, with its default: still before its deadline, and only the
 * latest one of a cycle of less than a day. */
static bool missed_runs(struct engine *engine, struct unit_entry *unit, const struct net *net, size_t i)
{
    const struct plan_entry *p = &unit->facts.plan.at[i];
    bool is_latest = true, is_cycle = false;
    for (size_t k = i + 1; k < unit->facts.plan.n; k++) {
        const struct plan_entry *later = &unit->facts.plan.at[k];
        if (later->state == PLAN_WAITING && later->date.day == p->date.day) {
            is_cycle = true;
            is_latest &= later->start_ms > engine->now.ms;
        }
    }
    struct instant deadline = deadline_instant(&net->deadline, unit_days(engine, unit), unit_calendar(engine, unit),
                                               p->date, (struct instant){p->start_ms});
    switch ((enum missed_rule)net->missed) {
    case MISSED_RUN: return true;
    case MISSED_LATEST: return is_latest;
    case MISSED_SKIP: return false;
    case MISSED_DEFAULT: break;
    }
    return engine->now.ms < deadline.ms && (!is_cycle || is_latest);
}

static void plan_miss(struct engine *engine, struct unit_entry *unit, struct plan_entry *p)
{
    p->state = PLAN_MISSED;
    p->reason = "missed-while-stopped";
    put_plan(engine, unit, p);
    char date[DATE_TEXT_MAX];
    event_raise(engine, &(struct event_of){EVENT_MISSED, 1, unit->path, 0, 0, ERR_EVENT_MISSED}, NULL, "%s" ARG "%s",
                unit->path, bizday_print(p->date, date));
}

enum { LATE_MS = 90 * 1000 }; /* later than this, on the first turn, counts as missed */

static void plan_start(struct engine *engine, struct unit_entry *unit, size_t i)
{
    const struct net *net;
    struct err e;
    struct plan_entry *p = &unit->facts.plan.at[i];
    struct live_run *live = NULL;
    if (!unit_net(engine, unit, &net, &e)) {
        p->state = PLAN_MISSED;
        p->reason = "definition-unreadable";
        put_plan(engine, unit, p);
    } else if (engine->is_catching_up && engine->now.ms - p->start_ms > LATE_MS && !missed_runs(engine, unit, net, i)) {
        plan_miss(engine, unit, p);
    } else if (live_start(engine, unit, p, &(struct live_cause){p->rule ? ORIGIN_PLANNED : ORIGIN_ADDED, ""}, &live, &e)) {
        live_try_begin(engine, live);
    } else {
        p->state = PLAN_SKIPPED;
        p->reason = "cannot-run";
        put_plan(engine, unit, p);
    }
    char date[DATE_TEXT_MAX];
    const char *entity = live ? live_entity(engine, live, 0)
                              : arena_printf(&engine->turn, "%s@%s", unit->path, bizday_print(p->date, date));
    gate_wake(engine, gate_key(GATE_KEY_UNIT, (uint64_t)unit->id));
    gates_settle(engine);
    entry_end(engine, &who_engine, engine->is_catching_up ? act_name(ACT_MISSED) : "plan.due", entity);
}

void plan_due(struct engine *engine, struct unit_entry *unit, int64_t alarm_ms)
{
    if (alarm_ms != unit->armed_ms) {
        return; /* the plan has changed since */
    }
    unit->armed_ms = 0;
    for (const struct plan_entry *p; (p = next_waiting(unit)) && p->start_ms <= engine->now.ms;) {
        plan_start(engine, unit, unit->waits_from);
    }
    plan_arm(engine, unit);
}

/* ---- each new day ---- */

enum { PLAN_DAYS_KEPT = 70 };

static void plan_forget(struct engine *engine, struct unit_entry *unit) /* memory only; rows stay */
{
    size_t drop = 0;
    int32_t oldest = engine->w.today.day - PLAN_DAYS_KEPT;
    while (drop < unit->facts.plan.n && unit->facts.plan.at[drop].date.day < oldest &&
           unit->facts.plan.at[drop].state != PLAN_WAITING) {
        drop++;
    }
    if (drop > 64) {
        unit->facts.plan.n -= drop;
        unit->waits_from = 0;
        memmove(unit->facts.plan.at, unit->facts.plan.at + drop, unit->facts.plan.n * sizeof(*unit->facts.plan.at));
    }
    drop = 0;
    while (drop < unit->facts.generations.n && unit->facts.generations.at[drop].date.day < oldest &&
           status_is_ended((enum status)unit->facts.generations.at[drop].status)) {
        drop++;
    }
    if (drop > 64 && drop < unit->facts.generations.n) {
        unit->facts.generations.n -= drop;
        memmove(unit->facts.generations.at, unit->facts.generations.at + drop,
                unit->facts.generations.n * sizeof(*unit->facts.generations.at));
    }
}

void planner_new_day(struct engine *engine)
{
    struct world *w = &engine->w;
    w->today = calendar_day_of(w->site->root, engine->now);
    struct bizday to = bizday_plus(w->today, OCCURRENCE_DAYS_AHEAD);
    for (struct map_entry *e = NULL; (e = map_next(&w->units_by_id, e));) {
        struct unit_entry *unit = e->value;
        struct err failed;
        if (unit->registration == REGISTERED_PLANNED && unit->planned_to.day < to.day && !unit->is_deleted &&
            !plan_extend(engine, unit, to, &failed)) {
            event_raise(engine, &(struct event_of){EVENT_MISSED, 2, unit->path, 0, 0, ERR_EVENT_PLAN}, unit->path, "%s",
                        unit->path);
        }
        plan_forget(engine, unit);
    }
    answered_forget(engine);
    entry_end(engine, &who_engine, "plan.extend", "plan");
    struct instant next = calendar_day_start(w->site->root, bizday_plus(w->today, 1));
    alarm_add(engine, (struct alarm){.at_ms = next.ms, .kind = ALARM_DAY});
}
