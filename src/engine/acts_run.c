/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts_run - what people do to generations: start, hold, release, rerun, kill, interrupt, change of status.
 *
 * A start by hand asks the gates first and is refused in words with the rule's number (E-07, E-08, E-10); asked to
 * wait, it waits like a planned one.
 */
#include <inttypes.h>
#include <string.h>

#include "engine/decisions.h"

static bool unit_meant(struct act_call *call, struct unit_entry **ret)
{
    const struct unit_facts *facts = facts_unit(&call->engine->w.facts, call->act->unit);
    *ret = facts ? unit_by_id(call->engine, facts->id) : NULL;
    return (*ret && !(*ret)->is_deleted) || not_a_net(call->engine, call->act->unit, call->err);
}

static void say_run(struct act_call *call, const struct live_run *live)
{
    json_number(&call->json, "run", live->id);
    json_text(&call->json, "unit", live->unit->path);
    json_date(&call->json, "date", live->run->date);
    json_text(&call->json, "status", status_row((enum status)live->run->status)->name);
}

/* The start against the gates of this moment: refused with the first shut one. */
static bool gates_allow(struct act_call *call, struct unit_entry *unit, const struct net_node *root, struct bizday date)
{
    struct gate_answer answer;
    struct gate_subject subject = {.run = call->engine->w.next_run, .date = date, .planned = call->engine->now, .now = call->engine->now};
    gates_check(&call->engine->w.facts, root, &subject, &answer);
    if (answer.is_open) {
        return true;
    }
    call->err->code = answer.why;
    (void)str_copy(call->err->args, sizeof(call->err->args), answer.args);
    return err_wrap(call->err, "%s", unit->path);
}

/* An opening over a running net: the client decided on this net, on the window that it opens, or on what stands in its way. */
static bool opening_decided(struct act_call *call, const struct unit_entry *unit, const struct net *net, struct decision_row *ret)
{
    enum { ABOUT_MAX = 6 };
    struct engine *engine = call->engine;
    const struct window_group *group;
    const struct window_class *cls;
    *ret = (struct decision_row){.id = 0};
    if (call->act->number == 0) {
        return true;
    }
    if (!switch_opens(engine, net, &group, &cls)) {
        return err_set(call->err, ERR_ARGUMENT, "decision" ARG "開局するジョブネットだけに付けられます" OR_EN "only a net that opens a window takes one");
    }
    const struct live_run *holder = live_by_id(engine, lock_holder(engine, group->name));
    const char *const about[ABOUT_MAX] = {
        unit->path, arena_printf(&engine->turn, "window/%s/%s", group->name, cls->name),
        arena_printf(&engine->turn, "window/%s", group->name), holder ? live_entity(engine, holder, 0) : NULL,
        holder ? holder->unit->path : NULL,
    };
    return decision_read(call, DECISION_OPENING, about, ret);
}

bool act_run(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct act *act = call->act;
    struct unit_entry *unit;
    const struct net *net;
    if (!unit_meant(call, &unit) || !unit_net(engine, unit, &net, call->err)) {
        return false;
    }
    struct bizday date = act->date.day == BIZDAY_NONE.day ? calendar_day_of(unit_calendar(engine, unit), engine->now) : act->date;
    struct decision_row decision;
    if (!opening_decided(call, unit, net, &decision)) {
        return false;
    }
    const struct net_node *root = root_to_ask(engine, net, decision.id != 0);
    if (!act->is_waiting && !act->is_held && !gates_allow(call, unit, root, date)) {
        return false;
    }
    if (act->dry_run) {
        json_text(&call->json, "unit", unit->path);
        json_bool(&call->json, "dry_run", true);
        return true;
    }
    struct plan_entry plan = {.id = 0, .start_ms = engine->now.ms, .date = date, .is_held = act->is_held};
    struct live_run *live;
    if (!live_start(engine, unit, &plan, &(struct live_cause){ORIGIN_BY_HAND, act->text}, &live, call->err)) {
        return false;
    }
    live->run->flags |= decision.id ? RUN_OVER_LOCK : 0;
    live_try_begin(engine, live);
    gates_settle(engine);
    say_run(call, live);
    decision_spend(call, &decision);
    if (live->run->status == STATUS_GATE_WAIT) {
        json_reason(&call->json, live->reason);
    }
    return true;
}

/* ---- one generation ---- */

