/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts_window - online windows: command, observe, override, extend (E-05, E-06, E-22); and how they stand.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/decisions.h"
#include "engine/settings.h"

static bool class_meant(struct act_call *call, struct window_facts **window, size_t *cls)
{
    *window = facts_window(&call->engine->w.facts, call->act->group);
    const struct window_class *found = *window ? window_class_find((*window)->group, call->act->cls) : NULL;
    if (!found) {
        return err_set(call->err, ERR_NOT_FOUND, "window" ARG "%s %s", call->act->group, call->act->cls);
    }
    *cls = (size_t)(found - (*window)->group->classes);
    return true;
}

/* Does a running net hold the group's lock, as one does that needs it closed? (decisions §4) Who holds it alone beside others
 * opens over them by a decision: its own jobs may order it. */
static int64_t holder_of(const struct engine *engine, const char *group)
{
    const struct lock_facts *lock = map_get(&engine->w.facts.locks, group);
    for (size_t i = 0; lock && i < lock->holders.n; i++) {
        if (!lock->holders.at[i].is_shared) {
            return 0;
        }
    }
    return lock_holder(engine, group);
}

/* What a decision about this class may name: the class, its group, and where a net stands in the way that net and its run. */
static const char *const *about_class(struct act_call *call, const struct window_facts *window, const struct live_run *holder)
{
    enum { ABOUT_MAX = 5 };
    struct arena *turn = &call->engine->turn;
    const char **about = arena_array(turn, const char *, ABOUT_MAX);
    about[0] = arena_printf(turn, "window/%s/%s", window->group->name, call->act->cls);
    about[1] = arena_printf(turn, "window/%s", window->group->name);
    if (holder) {
        about[2] = live_entity(call->engine, holder, 0);
        about[3] = holder->unit->path;
    }
    return about;
}

bool act_window_command(struct act_call *call)
{
    struct window_facts *window;
    size_t cls;
    enum window_phase phase;
    const struct act *act = call->act;
    if (!class_meant(call, &window, &cls)) {
        return false;
    }
    if (!window_phase_parse(act->kind, &phase) || phase == PHASE_UNKNOWN) {
        return err_set(call->err, ERR_ARGUMENT, "state" ARG "%s", act->kind);
    }
    struct window_seen *seen = &window->seen[cls];
    enum window_phase observed = seen->observed == PHASE_UNKNOWN ? PHASE_CLOSED : seen->observed; /* nothing was ordered yet */
    enum window_phase from = seen->commanded == PHASE_UNKNOWN ? observed : seen->commanded;
    bool is_emergency = act->is_emergency && act->text[0];
    if (from != phase && !window_move_allowed(from, phase, is_emergency)) {
        const char *const *before = window_phase_name(from)->text, *const *after = window_phase_name(phase)->text;
        return err_set(call->err, ERR_WINDOW_MOVE, "%s" ARG "%s" OR_EN "%s" ARG "%s" OR_EN "%s", act->cls, before[LANG_JA],
                       before[LANG_EN], after[LANG_JA], after[LANG_EN]);
    }
    int64_t holder = phase == PHASE_OPEN ? holder_of(call->engine, window->group->name) : 0;
    const struct live_run *live = holder ? live_by_id(call->engine, holder) : NULL;
    struct decision_row decision;
    if (act->number && phase != PHASE_OPEN) {
        return err_set(call->err, ERR_ARGUMENT, "decision" ARG "開局の指示だけに付けられます" OR_EN "only an opening takes one");
    }
    if (!decision_read(call, DECISION_OPENING, about_class(call, window, live), &decision)) {
        return false;
    }
    if (holder && !decision.id) {
        return err_set(call->err, ERR_WINDOW_BUSY, "%s" ARG "%s" ARG "run/%" PRId64 " %s", window->group->name, act->cls, holder,
                       live ? live->unit->path : "");
    }
    if (!act->dry_run) {
        seen->commanded = phase;
        put_window(call->engine, window, cls, act->actor);
    }
    json_text(&call->json, "group", window->group->name);
    json_text(&call->json, "class", act->cls);
    json_text(&call->json, "commanded", window_phase_name(phase)->name);
    decision_spend(call, &decision);
    return true;
}

