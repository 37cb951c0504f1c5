/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts_plan - temporary changes of plan: move, add, skip, hold for one run, undo. Rules stay as they are.
 */
#include <inttypes.h>
#include <string.h>

#include "engine/engine_priv.h"

/* The planned start meant: by id, or the only one of that execution date that has not started. */
static bool plan_meant(struct act_call *call, struct unit_entry **unit, struct plan_entry **plan)
{
    const struct act *act = call->act;
    struct unit_facts *facts = facts_unit(&call->engine->w.facts, act->unit);
    *unit = facts ? unit_by_id(call->engine, facts->id) : NULL;
    if (!*unit) {
        return not_a_net(call->engine, act->unit, call->err);
    }
    *plan = NULL;
    size_t count = 0;
    for (size_t i = 0; i < facts->plan.n; i++) {
        struct plan_entry *p = &facts->plan.at[i];
        bool is_open = p->state == PLAN_WAITING || (p->state == PLAN_SKIPPED && p->is_changed);
        if (act->number ? p->id == act->number : is_open && p->date.day == act->date.day) {
            *plan = p;
            count++;
        }
    }
    if (count != 1) {
        char date[DATE_TEXT_MAX];
        return err_set(call->err, count ? ERR_PLAN_MANY : ERR_PLAN_NONE, "%s" ARG "%s" ARG "%zu", act->unit,
                       bizday_print(act->date, date), count);
    }
    if ((*plan)->run) {
        return err_set(call->err, ERR_UNIT_STATE, "%s" ARG "実行 %" PRId64 " として始まっています。" OR_EN "it has started as run %" PRId64 ".",
                       act->unit, (*plan)->run, (*plan)->run);
    }
    return true;
}

static void plan_json(struct act_call *call, const struct unit_entry *unit, const struct plan_entry *p)
{
    const struct calendar *calendar = unit_calendar(call->engine, (struct unit_entry *)(uintptr_t)unit);
    struct instant start = {p->start_ms};
    char time[TIME_TEXT_MAX];
    json_number(&call->json, "id", p->id);
    json_text(&call->json, "unit", unit->path);
    json_date(&call->json, "date", p->date);
    json_instant(&call->json, "start", start, zone_offset_sec(calendar_zone(calendar), start) / 60);
    json_text(&call->json, "time", daytime_print(calendar_daytime(calendar, p->date, start), time));
    json_bool(&call->json, "held", p->is_held);
}

static void changed(struct act_call *call, struct unit_entry *unit, struct plan_entry *p, const char *reason)
{
    p->is_changed = true;
    unit->waits_from = 0;
    p->reason = reason && reason[0] ? arena_copy(&call->engine->w.names, reason) : NULL;
    put_plan(call->engine, unit, p);
    gate_wake(call->engine, gate_key(GATE_KEY_UNIT, (uint64_t)unit->id));
    plan_json(call, unit, p);
    plan_arm(call->engine, unit);
}

/* The order of the list is by start: a moved entry finds its new place. */
static struct plan_entry *place_again(struct unit_entry *unit, struct plan_entry *p)
{
    struct plan_entry moved = *p;
    size_t i = (size_t)(p - unit->facts.plan.at);
    memmove(p, p + 1, (unit->facts.plan.n - i - 1) * sizeof(*p));
    unit->facts.plan.n--;
    return plan_add(unit, &moved);
}

bool act_plan_move(struct act_call *call)
{
    struct unit_entry *unit;
    struct plan_entry *plan;
    if (!plan_meant(call, &unit, &plan)) {
        return false;
    }
    if (call->act->at.ms < call->engine->now.ms) {
        return err_set(call->err, ERR_ARGUMENT, "at" ARG "今より前の時刻です" OR_EN "it lies in the past");
    }
    plan->start_ms = call->act->at.ms;
    plan->state = PLAN_WAITING;
    changed(call, unit, place_again(unit, plan), call->act->reason);
    return true;
}

bool act_plan_add(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct act *act = call->act;
    struct unit_facts *facts = facts_unit(&engine->w.facts, act->unit);
    struct unit_entry *unit = facts ? unit_by_id(engine, facts->id) : NULL;
    if (!unit || unit->is_deleted) {
        return not_a_net(engine, act->unit, call->err);
    }
    struct instant at = act->at.ms ? act->at : engine->now;
    if (at.ms < engine->now.ms) {
        return err_set(call->err, ERR_ARGUMENT, "at" ARG "今より前の時刻です" OR_EN "it lies in the past");
    }
    struct plan_entry entry = {.id = engine->w.next_occurrence++, .start_ms = at.ms, .planned_ms = at.ms,
                               .date = act->date.day == BIZDAY_NONE.day ? calendar_day_of(unit_calendar(engine, unit), at) : act->date,
                               .shifted_from = BIZDAY_NONE, .state = PLAN_WAITING, .is_held = act->is_held};
    changed(call, unit, plan_add(unit, &entry), act->reason);
    return true;
}

bool act_plan_skip(struct act_call *call)
{
    struct unit_entry *unit;
    struct plan_entry *plan;
    if (!plan_meant(call, &unit, &plan)) {
        return false;
    }
    plan->state = PLAN_SKIPPED;
    changed(call, unit, plan, call->act->reason);
    return true;
}

bool act_plan_hold(struct act_call *call)
{
    struct unit_entry *unit;
    struct plan_entry *plan;
    if (!plan_meant(call, &unit, &plan)) {
        return false;
    }
    plan->is_held = call->act->is_on;
    changed(call, unit, plan, call->act->reason);
    return true;
}

bool act_plan_undo(struct act_call *call)
{
    struct unit_entry *unit;
    struct plan_entry *plan;
    if (!plan_meant(call, &unit, &plan)) {
        return false;
    }
    if (plan->rule == 0) { /* it was added: taking it back leaves no start */
        plan->state = PLAN_CANCELLED;
        changed(call, unit, plan, "undone");
        return true;
    }
    plan->start_ms = plan->planned_ms;
    plan->state = plan->start_ms >= call->engine->now.ms ? PLAN_WAITING : PLAN_SKIPPED;
    plan->is_held = unit->is_held;
    plan = place_again(unit, plan);
    changed(call, unit, plan, "");
    plan->is_changed = false;
    put_plan(call->engine, unit, plan);
    return true;
}