static bool run_meant(struct act_call *call, struct live_run **ret)
{
    if (!live_load(call->engine, call->act->run, ret, call->err)) {
        return false;
    }
    if (!*ret) {
        return err_set(call->err, ERR_NOT_FOUND, "run" ARG "%" PRId64, call->act->run);
    }
    return true;
}

static bool refused(struct act_call *call, const struct live_run *live, enum run_refusal refusal)
{
    static const char *const words[] = {
        [RUN_ACCEPTED] = "",
        [RUN_NOT_ENDED] = "対象の部分がまだ実行中です。" OR_EN "The part meant is still running.",
        [RUN_NOTHING_TO_DO] = "対象になるユニットがありません。" OR_EN "There is nothing that this would touch.",
        [RUN_WRONG_NODE] = "この操作の対象にできないユニットか、ユニットの指定がありません。"
            OR_EN "The unit is not of the kind this is for, or none was named.",
        [RUN_WRONG_STATE] = "この状態ではできません。" OR_EN "It is not possible in this state.",
        [RUN_PROCESS_LEFT] = "", /* still_runs says which */
    };
    if (refusal == RUN_ACCEPTED) {
        return false;
    }
    int32_t n = call->act->node;
    bool is_node = n > 0 && n < live->run->net->node_count;
    const char *what = is_node ? net_node_path(&call->engine->turn, live->run->net, n) : live->unit->path;
    const struct status_row *status = status_row((enum status)(is_node ? live->run->nodes[n].status : live->run->status));
    (void)err_set(call->err, ERR_RUN_STATE, "%s" ARG "%s" ARG "%s" OR_EN "%s", what, words[refusal], status->text[LANG_JA],
                  status->text[LANG_EN]);
    return true;
}

static void let_go(struct act_call *call, struct live_run *live) /* was only looked at */
{
    if (live->is_done) {
        *vec_add(&call->engine->w.done_runs) = live->id;
    }
}

/* A root is held or let go: its gates are ours to ask. */
static void root_held(struct engine *engine, struct live_run *live, enum run_event_kind kind)
{
    if (kind == RUN_RELEASE && live->run->status == STATUS_HOLDING) {
        live->run->status = live->run->nodes[0].status = STATUS_GATE_WAIT;
        run_dirty(engine, live, 0);
        generation_note(engine, live);
    }
    live_try_begin(engine, live);
}

static bool on_run(struct act_call *call, struct run_event *event, enum run_refusal (*check)(const struct run *, const struct run_event *))
{
    struct live_run *live;
    if (!run_meant(call, &live)) {
        return false;
    }
    event->node = call->act->node;
    if (refused(call, live, check(live->run, event))) {
        let_go(call, live);
        return false;
    }
    if (!call->act->dry_run) {
        live_step(call->engine, live, event);
        if (event->node == 0 && (event->kind == RUN_RELEASE || event->kind == RUN_HOLD)) {
            root_held(call->engine, live, event->kind);
        }
    }
    say_run(call, live);
    let_go(call, live);
    return true;
}

static enum run_refusal hold_check(const struct run *run, const struct run_event *e) { return run_hold_check(run, e->node, true); }
static enum run_refusal release_check(const struct run *run, const struct run_event *e) { return run_hold_check(run, e->node, false); }
static enum run_refusal kill_check(const struct run *run, const struct run_event *e) { return run_kill_check(run, e->node); }
static enum run_refusal change_check(const struct run *run, const struct run_event *e) { return run_change_check(run, e->node, e->status); }
static enum run_refusal interrupt_check(const struct run *run, const struct run_event *e)
{
    return e->node == 0 && !status_is_ended((enum status)run->status) ? RUN_ACCEPTED : RUN_WRONG_STATE;
}

/* Without a run: every generation of the units meant that waits. */
static bool on_waiting(struct act_call *call, enum run_event_kind kind)
{
    struct engine *engine = call->engine;
    struct unit_list units = {0};
    units_select(engine, call->act->unit, call->act->is_recursive, &units);
    int64_t count = 0;
    json_list(&call->json, "runs");
    for (size_t i = 0; i < units.list.n; i++) {
        const struct unit_facts *facts = &units.list.at[i]->facts;
        for (size_t g = 0; g < facts->generations.n; g++) {
            struct live_run *live = live_by_id(engine, facts->generations.at[g].run);
            if (!live || run_hold_check(live->run, 0, kind == RUN_HOLD) != RUN_ACCEPTED) {
                continue;
            }
            if (!call->act->dry_run) {
                live_step(engine, live, &(struct run_event){.kind = kind});
                root_held(engine, live, kind);
            }
            json_open(&call->json, NULL);
            say_run(call, live);
            json_end(&call->json);
            count++;
        }
    }
    json_end(&call->json);
    json_number(&call->json, "count", count);
    json_bool(&call->json, "dry_run", call->act->dry_run);
    vec_close(&units.list);
    return count > 0 || err_set(call->err, ERR_NOT_FOUND, "run" ARG "%s", call->act->unit);
}