bool act_window_observe(struct act_call *call)
{
    struct window_facts *window;
    size_t cls;
    enum window_phase phase;
    struct engine *engine = call->engine;
    if (!class_meant(call, &window, &cls)) {
        return false;
    }
    if (!window_phase_parse(call->act->kind, &phase)) {
        return err_set(call->err, ERR_ARGUMENT, "state" ARG "%s", call->act->kind);
    }
    struct window_seen *seen = &window->seen[cls];
    bool is_new = seen->observed != phase;
    seen->observed = phase;
    seen->observed_at = engine->now;
    put_window(engine, window, cls, call->act->actor);
    bool is_mismatch = seen->commanded != PHASE_UNKNOWN && seen->commanded != phase && phase != PHASE_UNKNOWN;
    if (is_mismatch && is_new) {
        const char *const *ordered = window_phase_name(seen->commanded)->text, *const *found = window_phase_name(phase)->text;
        event_raise(engine, &(struct event_of){EVENT_WINDOW_MISMATCH, 2, "", 0, 0, ERR_EVENT_WINDOW},
                    act_entity(engine, call->act), "%s" ARG "%s" ARG "%s" OR_EN "%s" ARG "%s" OR_EN "%s", window->group->name,
                    call->act->cls, ordered[LANG_JA], ordered[LANG_EN], found[LANG_JA], found[LANG_EN]);
    }
    gate_wake(engine, gate_key_name(GATE_KEY_ONLINE, window->group->name));
    json_text(&call->json, "observed", window_phase_name(phase)->name);
    return true;
}

/* Plans of switch nets follow the changed times (E-06). */
static void switches_follow(struct engine *engine, struct bizday day)
{
    for (struct map_entry *e = NULL; (e = map_next(&engine->w.units_by_id, e));) {
        struct unit_entry *unit = e->value;
        const struct net *net;
        struct err ignored;
        if (unit->registration == REGISTERED_NOT || unit->is_deleted || !unit_net(engine, unit, &net, &ignored) ||
            net->nodes[0].class != CLASS_SWITCH) {
            continue;
        }
        for (size_t i = 0; i < unit->facts.plan.n; i++) {
            struct plan_entry *p = &unit->facts.plan.at[i];
            if (p->date.day == day.day && p->state == PLAN_WAITING && !p->is_changed) {
                p->start_ms = p->planned_ms + switch_shift_ms(engine, net, day);
                put_plan(engine, unit, p);
            }
        }
        plan_arm(engine, unit);
    }
}

static void change_put(struct act_call *call, const struct window_facts *window, size_t cls, enum window_event event, int32_t minute,
                       int kind)
{
    struct window_change_row row = {
        .grp = window->group->name, .cls = window->group->classes[cls].name, .date = call->act->date.day, .event = event,
        .minute = minute, .kind = kind, .reason = call->act->reason, .actor = call->act->actor,
        .asked_ms = call->act->at.ms ? call->act->at.ms : call->engine->now.ms, .at_ms = call->engine->now.ms,
    };
    store_put(call->engine->batch, TABLE_window_change, &row);
    day_change_note(call->engine, &(struct day_change){row.grp, row.cls, call->act->date, event, minute});
}

/* Today, when no date was given. `dated` lives as long as the call. */
static void date_settle(struct act_call *call, struct act *dated)
{
    *dated = *call->act;
    if (dated->date.day == BIZDAY_NONE.day) {
        dated->date = call->engine->w.today;
    }
    call->act = dated;
}

/* Opening < pre-closing <= closing, and no pre-closing without the closing that it announces. */
static bool day_in_order(struct act_call *call, const struct window_facts *window, size_t cls, enum window_event event)
{
    struct window_times times = window_day(call->engine, window->group, cls, call->act->date);
    times.minute[event] = call->act->minute;
    const int32_t opens = times.minute[WINDOW_OPENS], precloses = times.minute[WINDOW_PRECLOSES], closes = times.minute[WINDOW_CLOSES];
    bool is_wrong = (precloses >= 0 && closes < precloses) || (opens >= 0 && precloses >= 0 && precloses <= opens) ||
                    (opens >= 0 && closes >= 0 && closes <= opens);
    if (!is_wrong) {
        return true;
    }
    char text[WINDOW_EVENTS][TIME_TEXT_MAX];
    const char *shown[WINDOW_EVENTS];
    for (int i = 0; i < WINDOW_EVENTS; i++) {
        shown[i] = times.minute[i] < 0 ? "なし" OR_EN "none" : daytime_print((struct daytime){times.minute[i]}, text[i]);
    }
    return err_set(call->err, ERR_WINDOW_ORDER, "%s" ARG "%s" ARG "%s" ARG "%s", call->act->cls, shown[WINDOW_OPENS],
                   shown[WINDOW_PRECLOSES], shown[WINDOW_CLOSES]);
}

bool act_window_override(struct act_call *call)
{
    struct window_facts *window;
    size_t cls;
    enum window_event event;
    struct act dated;
    date_settle(call, &dated);
    const struct act *act = call->act;
    if (!class_meant(call, &window, &cls)) {
        return false;
    }
    if (!window_event_parse(act->kind, &event) || act->minute < -1 || act->minute > DAYTIME_MAX) {
        return err_set(call->err, ERR_ARGUMENT, "event, date, time" ARG "%s", act->kind);
    }
    if (!day_in_order(call, window, cls, event)) {
        return false;
    }
    change_put(call, window, cls, event, act->minute, 0);
    switches_follow(call->engine, act->date);
    json_text(&call->json, "event", window_event_name(event)->name);
    json_date(&call->json, "date", act->date);
    return true;
}

/* E-06: the night behind it must keep an hour to the opening's preparation, or the client has agreed. */
static bool slack_allows(struct act_call *call, const struct window_facts *window, size_t cls, int32_t minutes, bool is_decided)
{
    const int64_t slack_ms_min = engine_setting(call->engine, SETTING_EXTENSION_SLACK) * MINUTE_MS;
    struct forecast_shift shift = {.group = window->group, .cls = &window->group->classes[cls], .day = call->act->date,
                                   .ms = minutes * MINUTE_MS};
    int64_t before_ms = forecast_opening_slack_ms(call->engine, NULL), after_ms = forecast_opening_slack_ms(call->engine, &shift);
    if (after_ms == INT64_MAX) {
        return true;
    }
    json_number(&call->json, "slack_minutes", after_ms / MINUTE_MS);
    if (is_decided || after_ms >= slack_ms_min || after_ms >= before_ms) {
        return true;
    }
    char text[TIME_TEXT_MAX];
    return err_set(call->err, ERR_EXTENSION_SLACK, "%s" ARG "%s" ARG "%" PRId64 ARG "%" PRId64, call->act->cls,
                   daytime_print((struct daytime){call->act->minute}, text), before_ms / MINUTE_MS, after_ms / MINUTE_MS);
}