bool act_hold(struct act_call *call)
{
    return call->act->run ? on_run(call, &(struct run_event){.kind = RUN_HOLD}, hold_check) : on_waiting(call, RUN_HOLD);
}

bool act_release(struct act_call *call)
{
    return call->act->run ? on_run(call, &(struct run_event){.kind = RUN_RELEASE}, release_check) : on_waiting(call, RUN_RELEASE);
}

bool act_kill(struct act_call *call) { return on_run(call, &(struct run_event){.kind = RUN_KILL}, kill_check); }

bool act_interrupt(struct act_call *call) { return on_run(call, &(struct run_event){.kind = RUN_INTERRUPT}, interrupt_check); }

bool act_change_status(struct act_call *call)
{
    static const struct {
        const char *word;
        enum status status;
    } words[] = {{"normal", STATUS_NORMAL}, {"fail", STATUS_FAILED}, {"warning", STATUS_WARNING}, {"abnormal", STATUS_ABNORMAL},
                 {"bypass", STATUS_BYPASS}};
    struct run_event event = {.kind = RUN_CHANGE_STATUS, .code = CODE_NONE};
    bool is_known = false;
    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcmp(words[i].word, call->act->kind) == 0) {
            event.status = words[i].status;
            is_known = true;
        }
    }
    if (strcmp(call->act->kind, "exit") == 0) { /* judged anew by the code given and the thresholds */
        struct live_run *live;
        if (!run_meant(call, &live)) {
            return false;
        }
        int32_t n = call->act->node;
        const struct net_job *job = n > 0 && n < live->run->net->node_count ? live->run->net->nodes[n].job : NULL;
        int64_t code = call->act->number;
        event.code = (int32_t)code;
        event.status = !job || code > job->abnormal_above ? STATUS_ABNORMAL
                       : job->warning_above >= 0 && code > job->warning_above ? STATUS_WARNING : STATUS_NORMAL;
        is_known = true;
    }
    return is_known ? on_run(call, &event, change_check) : err_set(call->err, ERR_ARGUMENT, "kind" ARG "%s", call->act->kind);
}

/* ---- rerun ---- */

/* Kinds that are of the whole run name no unit. */
static int32_t rerun_node(const struct act_call *call, enum rerun_kind kind)
{
    return rerun_row(kind)->is_of_node ? call->act->node : 0;
}

/* E-13: recovering from a failure is the client's to decide. Who has changed the status of a unit has not undone its failure. */
static bool recovery_needs_decision(const struct engine *engine, const struct live_run *live)
{
    bool is_failed = status_class((enum status)live->run->status) == STATUS_BAD;
    for (int32_t n = 1; n < live->run->net->node_count; n++) {
        const struct node_run *node = &live->run->nodes[n];
        is_failed |= status_class((enum status)node->status) == STATUS_BAD || (node->flags & NODE_STATUS_CHANGED);
    }
    return is_failed && engine->w.site->recovery_needs_decision;
}

static bool recovery_decided(struct act_call *call, const struct live_run *live, struct decision_row *ret)
{
    const char *const about[] = {live_entity(call->engine, live, 0), live->unit->path, NULL};
    if (!decision_read(call, DECISION_RECOVERY, about, ret)) {
        return false;
    }
    return ret->id || !recovery_needs_decision(call->engine, live) ||
           err_set(call->err, ERR_DECISION_NEEDED, "%s" ARG "%s", live->unit->path, about[0]);
}