/* Later by as much as the closing moves, so the warning before it keeps its distance. */
static bool extend_times(struct act_call *call, struct window_facts *window, size_t cls)
{
    const struct act *act = call->act;
    struct window_times times = window_day(call->engine, window->group, cls, act->date);
    int32_t closes = times.minute[WINDOW_CLOSES];
    if (closes < 0 || act->minute <= closes || act->minute > DAYTIME_MAX) {
        char now[TIME_TEXT_MAX];
        const char *until = closes < 0 ? "-" : daytime_print((struct daytime){closes}, now);
        return err_set(call->err, ERR_ARGUMENT, "time" ARG "今の閉塞 %s より後にしてください" OR_EN "it must be later than the closing, %s",
                       until, until);
    }
    struct decision_row decision;
    if (!decision_read(call, DECISION_EXTENSION, about_class(call, window, NULL), &decision) ||
        !slack_allows(call, window, cls, act->minute - closes, decision.id != 0)) {
        return false;
    }
    change_put(call, window, cls, WINDOW_CLOSES, act->minute, 1);
    if (times.minute[WINDOW_PRECLOSES] >= 0) {
        change_put(call, window, cls, WINDOW_PRECLOSES, times.minute[WINDOW_PRECLOSES] + act->minute - closes, 1);
    }
    char text[TIME_TEXT_MAX];
    json_text(&call->json, "closes_before", daytime_print((struct daytime){closes}, text));
    json_text(&call->json, "closes", daytime_print((struct daytime){act->minute}, text));
    decision_spend(call, &decision);
    return true;
}

bool act_window_extend(struct act_call *call)
{
    struct window_facts *window;
    size_t cls;
    struct act dated;
    date_settle(call, &dated);
    const struct act *act = call->act;
    struct engine *engine = call->engine;
    if (!class_meant(call, &window, &cls)) {
        return false;
    }
    enum { LIMIT_MINUTE = 17 * 60 }; /* E-05: 17:00 */
    struct instant asked = act->at.ms ? act->at : engine->now;
    if (asked.ms > engine->now.ms) {
        return err_set(call->err, ERR_ARGUMENT, "asked" ARG "今より後の時刻です" OR_EN "it lies in the future");
    }
    struct instant limit = window_extension_limit(window->group->classes[cls].calendar, act->date, (struct daytime){LIMIT_MINUTE});
    if (asked.ms > limit.ms && !act->is_emergency) {
        char text[INSTANT_TEXT_MAX];
        const char *until = instant_print(limit, zone_offset_sec(engine->w.site->zone, limit) / 60, text);
        return err_set(call->err, ERR_EXTENSION_LATE, "%s" ARG "%.10s %.5s", act->cls, until, until + 11);
    }
    if (!extend_times(call, window, cls)) {
        return false;
    }
    switches_follow(engine, act->date);
    return true;
}

bool act_show_windows(struct act_call *call)
{
    struct engine *engine = call->engine;
    struct bizday day = call->act->date.day == BIZDAY_NONE.day ? engine->w.today : call->act->date;
    int offset_min = zone_offset_sec(engine->w.site->zone, engine->now) / 60;
    json_date(&call->json, "date", day);
    json_list(&call->json, "windows");
    for (size_t i = 0; i < engine->w.facts.windows.n; i++) {
        const struct window_facts *window = &engine->w.facts.windows.at[i];
        for (size_t c = 0; c < window->group->class_count; c++) {
            struct window_times times = window_day(engine, window->group, c, day);
            const struct window_seen *seen = &window->seen[c];
            char text[TIME_TEXT_MAX];
            enum window_phase now = window_phase_now(seen, engine->now, window->group->observation_ms_max);
            json_open(&call->json, NULL);
            json_text(&call->json, "group", window->group->name);
            json_text(&call->json, "class", window->group->classes[c].name);
            for (int event = 0; event < WINDOW_EVENTS; event++) {
                const char *name = window_event_name((enum window_event)event)->name;
                json_text(&call->json, name, times.minute[event] < 0 ? NULL : daytime_print((struct daytime){times.minute[event]}, text));
            }
            json_text(&call->json, "commanded", window_phase_name(seen->commanded)->name);
            json_text(&call->json, "observed", window_phase_name(now)->name);
            json_text(&call->json, "observed_ja", window_phase_name(now)->text[LANG_JA]);
            json_instant(&call->json, "observed_at", seen->observed_at, offset_min);
            json_end(&call->json);
        }
    }
    json_end(&call->json);
    return true;
}