static void say_marked(struct act_call *call, const struct live_run *live, enum rerun_kind kind)
{
    const struct net *net = live->run->net;
    bool *marks = arena_array(&call->engine->turn, bool, (size_t)net->node_count);
    run_rerun_mark(live->run, kind, rerun_node(call, kind), marks);
    json_text(&call->json, "kind", rerun_row(kind)->name);
    json_text(&call->json, "kind_ja", rerun_row(kind)->text[LANG_JA]);
    json_bool(&call->json, "needs_decision", recovery_needs_decision(call->engine, live));
    json_list(&call->json, "units");
    for (int32_t n = 1; n < net->node_count; n++) {
        if (marks[n] && net->nodes[n].kind != NODE_NET) {
            json_open(&call->json, NULL);
            json_number(&call->json, "node", n);
            json_text(&call->json, "unit", net_node_path(&call->engine->turn, net, n));
            json_text(&call->json, "comment", net->nodes[n].comment);
            json_text(&call->json, "status", status_row((enum status)live->run->nodes[n].status)->name);
            json_end(&call->json);
        }
    }
    json_end(&call->json);
}

/* Never two processes for one unit. The agent is asked, in case its word of the end was lost with a host or a connection. */
static bool still_runs(struct act_call *call, struct live_run *live, enum rerun_kind kind)
{
    int32_t n = run_process_left(live->run, kind, rerun_node(call, kind));
    agent_ask(call->engine, live, n);
    (void)err_set(call->err, ERR_PROCESS_LEFT, "%s" ARG "%d" ARG "%s", net_node_path(&call->engine->turn, live->run->net, n),
                  live->run->nodes[n].attempt, live->agents[n] ? live->agents[n] : "-");
    return true;
}

static bool rerun_meant(struct act_call *call, struct live_run **live, enum rerun_kind *kind)
{
    if (!rerun_parse(call->act->kind, kind)) {
        return err_set(call->err, ERR_ARGUMENT, "kind" ARG "%s", call->act->kind);
    }
    if (!run_meant(call, live)) {
        return false;
    }
    enum run_refusal refusal = run_rerun_check((*live)->run, *kind, rerun_node(call, *kind));
    if (refusal == RUN_PROCESS_LEFT ? still_runs(call, *live, *kind) : refused(call, *live, refusal)) {
        let_go(call, *live);
        return false;
    }
    return true;
}

bool act_show_rerun(struct act_call *call)
{
    struct live_run *live;
    enum rerun_kind kind;
    if (!rerun_meant(call, &live, &kind)) {
        return false;
    }
    say_marked(call, live, kind);
    let_go(call, live);
    return true;
}

/* A rerun asks every gate of the net again but its predecessors, which let it start before: windows may have opened since
 * (E-07), locks been taken, a permit run out (E-01). */
static bool rerun_gates_allow(struct act_call *call, const struct live_run *live)
{
    const struct net_node *root = &live->run->net->nodes[0];
    struct gate_subject subject = {.run = live->id, .date = live->run->date, .planned = live->run->planned, .now = call->engine->now};
    for (size_t i = 0; i < root->gate_count; i++) {
        struct gate_answer answer = {.is_open = true};
        if (root->gates[i].kind != GATE_PRED) {
            gate_check(&call->engine->w.facts, &root->gates[i], &subject, &answer);
        }
        if (!answer.is_open) {
            call->err->code = answer.why;
            (void)str_copy(call->err->args, sizeof(call->err->args), answer.args);
            return err_wrap(call->err, "%s", live->unit->path);
        }
    }
    return true;
}

bool act_rerun(struct act_call *call)
{
    struct engine *engine = call->engine;
    struct live_run *live;
    enum rerun_kind kind;
    if (!rerun_meant(call, &live, &kind)) {
        return false;
    }
    say_run(call, live);
    say_marked(call, live, kind);
    if (call->act->dry_run) {
        let_go(call, live);
        return true;
    }
    struct decision_row decision;
    if (!recovery_decided(call, live, &decision) || !rerun_gates_allow(call, live)) {
        let_go(call, live);
        return false;
    }
    if (live->is_done) {
        locks_take(&engine->w.facts, &live->run->net->nodes[0], live->id, 0);
        live->is_done = false;
        live->run->flags &= ~(uint32_t)RUN_OVER_LOCK; /* that decision was for the first time */
    }
    if (live->deadline_ms > engine->now.ms) {
        live->run->flags &= ~(uint32_t)RUN_DEADLINE_MISSED;
        alarm_add(engine, (struct alarm){.at_ms = live->deadline_ms, .kind = ALARM_DEADLINE, .id = live->id});
    }
    live_step(engine, live, &(struct run_event){.kind = RUN_RERUN, .rerun = kind, .node = rerun_node(call, kind), .is_held = call->act->is_held});
    decision_spend(call, &decision);
    return true;
}
